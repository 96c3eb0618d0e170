/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "guest-hosts.h"
#include "selection.h"

/* machtype convert: convert.c is about files, convert-domain.c about domains of a host. */
typedef struct {
  gboolean json, force, pin, require_offered;
  gboolean diff, apply, dry_run;
  char *machine, *output, *state;
  char **domains;      /* named; NULL: none */
  Selection selection; /* with neither, a file */
  GuestHosts hosts;
  StoreOptions store;
} ConvertOptions;

MachtypeChangeFlags convert_get_flags (const ConvertOptions *options);

/* Warnings about machine types that no QEMU can have. host can be NULL. */
void convert_warn_of_names (const ConvertOptions *options, const char *xml, MachtypeHost *host);

/* To a file, or standard output. A refusal has none. */
gboolean convert_write_xml (const ConvertOptions *options, const MachtypeConversion *conversion,
                            GError **error);

/* The verdict, these warnings and the effects, on standard error. */
void convert_print (const MachtypeConversion *conversion, GPtrArray *warnings);

/* Returns the exit status; errors are reported. */
int convert_domains (ConvertOptions *options, GError **error);
