/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/machtype.h>

/* The input of benchmarks and of the instruction gate: generated from tests/data/machine-names.tsv,
 * the same in every run. */

#define FIXTURE_PAIRS 1000
#define FIXTURE_IMAGES 256
#define FIXTURE_PROPERTIES_MAX 12

/* A row of the table of names; the arrays are the file's columns. */
typedef struct {
  char **columns;
  char **arches;
} FixtureName;

const char *fixture_name_text (const FixtureName *name);

/* Versioned names, of any vendor. */
GPtrArray *fixture_versioned_names (void);

typedef struct {
  const char *a, *b;
} FixturePair;

typedef gboolean (*FixtureAgreed) (const char *a, const char *b);

/* Random pairs within one family and vendor; those without an agreed order are omitted. */
void fixture_pairs (FixturePair pairs[FIXTURE_PAIRS], FixtureAgreed agreed);

/* Capabilities of a host with 24 emulators and 624 machine types. */
char *fixture_capabilities (void);
MachtypeHost *fixture_host (void);

/* An image as a caller has it: names and values. */
typedef struct {
  MachtypePair pairs[FIXTURE_PROPERTIES_MAX];
  guint count;
} FixtureImage;

MachtypePolicy *fixture_policy (void);
void fixture_images (FixtureImage images[FIXTURE_IMAGES], MachtypeHost *host,
                     MachtypePolicy *policy);
MachtypeProperties *fixture_properties (const FixtureImage *image);

/* A q35 guest with disks and networks. */
typedef struct {
  const char *name, *uuid, *machine, *emulator, *cdrom;
  guint memory_mib, vcpus;
  const char *disks[4];
  const char *bridges[4];
} FixtureGuest;

extern const FixtureGuest fixture_guest;
MachtypeGuestBuilder *fixture_guest_builder (void);
