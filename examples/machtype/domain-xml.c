/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "machtype-program.h"

#include <string.h>

/* That nova.conf decides. */
#define NO_TB_CACHE G_MININT

typedef struct {
  gboolean json, mirror;
  GuestOptions guest;
  HostOptions host;
  StoreOptions store;
  char *name, *uuid, *kernel, *initrd, *cmdline, *console_log, *graphics, *rng_device, *tpm_secret;
  char **disks, **cdroms, **floppies, **networks, **consoles;
  gint64 memory;
  int vcpus, tb_cache;
} DomainOptions;

/* "path=PATH" is virt-install's spelling: paths are absolute. */
static char *
dup_path (const char *argument)
{
  return g_strdup (g_str_has_prefix (argument, "path=") ? argument + strlen ("path=") : argument);
}

static gboolean
add_disk (MachtypeGuestBuilder *builder, const char *argument, GError **error)
{
  g_autofree char *path = dup_path (argument), *bus = NULL, *format = NULL;
  const Suboption known[] = { { "bus", &bus }, { "format", &format }, { NULL, NULL } };

  if (!suboptions_take_from_path ("--disk", path, known, error))
    return FALSE;
  if (format == NULL && g_str_has_suffix (path, ".qcow2"))
    format = g_strdup ("qcow2");
  return machtype_guest_builder_add_disk (builder, path, format, bus, error);
}

typedef gboolean (*AddDriveFunc) (MachtypeGuestBuilder *builder, const char *path, GError **error);

/* A CD-ROM or floppy. */
static gboolean
add_drive (MachtypeGuestBuilder *builder, const char *option, AddDriveFunc add,
           const char *argument, GError **error)
{
  static const Suboption none[] = { { NULL, NULL } };
  g_autofree char *path = dup_path (argument);

  return suboptions_take_from_path (option, path, none, error) && add (builder, path, error);
}

static gboolean
set_network_error (const char *argument, GError **error)
{
  static const char *const words[] = { "user", "network=NAME", "bridge=NAME", NULL };
  g_autofree char *hint = dup_hint (argument, words);

  return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                    "--network must be user, network=NAME or bridge=NAME, then optionally "
                    ",model=MODEL and ,mac=MAC%s",
                    hint);
}

/* "user" is the only kind without a name. */
static gboolean
add_network (MachtypeGuestBuilder *builder, const char *argument, GError **error)
{
  g_autofree char *network = NULL, *bridge = NULL, *mac = NULL, *model = NULL;
  const Suboption known[] = {
    { "network", &network }, { "bridge", &bridge }, { "mac", &mac },
    { "model", &model },     { NULL, NULL },
  };
  MachtypeInterfaceType type = MACHTYPE_INTERFACE_TYPE_USER;
  const char *rest = argument;

  if (strchr (argument, '=') == NULL && !g_str_has_prefix (argument, "user"))
    return set_network_error (argument, error);
  if (g_str_has_prefix (argument, "user") && strchr (",", argument[4]) != NULL)
    rest = argument[4] == ',' ? argument + 5 : NULL;
  if (rest != NULL && !suboptions_take_all ("--network", rest, known, error))
    return FALSE;
  if ((rest != argument) + (network != NULL) + (bridge != NULL) != 1)
    return set_network_error (argument, error);
  if (network != NULL)
    type = MACHTYPE_INTERFACE_TYPE_NETWORK;
  else if (bridge != NULL)
    type = MACHTYPE_INTERFACE_TYPE_BRIDGE;
  return machtype_guest_builder_add_interface_of_model (
      builder, type, network != NULL ? network : bridge, mac, model, error);
}

static gboolean
set_graphics (MachtypeGuestBuilder *builder, const char *argument, GError **error)
{
  static const char *const words[] = { "none", "vnc", "spice", NULL };
  g_autofree char *hint = NULL;
  MachtypeGraphicsType type;

  if (machtype_graphics_type_from_string (argument, &type, NULL))
    return machtype_guest_builder_set_graphics (builder, type, error);
  hint = dup_hint (argument, words);
  return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                    "--graphics must be none, vnc or spice%s%s",
                    strchr (argument, ',') != NULL ? ", without suboptions" : "", hint);
}

