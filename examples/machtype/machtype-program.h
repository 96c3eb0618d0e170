/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/machtype.h>
#include <stdio.h>

/* Exit statuses, for all commands except Nova's: a contract that scripts depend on. */
enum {
  STATUS_DONE = 0,
  STATUS_NO = 1,        /* refused, not possible, findings */
  STATUS_USAGE = 2,     /* bad input or usage */
  STATUS_BACKEND = 3,   /* libvirt, a database or a file failed */
  STATUS_CONFLICT = 75, /* changed concurrently: try again */
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

/* The maximum length of a line of standard input, in bytes: an image with all its properties, each
 * byte of which can take six. */
#define LINE_MAX_LENGTH (8 * 1024 * 1024)

typedef struct {
  char *connect;
  char *capabilities;
  char **domain_capabilities;
  char *platform;
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

/* The store, and the operation on one of its instances. */
typedef struct {
  char *path;
  char *instance;
  char *operation;
  gboolean record;
  MachtypeRecord *found; /* what options_resolve has found for the instance; NULL: nothing */
} StoreOptions;

/* machtype.c: the commands, by task. */
typedef enum {
  COMMANDS_GUESTS,
  COMMANDS_HOSTS,
  COMMANDS_NEW_GUESTS,
  COMMANDS_NAMES,
  COMMANDS_STORE,
  COMMANDS_NOVA,
  COMMANDS_HIDDEN, /* help does not list them */
} CommandGroup;

/* Some names are two words. */
typedef struct {
  CommandGroup group;
  const char *name;
  const char *arguments;
  const char *summary;
  int (*run) (int argc, char **argv);
  guint8 write_error_status; /* the status if standard output cannot be written */
} Command;

const Command *command_get (gsize i); /* NULL: there are no more */

/* The command that argv[1], and argv[2] if its name is two words, name; n is set to their number.
 * Accepts Nova's spellings as well. */
const Command *command_find (char **argv, int *n);

/* status, unless standard output could not be written. */
int check_output (int status, int write_error_status);

/* help.c: the help of the command that runs. What is added must be constant. */
#define HELP_DESCRIPTION "show this help"
#define COLOR_DESCRIPTION "when to use colors and the layout of a terminal"
void help_begin (const char *arguments, const char *summary, const char *notes);
void help_add (const char *group, const GOptionEntry *entry);
void help_print (void);

/* The option of the command that was probably meant; NULL: none is similar. */
char *help_dup_similar (const char *option);

/* options.c: options that several commands share, and creating library objects from them. The
 * notes, exit statuses and an example, are the end of the help. No line of it may be longer than 79
 * columns. */
GOptionContext *options_new (const char *arguments, const char *summary, const char *notes);
void options_add (GOptionContext *context, const GOptionEntry *entries);
void options_add_group (GOptionContext *context, const char *group, const GOptionEntry *entries);
void options_add_output (GOptionContext *context, gboolean *json, const char *description);
void options_add_host (GOptionContext *context, HostOptions *options);

/* The same for several hosts: options->connect and platform stay NULL. */
void options_add_hosts (GOptionContext *context, HostOptions *options, char ***connects,
                        char ***platforms);
void options_add_host_files (GOptionContext *context, HostOptions *options); /* without asking it */
void options_add_guest (GOptionContext *context, GuestOptions *options);
void host_options_clear (HostOptions *options);
void guest_options_clear (GuestOptions *options);

/* Parses, and checks how many arguments remain: "-" counts as one. FALSE: reported, status set. */
gboolean options_parse (GOptionContext *context, int *argc, char ***argv, int least, int most,
                        int *status);

/* From now on options are also added to this array of GOptionEntry, and options_parse does nothing
 * but fail: a command that is called lists its options, and does not run. */
void options_collect (GArray *entries);

/* The host of a command that cannot work without one, if none is given: libvirt's own variable,
 * otherwise this host. */
const char *get_default_uri (void);

/* Errors in a URI that can be found before it is opened. */
gboolean check_uri (const char *uri, GError **error);

/* NULL without an error: none of the options was given. */
MachtypeHost *host_options_open (const HostOptions *options, GError **error);
/* A host of which only the architecture is given. One that is unknown is an error only if the
 * guest's is needed: the image does not name its own. */
MachtypeHost *host_new_of_arch (const char *arch, const MachtypeProperties *properties,
                                GError **error);

MachtypeHost *host_options_open_or_local (const HostOptions *options, GError **error);
MachtypePolicy *guest_options_get_policy (const GuestOptions *options, GError **error);
MachtypeProperties *guest_options_get_properties (const GuestOptions *options, GError **error);

/* Resolves what the options contain; with an instance, what its record contains. properties and
 * host must be NULL, and are set to what was used. */
MachtypeResolution *options_resolve (const GuestOptions *guest, const HostOptions *host_options,
                                     StoreOptions *store, MachtypeProperties **properties,
                                     MachtypeHost **host, GError **error);

/* A whole file, of any kind, up to a limit in bytes; read_input treats "-" as standard input. The
 * text is NUL-terminated. */
char *read_file (const char *path, gsize limit, gsize *length, GError **error);
char *read_input (const char *path, gsize limit, gsize *length, GError **error);

/* The argument of --state; NULL or empty: the guest is stopped. */
gboolean read_state (const char *text, MachtypeState *state, GError **error);

/* Splits "NAME=VALUE" at the first equals sign. */
gboolean split_pair (const char *pair, const char *option, char **name, const char **value,
                     GError **error);

/* How long a host may take for an answer, in seconds, unless the user says otherwise. */
#define DEFAULT_TIMEOUT 120

/* Who waits reads for whom: "qemu:///system", or several. Begin it before anything asks
 * libvirt; report it at next, a monotonic time, and again at the next one. */
typedef struct {
  gint64 start, next;
} Progress;

Progress progress_begin (void);
void progress_report (Progress *progress, const char *whom);

/* Runs a call that can take long, with such reports. */
typedef gpointer (*PatientFunc) (gpointer data, GError **error);
gpointer run_with_progress (const char *uri, PatientFunc func, gpointer data, GError **error);

/* With progress reports. The timeout is in seconds, as given by --timeout. */
MachtypeConnection *open_connection (const char *uri, int timeout, GError **error);
MachtypeConnection *open_connection_to_read (const char *uri, int timeout, GError **error);
MachtypeHost *read_host_of (MachtypeConnection *connection, const char *uri, GError **error);
gboolean check_timeout (int timeout, GError **error);

/* Errors in the options themselves, before anything is contacted. */
gboolean host_options_check (const HostOptions *options, GError **error);

/* Whether they name a host or a platform; otherwise there is an architecture at most. */
gboolean host_options_have_host (const HostOptions *options);

/* suboptions.c: ",NAME=VALUE" in the argument of an option. The array of those that are known ends
 * with a NULL name; value points to where the value is stored, initially NULL, to be freed. */
typedef struct {
  const char *name;
  char **value;
} Suboption;

/* Removes them from the end of a path, which can contain commas itself. */
gboolean suboptions_take_from_path (const char *option, char *path, const Suboption *known,
                                    GError **error);

/* The whole argument consists of them. */
gboolean suboptions_take_all (const char *option, const char *argument, const Suboption *known,
                              GError **error);

/* host.c: the machine types that a host offers with its best domain type, in the order of display.
 */
GPtrArray *list_machines (MachtypeHost *host, MachtypeArch arch);

/* Goes on to the next architecture; start with MACHTYPE_ARCH_UNKNOWN. FALSE: there are no more. */
gboolean next_arch (MachtypeArch *arch);

/* Whether a machine type is deprecated: by the host, otherwise by QEMU's rule. */
typedef struct {
  gboolean deprecated; /* by the host */
  char *deprecated_in; /* NULL: unknown */
  char *removed_in;
  char *text; /* both in words, and what is known of vendors' types; NULL: nothing */
} MachineAge;

MachineAge machine_get_age (const MachtypeMachine *machine, MachtypeArch arch);
void machine_age_clear (MachineAge *age);

/* The path of the emulator or, for a platform, its name. */
const char *host_get_emulator (const MachtypeHost *host, MachtypeArch arch);

/* A line for one machine type: its name, what it stands for, and its age. */
void host_print_machine (const MachtypeMachine *machine, MachtypeArch arch);

/* local.c: the host that a URI names (https://libvirt.org/uri.html); empty: this machine, NULL: it
 * is not a URI, but a name of libvirt.conf. */
char *uri_dup_host (const char *uri);
gboolean uri_is_local (const char *uri);

/* The platform that this machine runs, by its os-release; of several stacks of a release the one
 * with this QEMU (0: unknown). */
MachtypePlatform *platform_open_local (guint64 qemu_version, GError **error);

/* host-common.c: prints the machine types that all of these hosts (MachtypeHost) offer, by
 * architecture (MACHTYPE_ARCH_UNKNOWN: all). */
void host_print_common (const GPtrArray *hosts, MachtypeArch arch, gboolean json);

/* host-compare.c: prints where a platform differs from a live host. TRUE: nowhere. FALSE without an
 * error: somewhere. */
gboolean host_compare (MachtypeConnection *connection, MachtypeHost *live,
                       const MachtypePlatform *platform, MachtypeArch arch, gboolean json,
                       GError **error);

/* host-screen.c: what a host offers, for a person; all: with what is only counted otherwise. */
void host_print (MachtypeHost *host, gboolean all);
void host_print_arch (MachtypeHost *host, MachtypeArch arch, gboolean all);

/* compat.c: the properties that a machine does not support; NULL: there is nothing to check. host
 * can be NULL. */
GPtrArray *list_incompatible (MachtypeProperties *properties, MachtypeArch arch,
                              const char *machine, MachtypeHost *host);

/* What would break when a machine type or host changes; each can be NULL except the new machine.
 * Reports if the architecture is unknown, so that nothing can be checked. */
GPtrArray *list_broken (MachtypeProperties *properties, MachtypeArch arch, const char *old_machine,
                        const char *new_machine, MachtypeHost *host);

/* Warns of image properties and extra specs that are probably misspelled. A resolution has these
 * warnings, too. */
void warn_of_unknown_names (const char *label, const MachtypeProperties *properties);

/* "; did you mean 'NAME'?" for an image property or extra spec that is not known, or nothing. */
char *dup_property_hint (const char *name, gboolean is_spec);

/* A machine type that no QEMU can have is not recorded unless a host offers it. */
gboolean check_possible (const char *machine, GError **error);

/* The same as a warning after "LABEL: ", for commands that do not refuse it themselves. host can be
 * NULL; arch unknown is the host's. */
void warn_of_impossible (const char *label, const char *machine, MachtypeArch arch,
                         MachtypeHost *host);

/* On standard error, as warnings; findings can be NULL. */
void warn_of_broken (GPtrArray *findings);

/* finding.c: findings as text. */
typedef enum {
  FINDING_MESSAGE, /* MESSAGE */
  FINDING_REMEDY,  /* MESSAGE; REMEDY */
  FINDING_CODE,    /* CODE: MESSAGE; REMEDY */
  FINDING_ALL,     /* SEVERITY: CODE: MESSAGE; REMEDY [AUTHORITY: SOURCE] */
} FindingForm;

char *finding_to_text (const MachtypeFinding *finding, FindingForm form);

/* The one way in which findings are laid out for a person: below a heading (NULL: none), each with
 * a mark ('x', '!', '-'; 0: by its severity), what it is about, its remedy, its code. */
void findings_print (FILE *stream, const char *heading, GPtrArray *findings, FindingForm form,
                     char mark);

/* On standard error: "LABEL: " and the text, one line each; several are laid out at a terminal, and
 * can be NULL. */
void finding_warn (const char *label, const MachtypeFinding *finding, FindingForm form);
void findings_warn (const char *label, GPtrArray *findings, FindingForm form);

/* A change and its verdict, in a line for a person. */
void change_print (FILE *stream, const MachtypeChange *change);

/* The reasons, warnings and effects of a change, on standard error. */
void change_report (const MachtypeChange *change, GPtrArray *warnings, GPtrArray *effects);

gboolean finding_has_code (const MachtypeFinding *finding, const char *code);
gboolean findings_have_code (GPtrArray *findings, const char *code);

/* gathering.c: findings of guests. NULL: not known. */
typedef struct {
  const char *uuid, *name, *host, *machine;
} Guest;

/* On standard error, each in a line that names the guest and its machine type. */
void guest_warn (const Guest *guest, GPtrArray *findings);

/* Findings of many guests, for a person: what is said of several is said once, and the guests are
 * listed below, by name, or, if their UUIDs are not given, named as they came. */
typedef struct Gathering Gathering;
Gathering *gathering_new (void);
void gathering_free (Gathering *gathering);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Gathering, gathering_free)

void gathering_add (Gathering *gathering, const Guest *guest, GPtrArray *findings);

/* Below a heading (NULL: none). mark is that of all of them; '\0': by severity, the most severe
 * first. */
void gathering_print (const Gathering *gathering, FILE *stream, const char *heading, char mark);

/* check-host.c: counts the instances of a store that a host does not offer or support, and those
 * that cannot be checked, and reports each: as member "instances" of the object, or (json is NULL)
 * on standard error. cell and name can be NULL: any. */
typedef struct {
  guint64 bad, unjudged;
  Gathering *gathering; /* where findings go; NULL: to standard error as they come */
} NextHostCount;

gboolean check_next_host (MachtypeStore *store, const char *cell, const char *name,
                          MachtypeHost *host, GString *json, NextHostCount *count, GError **error);

/* Whether the recorded machine types are aliases or deprecated; bad counts those that are. host can
 * be NULL. */
gboolean check_machines (MachtypeStore *store, const char *cell, const char *name,
                         MachtypeHost *host, GString *json, NextHostCount *count, GError **error);

/* check-guests.c: counts the guests of a host that have no record, that are not as recorded, and
 * what else of them an upgrade can bring back; reports each in the same way. */
typedef struct {
  guint64 n_unrecorded, n_failures, n_warnings;
  Gathering *gathering; /* where findings go; NULL: to standard error as they come */
} GuestCount;

gboolean check_guests (MachtypeStore *store, const HostOptions *host, GString *json,
                       GuestCount *count, GError **error);

/* A given host must agree with what the host reports. */
gboolean host_options_fit (const HostOptions *options, const MachtypeHost *host, GError **error);

/* For the help of commands with --operation. */
#define OPERATIONS_HELP                                                                            \
  "With --instance, the recorded machine type counts for every operation but\n"                    \
  "rebuild. --record records for spawn and rebuild; all other operations record\n"                 \
  "nothing."

/* config.c: the host's configuration, read once; its warnings are printed. NULL: the error is set.
 */
const MachtypeConfig *config_get (GError **error);

/* place.c: a misspelled cell or host must not be mistaken for one that is empty. Sets *unknown to a
 * message if no instance is in the cell, or on the host; each can be NULL. hosts are known without
 * instances, and can be NULL. FALSE: the error is set. */
gboolean find_unknown_place (MachtypeStore *store, const char *cell, const char *host,
                             const char *const *hosts, char **unknown, GError **error);

/* store.c: the store, and records as text. */
void options_add_store (GOptionContext *context, StoreOptions *options, gboolean with_instance);
void store_options_clear (StoreOptions *options);
MachtypeStore *store_options_open (const StoreOptions *options, MachtypeStoreOpenFlags flags,
                                   GError **error);
char *store_options_dup_path (const StoreOptions *options, GError **error);
/* Whether a place names a server, alone or behind the path of a replica. */
gboolean store_has_server (const char *path);
/* The same for a command that only reads: a store that does not exist yet is empty. */
gboolean store_may_exist (const char *path);
MachtypeStore *store_options_open_or_empty (const StoreOptions *options, GError **error);

char *dup_author (void);
char *dup_time (gint64 seconds);

/* What was done with a record's machine type, for a person. */
void record_print_change (const char *done, const MachtypeRecord *before, const char *machine);

/* Records what was resolved for the instance, if --record is given. guest can be NULL. */
gboolean store_options_record (const StoreOptions *options, const MachtypeResolution *resolution,
                               const MachtypeGuest *guest, MachtypeProperties *properties,
                               GError **error);

/* find.c: the UUID of the guest that a UUID or a name stands for. A name has to be that of only one
 * guest: of the host, if there is a connection (NULL: none), otherwise of the store. Raises
 * MACHTYPE_ERROR_NOT_FOUND, with the guests of that name, or one with a similar name. */
char *find_instance (MachtypeStore *store, MachtypeConnection *connection, const char *text,
                     GError **error);

/* The record of that guest in the store. */
MachtypeRecord *find_record_of (MachtypeStore *store, const char *text, GError **error);

/* update-domain.c: instances, each with its record and, where --connect names a host, its domain
 * there. The connection stays open from one instance to the next. */
typedef struct Apply Apply;
void apply_free (Apply *apply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Apply, apply_free)

typedef struct GuestHosts GuestHosts;

typedef struct {
  const HostOptions *host;   /* with a URI */
  gboolean record_only;      /* the host may not have the domain */
  gboolean dry_run;          /* nothing is written */
  gboolean json;             /* hosts that fail are reported in JSON, too */
  const GuestHosts *several; /* NULL: there are not several hosts */
} ApplyOptions;

/* Errors in --apply, --record-only and the host's options. */
gboolean apply_check (gboolean apply, gboolean record_only, const HostOptions *host,
                      GError **error);

/* Opens the connection, and settles what is pending there. */
Apply *apply_connect (const ApplyOptions *options, MachtypeStore *store, GError **error);

/* The same for a connection that is open. */
Apply *apply_new (const ApplyOptions *options, MachtypeStore *store, MachtypeConnection *connection,
                  GError **error);

/* Reads the record of the instance with this UUID or name and its domain, and updates the record's
 * state from it. */
gboolean apply_read (Apply *apply, const char *text, MachtypeRecord **record, GError **error);

gboolean apply_is_record_only (const Apply *apply);

/* Borrowed; NULL: no host (apply can be NULL). */
MachtypeConnection *apply_get_connection (const Apply *apply);

/* One instance after the other. */
typedef struct {
  MachtypeStore *store;
  MachtypeRecord *record;
  Apply *apply;       /* NULL: no host; of several, that of the instance, borrowed */
  GPtrArray *applies; /* of Apply: one for each host that has answered; NULL: not several */
  GPtrArray *silent;  /* of SilentHost: those that have not; NULL: the same */
} Instance;

gboolean instance_connect (Instance *instance, const StoreOptions *store,
                           const ApplyOptions *options, GError **error);
gboolean instance_read (Instance *instance, const char *text, GError **error);
gboolean instance_open (Instance *instance, const StoreOptions *store, const ApplyOptions *options,
                        const char *text, GError **error);
void instance_clear (Instance *instance);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Instance, instance_clear)

