/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads libvirt's domain capabilities (https://libvirt.org/formatdomaincaps.html). Every
 * enumeration is kept, known or not: new libvirt versions add new ones. */

#include "host/host-private.h"

#include <string.h>

#include "arch-private.h"
#include "error-private.h"
#include "xml-reader.h"

/* Enumerations are four or five levels deep; deeper elements are not enumerations. */
#define PATH_MAX_DEPTH 8

typedef struct {
  MachtypeHost *host;
  MtXmlReader *reader;
  MtHostMark before;
  MtDomainCapabilities caps;
  MtText path[PATH_MAX_DEPTH + 1]; /* element names by depth; 0: ignored */
  MtText enumeration;              /* name of the current <enum>; 0: none */
} Reading;

static void
add_offer (Reading *reading, MtText device, MtText name, MtText value)
{
  MtOffer offer = { device, name, value };

  g_array_append_val (reading->host->offers, offer);
  reading->caps.offers.count++;
}

/* <video supported="yes">, and <mode name="maximum" supported="no"> */
static void
read_supported (Reading *reading, MtText element, const MtXmlAttributes *attributes)
{
  gsize length = 0, name_length = 0;
  const char *supported = mt_xml_attribute (attributes, "supported", &length);
  const char *name = mt_xml_attribute (attributes, "name", &name_length);
  MtText key;

  if (supported == NULL)
    return;
  key = name != NULL ? mt_host_add_text (reading->host, name, name_length)
                     : mt_host_add_text (reading->host, "supported", strlen ("supported"));
  add_offer (reading, element, key, mt_host_add_text (reading->host, supported, length));
}

static void
start_enum (Reading *reading, guint depth, const MtXmlAttributes *attributes)
{
  gsize length = 0;
  const char *name = mt_xml_attribute (attributes, "name", &length);

  if (name == NULL)
    return;
  reading->enumeration = mt_host_add_text (reading->host, name, length);
  add_offer (reading, reading->path[depth - 1], reading->enumeration, 0);
}

static gboolean
on_start (gpointer data, const char *element, guint depth, const MtXmlAttributes *attributes,
          GError **error)
{
  Reading *reading = data;

  if (depth == 1) {
    if (strcmp (element, "domainCapabilities") == 0)
      return TRUE;
    return mt_xml_set_wrong_root ("domain capabilities", element, "domainCapabilities", error);
  }
  if (depth > PATH_MAX_DEPTH)
    return TRUE;
  if (strcmp (element, "enum") == 0)
    start_enum (reading, depth, attributes);
  else if (strcmp (element, "value") == 0 || depth == 2)
    mt_xml_reader_want_text (reading->reader);
  reading->path[depth] = mt_host_add_text (reading->host, element, strlen (element));
  read_supported (reading, reading->path[depth], attributes);
  return TRUE;
}

static void
end_top (Reading *reading, const char *element, const char *text, gsize length)
{
  MtDomainCapabilities *caps = &reading->caps;

  if (strcmp (element, "machine") == 0)
    caps->machine = mt_host_add_text (reading->host, text, length);
  else if (strcmp (element, "domain") == 0)
    caps->domain_type = mt_host_add_text (reading->host, text, length);
  else if (strcmp (element, "arch") == 0)
    caps->arch = mt_arch_find (text, length);
}

static void
end_value (Reading *reading, guint depth, const char *text, gsize length)
{
  MtText value = mt_host_add_text (reading->host, text, length);

  if (reading->enumeration != 0 && depth >= 3)
    add_offer (reading, reading->path[depth - 2], reading->enumeration, value);
  else if (depth >= 3) /* <loader><value>path</value> */
    add_offer (reading, reading->path[depth - 1], reading->path[depth], value);
}

static void
on_end (gpointer data, const char *element, guint depth, const char *text, gsize length)
{
  Reading *reading = data;

  if (depth > PATH_MAX_DEPTH)
    return;
  if (depth == 2 && text != NULL)
    end_top (reading, element, text, length);
  else if (text != NULL)
    end_value (reading, depth, text, length);
  else if (strcmp (element, "enum") == 0)
    reading->enumeration = 0;
}

static void
restart (gpointer data)
{
  Reading *reading = data;
  const Reading had = *reading;

  mt_host_roll_back (had.host, &had.before);
  *reading = (Reading){ .host = had.host, .reader = had.reader, .before = had.before };
  reading->caps.offers.first = had.host->offers->len;
}

gboolean
mt_domain_capabilities_read (MachtypeHost *host, const char *xml, gsize length, GError **error)
{
  static const MtXmlHandler handler = { on_start, on_end };
  Reading reading = { 0 };

  reading.host = host;
  reading.caps.offers.first = host->offers->len;
  mt_host_mark (host, &reading.before);
  if (!mt_xml_read_plain (xml, length, "domain capabilities", &handler, restart, &reading,
                          &reading.reader, error))
    return FALSE;
  g_array_append_val (host->domain_capabilities, reading.caps);
  return TRUE;
}
