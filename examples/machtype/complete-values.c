/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The values of options and arguments, for completion: from the library, the store that the line or
 * machtype.conf names, and the host if the line names one. */

#include "complete.h"

#include <string.h>

#include "words.h"

/* The time limits for the store, in microseconds, and for a writer before it, in milliseconds: the
 * user has pressed a key and is waiting. */
#define STORE_TIME (60 * G_TIME_SPAN_MILLISECOND)
#define STORE_TIMEOUT_MS 30

/* The time limit for a host, in seconds. */
#define HOST_TIMEOUT 5

static MachtypeStore *
open_store (const Line *line)
{
  StoreOptions options = { 0 };
  g_autofree char *given = g_strdup (line_get (line, "store"));
  g_autofree char *path = NULL;

  options.path = given;
  path = store_options_dup_path (&options, NULL);
  if (path == NULL || !g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  return machtype_store_open (path, MACHTYPE_STORE_OPEN_READ_ONLY, STORE_TIMEOUT_MS, NULL);
}

typedef struct {
  Line *line;
  void (*func) (Line *line, MachtypeRecord *record);
  gint64 until;
} Walk;

static gboolean
on_record (MachtypeRecord *record, gpointer data)
{
  const Walk *walk = data;

  walk->func (walk->line, record);
  return g_get_monotonic_time () < walk->until;
}

static void
for_each_record (Line *line, void (*func) (Line *line, MachtypeRecord *record))
{
  g_autoptr (MachtypeStore) store = open_store (line);
  Walk walk = { line, func, g_get_monotonic_time () + STORE_TIME };

  if (store != NULL)
    machtype_store_foreach (store, NULL, NULL, on_record, &walk, NULL);
}

/* The instance that the line is about; NULL: none, or it has no record. */
static MachtypeRecord *
get_record (const Line *line)
{
  const char *guest = line_get (line, "instance");
  g_autoptr (MachtypeStore) store = NULL;

  if (guest == NULL && line->others->len != 0 && strstr (line->command->arguments, "GUEST") != NULL)
    guest = line->others->pdata[0];
  if (guest != NULL)
    store = open_store (line);
  return store != NULL ? find_record_of (store, guest, NULL) : NULL;
}

/* The embedded driver is one that starts: it creates directories and queries every emulator. */
static gboolean
is_embedded (const char *uri)
{
  return uri != NULL && strstr (uri, ":///embed") != NULL;
}

static MachtypeHost *
get_host (Line *line)
{
  HostOptions options = { 0 };
  const char *uri = line_get (line, "connect");

  if (line->has_asked || is_embedded (uri))
    return line->host;
  line->has_asked = TRUE;
  options.connect = g_strdup (uri);
  options.capabilities = g_strdup (line_get (line, "capabilities"));
  options.platform = g_strdup (line_get (line, "on"));
  options.timeout = HOST_TIMEOUT;
  if (host_options_have_host (&options))
    line->host = host_options_open (&options, NULL);
  host_options_clear (&options);
  return line->host;
}

/* For a domain that is given as a file, as for convert. */
static MachtypeArch
read_domain_arch (const Line *line)
{
  g_autoptr (MachtypeDomain) domain = NULL;
  g_autofree char *xml = NULL;
  gsize length;

  if (line->others->len == 0 || strstr (line->command->arguments, "FILE") == NULL ||
      !g_file_test (line->others->pdata[0], G_FILE_TEST_IS_REGULAR))
    return MACHTYPE_ARCH_UNKNOWN;
  xml = read_file (line->others->pdata[0], MACHTYPE_XML_MAX_SIZE, &length, NULL);
  if (xml != NULL)
    domain = machtype_domain_new_from_xml (xml, (gssize)length, MACHTYPE_DOMAIN_READ_NONE, NULL);
  return domain != NULL ? machtype_domain_get_arch (domain) : MACHTYPE_ARCH_UNKNOWN;
}

/* The guest's, if the line contains it. */
static MachtypeArch
get_arch (Line *line)
{
  const char *text = line_get (line, "arch");
  g_autoptr (MachtypeRecord) record = NULL;
  MachtypeArch arch = MACHTYPE_ARCH_UNKNOWN;

  if (text == NULL)
    text = line_get_property (line, "hw_emulation_architecture");
  if (text == NULL)
    text = line_get_property (line, "hw_architecture");
  if (text != NULL)
    return machtype_arch_from_string (text, NULL);
  record = get_record (line);
  if (record != NULL)
    arch = machtype_record_get_arch (record);
  if (arch == MACHTYPE_ARCH_UNKNOWN)
    arch = read_domain_arch (line);
  if (arch == MACHTYPE_ARCH_UNKNOWN && get_host (line) != NULL)
    arch = machtype_host_get_arch (get_host (line));
  text = line_get (line, "host-arch");
  return arch == MACHTYPE_ARCH_UNKNOWN && text != NULL ? machtype_arch_from_string (text, NULL)
                                                       : arch;
}

/* A change to another family is refused, unless it is forced. */
static MachtypeFamily
get_family (const Line *line)
{
  g_autoptr (MachtypeRecord) record = NULL;
  g_autoptr (MachtypeName) name = NULL;

  if (strcmp (line->command->name, "update-machine-type") != 0 || line_has (line, "force"))
    return MACHTYPE_FAMILY_NONE;
  record = get_record (line);
  if (record != NULL && machtype_record_get_machine (record) != NULL)
    name = machtype_name_new (machtype_record_get_machine (record),
                              machtype_record_get_arch (record), NULL);
  return name != NULL ? machtype_name_get_family (name) : MACHTYPE_FAMILY_NONE;
}

static gboolean
is_of_family (const Line *line, const char *machine, MachtypeArch arch)
{
  g_autoptr (MachtypeName) name = NULL;

  if (line->family == MACHTYPE_FAMILY_NONE)
    return TRUE;
  name = machtype_name_new (machine, arch, NULL);
  return name != NULL && machtype_name_get_family (name) == line->family;
}

static void
offer_machine (Line *line, const char *text, MachtypeArch arch, gboolean versioned)
{
  g_autoptr (MachtypeName) name = machtype_name_new (text, arch, NULL);
  g_autofree char *age = NULL;
  guint major, minor, from_major, from_minor;

  if (name == NULL || !is_of_family (line, text, arch) ||
      machtype_name_get_kind (name) == MACHTYPE_NAME_KIND_UNKNOWN ||
      (versioned && !machtype_lifecycle_get_introduced (name, NULL, NULL)))
    return;
  if (machtype_lifecycle_get_removed (name, &major, &minor) &&
      machtype_lifecycle_get_deprecated (name, &from_major, &from_minor))
    age = g_strdup_printf ("deprecated from QEMU %u.%u, removed in %u.%u", from_major, from_minor,
                           major, minor);
  else if (machtype_lifecycle_get_removed (name, &major, &minor))
    age = g_strdup_printf ("removed in QEMU %u.%u", major, minor);
  line_offer (line, text, age);
}

/* QEMU's version numbers: 2.0 to 2.12, 3.0, 3.1, then three a year. Source: its release tags. */
static guint
get_last_minor (guint major)
{
  if (major == NEWEST_MAJOR)
    return NEWEST_MINOR;
  return major == 2 ? 12 : major == 3 ? 1 : 2;
}

static void
offer_family (Line *line, const char *prefix, MachtypeArch arch)
{
  guint major, minor;

  for (major = 2; major <= NEWEST_MAJOR; major++) {
    for (minor = 0; minor <= get_last_minor (major); minor++) {
      g_autofree char *name = g_strdup_printf ("%s-%u.%u", prefix, major, minor);

      offer_machine (line, name, arch, TRUE);
    }
  }
}

static void
offer_known_machines (Line *line, MachtypeArch arch)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (families); i++) {
    offer_machine (line, families[i].name, arch, FALSE);
    offer_family (line, families[i].values, arch);
  }
  for (i = 0; i < G_N_ELEMENTS (boards); i++)
    offer_machine (line, boards[i].name, arch, FALSE);
}

