/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A module libmachtype-libvirt.so without libvirt: what it answers about which domains is in a
 * table, chosen by the URI. For what a real host does only at the wrong moment. */

#include "libvirt/module.h"

#include <string.h>

#include <machtype/version.h>

#define UUID(n) "6f1d4b5e-0000-4000-8000-00000000000" n
#define OS(machine) "<os><type arch='x86_64' machine='" machine "'>hvm</type></os>"
#define DEFINITION(n, machine)                                                                     \
  "<domain type='kvm'><name>a</name><uuid>" UUID (n) "</uuid>" OS (machine) "</domain>"
#define LIVE(n, machine)                                                                           \
  "<domain type='kvm' id='7'><name>a</name><uuid>" UUID (n) "</uuid>" OS (machine) "</domain>"
#define SNAPSHOT(content)                                                                          \
  "<domainsnapshot><name>s</name><state>running</state>" content "</domainsnapshot>"

#define DOMAIN(n, number)                                                                          \
  {                                                                                                \
    MT_LIBVIRT_DOMAIN, MT_LIBVIRT_DONE, "a", NULL, UUID (n), number, TRUE, FALSE                   \
  }
#define DONE(part, xml)                                                                            \
  {                                                                                                \
    part, MT_LIBVIRT_DONE, NULL, xml, "", 0, FALSE, FALSE                                          \
  }
#define FAILED(part, name, message)                                                                \
  {                                                                                                \
    part, MT_LIBVIRT_FAILED, name, message, "", 0, FALSE, FALSE                                    \
  }
#define DENIED(part, name)                                                                         \
  {                                                                                                \
    part, MT_LIBVIRT_DENIED, name, "forbidden", "", 0, FALSE, FALSE                                \
  }
#define END DONE (MT_LIBVIRT_END, NULL)
#define GONE                                                                                       \
  {                                                                                                \
    MT_LIBVIRT_END, MT_LIBVIRT_NO_DOMAIN, NULL, NULL, "", 0, FALSE, FALSE                          \
  }

typedef struct {
  char uri[24];
  const char *failure; /* after the answers; NULL: none */
  gboolean hangs;      /* after the answers */
  MtLibvirtAnswer answers[12];
  guint n;
} Script;

static const Script scripts[] = {
  { "fake:none", NULL, FALSE, { { 0 } }, 0 },
  { "fake:parts",
    NULL,
    FALSE,
    { DOMAIN ("1", 3), DONE (MT_LIBVIRT_DEFINITION, DEFINITION ("1", "pc-q35-7.2")),
      DONE (MT_LIBVIRT_LIVE, LIVE ("1", "pc-q35-6.2")),
      DONE (MT_LIBVIRT_SAVED, DEFINITION ("1", "pc-q35-5.2")),
      DONE (MT_LIBVIRT_SNAPSHOT, SNAPSHOT (DEFINITION ("1", "pc-q35-4.2"))), END },
    6 },
  { "fake:stopped",
    NULL,
    FALSE,
    { DOMAIN ("1", 1), DONE (MT_LIBVIRT_DEFINITION, DEFINITION ("1", "pc-q35-7.2")),
      DONE (MT_LIBVIRT_LIVE, DEFINITION ("1", "pc-q35-7.2")), END },
    4 },
  { "fake:denied",
    NULL,
    FALSE,
    { DOMAIN ("1", 5), DENIED (MT_LIBVIRT_DEFINITION, NULL), DENIED (MT_LIBVIRT_LIVE, NULL),
      DENIED (MT_LIBVIRT_SAVED, NULL), DENIED (MT_LIBVIRT_SNAPSHOTS, NULL),
      DENIED (MT_LIBVIRT_SNAPSHOT, "s"), END },
    7 },
  { "fake:failed",
    NULL,
    FALSE,
    { DOMAIN ("1", 5), DONE (MT_LIBVIRT_DEFINITION, DEFINITION ("1", "pc")),
      FAILED (MT_LIBVIRT_SAVED, NULL, "a\x1b[2J\xff"), FAILED (MT_LIBVIRT_SNAPSHOT, "s", "why"),
      END },
    5 },
  { "fake:bad-xml",
    NULL,
    FALSE,
    { DOMAIN ("1", 1), DONE (MT_LIBVIRT_DEFINITION, "<domain"), DONE (MT_LIBVIRT_LIVE, "<a/>"),
      DONE (MT_LIBVIRT_SAVED, DEFINITION ("2", "pc")), DONE (MT_LIBVIRT_SNAPSHOT, ""), END },
    6 },
  { "fake:gone",
    NULL,
    FALSE,
    { DOMAIN ("1", 5), DONE (MT_LIBVIRT_DEFINITION, DEFINITION ("1", "pc")), END, DOMAIN ("2", 5),
      DONE (MT_LIBVIRT_DEFINITION, DEFINITION ("2", "pc")), GONE, DOMAIN ("3", 5),
      DONE (MT_LIBVIRT_DEFINITION, DEFINITION ("3", "pc")), END },
    9 },
  { "fake:broken",
    "the connection broke",
    FALSE,
    { DOMAIN ("1", 5), DONE (MT_LIBVIRT_DEFINITION, DEFINITION ("1", "pc")), END, DOMAIN ("2", 5) },
    4 },
  { "fake:hangs",
    NULL,
    TRUE,
    { DOMAIN ("1", 5), DONE (MT_LIBVIRT_DEFINITION, DEFINITION ("1", "pc")), END },
    3 },
  /* Answers once, see is_asked_again. */
  { "fake:once",
    NULL,
    FALSE,
    { DOMAIN ("1", 5), DONE (MT_LIBVIRT_DEFINITION, DEFINITION ("1", "pc")), END },
    3 },
  { "fake:no-host",
    NULL,
    FALSE,
    { DOMAIN ("1", 5), DONE (MT_LIBVIRT_DEFINITION, DEFINITION ("1", "pc")), END },
    3 },
  { "fake:odd",
    NULL,
    FALSE,
    { { MT_LIBVIRT_DOMAIN, MT_LIBVIRT_DONE, "b", NULL, "no UUID", 1, FALSE, FALSE },
      DONE (MT_LIBVIRT_LIVE, LIVE ("1", "pc")),
      END,
      { MT_LIBVIRT_DOMAIN, MT_LIBVIRT_DONE, "c\td", NULL, UUID ("1"), 99, FALSE, FALSE },
      DONE (MT_LIBVIRT_LIVE, LIVE ("1", "pc")),
      END },
    6 },
};

