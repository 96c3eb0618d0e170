/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Nova's commands on image properties of an instance, with its messages and exit statuses. Source:
 * nova/cmd/manage.py (class ImagePropertyCommands). */

#include "machtype-program.h"

#include <string.h>

#include "terminal.h"

typedef struct {
  gboolean json, dry_run;
  char **properties, **unset;
  StoreOptions store;
  HostOptions host;
} SetOptions;

static const char *
find_property (const MachtypeRecord *record, const char *name)
{
  const char *machine = machtype_record_get_machine (record);

  if (machine != NULL && strcmp (name, "hw_machine_type") == 0)
    return machine;
  return machtype_properties_get_image (machtype_record_get_properties (record), name);
}

/* After Nova's sentence: " Did you mean 'NAME'?", or nothing. */
static char *
dup_question (const char *name)
{
  g_autofree char *hint = dup_property_hint (name, FALSE);

  return *hint != '\0' ? g_strconcat (" Did", hint + strlen ("; did"), NULL) : g_strdup ("");
}

static void
print_property (const char *uuid, const char *name, const char *value, gboolean json)
{
  GString *object;

  if (!json) {
    print_fields (&value, 1);
    return;
  }
  object = json_begin ();
  json_text (object, "uuid", uuid);
  json_text (object, "name", name);
  json_text (object, "value", value);
  json_end (object);
}

static int
report_no_property (const char *uuid, const char *name, gboolean json)
{
  g_autofree char *hint = dup_question (name), *message = NULL;

  message = g_strdup_printf ("Image property %s not found for instance %s.%s", name, uuid, hint);
  g_printerr ("%s\n", message);
  if (json)
    json_message (MACHTYPE_ERROR_NOT_FOUND, message);
  return NOVA_STATE;
}

static int
show (const StoreOptions *options, const char *text, const char *name, gboolean json,
      GError **error)
{
  g_autoptr (MachtypeStore) store =
      store_options_open (options, MACHTYPE_STORE_OPEN_READ_ONLY, error);
  g_autoptr (MachtypeRecord) record = NULL;
  const char *uuid, *value;

  if (store != NULL)
    record = find_record_of (store, text, error);
  if (record == NULL || !pending_warn (store, machtype_record_get_uuid (record), error))
    return NOVA_UNEXPECTED;
  uuid = machtype_record_get_uuid (record);
  value = find_property (record, name);
  if (value == NULL)
    return report_no_property (uuid, name, json);
  print_property (uuid, name, value, json);
  return NOVA_DONE;
}

int
command_image_property_show (int argc, char **argv)
{
  StoreOptions store = { 0 };
  gboolean json = FALSE;
  g_autoptr (GOptionContext) context =
      options_new ("GUEST NAME", "Shows an image property that is recorded for an instance.",
                   "Exit status: 0 done, 1 failed, 2 no such instance, 3 no such property, 64\n"
                   "usage.\n\n"
                   "Example:\n"
                   "  machtype image-property show web hw_disk_bus");
  g_autoptr (GError) error = NULL;
  int status;

  options_add_store (context, &store, FALSE);
  options_add_output (context, &json, "print a JSON object");
  if (options_parse (context, &argc, &argv, 2, 2, &status))
    status = show (&store, argv[1], argv[2], json, &error);
  else
    status = NOVA_USAGE;
  if (error != NULL)
    status = report_nova (error, json);
  store_options_clear (&store);
  return status;
}

/* As Nova prints it, and with --json as an object. */
static void
refuse (const SetOptions *options, MachtypeError code, const char *message)
{
  print_refusal (options->json, "%s", message);
  if (options->json)
    json_message (code, message);
}

static int
refuse_name (const SetOptions *options, const char *name)
{
  g_autofree char *shown = machtype_text_escape (name, -1, 80), *hint = NULL, *message = NULL;

  if (strcmp (name, "hw_machine_type") == 0) {
    refuse (options, MACHTYPE_ERROR_INVALID_PROPERTY,
            "Invalid image property name hw_machine_type: use 'machtype update-machine-type', "
            "which checks the change.");
    return NOVA_NAME;
  }
  hint = dup_question (name);
  message = g_strdup_printf ("Invalid image property name %s.%s", shown, hint);
  refuse (options, MACHTYPE_ERROR_INVALID_PROPERTY, message);
  return NOVA_NAME;
}

static int
set_one (MachtypeRecordBuilder *builder, const SetOptions *options, const char *name,
         const char *value)
{
  g_autoptr (GError) error = NULL;

  if (strcmp (name, "hw_machine_type") == 0 || !machtype_image_property_is_known (name))
    return refuse_name (options, name);
  if (machtype_record_builder_set_property (builder, name, value, &error))
    return NOVA_DONE;
  refuse (options, (MachtypeError)error->code, error->message);
  return NOVA_VALUE;
}