static void
offer_machines_of (Line *line, MachtypeArch arch)
{
  MachtypeHost *host = get_host (line);
  g_autoptr (GPtrArray) machines = NULL;
  guint i;

  if (host == NULL) {
    offer_known_machines (line, arch);
    return;
  }
  machines = list_machines (host, arch);
  for (i = 0; i < machines->len; i++) {
    const char *name = machtype_machine_get_name (machines->pdata[i]);

    if (is_of_family (line, name, arch))
      line_offer (line, name, machtype_machine_get_canonical (machines->pdata[i]));
  }
}

static void
offer_machines (Line *line)
{
  line->family = get_family (line);
  offer_machines_of (line, get_arch (line));
}

static void
offer_archs (Line *line)
{
  MachtypeArch arch = MACHTYPE_ARCH_UNKNOWN;

  while (next_arch (&arch))
    line_offer (line, machtype_arch_to_string (arch), NULL);
}

/* ARCH=TYPE */
static void
offer_defaults (Line *line)
{
  const char *equals = strchr (line->value, '=');
  g_autofree char *text = NULL;
  MachtypeArch arch = MACHTYPE_ARCH_UNKNOWN;

  if (equals != NULL) {
    text = g_strndup (line->value, (gsize)(equals - line->value));
    line_advance (line, strlen (text) + 1);
    offer_machines_of (line, machtype_arch_from_string (text, NULL));
    return;
  }
  while (next_arch (&arch))
    line_offer_name (line, machtype_arch_to_string (arch), NULL);
}

