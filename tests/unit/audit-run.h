/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/machtype.h>

/* Of what has no other one. */
#define UUID "6f1d4b5e-4a0e-4d6c-9f6e-2b1a8c0f7d35"
#define OTHER_UUID "7a1d4b5e-4a0e-4d6c-9f6e-2b1a8c0f7d36"

#define X86 MACHTYPE_ARCH_X86_64

/* Machine types. */
#define SAME "pc-q35-7.2"
#define OLD "pc-q35-6.2"

/* An audit and what it has reported. */
typedef struct {
  MachtypeStore *store;
  MachtypeAudit *audit;
  GPtrArray *entries; /* of MachtypeAuditEntry */
  guint stop_after;   /* 0: never */
} Run;

void run_init (Run *run);
void run_clear (Run *run);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

/* A MachtypeAuditFunc: keeps the entry. */
gboolean run_on_entry (MachtypeAuditEntry *entry, gpointer data);

/* A record; what is NULL is left out. */
typedef struct {
  const char *uuid, *name, *host, *state;
  MachtypeArch arch;
  const char *machine, *properties;
  guint64 qemu;
  gint64 seen_at;
} Stored;

MachtypeRecord *run_add_record (MachtypeStore *store, const Stored *stored);
void run_store_record (MachtypeStore *store, const Stored *stored);

/* What a domain has. NULL: it lacks this part. */
typedef struct {
  const char *uuid, *name, *state;
  MachtypeArch arch;
  const char *defined, *running, *saved;
  gboolean has_unknown_saved;
  const char *snapshot, *offline; /* the machine types of a snapshot with and of one without RAM */
  const char *bare;               /* a snapshot with RAM, but without a domain: its name */
  const char *argument;           /* the machine type in QEMU's own arguments, as it runs */
  const char *broken;             /* why a part of it could not be read: */
  MachtypeDomainPart part;
} Found;

MachtypeDomainStatus *found_make_status (const Found *found);

/* Of the host that was begun. */
void run_check_found (Run *run, const Found *found);
void run_begin (Run *run, const char *host);
void run_check_records (Run *run);

/* The codes of its findings. */
char *entry_dup_codes (const MachtypeAuditEntry *entry);

/* All messages and remedies. */
char *entry_dup_words (const MachtypeAuditEntry *entry);

/* words, separated by '|', are in the text. */
void assert_words (const char *text, const char *words);