static int
set_all (MachtypeRecordBuilder *builder, const SetOptions *options)
{
  int status = NOVA_DONE;
  char **argument;

  for (argument = options->properties; status == NOVA_DONE && argument != NULL && *argument != NULL;
       argument++) {
    g_autofree char *name = NULL;
    const char *value = NULL;

    split_pair (*argument, "", &name, &value, NULL);
    status = set_one (builder, options, name, value);
  }
  for (argument = options->unset; status == NOVA_DONE && argument != NULL && *argument != NULL;
       argument++)
    status = set_one (builder, options, *argument, NULL);
  return status;
}

static GPtrArray *
list_unfit (const MachtypeRecord *record, MachtypeHost *host, GError **error)
{
  g_autoptr (MachtypeProperties) properties =
      machtype_record_dup_guest_properties (record, MACHTYPE_OPERATION_HARD_REBOOT, NULL, error);

  if (properties == NULL)
    return NULL;
  return machtype_compat_check (properties, machtype_record_get_arch (record), NULL,
                                machtype_record_get_machine (record), host);
}

static gboolean
has_finding (GPtrArray *findings, const MachtypeFinding *finding)
{
  guint i;

  for (i = 0; i < findings->len; i++) {
    if (strcmp (machtype_finding_get_message (findings->pdata[i]),
                machtype_finding_get_message (finding)) == 0)
      return TRUE;
  }
  return FALSE;
}

/* The first one is the message. */
static void
json_unfit (GPtrArray *findings)
{
  g_autofree char *message = finding_to_text (findings->pdata[0], FINDING_REMEDY);
  GString *json = json_begin ();

  json_text (json, "error", machtype_error_to_string (MACHTYPE_ERROR_UNSUPPORTED));
  json_text (json, "message", message);
  json_findings (json, "incompatible", findings);
  json_end (json);
}

/* In lines, in the order in which they were found. */
static void
print_unfit (const MachtypeFinding *finding, gboolean known, gboolean json)
{
  g_autofree char *text = finding_to_text (finding, FINDING_REMEDY);

  if (known)
    g_printerr ("warning: %s\n", text);
  else
    print_refusal (json, "%s", text);
}

/* What was already wrong is reported, but does not cause a refusal: problems are fixed one by one.
 * What domain-xml does not write, the machine may support. */
static int
report_unfit (GPtrArray *before, GPtrArray *after, gboolean json)
{
  g_autoptr (GPtrArray) old = g_ptr_array_new (), new = g_ptr_array_new ();
  gboolean is_screen = terminal_is_screen (stderr);
  guint i;

  for (i = 0; i < after->len; i++) {
    MachtypeFinding *finding = after->pdata[i];
    gboolean known = has_finding (before, finding) || finding_has_code (finding, "machine-unknown");

    if (finding_has_code (finding, "not-generated"))
      continue;
    g_ptr_array_add (known ? old : new, finding);
    if (!is_screen)
      print_unfit (finding, known, json);
  }
  if (is_screen) {
    findings_print (stderr, "Refused because", new, FINDING_REMEDY, 'x');
    findings_warn ("warning", old, FINDING_REMEDY);
  }
  if (json && new->len != 0)
    json_unfit (new);
  return new->len == 0 ? NOVA_DONE : NOVA_VALUE;
}

/* NULL without an error: none is given. */
static MachtypeHost *
open_host (const Instance *instance, const SetOptions *options, GError **error)
{
  MachtypeHost *host;

  if (instance->apply == NULL)
    return host_options_open (&options->host, error);
  host = apply_get_host (instance->apply, error);
  return host != NULL ? machtype_host_ref (host) : NULL;
}

/* Whether the recorded machine type supports the properties, on the host if one is given. */
static int
check_carry (const Instance *instance, const MachtypeRecord *changed, const SetOptions *options,
             GError **error)
{
  const MachtypeRecord *record = instance->record;
  g_autoptr (MachtypeHost) host = NULL;
  g_autoptr (GPtrArray) before = NULL, after = NULL;
  g_autoptr (GError) why = NULL;

  host = open_host (instance, options, &why);
  if (!pass_on (error, &why))
    return NOVA_UNEXPECTED;
  if (machtype_record_get_machine (record) == NULL)
    return NOVA_DONE;
  before = list_unfit (record, host, error);
  if (before != NULL)
    after = list_unfit (changed, host, error);
  return after != NULL ? report_unfit (before, after, options->json) : NOVA_UNEXPECTED;
}