static void
offer_states (Line *line)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (state_names); i++) {
    const char *nova = state_names[i].values;

    line_offer (line, state_names[i].name, strcmp (nova, state_names[i].name) != 0 ? nova : NULL);
  }
}

static void
offer_operations (Line *line)
{
  int i;

  for (i = 1; strcmp (machtype_operation_to_string ((MachtypeOperation)i), "unknown") != 0; i++)
    line_offer (line, machtype_operation_to_string ((MachtypeOperation)i), NULL);
}

static void
offer_words (Line *line, const char *words, const char *separators)
{
  g_auto (GStrv) list = g_strsplit_set (words, separators, -1);
  char **word;

  for (word = list; *word != NULL; word++) {
    if (**word != '\0')
      line_offer (line, *word, NULL);
  }
}

/* What precedes "=", and the values that can follow it. */
typedef struct {
  char **(*dup_names) (void);
  MachtypeValueType (*get_value_type) (const char *name);
  char **(*dup_values) (const char *name);
} Names;

static const Names image_properties = { machtype_image_property_dup_names,
                                        machtype_image_property_get_value_type,
                                        machtype_image_property_dup_values };
static const Names extra_specs = { machtype_extra_spec_dup_names,
                                   machtype_extra_spec_get_value_type,
                                   machtype_extra_spec_dup_values };

static void
offer_name (Line *line, const Names *names, const char *name)
{
  g_auto (GStrv) values = names->dup_values (name);
  g_autofree char *joined = g_strjoinv (" ", values);
  MachtypeValueType type = names->get_value_type (name);

  line_offer_name (line, name,
                   type == MACHTYPE_VALUE_TYPE_ARCH      ? "ARCH"
                   : type == MACHTYPE_VALUE_TYPE_MACHINE ? "machine type"
                                                         : joined);
}

static void
offer_values_of (Line *line, const Names *names, const char *name)
{
  g_auto (GStrv) values = NULL;
  char **value;

  if (names->get_value_type (name) == MACHTYPE_VALUE_TYPE_MACHINE) {
    offer_machines (line);
    return;
  }
  values = names->dup_values (name);
  for (value = values; *value != NULL; value++)
    line_offer (line, *value, NULL);
}

/* NAME=VALUE; except: a name that the command does not take, or NULL. */
static void
offer_pairs (Line *line, const Names *names, const char *except)
{
  g_auto (GStrv) list = names->dup_names ();
  const char *equals = strchr (line->value, '=');
  g_autofree char *given =
      equals != NULL ? g_strndup (line->value, (gsize)(equals - line->value)) : NULL;
  char **name;

  for (name = list; *name != NULL; name++) {
    if (g_strcmp0 (*name, except) == 0)
      continue;
    if (given == NULL)
      offer_name (line, names, *name);
    else if (strcmp (*name, given) == 0) {
      line_advance (line, strlen (given) + 1);
      offer_values_of (line, names, *name);
      return;
    }
  }
}

