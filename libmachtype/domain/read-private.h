/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/domain.h>

#include "domain/arguments-private.h"
#include "domain/domain-private.h"
#include "xml-reader.h"

struct _MachtypeDomain {
  gatomicrefcount refs;
  MachtypeArch arch;
  char *type;                  /* NULL: not given */
  char *name;                  /* NULL: not given */
  char *uuid;                  /* NULL: not given */
  char *machine;               /* NULL: not given */
  char *argument_machine;      /* in QEMU's own arguments; NULL: none */
  gboolean is_live;            /* it has an identifier: it runs */
  const char *state;           /* Nova's word; NULL: unknown */
  gboolean has_saved_state;    /* known only if it was requested */
  char **memory_snapshots;     /* NULL: none, or not requested */
  MachtypeProperties *devices; /* NULL: not read */
  MtDomainMirror *mirror;      /* NULL: none */
  GError *problem;             /* NULL: none */
};

typedef enum { MT_WANT_NOTHING, MT_WANT_NAME, MT_WANT_UUID } MtDomainWanted;

/* The position in the document: elements that have children of interest. */
typedef enum {
  MT_IN_NOTHING,
  MT_IN_METADATA,
  MT_IN_OS,
  MT_IN_DEVICES,
  MT_IN_COMMAND_LINE
} MtDomainSection;
typedef enum {
  MT_IN_NO_DEVICE,
  MT_IN_DISK,
  MT_IN_CDROM,
  MT_IN_INTERFACE,
  MT_IN_VIDEO
} MtDomainDevice;

/* Reading one domain: the root of a document, or an element in one. */
typedef struct {
  MachtypeDomain *domain;             /* NULL: not begun */
  MachtypePropertiesBuilder *devices; /* NULL: only the machine type is read */
  MtXmlReader *reader;
  guint seen; /* one bit for each MtProperty: the first of a kind counts */
  MtDomainWanted wanted;
  MtDomainSection section;
  MtDomainDevice device;
  gboolean has_qemu;    /* it declares the namespace of QEMU's own arguments */
  gboolean is_complete; /* the rest of it is of no interest */
  MtQemuArguments arguments;
} MtDomainReading;

/* A domain of which nothing is known. */
MachtypeDomain *mt_domain_new (void);

void mt_domain_reading_begin (MtDomainReading *reading, MachtypeDomainReadFlags flags);

/* The events of the domain's elements, as MtXmlHandler gets them; the domain itself has depth 1,
 * whatever its name is. */
void mt_domain_reading_start (MtDomainReading *reading, const char *element, guint depth,
                              const MtXmlAttributes *attributes);
void mt_domain_reading_end (MtDomainReading *reading, const char *element, guint depth,
                            const char *text, gsize length);

/* NULL if it was not begun. */
MachtypeDomain *mt_domain_reading_finish (MtDomainReading *reading);
