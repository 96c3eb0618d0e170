/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads libvirt's capabilities (https://libvirt.org/formatcaps.html), of any version. */

#include "host/host-private.h"

#include <string.h>

#include "arch-private.h"
#include "error-private.h"
#include "xml-reader.h"

/* Memory is reserved for documents up to this size; real ones have up to 50 KiB. */
#define ROOM_MAX (128 * 1024)
#define MACHINES_USUAL 64

/* The position in the document; elements of no interest lead nowhere. */
typedef enum {
  WANT_NOTHING,
  WANT_UUID,
  WANT_ARCH,
  WANT_OS_TYPE,
  WANT_EMULATOR,
  WANT_MACHINE
} Wanted;

typedef enum { AT_ROOT, AT_HOST, AT_HOST_CPU, AT_GUEST, AT_ARCH, AT_DOMAIN } Place;

typedef struct {
  MachtypeHost *host;
  MtXmlReader *reader;
  MtHostMark before;
  Place place;
  guint place_depth; /* of the element that place refers to; 0: outside the root */
  Wanted wanted;     /* whose text is being read */
  MtGuestInfo guest;
  MtDomainType domain;
  MtMachine machine;
  guint room; /* for the following machines */
  /* The words that most of the document consists of, in the reader's spelling: NULL until seen. */
  const char *word_machine, *word_canonical, *word_max_cpus;
} Capabilities;

/* mt_is_word, recognized by its address. */
static inline gboolean
is_seen_word (const char **seen, const char *word, const char *wanted)
{
  if (word == *seen)
    return TRUE;
  if (!mt_is_word (word, wanted))
    return FALSE;
  *seen = word;
  return TRUE;
}

static void
want_text (Capabilities *caps, Wanted wanted)
{
  caps->wanted = wanted;
  mt_xml_reader_want_text (caps->reader);
}

static void
enter (Capabilities *caps, Place place, guint depth)
{
  caps->place = place;
  caps->place_depth = depth;
}

/* 0 if it is not a number, or out of range. */
static guint32
read_uint (const char *text, gsize length)
{
  guint64 value = 0;
  gsize i;

  if (length > 10)
    return 0;
  for (i = 0; i < length; i++) {
    if (!g_ascii_isdigit (text[i]))
      return 0;
    value = value * 10 + (guint64)(text[i] - '0');
  }
  return value <= G_MAXUINT32 ? (guint32)value : 0;
}

static MtText
add_attribute (MachtypeHost *host, const MtXmlAttributes *attributes, const char *name)
{
  gsize length = 0;
  const char *text = mt_xml_attribute (attributes, name, &length);

  return text != NULL ? mt_host_add_text (host, text, length) : 0;
}

/* A separate row for each, in case a <guest> ever has two: only the type of system is shared. */
static void
start_arch (Capabilities *caps, const MtXmlAttributes *attributes)
{
  gsize length = 0;
  const char *name = mt_xml_attribute (attributes, "name", &length);
  MtText os_type = caps->guest.os_type;

  memset (&caps->guest, 0, sizeof caps->guest);
  caps->guest.os_type = os_type;
  caps->guest.arch = name != NULL ? mt_arch_find (name, length) : MACHTYPE_ARCH_UNKNOWN;
  caps->guest.machines.first = caps->host->machines->len;
  caps->guest.domains.first = caps->host->domains->len;
}

static void
start_domain (Capabilities *caps, const MtXmlAttributes *attributes)
{
  memset (&caps->domain, 0, sizeof caps->domain);
  caps->domain.type = add_attribute (caps->host, attributes, "type");
  caps->domain.machines.first = caps->host->machines->len;
}

static MachtypeAnswer
read_answer (const char *text, gsize length)
{
  if (mt_is_text (text, length, "yes"))
    return MACHTYPE_ANSWER_YES;
  return mt_is_text (text, length, "no") ? MACHTYPE_ANSWER_NO : MACHTYPE_ANSWER_UNKNOWN;
}