static gboolean
check_format (const SetOptions *options)
{
  char **argument;

  for (argument = options->properties; argument != NULL && *argument != NULL; argument++) {
    if (strchr (*argument, '=') == NULL || **argument == '=') {
      refuse (options, MACHTYPE_ERROR_INVALID_ARGUMENT,
              "--property should use the format key=value");
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
may_change (const Instance *instance)
{
  switch (apply_get_state (instance->apply, instance->record)) {
  case MACHTYPE_STATE_STOPPED:
  case MACHTYPE_STATE_SHELVED:
  case MACHTYPE_STATE_SHELVED_OFFLOADED:
    return TRUE;
  case MACHTYPE_STATE_UNKNOWN:
  case MACHTYPE_STATE_OTHER:
  case MACHTYPE_STATE_SAVED:
  default:
    return FALSE;
  }
}

static int
refuse_state (const SetOptions *options, const Instance *instance)
{
  g_autofree char *message = g_strdup_printf (
      "Instance %s in vm_state %s. Cannot image_property set (must be STOPPED, SHELVED, or "
      "SHELVED_OFFLOADED) while the instance is in this state.",
      machtype_record_get_uuid (instance->record),
      apply_get_state_word (instance->apply, instance->record));

  refuse (options, MACHTYPE_ERROR_REFUSED, message);
  return NOVA_STATE;
}

static void
print_set (const SetOptions *options, const MachtypeRecord *record)
{
  GString *json;

  if (!options->json && options->dry_run)
    g_print ("Would change the image properties of instance %s\n",
             machtype_record_get_uuid (record));
  if (!options->json)
    return;
  json = json_begin_with (machtype_record_to_json (record));
  if (options->dry_run)
    json_boolean (json, "dry_run", TRUE);
  json_end (json);
}

static int
set_properties (const SetOptions *options, const char *text, GError **error)
{
  const ApplyOptions apply = { .host = &options->host,
                               .record_only = TRUE,
                               .dry_run = options->dry_run };
  g_auto (Instance) instance = { 0 };
  g_autoptr (MachtypeRecord) changed = NULL, stored = NULL;
  g_autoptr (MachtypeRecordBuilder) builder = NULL;
  g_autofree char *author = dup_author ();
  int status;

  if (!instance_open (&instance, &options->store, &apply, text, error))
    return NOVA_UNEXPECTED;
  if (!may_change (&instance))
    return refuse_state (options, &instance);
  builder = machtype_record_builder_new_from (instance.record);
  status = set_all (builder, options);
  if (status != NOVA_DONE)
    return status;
  changed = machtype_record_builder_end (builder);
  status = check_carry (&instance, changed, options, error);
  if (status != NOVA_DONE)
    return status;
  if (options->dry_run &&
      !pending_check (instance.store, machtype_record_get_uuid (instance.record), error))
    return NOVA_UNEXPECTED;
  stored = options->dry_run
               ? machtype_record_ref (changed)
               : machtype_store_replace (instance.store, instance.record, changed, author, error);
  if (stored != NULL)
    print_set (options, stored);
  return stored != NULL ? NOVA_DONE : NOVA_UNEXPECTED;
}

int
command_image_property_set (int argc, char **argv)
{
  SetOptions o = { 0 };
  const GOptionEntry entries[] = {
    { "property", 'p', 0, G_OPTION_ARG_STRING_ARRAY, &o.properties,
      "set an image property; can be repeated", "NAME=VALUE" },
    { "unset", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.unset,
      "remove an image property; can be repeated", "NAME" },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &o.dry_run, "report what would be done, write nothing",
      NULL },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context =
      options_new ("GUEST",
                   "Changes the image properties that are recorded for an instance. What the\n"
                   "recorded machine type or the given host does not support is refused.",
                   "Exit status: 0 done, 1 failed, 2 no such instance, 3 not in this state, 4 not\n"
                   "NAME=VALUE, 5 no such property, 6 invalid or unsupported value, 64 usage, 75\n"
                   "changed concurrently.\n\n"
                   "Example:\n"
                   "  machtype image-property set web --property hw_disk_bus=virtio");
  g_autoptr (GError) error = NULL;
  int status;

  options_add (context, entries);
  options_add_store (context, &o.store, FALSE);
  options_add_host (context, &o.host);
  options_add_output (context, &o.json, "print the record as a JSON object");
  if (!options_parse (context, &argc, &argv, 1, 1, &status))
    status = NOVA_USAGE;
  else if (o.properties == NULL && o.unset == NULL) {
    g_printerr ("machtype: nothing to set; use --property NAME=VALUE or --unset NAME\n");
    status = NOVA_USAGE;
  } else if (!host_options_check (&o.host, &error)) {
    report_answer (error, o.json);
    g_clear_error (&error);
    status = NOVA_USAGE;
  } else
    status = check_format (&o) ? set_properties (&o, argv[1], &error) : NOVA_FORMAT;
  if (error != NULL)
    status = report_nova (error, o.json);
  g_strfreev (o.properties);
  g_strfreev (o.unset);
  store_options_clear (&o.store);
  host_options_clear (&o.host);
  return status;
}
