/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads the domains of a snapshot, and whether it contains RAM
 * (https://libvirt.org/formatsnapshot.html). */

#include "domain/domain-private.h"

#include <string.h>

#include "domain/read-private.h"
#include "error-private.h"
#include "string-private.h"
#include "xml-reader.h"

/* The elements in the root that matter. */
typedef enum { IN_NOTHING, IN_NAME, IN_STATE, IN_DOMAIN, IN_INACTIVE } Part;

typedef struct {
  MtXmlReader *reader;
  MachtypeDomainReadFlags flags;
  Part part;
  MtDomainReading domain, inactive;
  char *name, *state;
  char *memory;             /* <memory snapshot>; NULL: not given */
  gboolean has_memory_file; /* <memory file> */
} Reading;

static MtDomainReading *
get_domain (Reading *reading)
{
  switch (reading->part) {
  case IN_DOMAIN:
    return &reading->domain;
  case IN_INACTIVE:
    return &reading->inactive;
  default:
    return NULL;
  }
}

static char *
dup_attribute (const MtXmlAttributes *attributes, const char *name)
{
  gsize length = 0;
  const char *value = mt_xml_attribute (attributes, name, &length);

  return value != NULL ? g_strndup (value, length) : NULL;
}

static void
read_memory (Reading *reading, const MtXmlAttributes *attributes)
{
  gsize length = 0;

  if (reading->memory == NULL)
    reading->memory = dup_attribute (attributes, "snapshot");
  if (mt_xml_attribute (attributes, "file", &length) != NULL)
    reading->has_memory_file = TRUE;
}

/* libvirt reads the first of each, and ignores a domain without a type. */
static void
begin_domain (Reading *reading, Part part, const MtXmlAttributes *attributes)
{
  gsize length = 0;
  MtDomainReading *domain;

  reading->part = part;
  domain = get_domain (reading);
  if (domain->domain != NULL || mt_xml_attribute (attributes, "type", &length) == NULL) {
    reading->part = IN_NOTHING;
    return;
  }
  domain->reader = reading->reader;
  mt_domain_reading_begin (domain, reading->flags);
}

static void
start_part (Reading *reading, const char *element, const MtXmlAttributes *attributes)
{
  reading->part = IN_NOTHING;
  if (mt_is_word (element, "name") && reading->name == NULL)
    reading->part = IN_NAME;
  else if (mt_is_word (element, "state") && reading->state == NULL)
    reading->part = IN_STATE;
  else if (mt_is_word (element, "memory"))
    read_memory (reading, attributes);
  else if (mt_is_word (element, "domain"))
    begin_domain (reading, IN_DOMAIN, attributes);
  else if (mt_is_word (element, "inactiveDomain"))
    begin_domain (reading, IN_INACTIVE, attributes);
  if (reading->part == IN_NAME || reading->part == IN_STATE)
    mt_xml_reader_want_text (reading->reader);
}

static gboolean
on_start (gpointer data, const char *element, guint depth, const MtXmlAttributes *attributes,
          GError **error)
{
  Reading *reading = data;
  MtDomainReading *domain;

  if (depth == 1 && (strcmp (element, "domainsnapshot") != 0 || attributes->uri != NULL))
    return mt_xml_set_wrong_root ("snapshot", element, "domainsnapshot", error);
  if (depth == 2)
    reading->part = IN_NOTHING;
  if (depth == 2 && attributes->uri == NULL)
    start_part (reading, element, attributes);
  domain = get_domain (reading);
  if (depth >= 2 && domain != NULL && !domain->is_complete)
    mt_domain_reading_start (domain, element, depth - 1, attributes);
  return TRUE;
}

static void
on_end (gpointer data, const char *element, guint depth, const char *text, gsize length)
{
  Reading *reading = data;
  MtDomainReading *domain = get_domain (reading);

  if (depth >= 2 && domain != NULL && !domain->is_complete)
    mt_domain_reading_end (domain, element, depth - 1, text, length);
  else if (depth == 2 && text != NULL && reading->part == IN_NAME)
    reading->name = g_strstrip (g_strndup (text, length));
  else if (depth == 2 && text != NULL && reading->part == IN_STATE)
    reading->state = g_strndup (text, length);
  if (depth == 2)
    reading->part = IN_NOTHING;
}

/* As libvirt understands it: without <memory>, which libvirt before 1.0.1 did not write, the state
 * decides. Source: libvirt src/conf/snapshot_conf.c (virDomainSnapshotDefParse). */
static gboolean
has_memory (const Reading *reading)
{
  if (reading->memory != NULL)
    return strcmp (reading->memory, "no") != 0;
  if (reading->has_memory_file)
    return TRUE;
  return reading->state != NULL && strcmp (reading->state, "shutoff") != 0 &&
         strcmp (reading->state, "disk-snapshot") != 0;
}

gboolean
mt_domain_read_snapshot (const char *xml, gssize length, MachtypeDomainReadFlags flags,
                         MtDomainSnapshot *snapshot, GError **error)
{
  static const MtXmlHandler handler = { on_start, on_end };
  Reading reading = { .flags = flags };
  MtDomainSnapshot found = { 0 };
  gboolean is_read;
  gsize size;

  if (!mt_check_length ("snapshot", xml, length, MACHTYPE_XML_MAX_SIZE, &size, error))
    return FALSE;
  is_read = mt_xml_read (xml, size, "snapshot", &handler, &reading, &reading.reader, error);
  found.has_memory = has_memory (&reading);
  found.name = reading.name;
  found.domain = mt_domain_reading_finish (&reading.domain);
  found.inactive = mt_domain_reading_finish (&reading.inactive);
  g_free (reading.state);
  g_free (reading.memory);
  if (is_read)
    *snapshot = found;
  else
    mt_domain_snapshot_clear (&found);
  return is_read;
}

void
mt_domain_snapshot_clear (MtDomainSnapshot *snapshot)
{
  g_clear_pointer (&snapshot->name, g_free);
  machtype_domain_unref (g_steal_pointer (&snapshot->domain));
  machtype_domain_unref (g_steal_pointer (&snapshot->inactive));
}
