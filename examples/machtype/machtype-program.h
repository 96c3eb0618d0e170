/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include <machtype/machtype.h>

/* Exit statuses, for all commands but Nova's: a contract that scripts depend on. */
enum {
  STATUS_DONE = 0,
  STATUS_NO = 1,    /* the answer is no */
  STATUS_USAGE = 2, /* bad input or usage */
  STATUS_BELOW = 3, /* libvirt or a file failed */
};

/* The version of the JSON objects; fields are only ever added. */
#define JSON_FORMAT 1

/* How long a line of standard input may be, in bytes: an image with all its properties. */
#define LINE_MAX_LENGTH (4 * 1024 * 1024)

typedef struct {
  char *connect;
  char *capabilities;
  char **domain_capabilities;
  char *host_arch;
  int timeout; /* seconds */
} HostOptions;

typedef struct {
  char **properties;
  char **extra_specs;
  char **defaults;
  char *config;
  char *recorded;
  char *domain_type;
  gboolean pin, follow;
} GuestOptions;

/* options.c: what several commands take, and making library objects of it. */
GOptionContext *options_new (const char *arguments, const char *summary);
void options_add_host (GOptionContext *context, HostOptions *options);
void options_add_guest (GOptionContext *context, GuestOptions *options);
void host_options_clear (HostOptions *options);
void guest_options_clear (GuestOptions *options);

/* Parses and checks how many arguments are left: "-" counts as one. FALSE: reported, status set. */
gboolean options_parse (GOptionContext *context, int *argc, char ***argv, int least, int most,
                        int *status);

/* NULL without an error: none of the options was given. */
MachtypeHost *host_options_open (const HostOptions *options, GError **error);
MachtypeHost *host_options_open_or_local (const HostOptions *options, GError **error);
MachtypePolicy *guest_options_get_policy (const GuestOptions *options, GError **error);
MachtypeProperties *guest_options_get_properties (const GuestOptions *options, GError **error);

/* Resolves what the options say. properties and host must be NULL, and get what it was made from.
 */
MachtypeResolution *options_resolve (const GuestOptions *guest, const HostOptions *host_options,
                                     MachtypeProperties **properties, MachtypeHost **host,
                                     GError **error);

/* input.c: standard input, line by line. */
typedef void (*LineFunc) (const char *line, gpointer data);

/* Calls func for each line that is text; of others, and of too long ones, bad is called with why.
 */
int for_each_line (LineFunc func, LineFunc bad, gpointer data);

/* output.c */
int report (const GError *error);
int report_answer (const GError *error, gboolean json); /* with json, on standard output as well */
int status_of (const GError *error);
const char *code_of (const GError *error);
const char *nick_of (GType type, int value);
JsonBuilder *json_begin (void);
void json_text (JsonBuilder *builder, const char *name, const char *value); /* NULL: null */
void json_texts (JsonBuilder *builder, const char *name, const char *const *values);
void json_findings (JsonBuilder *builder, const char *name, GPtrArray *findings);
void json_error (const GError *error);
void json_end (JsonBuilder *builder); /* prints, frees */
void print_findings (const char *label, GPtrArray *findings);
void print_warnings (const char *const *warnings);

int command_parse (int argc, char **argv);
int command_compare (int argc, char **argv);
int command_check_change (int argc, char **argv);
int command_resolve (int argc, char **argv);
int command_domain_xml (int argc, char **argv);
int command_host (int argc, char **argv);