static void
mark_deprecated (Capabilities *caps, MachtypeAnswer answer)
{
  caps->machine.deprecated = (guint8)answer;
  caps->host->marks_deprecated |= answer == MACHTYPE_ANSWER_YES;
}

/* Most elements of the document are of this kind, so its attributes are read in one pass. */
static void
start_machine (Capabilities *caps, const MtXmlAttributes *attributes)
{
  const char *name, *value;
  gsize length;
  int i;

  memset (&caps->machine, 0, sizeof caps->machine);
  for (i = 0; i < attributes->count; i++) {
    name = mt_xml_attribute_at (attributes, i, &value, &length);
    if (name == NULL)
      continue;
    if (is_seen_word (&caps->word_max_cpus, name, "maxCpus"))
      caps->machine.max_cpus = read_uint (value, length);
    else if (is_seen_word (&caps->word_canonical, name, "canonical"))
      caps->machine.canonical = mt_host_add_text (caps->host, value, length);
    else if (mt_is_word (name, "deprecated"))
      mark_deprecated (caps, read_answer (value, length));
  }
  caps->wanted = WANT_MACHINE;
  mt_xml_reader_want_text_in (caps->reader, caps->host->strings);
}

/* Elements directly inside the current place. */
static void
start_here (Capabilities *caps, const char *element, guint depth, const MtXmlAttributes *attributes)
{
  switch (caps->place) {
  case AT_ROOT:
    if (mt_is_word (element, "host"))
      enter (caps, AT_HOST, depth);
    else if (mt_is_word (element, "guest")) {
      memset (&caps->guest, 0, sizeof caps->guest);
      enter (caps, AT_GUEST, depth);
    }
    break;
  case AT_HOST:
    if (mt_is_word (element, "cpu"))
      enter (caps, AT_HOST_CPU, depth);
    else if (mt_is_word (element, "uuid"))
      want_text (caps, WANT_UUID);
    break;
  case AT_HOST_CPU:
    if (mt_is_word (element, "arch"))
      want_text (caps, WANT_ARCH);
    break;
  case AT_GUEST:
    if (mt_is_word (element, "os_type"))
      want_text (caps, WANT_OS_TYPE);
    else if (mt_is_word (element, "arch")) {
      start_arch (caps, attributes);
      enter (caps, AT_ARCH, depth);
    }
    break;
  case AT_ARCH:
  case AT_DOMAIN:
    if (is_seen_word (&caps->word_machine, element, "machine"))
      start_machine (caps, attributes);
    else if (mt_is_word (element, "emulator"))
      want_text (caps, WANT_EMULATOR);
    else if (caps->place == AT_ARCH && mt_is_word (element, "domain")) {
      start_domain (caps, attributes);
      enter (caps, AT_DOMAIN, depth);
    }
    break;
  }
}

static gboolean
on_start (gpointer data, const char *element, guint depth, const MtXmlAttributes *attributes,
          GError **error)
{
  Capabilities *caps = data;

  if (depth == 1) {
    if (!mt_is_word (element, "capabilities")) {
      return mt_xml_set_wrong_root ("capabilities", element, "capabilities", error);
    }
    enter (caps, AT_ROOT, 1);
  } else if (depth == caps->place_depth + 1)
    start_here (caps, element, depth, attributes);
  return TRUE;
}

static guint
make_room_for_machines (GArray *machines, guint more)
{
  const guint length = machines->len;

  g_array_set_size (machines, length + more);
  g_array_set_size (machines, length);
  return length + more;
}

/* A document of a host with many machines needs room for a third of its bytes, and for a machine in
 * seventy of them; reserved at once, it need not grow. */
static void
make_room (Capabilities *caps, gsize length)
{
  GString *strings = caps->host->strings;
  const gsize before = strings->len;

  length = MIN (length, ROOM_MAX);
  g_string_set_size (strings, before + length / 3);
  g_string_truncate (strings, before);
  caps->room = make_room_for_machines (caps->host->machines, (guint)(length / 70));
}