/* The record with the state of the domain, which a dry run does not write. */
MachtypeRecord *instance_dup_current (const Instance *instance, GError **error);

/* The domain's state; without a domain (apply can be NULL), the record's. */
MachtypeState apply_get_state (const Apply *apply, const MachtypeRecord *record);

/* The domain's state by Nova's word; NULL: there is no domain (apply can be NULL). */
const char *apply_get_domain_state (const Apply *apply);

/* Nova's word for it, or "saved". */
const char *apply_get_state_word (const Apply *apply, const MachtypeRecord *record);

/* Borrowed. */
MachtypeUpdater *apply_get_updater (const Apply *apply);

/* Read once; the caller borrows it. */
MachtypeHost *apply_get_host (Apply *apply, GError **error);

/* The machine type in the domain's definition, which is about to change. NULL without an error: the
 * host has no such domain. */
char *apply_dup_defined (Apply *apply, GError **error);

/* The domain's definition as XML, without its secrets. */
char *apply_dup_definition (Apply *apply, GError **error);

/* Prints what changes in the definition with another machine type, as a unified diff; nothing if
 * there is no domain. With a definition (which can be NULL), that replaces it as a whole. */
gboolean apply_print_diff (Apply *apply, const MachtypeRecord *record, const char *machine,
                           const char *definition, GError **error);

