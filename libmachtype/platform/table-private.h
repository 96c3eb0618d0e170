/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "name/name-private.h"

/* One line of a section of the table. Strings belong to the table. */
typedef struct {
  const char *id, *label;
  MachtypeVendor vendor; /* whose rule names its machine types */
  guint64 arches;        /* of the guests that its packages have emulators for, one bit each */
  gboolean is_native;    /* only guests of the host's own architecture */
} MtDistribution;

typedef struct {
  const MtDistribution *distribution;
  char *name; /* "debian-13", "ubuntu-26.04/hwe", "arch" */
  const char *release, *stack, *evidence;
  MtQemuVersion qemu, libvirt; /* 0.0: unknown */
  const char *released, *end;  /* dates; NULL: unknown */
  char *source;
} MtPlatformRow;

/* The highest revision that a vendor has of a version. */
typedef struct {
  MachtypeVendor vendor;
  MtQemuVersion version;
  guint last;
} MtRevisionRow;

/* A machine type that a distribution's build lacks, from one QEMU release to another. */
typedef struct {
  const MtDistribution *distribution; /* NULL: any that has no row for it */
  MtQemuVersion first, last;
  guint64 arches;
  const char *machine;
  gboolean is_unknown; /* it may lack it */
} MtAbsentRow;

/* What a vendor publishes about migrating running guests from one of its releases to another. */
typedef struct {
  const MtDistribution *distribution;
  const char *from, *to; /* releases; NULL: any */
  int order;             /* of the target: 1: it is newer, -1: it is older, 0: any */
  gboolean is_base;      /* only of the releases' own stacks */
  gboolean is_supported;
  char *source;
} MtMigrationRow;

/* Facts about the releases of distributions. Immutable and reference-counted. */
typedef struct {
  gatomicrefcount refs;
  char *where;      /* for messages */
  GPtrArray *lines; /* what the strings belong to */
  const char *date;
  GPtrArray *distributions; /* MtDistribution */
  GPtrArray *platforms;     /* MtPlatformRow */
  GPtrArray *revisions;     /* MtRevisionRow */
  GPtrArray *absent;        /* MtAbsentRow */
  GPtrArray *migrations;    /* MtMigrationRow: the first one that applies counts */
} MtPlatformTable;

/* Reads a table: sections that begin with %NAME and a line of column names, rows of cells that tabs
 * separate, "-" for nothing. Unknown sections and columns are those of a later release: they are
 * skipped. where names the text in messages. Raises MACHTYPE_ERROR_INVALID_CONFIG that names the
 * line. */
MtPlatformTable *mt_platform_table_read (const char *text, gsize length, const char *where,
                                         GError **error);
MtPlatformTable *mt_platform_table_ref (MtPlatformTable *table);
void mt_platform_table_unref (MtPlatformTable *table);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MtPlatformTable, mt_platform_table_unref)

/* The newest of the table that is compiled in and those of these files, where they exist. The first
 * of two of the same date counts. paths: ended by NULL. */
MtPlatformTable *mt_platform_table_load (const char *const *paths, GError **error);

/* The row of this name: a release can be given by its beginning ("rhel-10"), which means the newest
 * that begins so. NULL: none. */
const MtPlatformRow *mt_platform_table_find (const MtPlatformTable *table, const char *name);

/* Raises MACHTYPE_ERROR_INVALID_ARGUMENT that suggests similar names. */
void mt_platform_table_set_unknown (const MtPlatformTable *table, const char *name, GError **error);
