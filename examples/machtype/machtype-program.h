/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include <machtype/machtype.h>

/* Exit statuses, for all commands but Nova's: a contract that scripts depend on. */
enum {
  STATUS_DONE = 0,
  STATUS_NO = 1,        /* the answer is no */
  STATUS_USAGE = 2,     /* bad input or usage */
  STATUS_BACKEND = 3,   /* libvirt, a database or a file failed */
  STATUS_CONFLICT = 75, /* somebody else was faster: try again */
};

/* Those of Nova's commands have Nova's meanings. */
enum {
  NOVA_DONE = 0,
  NOVA_UNEXPECTED = 1,
  NOVA_NOT_FOUND = 2,
  NOVA_STATE = 3, /* or: none recorded, some without, no such property */
  NOVA_REFUSED = 4,
  NOVA_FORMAT = 4,
  NOVA_UNSUPPORTED = 5,
  NOVA_NAME = 5,
  NOVA_VALUE = 6,
  NOVA_USAGE = 64, /* EX_USAGE of sysexits.h */
};

/* The version of the JSON objects; fields are only ever added. */
#define JSON_FORMAT 1

/* How long a line of standard input may be, in bytes: an image with all its properties, each byte
 * of which may take six. */
#define LINE_MAX_LENGTH (8 * 1024 * 1024)

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

/* The store, and what is done with one of its instances. */
typedef struct {
  char *path;
  char *instance;
  char *operation;
  gboolean record;
  MachtypeRecord *found; /* what options_resolve has found of the instance; NULL: nothing */
} StoreOptions;

/* What /etc/machtype.conf says; NULL: nothing. */
typedef struct {
  char *store;
  char *host;
  char *cell;
  char **defaults;
  gboolean has_pin, pin;
} Config;

/* machtype.c: the commands. Some are two words. */
typedef struct {
  const char *name;
  const char *arguments;
  const char *summary;
  int (*run) (int argc, char **argv);
  guint8 write_error_status; /* the status when standard output cannot be written */
} Command;

const Command *command_get (gsize i); /* NULL: there are no more */

/* The command that argv[1], and argv[2] where its name is two words, name; n gets how many they
 * are. In Nova's spellings, too. */
const Command *command_find (char **argv, int *n);

/* options.c: what several commands take, and making library objects of it. */
GOptionContext *options_new (const char *arguments, const char *summary);
void options_add (GOptionContext *context, const GOptionEntry *entries);
void options_add_host (GOptionContext *context, HostOptions *options);
void options_add_guest (GOptionContext *context, GuestOptions *options);
void host_options_clear (HostOptions *options);
void guest_options_clear (GuestOptions *options);

/* Parses and checks how many arguments are left: "-" counts as one. FALSE: reported, status set. */
gboolean options_parse (GOptionContext *context, int *argc, char ***argv, int least, int most,
                        int *status);

/* From now on options are added to this array of GOptionEntry as well, and options_parse does
 * nothing but fail: a command that is called tells its options, and does not run. */
void options_collect (GArray *entries);

/* NULL without an error: none of the options was given. */
MachtypeHost *host_options_open (const HostOptions *options, GError **error);
MachtypeHost *host_options_open_or_local (const HostOptions *options, GError **error);
MachtypePolicy *guest_options_get_policy (const GuestOptions *options, GError **error);
MachtypeProperties *guest_options_get_properties (const GuestOptions *options, GError **error);

/* Resolves what the options say; with an instance, what its record says. properties and host must
 * be NULL, and get what it was made from. */
MachtypeResolution *options_resolve (const GuestOptions *guest, const HostOptions *host_options,
                                     StoreOptions *store, MachtypeProperties **properties,
                                     MachtypeHost **host, GError **error);

/* A whole file, whatever it is, up to a limit in bytes; read_input takes "-" for standard input.
 * The text has a NUL behind it. */
char *read_file (const char *path, gsize limit, gsize *length, GError **error);
char *read_input (const char *path, gsize limit, gsize *length, GError **error);

/* "NAME=VALUE" apart, at the first equals sign. */
gboolean split_pair (const char *pair, const char *option, char **name, const char **value,
                     GError **error);

/* Runs a call that may take long, and tells a waiting user what it is doing. */
typedef gpointer (*PatientFunc) (gpointer data, GError **error);
gpointer run_with_progress (PatientFunc func, gpointer data, GError **error);

/* Patiently. The timeout is in seconds, as --timeout gives it. */
MachtypeConnection *open_connection (const char *uri, int timeout, GError **error);
gboolean check_timeout (int timeout, GError **error);