/* "127.0.0.1:4555", "[::1]:4555". */
static gboolean
add_tcp_console (MachtypeGuestBuilder *builder, const char *argument, GError **error)
{
  const char *colon = strrchr (argument, ':');
  g_autofree char *host = NULL;
  guint64 port;

  if (colon == NULL || colon == argument ||
      !g_ascii_string_to_unsigned (colon + 1, 10, 1, G_MAXUINT16, &port, NULL))
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                      "--tcp-console must be an address and a port, such as 127.0.0.1:4555");
  host = g_strndup (argument, (gsize)(colon - argument));
  if (*host == '[' && g_str_has_suffix (host, "]")) {
    host[strlen (host) - 1] = '\0';
    memmove (host, host + 1, strlen (host));
  }
  return machtype_guest_builder_add_tcp_console (builder, host, (guint)port, error);
}

/* An instance's name can be one that libvirt does not allow: Nova keeps it as a title. */
static gboolean
set_name (MachtypeGuestBuilder *builder, const DomainOptions *options, GError **error)
{
  const MachtypeRecord *record = options->store.found;
  const char *recorded = record != NULL ? machtype_record_get_name (record) : NULL;
  g_autofree char *shown = NULL;

  if (options->name != NULL)
    return machtype_guest_builder_set_name (builder, options->name, error);
  if (recorded == NULL || machtype_guest_builder_set_name (builder, recorded, NULL))
    return TRUE;
  shown = dup_shown (recorded);
  g_printerr ("warning: a domain cannot have the instance's name '%s'; use --name\n", shown);
  return TRUE;
}

static gboolean
set_basics (MachtypeGuestBuilder *builder, const DomainOptions *options, GError **error)
{
  const char *uuid = options->uuid != NULL ? options->uuid : options->store.instance;

  if (options->memory < 0 || options->vcpus < 0)
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                      "--memory and --vcpus must be positive numbers");
  if (options->tb_cache < 0 && options->tb_cache != NO_TB_CACHE)
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT, "--tb-cache must not be negative");
  if (options->kernel == NULL && (options->initrd != NULL || options->cmdline != NULL))
    return set_error (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
                      "--initrd and --cmdline need --kernel");
  machtype_guest_builder_set_metadata (builder, options->mirror);
  if (options->tb_cache != NO_TB_CACHE)
    machtype_guest_builder_set_tb_cache (builder, (guint)options->tb_cache);
  return set_name (builder, options, error) &&
         machtype_guest_builder_set_uuid (builder, uuid, error) &&
         machtype_guest_builder_set_memory (builder, (guint64)options->memory, error) &&
         machtype_guest_builder_set_vcpus (builder, (guint)options->vcpus, error) &&
         (options->kernel == NULL ||
          machtype_guest_builder_set_kernel (builder, options->kernel, options->initrd,
                                             options->cmdline, error)) &&
         machtype_guest_builder_set_console_log (builder, options->console_log, error) &&
         machtype_guest_builder_set_rng_device (builder, options->rng_device, error) &&
         machtype_guest_builder_set_tpm_secret (builder, options->tpm_secret, error) &&
         (options->graphics == NULL || set_graphics (builder, options->graphics, error));
}

static gboolean
add_devices (MachtypeGuestBuilder *builder, const DomainOptions *options, GError **error)
{
  char **argument;

  for (argument = options->disks; argument != NULL && *argument != NULL; argument++) {
    if (!add_disk (builder, *argument, error))
      return FALSE;
  }
  for (argument = options->cdroms; argument != NULL && *argument != NULL; argument++) {
    if (!add_drive (builder, "--cdrom", machtype_guest_builder_add_cdrom, *argument, error))
      return FALSE;
  }
  for (argument = options->floppies; argument != NULL && *argument != NULL; argument++) {
    if (!add_drive (builder, "--floppy", machtype_guest_builder_add_floppy, *argument, error))
      return FALSE;
  }
  for (argument = options->networks; argument != NULL && *argument != NULL; argument++) {
    if (!add_network (builder, *argument, error))
      return FALSE;
  }
  for (argument = options->consoles; argument != NULL && *argument != NULL; argument++) {
    if (!add_tcp_console (builder, *argument, error))
      return FALSE;
  }
  return TRUE;
}

