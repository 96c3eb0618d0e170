/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Nova's commands on image properties of an instance, with its messages and exit statuses. Source:
 * nova/cmd/manage.py (class ImagePropertyCommands). */

#include "machtype-program.h"

#include <string.h>

#include "terminal.h"

typedef struct {
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

static int
show (const StoreOptions *options, const char *uuid, const char *name, GError **error)
{
  g_autoptr (MachtypeStore) store =
      store_options_open (options, MACHTYPE_STORE_OPEN_READ_ONLY, error);
  g_autoptr (MachtypeRecord) record = NULL;
  g_autofree char *hint = NULL;
  const char *value;

  if (store != NULL)
    record = machtype_store_read_record (store, uuid, error);
  if (record == NULL || !pending_warn (store, uuid, error))
    return NOVA_UNEXPECTED;
  value = find_property (record, name);
  if (value != NULL) {
    print_fields (&value, 1);
    return NOVA_DONE;
  }
  hint = dup_question (name);
  g_printerr ("Image property %s not found for instance %s.%s\n", name,
              machtype_record_get_uuid (record), hint);
  return NOVA_STATE;
}

int
command_image_property_show (int argc, char **argv)
{
  StoreOptions store = { 0 };
  g_autoptr (GOptionContext) context = options_new (
      "UUID NAME", "Shows an image property that is recorded for an instance.",
      "Exit status: 0 done, 1 failed, 2 no such instance, 3 no such property, 64\n"
      "usage.\n\n"
      "Example:\n"
      "  machtype image-property show 6f1d4b5e-4a0e-4d6c-9f6e-2b1a8c0f7d35 hw_disk_bus");
  g_autoptr (GError) error = NULL;
  int status;

  options_add_store (context, &store, FALSE);
  if (options_parse (context, &argc, &argv, 2, 2, &status))
    status = show (&store, argv[1], argv[2], &error);
  else
    status = NOVA_USAGE;
  if (error != NULL)
    status = report_nova (error);
  store_options_clear (&store);
  return status;
}

static int
refuse_name (const char *name)
{
  g_autofree char *shown = machtype_text_escape (name, -1, 80), *hint = NULL;

  if (strcmp (name, "hw_machine_type") == 0) {
    print_refusal (FALSE, "Invalid image property name hw_machine_type: use 'machtype "
                          "update-machine-type', which checks the change.");
    return NOVA_NAME;
  }
  hint = dup_question (name);
  print_refusal (FALSE, "Invalid image property name %s.%s", shown, hint);
  return NOVA_NAME;
}

static int
set_one (MachtypeRecordBuilder *builder, const char *name, const char *value)
{
  g_autoptr (GError) error = NULL;

  if (strcmp (name, "hw_machine_type") == 0 || !machtype_image_property_is_known (name))
    return refuse_name (name);
  if (machtype_record_builder_set_property (builder, name, value, &error))
    return NOVA_DONE;
  print_refusal (FALSE, "%s", error->message);
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
    status = set_one (builder, name, value);
  }
  for (argument = options->unset; status == NOVA_DONE && argument != NULL && *argument != NULL;
       argument++)
    status = set_one (builder, *argument, NULL);
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

/* What was already wrong is reported, but does not cause a refusal: problems are fixed one by one.
 * What domain-xml does not write, the machine may support. */
static int
report_unfit (GPtrArray *before, GPtrArray *after)
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
    if (is_screen)
      continue;
    if (known)
      finding_warn ("warning", finding, FINDING_REMEDY);
    else {
      g_autofree char *text = finding_to_text (finding, FINDING_REMEDY);

      print_refusal (FALSE, "%s", text);
    }
  }
  if (is_screen) {
    findings_print (stderr, "Refused because", new, FINDING_REMEDY, 'x');
    findings_warn ("warning", old, FINDING_REMEDY);
  }
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
  return after != NULL ? report_unfit (before, after) : NOVA_UNEXPECTED;
}

static gboolean
check_format (const SetOptions *options)
{
  char **argument;

  for (argument = options->properties; argument != NULL && *argument != NULL; argument++) {
    if (strchr (*argument, '=') == NULL || **argument == '=') {
      print_refusal (FALSE, "--property should use the format key=value");
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
set_properties (const SetOptions *options, const char *uuid, GError **error)
{
  const ApplyOptions apply = { &options->host, TRUE };
  g_auto (Instance) instance = { NULL, NULL, NULL };
  g_autoptr (MachtypeRecord) changed = NULL, stored = NULL;
  g_autoptr (MachtypeRecordBuilder) builder = NULL;
  g_autofree char *author = dup_author ();
  int status;

  if (!instance_open (&instance, &options->store, &apply, uuid, error))
    return NOVA_UNEXPECTED;
  if (!may_change (&instance)) {
    print_refusal (
        FALSE,
        "Instance %s in vm_state %s. Cannot image_property set (must be STOPPED, SHELVED, "
        "or SHELVED_OFFLOADED) while the instance is in this state.",
        machtype_record_get_uuid (instance.record),
        apply_get_state_word (instance.apply, instance.record));
    return NOVA_STATE;
  }
  builder = machtype_record_builder_new_from (instance.record);
  status = set_all (builder, options);
  if (status != NOVA_DONE)
    return status;
  changed = machtype_record_builder_end (builder);
  status = check_carry (&instance, changed, options, error);
  if (status != NOVA_DONE)
    return status;
  stored = machtype_store_replace (instance.store, instance.record, changed, author, error);
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
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context =
      options_new ("UUID",
                   "Changes the image properties that are recorded for an instance. What the\n"
                   "recorded machine type or the given host does not support is refused.",
                   "Exit status: 0 done, 1 failed, 2 no such instance, 3 not in this state, 4 not\n"
                   "NAME=VALUE, 5 no such property, 6 invalid or unsupported value, 64 usage, 75\n"
                   "changed concurrently.\n\n"
                   "Example:\n"
                   "  machtype image-property set 6f1d4b5e-4a0e-4d6c-9f6e-2b1a8c0f7d35 \\\n"
                   "      --property hw_disk_bus=virtio");
  g_autoptr (GError) error = NULL;
  int status;

  options_add (context, entries);
  options_add_store (context, &o.store, FALSE);
  options_add_host (context, &o.host);
  if (!options_parse (context, &argc, &argv, 1, 1, &status))
    status = NOVA_USAGE;
  else if (o.properties == NULL && o.unset == NULL) {
    g_printerr ("machtype: nothing to set; use --property NAME=VALUE or --unset NAME\n");
    status = NOVA_USAGE;
  } else if (!host_options_check (&o.host, &error)) {
    report (error);
    g_clear_error (&error);
    status = NOVA_USAGE;
  } else
    status = check_format (&o) ? set_properties (&o, argv[1], &error) : NOVA_FORMAT;
  if (error != NULL)
    status = report_nova (error);
  g_strfreev (o.properties);
  g_strfreev (o.unset);
  store_options_clear (&o.store);
  host_options_clear (&o.host);
  return status;
}