/* Findings about saved state that would restore the old machine type. apply can be NULL. */
GPtrArray *apply_list_saved (const Apply *apply);

/* The warnings of a change, and the same findings, unless the change has them already. */
GPtrArray *apply_list_warnings (const Apply *apply, const MachtypeChange *change);

void apply_warn_of_definition (const char *defined, const char *machine);

/* Between the two, signals that would end the program are delayed. */
void signals_delay (void);
void signals_deliver (void);

/* pending.c: settles the interrupted changes of a host, and reports them. */
gboolean pending_settle (MachtypeStore *store, MachtypeConnection *connection, GError **error);

/* The same without those that remain: for one of several hosts. */
gboolean pending_settle_alone (MachtypeStore *store, MachtypeConnection *connection,
                               GError **error);

/* The same with its own store and connection, if the options name a host and something is pending.
 * A failure is a warning. */
void pending_settle_on (const StoreOptions *options, const HostOptions *host);

/* Warns about interrupted changes; uuid: only of this instance; NULL: of all. */
gboolean pending_warn (MachtypeStore *store, const char *uuid, GError **error);
/* For a dry run: a change while another one of this instance is pending is an error. */
gboolean pending_check (MachtypeStore *store, const char *uuid, GError **error);
gboolean json_pending (GString *json, MachtypeStore *store, const char *uuid, GError **error);