static char *
dup_unused_message (const MachtypeProperties *properties, const char *name)
{
  g_autofree char *hint =
      dup_property_hint (name, machtype_properties_get_image (properties, name) == NULL);

  return g_strdup_printf ("%s has no effect on the domain%s", name, hint);
}

/* That a property has no effect is said already. */
static void
add_findings (GPtrArray *all, GPtrArray *findings)
{
  guint i;

  for (i = 0; i < findings->len; i++) {
    if (!finding_has_code (findings->pdata[i], "property-unknown"))
      g_ptr_array_add (all, machtype_finding_ref (findings->pdata[i]));
  }
}

static GPtrArray *
list_findings (const MachtypeResolution *resolution, const MachtypeGuest *guest)
{
  g_autoptr (GPtrArray) decided = machtype_resolution_list_warnings (resolution);
  g_autoptr (GPtrArray) built = machtype_guest_list_warnings (guest);
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_finding_unref);

  add_findings (all, decided);
  add_findings (all, built);
  return all;
}

/* Like a finding of the library. */
static void
json_unused (GString *json, const char *name, const char *message)
{
  json_open (json, NULL, '{');
  json_text (json, "code", "property-unused");
  json_text (json, "severity", machtype_severity_to_string (MACHTYPE_SEVERITY_WARNING));
  json_text (json, "message", message);
  json_text (json, "subject", name);
  json_text (json, "authority", machtype_authority_to_string (MACHTYPE_AUTHORITY_NONE));
  json_close (json, '}');
}

static void
print_json (const MachtypeGuest *guest, MachtypeProperties *properties, char *const *unused,
            GPtrArray *findings)
{
  GString *json = json_begin ();
  guint i;

  json_text (json, "xml", machtype_guest_get_xml (guest));
  json_text (json, "console_device", machtype_guest_get_console_device (guest));
  json_open (json, "warnings", '[');
  for (; *unused != NULL; unused++) {
    g_autofree char *message = dup_unused_message (properties, *unused);

    json_unused (json, *unused, message);
  }
  for (i = 0; i < findings->len; i++)
    json_value (json, NULL, machtype_finding_to_json (findings->pdata[i]));
  json_close (json, ']');
  json_end (json);
}

static void
print_guest (const MachtypeGuest *guest, MachtypeProperties *properties,
             const MachtypeResolution *resolution, gboolean json)
{
  g_autoptr (GPtrArray) findings = list_findings (resolution, guest);
  g_auto (GStrv) unused = machtype_properties_dup_unused_names (properties);
  char **name;
  guint i;

  for (name = unused; *name != NULL; name++) {
    g_autofree char *message = dup_unused_message (properties, *name);

    g_printerr ("warning: %s\n", message);
  }
  for (i = 0; i < findings->len; i++)
    finding_warn ("warning", findings->pdata[i], FINDING_MESSAGE);
  if (json)
    print_json (guest, properties, unused, findings);
  else
    write_output (machtype_guest_get_xml (guest));
}

static gboolean
generate (DomainOptions *options, GError **error)
{
  g_autoptr (MachtypeProperties) properties = NULL;
  g_autoptr (MachtypeHost) host = NULL;
  g_autoptr (MachtypeResolution) resolution = NULL;
  g_autoptr (MachtypeGuestBuilder) builder = NULL;
  g_autoptr (MachtypeGuest) guest = NULL;

  resolution =
      options_resolve (&options->guest, &options->host, &options->store, &properties, &host, error);
  if (resolution == NULL)
    return FALSE;
  builder = machtype_guest_builder_new (resolution, properties, host);
  if (set_basics (builder, options, error) && add_devices (builder, options, error))
    guest = machtype_guest_builder_end (builder, error);
  if (guest == NULL)
    warn_of_impossible ("warning", machtype_resolution_get_machine (resolution),
                        machtype_resolution_get_arch (resolution), host);
  if (guest == NULL ||
      !store_options_record (&options->store, resolution, guest, properties, error))
    return FALSE;
  print_guest (guest, properties, resolution, options->json);
  return TRUE;
}