/* What g_array_append_val does, without a function call for each of hundreds. */
static inline void
add_machine (Capabilities *caps)
{
  GArray *machines = caps->host->machines;

  if (machines->len == caps->room)
    caps->room = make_room_for_machines (machines, machines->len + MACHINES_USUAL);
  *MT_ROW (machines, MtMachine, machines->len) = caps->machine;
  machines->len++;
}

static void
end_machine (Capabilities *caps, const char *text, gsize length)
{
  MtRun *run = caps->place == AT_DOMAIN ? &caps->domain.machines : &caps->guest.machines;

  if (length == 0)
    return;
  /* The text is already there, terminated by the string's own NUL until something is appended. */
  caps->machine.name = (MtText)(text - caps->host->strings->str);
  if (caps->machine.canonical != 0 &&
      strcmp (mt_host_text (caps->host, caps->machine.canonical), text) == 0)
    caps->machine.canonical = 0;
  mt_string_append (caps->host->strings, "", 1);
  add_machine (caps);
  run->count++;
}

static void
end_domain (Capabilities *caps)
{
  g_array_append_val (caps->host->domains, caps->domain);
  caps->guest.domains.count++;
}

/* The end of an element whose text was requested. */
static void
end_text (Capabilities *caps, const char *text, gsize length)
{
  MtText *emulator = caps->place == AT_DOMAIN ? &caps->domain.emulator : &caps->guest.emulator;

  switch (caps->wanted) {
  case WANT_MACHINE:
    end_machine (caps, text, length);
    break;
  case WANT_EMULATOR:
    *emulator = mt_host_add_text (caps->host, text, length);
    break;
  case WANT_OS_TYPE:
    caps->guest.os_type = mt_host_add_text (caps->host, text, length);
    break;
  case WANT_UUID:
    caps->host->uuid = mt_host_add_text (caps->host, text, length);
    break;
  case WANT_ARCH:
    caps->host->arch = mt_arch_find (text, length);
    break;
  case WANT_NOTHING:
    break;
  }
  caps->wanted = WANT_NOTHING;
}

/* The end of the element that the place refers to. */
static void
leave (Capabilities *caps, guint depth)
{
  static const Place outer[] = {
    [AT_ROOT] = AT_ROOT,  [AT_HOST] = AT_ROOT,  [AT_HOST_CPU] = AT_HOST,
    [AT_GUEST] = AT_ROOT, [AT_ARCH] = AT_GUEST, [AT_DOMAIN] = AT_ARCH,
  };

  if (caps->place == AT_DOMAIN)
    end_domain (caps);
  else if (caps->place == AT_ARCH)
    g_array_append_val (caps->host->guests, caps->guest);
  enter (caps, outer[caps->place], depth - 1);
}

static void
on_end (gpointer data, const char *element, guint depth, const char *text, gsize length)
{
  Capabilities *caps = data;

  (void)element;
  if (text != NULL)
    end_text (caps, text, length);
  else if (depth == caps->place_depth)
    leave (caps, depth);
}

/* The room for machines is kept. */
static void
restart (gpointer data)
{
  Capabilities *caps = data;
  const Capabilities had = *caps;

  mt_host_roll_back (had.host, &had.before);
  *caps = (Capabilities){
    .host = had.host, .reader = had.reader, .before = had.before, .room = had.room
  };
}

gboolean
mt_capabilities_read (MachtypeHost *host, const char *xml, gsize length, GError **error)
{
  static const MtXmlHandler handler = { on_start, on_end };
  Capabilities caps = { 0 };

  caps.host = host;
  host->has_capabilities = TRUE;
  mt_host_mark (host, &caps.before);
  make_room (&caps, length);
  return mt_xml_read_plain (xml, length, "capabilities", &handler, restart, &caps, &caps.reader,
                            error);
}