/* What is wrong with the options themselves, before anybody is asked. */
gboolean host_options_check (const HostOptions *options, GError **error);

/* host.c: the machine types a host offers with its best domain type, in the order in which people
 * look for them. */
GPtrArray *list_machines (MachtypeHost *host, MachtypeArch arch);

/* compat.c: what of the properties a machine cannot carry; NULL: there is nothing to judge. host
 * may be NULL. */
GPtrArray *list_incompatible (MachtypeProperties *properties, MachtypeArch arch,
                              const char *machine, MachtypeHost *host);

/* What would break when a machine type or host changes; each may be NULL but the new machine. Says
 * so where the architecture is not known, and nothing can be judged. */
GPtrArray *list_broken (MachtypeProperties *properties, MachtypeArch arch, const char *old_machine,
                        const char *new_machine, MachtypeHost *host);

/* On standard error, as warnings; findings may be NULL. */
void warn_of_broken (GPtrArray *findings);

/* finding.c: findings as text. */
typedef enum {
  FINDING_MESSAGE, /* MESSAGE */
  FINDING_REMEDY,  /* MESSAGE; REMEDY */
  FINDING_CODE,    /* CODE: MESSAGE; REMEDY */
  FINDING_ALL,     /* SEVERITY: CODE: MESSAGE; REMEDY [AUTHORITY: SOURCE] */
} FindingForm;

char *finding_to_text (const MachtypeFinding *finding, FindingForm form);

/* "LABEL: " and the text, on standard error; findings may be NULL. */
void finding_warn (const char *label, const MachtypeFinding *finding, FindingForm form);
void findings_warn (const char *label, GPtrArray *findings, FindingForm form);

gboolean finding_has_code (const MachtypeFinding *finding, const char *code);
gboolean findings_have_code (GPtrArray *findings, const char *code);

/* check-host.c: counts the instances of a store that a host does not have or cannot carry, and
 * those that cannot be judged, and tells each: as member "instances" of the object, or (json is
 * NULL) on standard error. cell and name may be NULL: any. */
typedef struct {
  guint64 bad, unjudged;
} NextHostCount;

gboolean check_next_host (MachtypeStore *store, const char *cell, const char *name,
                          MachtypeHost *host, JsonBuilder *json, NextHostCount *count,
                          GError **error);

/* What was said of a host that tells itself must be so. */
gboolean host_options_fit (const HostOptions *options, const MachtypeHost *host, GError **error);

/* config.c: /etc/machtype.conf, read once. NULL: the error is set. */
const Config *config_get (GError **error);

/* store.c: the store, and records as text. */
void options_add_store (GOptionContext *context, StoreOptions *options, gboolean with_instance);
void store_options_clear (StoreOptions *options);
MachtypeStore *store_options_open (const StoreOptions *options, MachtypeStoreOpenFlags flags,
                                   GError **error);
char *store_options_dup_path (const StoreOptions *options, gboolean make_folder, GError **error);
char *dup_author (void);
void json_record (JsonBuilder *builder, const MachtypeRecord *record);
char *dup_time (gint64 seconds);

/* Records what was resolved for the instance, if --record asks for it. guest may be NULL. */
gboolean store_options_record (const StoreOptions *options, const MachtypeResolution *resolution,
                               const MachtypeGuest *guest, MachtypeProperties *properties,
                               GError **error);

/* update-domain.c: a domain's definition gets the recorded machine type. */
typedef struct Apply Apply;
void apply_free (Apply *apply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Apply, apply_free)

typedef struct {
  const HostOptions *host; /* with a URI */
  gboolean record_only;    /* the host need not have the domain */
} ApplyOptions;

/* What is wrong with --apply, --record-only and the host's options. */
gboolean apply_check (gboolean apply, gboolean record_only, const HostOptions *host,
                      GError **error);

/* Opens the connection, settles what is pending there, reads the instance's record and its domain,
 * and brings the record's state up to date by it. */
Apply *apply_open (const ApplyOptions *options, const char *uuid, MachtypeStore *store,
                   MachtypeRecord **record, GError **error);

/* One instance: its record, and its domain where --connect names a host. */
typedef struct {
  MachtypeStore *store;
  MachtypeRecord *record;
  Apply *apply; /* NULL: no host at hand */
} Instance;

gboolean instance_open (Instance *instance, const StoreOptions *store, const ApplyOptions *options,
                        const char *uuid, GError **error);
void instance_clear (Instance *instance);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Instance, instance_clear)

/* The domain's state; without one (apply may be NULL), the record's. */
MachtypeState apply_get_state (const Apply *apply, const MachtypeRecord *record);

