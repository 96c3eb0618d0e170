/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads machine type and devices of an existing domain (https://libvirt.org/formatdomain.html). */

#include "domain/read-private.h"

#include <string.h>

#include "arch-private.h"
#include "host/domain-type.h"
#include "properties/properties-private.h"
#include "record/mirror.h"
#include "string-private.h"

MachtypeDomain *
mt_domain_new (void)
{
  MachtypeDomain *domain = g_new0 (MachtypeDomain, 1);

  g_atomic_ref_count_init (&domain->refs);
  return domain;
}

void
mt_domain_reading_begin (MtDomainReading *reading, MachtypeDomainReadFlags flags)
{
  reading->domain = mt_domain_new ();
  if ((flags & MACHTYPE_DOMAIN_READ_DEVICES) != 0)
    reading->devices = machtype_properties_builder_new ();
}

static char *
dup_attribute (const MtXmlAttributes *attributes, const char *name)
{
  gsize length = 0;
  const char *value = mt_xml_attribute (attributes, name, &length);

  return value != NULL && length != 0 ? g_strndup (value, length) : NULL;
}

static void
read_type (MtDomainReading *reading, const MtXmlAttributes *attributes)
{
  g_autofree char *arch = dup_attribute (attributes, "arch");

  if (arch != NULL)
    reading->domain->arch = mt_arch_find (arch, strlen (arch));
  g_free (reading->domain->machine);
  reading->domain->machine = dup_attribute (attributes, "machine");
}

/* Values for which Nova has no word, such as those of devices that libvirt added, are ignored. */
static void
see (MtDomainReading *reading, MtProperty property, const char *value)
{
  if (value == NULL || (reading->seen & (1u << property)) != 0)
    return;
  if (machtype_properties_builder_add_image (reading->devices, mt_property_name (property), value,
                                             NULL))
    reading->seen |= 1u << property;
}

/* Nova calls a USB tablet usbtablet. */
static void
see_input (MtDomainReading *reading, const MtXmlAttributes *attributes)
{
  g_autofree char *type = dup_attribute (attributes, "type");
  g_autofree char *bus = dup_attribute (attributes, "bus");

  if (g_strcmp0 (type, "tablet") != 0)
    return;
  see (reading, MT_PROPERTY_INPUT_BUS, bus);
  if (g_strcmp0 (bus, "usb") == 0)
    see (reading, MT_PROPERTY_POINTER_MODEL, "usbtablet");
}

static void
start_device (MtDomainReading *reading, const char *element, const MtXmlAttributes *attributes)
{
  reading->device = MT_IN_NO_DEVICE;
  if (mt_is_word (element, "disk")) {
    g_autofree char *kind = dup_attribute (attributes, "device");

    if (kind == NULL || strcmp (kind, "disk") == 0)
      reading->device = MT_IN_DISK;
    else if (strcmp (kind, "cdrom") == 0)
      reading->device = MT_IN_CDROM;
  } else if (mt_is_word (element, "interface"))
    reading->device = MT_IN_INTERFACE;
  else if (mt_is_word (element, "video"))
    reading->device = MT_IN_VIDEO;
  else if (mt_is_word (element, "input"))
    see_input (reading, attributes);
}

static void
start_part (MtDomainReading *reading, const char *element, const MtXmlAttributes *attributes)
{
  gboolean drive = reading->device == MT_IN_DISK || reading->device == MT_IN_CDROM;
  g_autofree char *value = NULL;

  if (drive && mt_is_word (element, "target")) {
    value = dup_attribute (attributes, "bus");
    see (reading, reading->device == MT_IN_DISK ? MT_PROPERTY_DISK_BUS : MT_PROPERTY_CDROM_BUS,
         value);
  } else if (!drive && mt_is_word (element, "model")) {
    value = dup_attribute (attributes, "type");
    see (reading, reading->device == MT_IN_VIDEO ? MT_PROPERTY_VIDEO_MODEL : MT_PROPERTY_VIF_MODEL,
         value);
  }
}

/* The first record counts; libvirt permits one element of a namespace. */
static void
read_mirror (MachtypeDomain *domain, const char *element, const MtXmlAttributes *attributes)
{
  MtDomainMirror *mirror;

  if (domain->mirror != NULL || strcmp (attributes->uri, MT_MIRROR_URI) != 0 ||
      strcmp (element, MT_MIRROR_ELEMENT) != 0)
    return;
  mirror = domain->mirror = g_new0 (MtDomainMirror, 1);
  mirror->arch = dup_attribute (attributes, "arch");
  mirror->machine = dup_attribute (attributes, "machine");
  mirror->requested = dup_attribute (attributes, "asked");
  mirror->source = dup_attribute (attributes, "source");
}

/* Elements in another namespace do not matter, except QEMU's arguments and our record. */
static void
start_foreign (MtDomainReading *reading, const char *element, guint depth,
               const MtXmlAttributes *attributes)
{
  const gboolean qemu = strcmp (attributes->uri, MT_QEMU_URI) == 0;

  if (depth == 3 && reading->section == MT_IN_METADATA)
    read_mirror (reading->domain, element, attributes);
  if (depth == 2)
    reading->section =
        qemu && mt_is_word (element, "commandline") ? MT_IN_COMMAND_LINE : MT_IN_NOTHING;
  else if (depth == 3)
    reading->device = MT_IN_NO_DEVICE;
  if (depth == 3 && qemu && reading->section == MT_IN_COMMAND_LINE && mt_is_word (element, "arg")) {
    g_autofree char *value = dup_attribute (attributes, "value");

    mt_qemu_arguments_add (&reading->arguments, value);
  }
}

static void
start_section (MtDomainReading *reading, const char *element)
{
  reading->section = MT_IN_NOTHING;
  if (mt_is_word (element, "os"))
    reading->section = MT_IN_OS;
  else if (mt_is_word (element, "metadata"))
    reading->section = MT_IN_METADATA;
  else if (mt_is_word (element, "devices") && reading->devices != NULL)
    reading->section = MT_IN_DEVICES;
  else if (mt_is_word (element, "name"))
    reading->wanted = MT_WANT_NAME;
  else if (mt_is_word (element, "uuid"))
    reading->wanted = MT_WANT_UUID;
  if (reading->wanted != MT_WANT_NOTHING)
    mt_xml_reader_want_text (reading->reader);
}

void
mt_domain_reading_start (MtDomainReading *reading, const char *element, guint depth,
                         const MtXmlAttributes *attributes)
{
  gsize length = 0;

  if (depth == 1) {
    reading->domain->type = dup_attribute (attributes, "type");
    reading->domain->is_live = mt_xml_attribute (attributes, "id", &length) != NULL;
    reading->has_qemu = mt_xml_declares (attributes, MT_QEMU_URI);
  } else if (attributes->uri != NULL)
    start_foreign (reading, element, depth, attributes);
  else if (depth == 2)
    start_section (reading, element);
  else if (depth == 3 && reading->section == MT_IN_OS && strcmp (element, "type") == 0)
    read_type (reading, attributes);
  else if (depth == 3 && reading->section == MT_IN_DEVICES)
    start_device (reading, element, attributes);
  else if (depth == 4 && reading->section == MT_IN_DEVICES && reading->device != MT_IN_NO_DEVICE)
    start_part (reading, element, attributes);
}

void
mt_domain_reading_end (MtDomainReading *reading, const char *element, guint depth, const char *text,
                       gsize length)
{
  char **slot;

  /* libvirt writes name and uuid before <os>, so that nothing after <type> is needed; in a document
   * with another order they are unknown. Not at the start of the element: libxml2 reports it before
   * it has seen the end of its tag. libvirt declares the namespace of QEMU's arguments if there are
   * any; they can name another machine type. */
  if (depth == 3 && !reading->has_qemu && reading->section == MT_IN_OS &&
      reading->devices == NULL && strcmp (element, "type") == 0)
    reading->is_complete = TRUE;
  if (text == NULL)
    return;
  slot = reading->wanted == MT_WANT_NAME ? &reading->domain->name : &reading->domain->uuid;
  if (*slot == NULL && length != 0)
    *slot = g_strndup (text, length);
  reading->wanted = MT_WANT_NOTHING;
}

MachtypeDomain *
mt_domain_reading_finish (MtDomainReading *reading)
{
  MachtypeDomain *domain = g_steal_pointer (&reading->domain);

  if (domain != NULL && reading->arguments.machine != NULL)
    domain->argument_machine = g_strdup (reading->arguments.machine->str);
  if (domain != NULL && reading->devices != NULL)
    domain->devices = machtype_properties_builder_end (reading->devices);
  mt_qemu_arguments_clear (&reading->arguments);
  g_clear_pointer (&reading->devices, machtype_properties_builder_unref);
  return domain;
}
