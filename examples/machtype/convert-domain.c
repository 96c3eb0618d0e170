/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* machtype convert --domain: a domain of a host. What is printed has no passwords, except the XML
 * that is to be defined by hand. */

#include "convert.h"

#include <string.h>

#include "diff.h"
#include "terminal.h"

/* A domain that is being converted. */
typedef struct {
  const ConvertOptions *options;
  MachtypeConnection *connection; /* borrowed from the instance, or own */
  MachtypeConnection *own;
  Instance instance; /* with --apply: its record */
  MachtypeHost *host;
  char *uuid;
  MachtypeState state;
} Target;

static void
target_clear (Target *target)
{
  instance_clear (&target->instance);
  machtype_connection_unref (target->own);
  machtype_host_unref (target->host);
  g_free (target->uuid);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Target, target_clear)

static char *
find_uuid (MachtypeConnection *connection, const char *text, GError **error)
{
  return g_uuid_string_is_valid (text)
             ? g_ascii_strdown (text, -1)
             : machtype_connection_dup_domain_uuid (connection, text, error);
}

/* NULL: the host has no such domain. */
static MachtypeDomain *
find_domain (Target *target, GError **error)
{
  target->uuid = find_uuid (target->connection, target->options->domain, error);
  return target->uuid != NULL ? machtype_connection_read_domain (target->connection, target->uuid,
                                                                 MACHTYPE_DOMAIN_READ_SAVED, error)
                              : NULL;
}

/* The host may have the domain, and only the store does not. Takes ownership of why. */
static gboolean
explain_missing (Target *target, GError *why, GError **error)
{
  g_autoptr (MachtypeDomain) domain = NULL;

  if (target->connection != NULL && g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_NOT_FOUND))
    domain = find_domain (target, NULL);
  if (domain == NULL) {
    g_propagate_error (error, why);
    return FALSE;
  }
  g_error_free (why);
  return set_error (error, MACHTYPE_ERROR_NOT_FOUND,
                    "domain %s is not recorded; record it first: machtype record --connect %s",
                    target->options->domain, target->options->host.connect);
}

/* With the record, and what is pending is settled first. */
static gboolean
open_recorded (Target *target, GError **error)
{
  const ApplyOptions apply = { .host = &target->options->host };
  Instance *instance = &target->instance;
  GError *why = NULL;
  gboolean found =
      instance_open (instance, &target->options->store, &apply, target->options->domain, &why);

  target->connection = apply_get_connection (instance->apply);
  if (!found)
    return explain_missing (target, why, error);
  target->uuid = g_strdup (machtype_record_get_uuid (instance->record));
  target->state = apply_get_state (instance->apply, instance->record);
  return TRUE;
}

static gboolean
open_domain (Target *target, GError **error)
{
  const HostOptions *host = &target->options->host;
  g_autoptr (MachtypeDomain) domain = NULL;

  target->own = open_connection (host->connect, host->timeout, error);
  target->connection = target->own;
  if (target->own != NULL)
    domain = find_domain (target, error);
  if (domain == NULL)
    return FALSE;
  target->state = machtype_domain_get_change_state (domain);
  return TRUE;
}

static gboolean
target_open (Target *target, GError **error)
{
  if (!host_options_check (&target->options->host, error) ||
      !(target->options->apply ? open_recorded (target, error) : open_domain (target, error)))
    return FALSE;
  target->host = read_host_of (target->connection, target->options->host.connect, error);
  return target->host != NULL;
}

/* Force is needed for another family, and must not cover the state as well. Without --apply, it is
 * what could be done once the guest is shut off. */
static MachtypeConversion *
convert_definition (const Target *target, const char *xml, GError **error)
{
  const gboolean is_ready = target->state == MACHTYPE_STATE_STOPPED;
  guint flags = convert_get_flags (target->options);
  MachtypeState state = MACHTYPE_STATE_STOPPED;

  if (target->options->apply && !is_ready) {
    flags &= ~(guint)MACHTYPE_CHANGE_FORCE;
    state = target->state;
  }
  return machtype_domain_convert (xml, -1, target->options->machine, state,
                                  (MachtypeChangeFlags)flags, target->host, error);
}

static char *
read_definition (const Target *target, MachtypeDefinitionFlags flags, GError **error)
{
  return machtype_connection_dup_definition (target->connection, target->uuid, flags, error);
}