static void
add_entries (GOptionContext *context, DomainOptions *o)
{
  const GOptionEntry entries[] = {
    { "name", 0, 0, G_OPTION_ARG_STRING, &o->name,
      "the domain's name (default: recorded, or guest)", "NAME" },
    { "uuid", 0, 0, G_OPTION_ARG_STRING, &o->uuid, "the domain's UUID (default: the instance's)",
      "UUID" },
    { "memory", 0, 0, G_OPTION_ARG_INT64, &o->memory, "memory (default: 1024)", "MiB" },
    { "vcpus", 0, 0, G_OPTION_ARG_INT, &o->vcpus, "virtual CPUs (default: 1)", "N" },
    { "disk", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->disks, "a disk; can be repeated",
      "PATH[,bus=BUS][,format=FORMAT]" },
    { "cdrom", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->cdroms, "a CD-ROM; can be repeated", "PATH" },
    { "floppy", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->floppies, "a floppy; can be repeated",
      "PATH" },
    { "network", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->networks,
      "a network interface; can be repeated",
      "user|network=NAME|bridge=NAME[,model=MODEL][,mac=MAC]" },
    { "kernel", 0, 0, G_OPTION_ARG_FILENAME, &o->kernel, "boot this kernel", "PATH" },
    { "initrd", 0, 0, G_OPTION_ARG_FILENAME, &o->initrd, "pass this initial RAM disk to the kernel",
      "PATH" },
    { "cmdline", 0, 0, G_OPTION_ARG_STRING, &o->cmdline, "pass this command line to the kernel",
      "TEXT" },
    { "console-log", 0, 0, G_OPTION_ARG_FILENAME, &o->console_log,
      "write the console output to this file", "PATH" },
    { "graphics", 0, 0, G_OPTION_ARG_STRING, &o->graphics, "the graphical console (default: vnc)",
      "vnc|spice|none" },
    { "rng-device", 0, 0, G_OPTION_ARG_FILENAME, &o->rng_device,
      "source of random numbers (default: /dev/urandom)", "PATH" },
    { "tcp-console", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->consoles,
      "a serial port on TCP; can be repeated", "HOST:PORT" },
    { "tpm-secret", 0, 0, G_OPTION_ARG_STRING, &o->tpm_secret,
      "the libvirt secret that encrypts the TPM", "UUID" },
    { "tb-cache", 0, 0, G_OPTION_ARG_INT, &o->tb_cache, "memory for translated code, if emulated",
      "MiB" },
    { "mirror", 0, 0, G_OPTION_ARG_NONE, &o->mirror, "write the result into the domain's metadata",
      NULL },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };

  o->memory = 1024;
  o->vcpus = 1;
  options_add (context, entries);
}

int
command_domain_xml (int argc, char **argv)
{
  DomainOptions o = { .tb_cache = NO_TB_CACHE };
  g_autoptr (GOptionContext) context = options_new (
      NULL, "Writes the libvirt domain XML of a guest to standard output.\n" OPERATIONS_HELP,
      "Exit status: 0 done, 1 not possible, 2 bad input or usage, 3 libvirt, the store\n"
      "or a file failed, 75 changed concurrently.\n\n"
      "Example:\n"
      "  machtype domain-xml --name web --disk /srv/web.qcow2 --network user >web.xml");
  g_autoptr (GError) error = NULL;
  int status;

  add_entries (context, &o);
  options_add_guest (context, &o.guest);
  options_add_host (context, &o.host);
  options_add_store (context, &o.store, TRUE);
  options_add_output (context, &o.json, "print a JSON object");
  if (options_parse (context, &argc, &argv, 0, 0, &status))
    status = generate (&o, &error) ? STATUS_DONE : report_answer (error, o.json);
  guest_options_clear (&o.guest);
  host_options_clear (&o.host);
  store_options_clear (&o.store);
  g_free (o.name);
  g_free (o.uuid);
  g_free (o.kernel);
  g_free (o.initrd);
  g_free (o.cmdline);
  g_free (o.console_log);
  g_free (o.graphics);
  g_strfreev (o.disks);
  g_strfreev (o.cdroms);
  g_strfreev (o.floppies);
  g_free (o.rng_device);
  g_free (o.tpm_secret);
  g_strfreev (o.consoles);
  g_strfreev (o.networks);
  return status;
}