static void
offer_properties (Line *line)
{
  gboolean sets = strcmp (line->command->name, "image-property set") == 0;

  offer_pairs (line, &image_properties, sets ? "hw_machine_type" : NULL);
}

static void
offer_extra_specs (Line *line)
{
  offer_pairs (line, &extra_specs, NULL);
}

/* Those that are stored for the instance; all, if there is none. */
static void
offer_kept_properties (Line *line)
{
  g_autoptr (MachtypeRecord) record = get_record (line);
  MachtypeProperties *kept = record != NULL ? machtype_record_get_properties (record) : NULL;
  g_auto (GStrv) names = kept != NULL ? machtype_properties_dup_image_names (kept) : NULL;
  g_auto (GStrv) all = record == NULL ? machtype_image_property_dup_names () : NULL;
  char **name;

  for (name = names; name != NULL && *name != NULL; name++)
    line_offer (line, *name, machtype_properties_get_image (kept, *name));
  if (record != NULL && strcmp (line->command->name, "image-property show") == 0)
    line_offer (line, "hw_machine_type", machtype_record_get_machine (record));
  for (name = all; name != NULL && *name != NULL; name++)
    line_offer (line, *name, NULL);
}

/* By name; by UUID what has none, and what is being written as one. */
static void
offer_instance (Line *line, MachtypeRecord *record)
{
  const char *name = machtype_record_get_name (record);
  const char *machine = machtype_record_get_machine (record);
  const char *host = machtype_record_get_host_name (record);
  g_autofree char *by_name = NULL, *by_uuid = NULL;

  if (machine == NULL)
    machine = "-";
  if (name != NULL && *name != '-') {
    by_name = host != NULL ? g_strdup_printf ("%s, on %s", machine, host) : g_strdup (machine);
    line_offer (line, name, by_name);
  }
  if (by_name != NULL && *line->value == '\0')
    return;
  by_uuid = g_strdup_printf ("%s, %s", or_dash (name), machine);
  line_offer (line, machtype_record_get_uuid (record), by_uuid);
}

static void
offer_instances (Line *line)
{
  for_each_record (line, offer_instance);
}

static void
offer_host (Line *line, MachtypeRecord *record)
{
  if (machtype_record_get_host_name (record) != NULL)
    line_offer (line, machtype_record_get_host_name (record), NULL);
}

static void
offer_hosts (Line *line)
{
  for_each_record (line, offer_host);
}

static void
offer_host_uuid (Line *line, MachtypeRecord *record)
{
  if (machtype_record_get_host_uuid (record) != NULL)
    line_offer (line, machtype_record_get_host_uuid (record),
                machtype_record_get_host_name (record));
}

static void
offer_host_uuids (Line *line)
{
  for_each_record (line, offer_host_uuid);
}

static void
offer_cell (Line *line, MachtypeRecord *record)
{
  if (machtype_record_get_cell (record) != NULL)
    line_offer (line, machtype_record_get_cell (record), NULL);
}

static void
offer_cells (Line *line)
{
  for_each_record (line, offer_cell);
}

static void
offer_domain_types (Line *line)
{
  MachtypeHost *host = get_host (line);
  g_auto (GStrv) types =
      host != NULL ? machtype_host_dup_domain_types (host, get_arch (line)) : NULL;
  char **type;

  for (type = types; type != NULL && *type != NULL; type++)
    line_offer (line, *type, NULL);
  if (host == NULL)
    offer_words (line, "kvm qemu", " ");
}

typedef struct {
  Line *line;
  gint64 until;
} DomainWalk;

/* By name; by UUID what is being written as one. */
static gboolean
offer_domain (MachtypeDomainStatus *status, gpointer data)
{
  const DomainWalk *walk = data;
  const MachtypeDomain *definition = machtype_domain_status_get_definition (status);
  const char *name = machtype_domain_status_get_name (status);

  if (name != NULL && *name != '-')
    line_offer (walk->line, name,
                definition != NULL ? machtype_domain_get_machine (definition) : NULL);
  if (*walk->line->value != '\0')
    line_offer (walk->line, machtype_domain_status_get_uuid (status), name);
  return g_get_monotonic_time () < walk->until;
}