static void
print_diff (const char *diff)
{
  g_auto (GStrv) lines = g_strsplit (diff, "\n", -1);
  char **line;

  if (!terminal_is_screen (stdout)) {
    write_output (diff);
    return;
  }
  for (line = lines; *line != NULL && (line[1] != NULL || **line != '\0'); line++) {
    g_autoptr (Text) text = text_new ();

    text_add (text,
              **line == '-'   ? STYLE_BAD
              : **line == '+' ? STYLE_GOOD
                              : STYLE_PLAIN,
              "%s", *line);
    text_print_line (text, stdout);
  }
}

static void
show_diff (const Target *target, const char *xml, const MachtypeConversion *conversion)
{
  const MachtypeChange *change = machtype_conversion_get_change (conversion);
  const char *old_machine = machtype_change_get_old_machine (change);
  const char *converted = machtype_conversion_get_xml (conversion),
             *domain = target->options->domain;
  g_autofree char *diff = NULL, *old_label = NULL, *new_label = NULL, *same = NULL;

  if (converted == NULL || strcmp (converted, xml) == 0)
    return;
  /* Both in the library's spelling, which quotes differently from libvirt's. */
  same = machtype_domain_xml_with_machine (xml, -1, old_machine, NULL);
  old_label = g_strdup_printf ("%s %s", domain, old_machine);
  new_label = g_strdup_printf ("%s %s", domain, machtype_change_get_machine_to_record (change));
  diff = diff_new_unified (same != NULL ? same : xml, old_label, converted, new_label);
  print_diff (diff);
}

/* The report must match what was done: signals are delayed until both are complete. */
static gboolean
apply_conversion (const Target *target, MachtypeConversion *conversion, GError **error)
{
  const MachtypeChange *change = machtype_conversion_get_change (conversion);
  g_autoptr (MachtypeRecord) converted = NULL;

  if (!target->options->apply || !machtype_change_is_permitted (change))
    return TRUE;
  signals_delay ();
  converted = machtype_updater_convert (apply_get_updater (target->instance.apply),
                                        target->instance.record, conversion, error);
  if (converted != NULL && !target->options->json) {
    if (terminal_is_screen (stdout))
      record_print_change ("Converted", target->instance.record,
                           machtype_record_get_machine (converted));
    else
      g_print ("Converted instance %s: machine type is %s (previously %s)\n", target->uuid,
               machtype_record_get_machine (converted), machtype_change_get_old_machine (change));
  }
  signals_deliver ();
  return converted != NULL;
}

static gboolean
print_domain (const Target *target, const MachtypeConversion *conversion,
              const MachtypeConversion *shown, GError **error)
{
  const ConvertOptions *options = target->options;

  if (!options->apply && !options->diff && !convert_write_xml (options, conversion, error))
    return FALSE;
  if (options->json)
    json_print (machtype_conversion_to_json (shown));
  else
    convert_print (conversion);
  if (!options->apply && target->state != MACHTYPE_STATE_STOPPED)
    g_printerr ("warning: state: the domain is not shut off: --apply would refuse it now\n");
  return TRUE;
}

/* The same without passwords, where the definition is shown. *shown: NULL if it is not. */
static gboolean
convert_shown (const Target *target, MachtypeConversion **shown, GError **error)
{
  g_autofree char *xml = NULL;

  if (!target->options->diff && !target->options->json)
    return TRUE;
  xml = read_definition (target, MACHTYPE_DEFINITION_NONE, error);
  if (xml != NULL)
    *shown = convert_definition (target, xml, error);
  if (*shown != NULL && target->options->diff)
    show_diff (target, xml, *shown);
  return *shown != NULL;
}

static int
convert_target (const Target *target, GError **error)
{
  g_autofree char *xml = read_definition (target, MACHTYPE_DEFINITION_SECURE, error);
  g_autoptr (MachtypeConversion) conversion = NULL, shown = NULL;

  if (xml == NULL)
    return -1;
  convert_warn_of_names (target->options, xml, target->host);
  conversion = convert_definition (target, xml, error);
  if (conversion == NULL || !convert_shown (target, &shown, error) ||
      !apply_conversion (target, conversion, error) ||
      !print_domain (target, conversion, shown, error))
    return -1;
  return machtype_change_is_permitted (machtype_conversion_get_change (conversion)) ? STATUS_DONE
                                                                                    : STATUS_NO;
}

int
convert_domain (const ConvertOptions *options, GError **error)
{
  g_auto (Target) target = { .options = options };
  const int status = target_open (&target, error) ? convert_target (&target, error) : -1;

  return status >= 0 ? status : report_answer (*error, options->json);
}