/* input.c: standard input, line by line. */
typedef void (*LineFunc) (const char *line, gpointer data);

/* Calls func for each line that is text; for others, and for lines that are too long, calls bad
 * with the reason. An empty line is answered with an empty line, or (json) not at all. Answers are
 * held until no more input is waiting. */
int for_each_line (gboolean json, LineFunc func, LineFunc bad, gpointer data);

/* The same for a file, or (NULL) standard input, without answers: func is called for empty lines,
 * too. */
int for_each_line_of (const char *path, LineFunc func, LineFunc bad, gpointer data);

/* json.c: an object for standard output begins empty, or with an object that the library has
 * written, which it takes ownership of. What is absent (a NULL) is not written. A name is NULL for
 * an item of an array. doc/machtype.schema.json has the members of each command's objects. */
GString *json_begin (void);
GString *json_begin_with (char *value);
void json_text (GString *json, const char *name, const char *value);
void json_integer (GString *json, const char *name, guint64 value);
void json_boolean (GString *json, const char *name, gboolean value);
void json_texts (GString *json, const char *name, const char *const *values);
void json_findings (GString *json, const char *name, GPtrArray *findings); /* NULL: empty */

/* A member that is an object that the library has written; takes ownership of it. */
void json_value (GString *json, const char *name, char *value);