static void
offer_domains_of (Line *line, const char *uri)
{
  DomainWalk walk = { line, g_get_monotonic_time () + HOST_TIMEOUT * G_TIME_SPAN_SECOND };
  g_autoptr (MachtypeConnection) connection = NULL;

  if (uri == NULL || is_embedded (uri))
    return;
  connection =
      machtype_connection_open (uri, MACHTYPE_CONNECTION_OPEN_READ_ONLY, HOST_TIMEOUT * 1000, NULL);
  if (connection != NULL)
    machtype_connection_foreach_status (connection, MACHTYPE_DOMAIN_READ_NONE, offer_domain, &walk,
                                        NULL);
}

static void
offer_domains (Line *line)
{
  offer_domains_of (line, line_get (line, "connect"));
}

/* Source: libvirt's page on connection URIs. */
static void
offer_uris (Line *line)
{
  static const char root[] = "qemu:///embed?root=";
  const char *usual = g_getenv ("LIBVIRT_DEFAULT_URI");

  if (g_str_has_prefix (line->value, root)) {
    line_advance (line, strlen (root));
    line_offer_files (line, "folders");
    return;
  }
  if (usual != NULL && *usual != '\0')
    line_offer (line, usual, "LIBVIRT_DEFAULT_URI");
  line_offer (line, "qemu:///system", "this host");
  line_offer (line, "qemu:///session", "this host, guests of this user");
  line_offer (line, root, "the embedded driver; a folder follows");
  line_offer (line, "qemu+ssh://", "another host, over SSH");
  line_offer (line, "qemu+tls://", "another host, over TLS");
  line_offer (line, "xen:///system", "Xen on this host");
  line_offer (line, "lxc:///system", "containers on this host");
  line_offer (line, "test:///default", "libvirt's test driver");
}

static void
offer_files (Line *line)
{
  line_offer_files (line, "files");
}

static void
offer_platforms (Line *line)
{
  g_autoptr (GPtrArray) platforms = machtype_platform_list (NULL);
  guint i;

  for (i = 0; platforms != NULL && i < platforms->len; i++)
    line_offer (line, machtype_platform_get_name (platforms->pdata[i]),
                machtype_platform_get_label (platforms->pdata[i]));
}

/* A URI, a platform, or a file of capabilities. */
static void
offer_sides (Line *line)
{
  offer_uris (line);
  offer_platforms (line);
  if (line->n_offered == 0)
    offer_files (line);
}

/* As the command takes them: of the source or, if that is not a URI, of the store. */
static void
offer_migrating (Line *line)
{
  const char *source = line->others->len != 0 ? line->others->pdata[0] : "";

  if (strstr (source, "://") != NULL)
    offer_domains_of (line, source);
  else
    offer_instances (line);
}

/* PATH[,bus=BUS][,format=FORMAT]. A path can contain commas. */
static void
offer_disks (Line *line)
{
  const char *comma = strrchr (line->value, ',');
  g_autofree char *path = g_strndup (line->value, strcspn (line->value, ","));

  if (comma == NULL || !g_file_test (path, G_FILE_TEST_EXISTS)) {
    offer_files (line);
    return;
  }
  line_advance (line, (gsize)(comma - line->value) + 1);
  if (g_str_has_prefix (line->value, "bus=")) {
    line_advance (line, strlen ("bus="));
    offer_values_of (line, &image_properties, "hw_disk_bus");
  } else if (g_str_has_prefix (line->value, "format=")) {
    line_advance (line, strlen ("format="));
    offer_words (line, "raw qcow2", " ");
  } else {
    line_offer_name (line, "bus", NULL);
    line_offer_name (line, "format", NULL);
  }
}

