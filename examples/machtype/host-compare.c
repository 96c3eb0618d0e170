/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A live host against its row in the table of platforms: where the row is wrong. */

#include "machtype-program.h"

#include <string.h>

/* Both hosts, and what was printed. */
typedef struct {
  MachtypeHost *live, *row;
  const char *platform;
  gboolean json;
  GString *object; /* with json */
  guint n;
} Comparing;

static void
differ (Comparing *c, const char *arch, const char *what, const char *name, const char *here,
        const char *there)
{
  c->n++;
  if (!c->json) {
    print_line ("%s%s%s%s%s: %s says %s, the host has %s", arch != NULL ? arch : "",
                arch != NULL ? " " : "", what, name != NULL ? " " : "", name != NULL ? name : "",
                c->platform, there, here);
    return;
  }
  json_open (c->object, NULL, '{');
  json_text (c->object, "arch", arch);
  json_text (c->object, "what", what);
  json_text (c->object, "name", name);
  json_text (c->object, "host", here);
  json_text (c->object, "platform", there);
  json_close (c->object, '}');
}

/* The row counts no micro releases. Drivers without a hypervisor have no version to compare. */
static void
compare_version (Comparing *c, const char *what, guint64 here, gboolean is_known, guint major,
                 guint minor)
{
  g_autofree char *host = NULL, *row = NULL;

  if (here < 1000 || !is_known || here / 1000 == (guint64)major * 1000 + minor)
    return;
  host = g_strdup_printf ("%u.%u", (guint)(here / 1000000), (guint)(here / 1000 % 1000));
  row = g_strdup_printf ("%u.%u", major, minor);
  differ (c, NULL, what, NULL, host, row);
}

/* A type that is on the host, by the row. */
static void
compare_machine (Comparing *c, MachtypeArch arch, const MachtypeMachine *machine)
{
  const char *name = machtype_machine_get_name (machine), *word = machtype_arch_to_string (arch);
  const char *here = machtype_machine_get_canonical (machine);
  const char *there = machtype_host_get_canonical (c->row, arch, NULL, name);

  switch (machtype_host_offers (c->row, arch, NULL, name)) {
  case MACHTYPE_ANSWER_NO:
    differ (c, word, "type", name, "it", "no");
    return;
  case MACHTYPE_ANSWER_YES:
    break;
  default:
    return;
  }
  if (here != NULL && there != NULL && strcmp (here, there) != 0)
    differ (c, word, "alias", name, here, there);
}

static const MachtypeMachine *
find_machine (const GPtrArray *machines, const char *name)
{
  guint i;

  for (i = 0; i < machines->len; i++) {
    if (strcmp (machtype_machine_get_name (machines->pdata[i]), name) == 0)
      return machines->pdata[i];
  }
  return NULL;
}

static void
compare_deprecation (Comparing *c, MachtypeArch arch, const MachtypeMachine *here,
                     const MachtypeMachine *there)
{
  const MachtypeAnswer a = machtype_machine_get_deprecated (here);
  const MachtypeAnswer b = machtype_machine_get_deprecated (there);

  if (a != MACHTYPE_ANSWER_UNKNOWN && b != MACHTYPE_ANSWER_UNKNOWN && a != b)
    differ (c, machtype_arch_to_string (arch), "deprecation of", machtype_machine_get_name (here),
            machtype_answer_to_string (a), machtype_answer_to_string (b));
}

/* An emulator that is not installed is not a fault of the row. */
static void
compare_arch (Comparing *c, MachtypeArch arch)
{
  g_autoptr (GPtrArray) here = list_machines (c->live, arch), there = list_machines (c->row, arch);
  guint i;

  if (here->len == 0)
    return;
  for (i = 0; i < here->len; i++)
    compare_machine (c, arch, here->pdata[i]);
  for (i = 0; i < there->len; i++) {
    const char *name = machtype_machine_get_name (there->pdata[i]);
    const MachtypeMachine *found = find_machine (here, name);

    if (found != NULL)
      compare_deprecation (c, arch, found, there->pdata[i]);
    else if (machtype_host_offers (c->live, arch, NULL, name) == MACHTYPE_ANSWER_NO)
      differ (c, machtype_arch_to_string (arch), "type", name, "no", "it");
  }
}

static void
compare_versions (Comparing *c, MachtypeConnection *connection, const MachtypePlatform *platform)
{
  guint major = 0, minor = 0;
  gboolean is_known;

  machtype_platform_get_qemu (platform, &major, &minor);
  compare_version (c, "QEMU", machtype_connection_get_qemu_version (connection), major != 0, major,
                   minor);
  is_known = machtype_platform_get_libvirt (platform, &major, &minor);
  compare_version (c, "libvirt", machtype_connection_get_libvirt_version (connection), is_known,
                   major, minor);
}

gboolean
host_compare (MachtypeConnection *connection, MachtypeHost *live, const MachtypePlatform *platform,
              MachtypeArch arch, gboolean json, GError **error)
{
  Comparing c = { live, NULL, machtype_platform_get_name (platform), json, NULL, 0 };
  g_autoptr (MachtypeHost) row =
      machtype_host_new_for_platform (c.platform, machtype_host_get_arch (live), error);
  MachtypeArch each = MACHTYPE_ARCH_UNKNOWN;

  if (row == NULL)
    return FALSE;
  c.row = row;
  if (json) {
    c.object = json_begin ();
    json_text (c.object, "platform", c.platform);
    json_text (c.object, "uri", machtype_connection_get_uri (connection));
    json_open (c.object, "differences", '[');
  }
  compare_versions (&c, connection, platform);
  while (next_arch (&each)) {
    if (arch == MACHTYPE_ARCH_UNKNOWN || each == arch)
      compare_arch (&c, each);
  }
  if (json) {
    json_close (c.object, ']');
    json_end (c.object);
  } else if (c.n == 0)
    print_line ("%s is as %s says", machtype_connection_get_uri (connection), c.platform);
  return c.n == 0;
}
