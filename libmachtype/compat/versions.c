/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Versions of libvirt and QEMU: those to which a rule applies, and what is known of those that a
 * guest has. */

#include "compat/compat-private.h"

#include <string.h>

static gboolean
is_older (MtQemuVersion a, MtQemuVersion b)
{
  return mt_qemu_version_compare (a, b) < 0;
}

static gboolean
overlaps (const MtVersionRange *a, const MtVersionRange *b)
{
  return (!mt_qemu_version_is_set (a->before) || is_older (b->from, a->before)) &&
         (!mt_qemu_version_is_set (b->before) || is_older (a->from, b->before));
}

static gboolean
contains (const MtVersionRange *outer, const MtVersionRange *inner)
{
  if (is_older (inner->from, outer->from))
    return FALSE;
  return !mt_qemu_version_is_set (outer->before) ||
         (mt_qemu_version_is_set (inner->before) && !is_older (outer->before, inner->before));
}

gboolean
mt_version_is_within (MtQemuVersion version, const MtVersionRange *range)
{
  return !mt_qemu_version_is_set (version) ||
         (!is_older (version, range->from) &&
          (!mt_qemu_version_is_set (range->before) || is_older (version, range->before)));
}

gboolean
mt_versions_may_apply (const MtVersionRanges *rule, const MtVersionRanges *known)
{
  return overlaps (&rule->qemu, &known->qemu) && overlaps (&rule->libvirt, &known->libvirt);
}

gboolean
mt_versions_apply (const MtVersionRanges *rule, const MtVersionRanges *known)
{
  return contains (&rule->qemu, &known->qemu) && contains (&rule->libvirt, &known->libvirt);
}

static void
add_range (MtVersionRange *range, const MtVersionRange *other)
{
  if (is_older (other->from, range->from))
    range->from = other->from;
  if (!mt_qemu_version_is_set (other->before) ||
      (mt_qemu_version_is_set (range->before) && is_older (range->before, other->before)))
    range->before = other->before;
}

static gboolean
is_limited (const MtVersionRange *range)
{
  return mt_qemu_version_is_set (range->from) || mt_qemu_version_is_set (range->before);
}

void
mt_versions_add (MtVersionRanges *versions, const MtVersionRanges *others)
{
  MtVersionRanges wide = *versions;

  add_range (&wide.qemu, &others->qemu);
  add_range (&wide.libvirt, &others->libvirt);
  if (is_limited (&wide.qemu) || is_limited (&wide.libvirt))
    *versions = wide;
}

static void
append_range (GString *text, const char *what, const MtVersionRange *range)
{
  if (!is_limited (range))
    return;
  g_string_append_printf (text, "%s%s", text->len != 0 ? " and " : "", what);
  if (mt_qemu_version_is_set (range->from))
    g_string_append_printf (text, " from %u.%u on", range->from.major, range->from.minor);
  if (mt_qemu_version_is_set (range->before))
    g_string_append_printf (text, "%s before %u.%u",
                            mt_qemu_version_is_set (range->from) ? "," : "", range->before.major,
                            range->before.minor);
}

char *
mt_versions_dup_text (const MtVersionRanges *versions)
{
  GString *text = g_string_new (NULL);

  append_range (text, "libvirt", &versions->libvirt);
  append_range (text, "QEMU", &versions->qemu);
  return g_string_free (text, text->len == 0);
}

/* 0.0: none in particular. */
static MtQemuVersion
get_needed (const char *machine, MachtypeArch arch, gboolean *is_upstream)
{
  MtQemuVersion version = { 0, 0 };
  MtName name;

  if (!mt_name_parse (machine, strlen (machine), arch, &name) ||
      name.kind != MACHTYPE_NAME_KIND_VERSIONED)
    return version;
  mt_name_upstream_base (&name, &version);
  *is_upstream = name.vendor == MACHTYPE_VENDOR_UPSTREAM;
  return version;
}

/* Up to the next release. */
static MtVersionRange
make_exact (MtQemuVersion version)
{
  const MtQemuVersion next = { version.major, (guint8)MIN (version.minor + 1, G_MAXUINT8) };

  return (MtVersionRange){ version, next };
}

/* libvirt's encoding: major * 1,000,000 + minor * 1,000 + release. */
static MtVersionRange
decode (guint64 number)
{
  const guint64 major = number / 1000000, minor = number / 1000 % 1000;

  if (number == 0 || major > G_MAXUINT8 || minor >= G_MAXUINT8)
    return (MtVersionRange){ { 0, 0 }, { 0, 0 } };
  return make_exact ((MtQemuVersion){ (guint8)major, (guint8)minor });
}

/* Vendors' types do not follow each release: they show the oldest that it can be. */
static MtVersionRange
read_machines (const MachtypeHost *host)
{
  MtVersionRange range = { { 0, 0 }, { 0, 0 } };
  guint i;

  for (i = 0; i < host->machines->len; i++) {
    const MtMachine *machine = MT_ROW (host->machines, MtMachine, i);
    const char *name =
        mt_host_text (host, machine->canonical != 0 ? machine->canonical : machine->name);
    gboolean is_upstream = FALSE;
    const MtQemuVersion version = get_needed (name, MACHTYPE_ARCH_UNKNOWN, &is_upstream);

    if (is_older (range.from, version))
      range = is_upstream ? make_exact (version) : (MtVersionRange){ version, { 0, 0 } };
    else if (is_upstream && mt_qemu_version_is_set (version) && !is_older (version, range.from))
      range = make_exact (version);
  }
  return range;
}

MtVersionRanges
mt_versions_find (const MachtypeHost *host, const char *machine, MachtypeArch arch)
{
  MtVersionRanges known = { { { 0, 0 }, { 0, 0 } }, { { 0, 0 }, { 0, 0 } } };
  gboolean is_upstream = FALSE;

  if (host != NULL) {
    known.libvirt = decode (host->libvirt_version);
    known.qemu = host->qemu_version != 0 ? decode (host->qemu_version) : read_machines (host);
  }
  if (machine != NULL && !mt_qemu_version_is_set (known.qemu.from))
    known.qemu.from = get_needed (machine, arch, &is_upstream);
  return known;
}