/* What was asked since the script was opened. */
static struct {
  gboolean capabilities, answers;
} asked;

static void
keep_quiet (void)
{
}

static gboolean
is_script (gpointer connection, const char *uri)
{
  return strcmp (scripts[GPOINTER_TO_SIZE (connection) - 1].uri, uri) == 0;
}

static gboolean
is_asked_again (gpointer connection, gboolean *before, char **message)
{
  if (!*before || !is_script (connection, "fake:once")) {
    *before = TRUE;
    return FALSE;
  }
  *message = g_strdup ("asked again");
  return TRUE;
}

static gpointer
open_script (const char *uri, gboolean read_only, char **message)
{
  gsize i;

  (void)read_only;
  asked.capabilities = asked.answers = FALSE;
  for (i = 0; i < G_N_ELEMENTS (scripts); i++) {
    if (strcmp (scripts[i].uri, uri) == 0)
      return GSIZE_TO_POINTER (i + 1); /* a handle, for which NULL is a failure */
  }
  *message = g_strdup ("no such script");
  return NULL;
}

static char *
get_capabilities (gpointer connection, char **message)
{
  if (is_asked_again (connection, &asked.capabilities, message))
    return NULL;
  if (!is_script (connection, "fake:no-host"))
    return g_strdup ("<capabilities><host><uuid>" UUID (
        "9") "</uuid>"
             "<cpu><arch>x86_64</arch></cpu></host></capabilities>");
  *message = g_strdup ("no capabilities");
  return NULL;
}

static gboolean
define (gpointer connection, const char *xml, char **message)
{
  (void)connection;
  (void)xml;
  (void)message;
  return TRUE;
}

static MtLibvirtStatus
set_metadata (gpointer connection, const char *uuid, const char *element, const char *prefix,
              const char *uri, char **message)
{
  (void)connection;
  (void)uuid;
  (void)element;
  (void)prefix;
  (void)uri;
  (void)message;
  return MT_LIBVIRT_DONE;
}

static char *
get_host_name (gpointer connection, char **message)
{
  (void)connection;
  (void)message;
  return g_strdup ("node1");
}

static gboolean
get_versions (gpointer connection, guint64 *hypervisor, guint64 *libvirt, char **message)
{
  (void)connection;
  (void)message;
  *hypervisor = *libvirt = 0;
  return TRUE;
}

static void
hang (void)
{
  GMutex mutex;
  GCond never;

  g_mutex_init (&mutex);
  g_cond_init (&never);
  g_mutex_lock (&mutex);
  while (TRUE)
    g_cond_wait (&never, &mutex);
}

static gboolean
list_answers (gpointer connection, gboolean with_saved, MtLibvirtAnswerFunc func, gpointer data,
              char **message)
{
  const Script *script = &scripts[GPOINTER_TO_SIZE (connection) - 1];
  guint i;

  (void)with_saved;
  if (is_asked_again (connection, &asked.answers, message))
    return FALSE;
  for (i = 0; i < script->n; i++) {
    if (!func (&script->answers[i], data))
      return TRUE;
  }
  if (script->hangs)
    hang ();
  if (script->failure != NULL)
    *message = g_strdup (script->failure);
  return script->failure == NULL;
}

/* That of the script is the only one. */
static MtLibvirtStatus
get_answers (gpointer connection, const char *uuid, gboolean with_saved, MtLibvirtAnswerFunc func,
             gpointer data, char **message)
{
  if (strcmp (uuid, UUID ("1")) != 0)
    return MT_LIBVIRT_NO_DOMAIN;
  return list_answers (connection, with_saved, func, data, message) ? MT_LIBVIRT_DONE
                                                                    : MT_LIBVIRT_FAILED;
}

static void
free_text (char *text)
{
  g_free (text);
}

static void
close_script (gpointer connection)
{
  (void)connection;
}

__attribute__ ((visibility ("default"))) extern const MtLibvirtModule machtype_libvirt_module;

const MtLibvirtModule machtype_libvirt_module = {
  .head = { .size = sizeof (MtLibvirtModule), .version = MACHTYPE_VERSION_STRING },
  .keep_quiet = keep_quiet,
  .open = open_script,
  .get_capabilities = get_capabilities,
  .define = define,
  .set_metadata = set_metadata,
  .get_host_name = get_host_name,
  .get_versions = get_versions,
  .list_answers = list_answers,
  .get_answers = get_answers,
  .free_text = free_text,
  .close = close_script,
};