/* Arrays and objects. */
void json_open (GString *json, const char *name, char bracket);
void json_close (GString *json, char bracket);

void json_end (GString *json); /* prints, frees */
void json_print (char *value); /* what the library has written, alone; takes ownership */
void json_error (const GError *error);

/* The same for a message of the program, which it prints to standard error in its own way. */
void json_message (MachtypeError code, const char *message);

/* NULL: the line is not a JSON object, or an ambiguous one, and the error is set. */
GVariant *parse_object (const char *line, GError **error);

/* A new reference; NULL if it is missing or null. */
GVariant *find_member (GVariant *object, const char *member);

/* A string member, NULL if it is missing or null. */
gboolean read_string (GVariant *object, const char *member, const char **value, GError **error);
gboolean check_members (GVariant *object, const char *const *known, GError **error);

typedef gboolean (*AddPairFunc) (MachtypePropertiesBuilder *builder, const char *name,
                                 const char *value, GError **error);
gboolean add_members (MachtypePropertiesBuilder *builder, AddPairFunc add, GVariant *object,
                      const char *member, GError **error);

/* output.c */
/* Sets the error and returns FALSE. */
gboolean set_error (GError **error, MachtypeError code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* Returns TRUE if why is not set; otherwise moves it to error and returns FALSE. */
gboolean pass_on (GError **error, GError **why);

int report (const GError *error);
int report_answer (const GError *error, gboolean json); /* with json, also on standard output */
int status_of (const GError *error);
/* The exit status of Nova's commands; with json, also on standard output. */
int report_nova (const GError *error, gboolean json);
int nova_status_of (const GError *error);

/* The status of several guests, from that so far and that of the next: that of all that failed, if
 * it is the same, otherwise 1. */
int join_status (int status, int next);

/* A refusal of one of Nova's commands, a line: as with Nova, on standard output, unless that is
 * JSON. */
void print_refusal (gboolean json, const char *format, ...) G_GNUC_PRINTF (2, 3);
const char *code_of (const GError *error);

/* From now on everything that g_print() and g_printerr() write to standard output and standard
 * error is escaped, except newlines and, on standard output, tabs. */
void escape_output (void);

/* Lines on standard error, in one write. They are not escaped: what they quote is already. */
void print_errors (const char *lines);

/* Standard output without escaping: for XML and JSON, which have their own escapes. */
void write_output (const char *text);

/* Between the two, standard output is not written at once, but when its buffer is full, when
 * something is written to standard error, and when input.c has to wait. */
void output_hold (void);
void output_release (void);

/* For the end of a message: "; did you mean 'WORD'?", or nothing if no word is similar. */
char *dup_hint (const char *text, const char *const *words);

/* The start of a text from outside, made safe to be quoted in a message. */
char *dup_shown (const char *text);

/* One line on standard output, whatever it contains; the newline is added. */
void print_line (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* A dash for NULL. */
const char *or_dash (const char *text);

/* A line of tab-separated fields; NULL is a dash. */
void print_fields (const char *const *fields, gsize n);

/* The outcomes of recording, as this program counts them: in this order, each with its word. Those
 * of a store come first, "unchanged" last among them; only hosts have the others. */
#define N_STORE_OUTCOMES 4
#define N_OUTCOMES 7
guint outcome_find (MachtypeStoreOutcome outcome);

/* Whether something is written with this outcome. */
gboolean outcome_writes (guint index);
const char *outcome_to_word (guint index);

/* The functions of all commands. */
#define COMMAND(group, name, arguments, summary, run, write_error_status)                          \
  int run (int argc, char **argv);
#include "commands.h"
#undef COMMAND