/* Nova's word for it, or "saved". */
const char *apply_get_state_word (const Apply *apply, const MachtypeRecord *record);

/* Borrowed. */
MachtypeUpdater *apply_get_updater (const Apply *apply);

/* Asked once; the caller borrows it. */
MachtypeHost *apply_get_host (Apply *apply, GError **error);

/* The machine type of the domain's definition: what is going to change. NULL without an error: the
 * host has no such domain. */
char *apply_dup_defined (Apply *apply, GError **error);

/* What is saved and brings back the old machine type: findings. apply may be NULL. */
GPtrArray *apply_list_saved (const Apply *apply);

void apply_warn_of_definition (const char *defined, const char *machine);

/* Between the two, a signal that would end the program waits. */
void signals_delay (void);
void signals_deliver (void);

/* pending.c: settles the interrupted changes of a host, and says so. */
gboolean pending_settle (MachtypeStore *store, MachtypeConnection *connection, GError **error);

/* The same with a store and a connection of its own, where the options name a host and something is
 * pending. What fails is a warning. */
void pending_settle_on (const StoreOptions *options, const HostOptions *host);

/* Warns of interrupted changes; uuid: only of this instance's; NULL: of all. */
gboolean pending_warn (MachtypeStore *store, const char *uuid, GError **error);
gboolean json_pending (JsonBuilder *builder, MachtypeStore *store, const char *uuid,
                       GError **error);

/* input.c: standard input, line by line. */
typedef void (*LineFunc) (const char *line, gpointer data);

/* Calls func for each line that is text; of others, and of too long ones, bad is called with why.
 */
int for_each_line (LineFunc func, LineFunc bad, gpointer data);

/* The same for a file; NULL: standard input. */
int for_each_line_of (const char *path, LineFunc func, LineFunc bad, gpointer data);

/* json-check.c: whether this is one JSON value; members counts those of all objects in it. */
gboolean json_check (const char *text, guint64 *members, GError **error);

/* NULL: the line is no JSON object, or one that is ambiguous, and the error is set. */
JsonObject *parse_object (const char *line, GError **error);

/* A string member, NULL where it is absent or null. */
gboolean read_string (JsonObject *object, const char *member, const char **value, GError **error);
gboolean read_integer (JsonObject *object, const char *member, gint64 *value, GError **error);
gboolean check_members (JsonObject *object, const char *const *known, GError **error);

typedef gboolean (*AddPairFunc) (MachtypePropertiesBuilder *builder, const char *name,
                                 const char *value, GError **error);
gboolean add_members (MachtypePropertiesBuilder *builder, AddPairFunc add, JsonObject *object,
                      const char *member, GError **error);

/* output.c */
/* Sets the error and returns FALSE. */
gboolean set_error (GError **error, MachtypeError code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* Returns TRUE without an error in why; otherwise moves it into error and returns FALSE. */
gboolean pass_on (GError **error, GError **why);

int report (const GError *error);
int report_answer (const GError *error, gboolean json); /* with json, on standard output as well */
int status_of (const GError *error);
int report_nova (const GError *error); /* the exit status of Nova's commands */
const char *code_of (const GError *error);
JsonBuilder *json_begin (void);
void json_text (JsonBuilder *builder, const char *name, const char *value); /* NULL: null */
void json_texts (JsonBuilder *builder, const char *name, const char *const *values);
void json_messages (JsonBuilder *builder, const char *name, GPtrArray *findings);
void json_findings (JsonBuilder *builder, const char *name, GPtrArray *findings);
void json_error (const GError *error);
void json_end (JsonBuilder *builder); /* prints, frees */
/* From here on whatever goes to standard output and standard error by g_print() and g_printerr() is
 * escaped, but for the ends of lines and, on standard output, tabs. */
void escape_output (void);

/* Standard output as it is: for XML and JSON, which have escapes of their own. */
void write_output (const char *text);

/* The beginning of a text from outside, fit to be quoted in a message. */
char *dup_shown (const char *text);

/* One line on standard output, whatever is in it; the end of the line is added. */
void print_line (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* A line of fields with tabs between; NULL is a dash. */
void print_fields (const char *const *fields, gsize n);

/* What recording did, as this program counts it: in this order, and each with its word. */
#define N_OUTCOMES 4
guint outcome_find (MachtypeStoreOutcome outcome);
const char *outcome_to_word (guint index);

/* The functions of all commands. */
#define COMMAND(name, arguments, summary, run, write_error_status) int run (int argc, char **argv);
#include "commands.h"
#undef COMMAND