/* user|network=NAME|bridge=NAME[,model=MODEL][,mac=MAC] */
static void
offer_networks (Line *line)
{
  const char *comma = strrchr (line->value, ',');

  if (comma == NULL) {
    line_offer (line, "user", NULL);
    line_offer_name (line, "network", "NAME");
    line_offer_name (line, "bridge", "NAME");
    return;
  }
  line_advance (line, (gsize)(comma - line->value) + 1);
  if (g_str_has_prefix (line->value, "model=")) {
    line_advance (line, strlen ("model="));
    offer_values_of (line, &image_properties, "hw_vif_model");
  } else {
    line_offer_name (line, "model", NULL);
    line_offer_name (line, "mac", NULL);
  }
}

/* Those after the last comma. */
static void
offer_codes (Line *line)
{
  const char *comma = strrchr (line->value, ',');
  int i;

  if (comma != NULL)
    line_advance (line, (gsize)(comma - line->value) + 1);
  for (i = 0; machtype_audit_code_get_meaning ((MachtypeAuditCode)i) != NULL; i++)
    line_offer (line, machtype_audit_code_to_string ((MachtypeAuditCode)i),
                machtype_audit_code_get_meaning ((MachtypeAuditCode)i));
}

/* As list has them. */
static void
offer_sort_keys (Line *line)
{
  offer_words (line, "name uuid host state arch machine removed-in findings", " ");
}

static void
offer_nothing (Line *line)
{
  (void)line;
}

/* By option or command, if it is not the same for all; the first that fits. */
static const struct {
  const char *of; /* NULL: any */
  const char *metavariable;
  void (*func) (Line *line);
} kinds[] = {
  { "parse", "NAME", offer_machines },
  { "image-property show", "NAME", offer_kept_properties },
  { "unset", "NAME", offer_kept_properties },
  { "host", "NAME", offer_hosts },
  { "check-migration", "NAME", offer_migrating },
  { "instance add", "UUID", offer_nothing },
  { "host-uuid", "UUID", offer_host_uuids },
  { "domain", "NAME", offer_domains },
  { "domain-type", "TYPE", offer_domain_types },
  { "property", "NAME=VALUE", offer_properties },
  { "extra-spec", "NAME=VALUE", offer_extra_specs },
  { "disk", "PATH[,bus=BUS][,format=FORMAT]", offer_disks },
  { "network", "user|network=NAME|bridge=NAME[,model=MODEL][,mac=MAC]", offer_networks },
  { "sort", "KEY", offer_sort_keys },
  { "fail-on", "CODE,...", offer_codes },
  { NULL, "A", offer_machines },
  { NULL, "B", offer_machines },
  { NULL, "OLD", offer_machines },
  { NULL, "NEW", offer_machines },
  { NULL, "TYPE", offer_machines },
  { NULL, "ARCH=TYPE", offer_defaults },
  { NULL, "ARCH", offer_archs },
  { NULL, "STATE", offer_states },
  { NULL, "OPERATION", offer_operations },
  { NULL, "GUEST", offer_instances },
  { NULL, "CELL", offer_cells },
  { NULL, "URI", offer_uris },
  { NULL, "PLATFORM", offer_platforms },
  { NULL, "SOURCE", offer_sides },
  { NULL, "TARGET", offer_sides },
  { NULL, "FILE", offer_files },
  { NULL, "PATH", offer_files },
};

/* "vnc|spice|none" */
static void
offer_alternatives (Line *line, const char *metavariable)
{
  g_auto (GStrv) words = g_strsplit (metavariable, "|", -1);
  char **word;

  for (word = words; *word != NULL; word++) {
    char *equals = strchr (*word, '=');

    if (equals != NULL)
      *equals = '\0';
    if (equals != NULL)
      line_offer_name (line, *word, equals + 1);
    else
      line_offer (line, *word, NULL);
  }
}

void
offer_values (Line *line, const char *option, const char *metavariable)
{
  const char *of = option != NULL ? option : line->command->name;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if ((kinds[i].of == NULL || strcmp (kinds[i].of, of) == 0) &&
        strcmp (kinds[i].metavariable, metavariable) == 0) {
      kinds[i].func (line);
      return;
    }
  }
  if (strchr (metavariable, '|') != NULL)
    offer_alternatives (line, metavariable);
}
