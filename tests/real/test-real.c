/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The library against a live libvirt: what a host offers, and that libvirt accepts every domain
 * that the library generates. */

#include "test.h"

#include <gio/gio.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "differences.h"
#include "generated.h"
#include "offered.h"
#include "private-root.h"

#define TIMEOUT_MS (5 * 60 * 1000)

static PrivateRoot root;

static MachtypeHost *
open_host (void)
{
  GError *error = NULL;
  MachtypeHost *host =
      machtype_host_open (root.uri, MACHTYPE_HOST_OPEN_EVENT_LOOP, TIMEOUT_MS, &error);

  g_assert_no_error (error);
  return host;
}

/* "7.2" of "QEMU emulator version 7.2.22 (...)": what every alias must resolve to. */
static char *
dup_qemu_version (const char *emulator)
{
  g_autofree char *command = g_strdup_printf ("%s --version", emulator), *output = NULL;
  GError *error = NULL;
  guint major, minor;

  g_spawn_command_line_sync (command, &output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sscanf (output, "QEMU emulator version %u.%u", &major, &minor), ==, 2);
  return g_strdup_printf ("%u.%u", major, minor);
}

/* Sources: QEMU's rule that an alias resolves to the newest type of its family; malta has none. */
static void
test_aliases (void)
{
  static const struct {
    MachtypeArch arch;
    const char *alias, *prefix;
  } rows[] = {
    { MACHTYPE_ARCH_AARCH64, "virt", "virt-" },
    { MACHTYPE_ARCH_S390X, "s390-ccw-virtio", "s390-ccw-virtio-" },
    { MACHTYPE_ARCH_PPC64LE, "pseries", "pseries-" },
    { MACHTYPE_ARCH_MIPS, "malta", NULL },
    { MACHTYPE_ARCH_X86_64, "pc", "pc-i440fx-" },
    { MACHTYPE_ARCH_X86_64, "q35", "pc-q35-" },
  };
  g_autoptr (MachtypeHost) host = open_host ();
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    const char *emulator = machtype_host_get_emulator (host, rows[i].arch, "qemu");
    g_autofree char *version = NULL, *expected = NULL;

    ROW ("%s %s", machtype_arch_to_string (rows[i].arch), rows[i].alias);
    g_assert_nonnull (emulator);
    version = dup_qemu_version (emulator);
    expected = rows[i].prefix != NULL ? g_strconcat (rows[i].prefix, version, NULL)
                                      : g_strdup (rows[i].alias);
    g_assert_cmpstr (machtype_host_get_canonical (host, rows[i].arch, "qemu", rows[i].alias), ==,
                     expected);
  }
}

static void
test_devices (void)
{
  static const struct {
    MachtypeArch arch;
    const char *machine, *device, *name, *value;
    MachtypeAnswer answer;
  } rows[] = {
    { MACHTYPE_ARCH_AARCH64, "virt", "os", "firmware", "efi", MACHTYPE_ANSWER_YES },
    { MACHTYPE_ARCH_S390X, NULL, "os", "firmware", "efi", MACHTYPE_ANSWER_NO },
    { MACHTYPE_ARCH_AARCH64, "virt", "video", "modelType", "virtio", MACHTYPE_ANSWER_YES },
    { MACHTYPE_ARCH_AARCH64, "virt", "video", "modelType", "qxl", MACHTYPE_ANSWER_NO },
    { MACHTYPE_ARCH_S390X, "s390-ccw-virtio", "video", "modelType", "vga", MACHTYPE_ANSWER_NO },
    { MACHTYPE_ARCH_X86_64, "q35", "disk", "bus", "ide", MACHTYPE_ANSWER_NO },
    { MACHTYPE_ARCH_X86_64, "pc", "disk", "bus", "ide", MACHTYPE_ANSWER_YES },
    { MACHTYPE_ARCH_X86_64, "pc-q35-6.2", "disk", "bus", "ide", MACHTYPE_ANSWER_NO },
    { MACHTYPE_ARCH_MIPS, "malta", "rng", "supported", "yes", MACHTYPE_ANSWER_YES },
    { MACHTYPE_ARCH_MIPS, "malta", "no-such-device", "x", "y", MACHTYPE_ANSWER_UNKNOWN },
  };
  g_autoptr (MachtypeHost) host = open_host ();
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *label =
        g_strdup_printf ("%s %s: %s %s %s", machtype_arch_to_string (rows[i].arch),
                         rows[i].machine != NULL ? rows[i].machine : "-", rows[i].device,
                         rows[i].name, rows[i].value);
    const MachtypeAnswer answer = machtype_host_supports (
        host, rows[i].arch, NULL, rows[i].machine, rows[i].device, rows[i].name, rows[i].value);

    ROW ("%s", label);
    if (answer != rows[i].answer)
      difference (label, machtype_answer_to_string (rows[i].answer),
                  machtype_answer_to_string (answer));
  }
  difference_end ();
}

static void
test_no_answer (void)
{
  GError *error = NULL;

  g_assert_null (machtype_host_open ("qemu+unix:///system?socket=/nonexistent",
                                     MACHTYPE_HOST_OPEN_NONE, TIMEOUT_MS, &error));
  test_assert_error (&error, MACHTYPE_ERROR_LIBVIRT, "opening /nonexistent");
  g_assert_null (machtype_host_open ("nonsense:///", MACHTYPE_HOST_OPEN_NONE, TIMEOUT_MS, &error));
  test_assert_error (&error, MACHTYPE_ERROR_LIBVIRT, "opening nonsense");
}

typedef struct {
  guint n, stop_at; /* 0: never */
} Recordings;

static gboolean
on_recording (MachtypeRecordResult *recording, gpointer user_data)
{
  Recordings *recordings = user_data;

  recordings->n++;
  g_assert_no_error (machtype_record_result_get_error (recording));
  g_assert_cmpuint (machtype_record_result_get_n_done (recording), ==, recordings->n);
  g_assert_cmpint (machtype_record_result_get_outcome (recording), ==,
                   MACHTYPE_STORE_OUTCOME_ADDED);
  g_assert_cmpstr (machtype_record_get_uuid (machtype_record_result_get_record (recording)), ==,
                   machtype_domain_get_uuid (machtype_record_result_get_domain (recording)));
  return recordings->n != recordings->stop_at;
}

static gboolean
count_record (MachtypeRecord *record, gpointer user_data)
{
  guint *n = user_data;

  g_assert_nonnull (record);
  ++*n;
  return TRUE;
}

static guint
count_records (MachtypeStore *store)
{
  GError *error = NULL;
  guint n = 0;

  machtype_store_foreach (store, NULL, NULL, count_record, &n, &error);
  g_assert_no_error (error);
  return n;
}

/* A recording that is stopped half way records nothing. */
static void
test_recorder (void)
{
  g_autoptr (MachtypeConnection) connection = NULL;
  g_autoptr (MachtypeStore) store = machtype_store_open_memory ();
  g_autoptr (MachtypeRecorder) recorder = machtype_recorder_new (store, NULL);
  Recordings recordings = { 0, 1 };
  GError *error = NULL;

  connection =
      machtype_connection_open ("test:///default", MACHTYPE_CONNECTION_OPEN_NONE, -1, &error);
  g_assert_no_error (error);
  g_assert_false (machtype_recorder_run (recorder, connection, on_recording, &recordings, &error));
  test_assert_error (&error, MACHTYPE_ERROR_CANCELLED, "nothing was recorded");
  g_assert_cmpuint (count_records (store), ==, 0);
  recordings = (Recordings){ 0, 0 };
  machtype_recorder_run (recorder, connection, on_recording, &recordings, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (recordings.n, >, 0);
  g_assert_cmpuint (count_records (store), ==, recordings.n);
  machtype_store_begin (store, NULL);
  g_assert_false (machtype_recorder_run (recorder, connection, NULL, NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "transaction");
}

/* Names that guests can have; libvirt's test driver accepts them all. */
static const struct {
  const char *name; /* as in XML; NULL: longer than a record's strings can be */
  const char *kept; /* NULL: not kept */
  const char *words;
} odd_names[] = {
  { "plain", "plain", NULL },
  { "caf\xc3\xa9 'one' &lt;1>", "caf\xc3\xa9 'one' <1>", NULL },
  { "back\\slash", "back\\slash", NULL },
  { "rlo&#x202e;", "rlo\xe2\x80\xae", NULL },
  { "a&#9;b", NULL, "control a\\tb" },
  { "a&#13;b", NULL, "control" },
  { "two&#10;lines", NULL, "control two\\nlines" },
  { "nel&#x85;", NULL, "control nel\\u{85}" },
  { "csi&#x9b;31m", NULL, "control csi\\u{9b}31m" },
  { "del&#x7f;", NULL, "control del\\177" },
  { NULL, NULL, "longer than 1024" },
};

static char *
make_odd_domains (void)
{
  g_autofree char *large = g_strnfill (MACHTYPE_RECORD_MAX_TEXT + 1, 'x');
  GString *xml = g_string_new ("<node>");
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (odd_names); i++)
    g_string_append_printf (
        xml,
        "<domain type='test'><name>%s</name><uuid>6f1d4b5e-0000-4000-8000-%012u</uuid>"
        "<memory>65536</memory><os><type arch='i686' machine='pc-i440fx-6.2'>hvm</type></os>"
        "</domain>",
        odd_names[i].name != NULL ? odd_names[i].name : large, (guint)i);
  g_string_append (xml, "</node>");
  return g_string_free (xml, FALSE);
}

static gboolean
on_odd_name (MachtypeRecordResult *recording, gpointer data)
{
  g_autoptr (GPtrArray) warnings = machtype_record_result_list_warnings (recording);
  MachtypeRecord *record = machtype_record_result_get_record (recording);
  gsize i = (*(guint *)data)++;

  ROW ("row %u", (guint)i);
  g_assert_no_error (machtype_record_result_get_error (recording));
  g_assert_cmpint (machtype_record_result_get_outcome (recording), ==,
                   MACHTYPE_STORE_OUTCOME_ADDED);
  g_assert_cmpstr (machtype_record_get_machine (record), ==, "pc-i440fx-6.2");
  g_assert_cmpstr (machtype_record_get_name (record), ==, odd_names[i].kept);
  g_assert_cmpuint (warnings->len, ==, odd_names[i].words != NULL ? 1 : 0);
  if (odd_names[i].words != NULL) {
    GError *said =
        g_error_new_literal (MACHTYPE_ERROR, 0, machtype_finding_get_message (warnings->pdata[0]));

    g_assert_cmpstr (machtype_finding_get_code (warnings->pdata[0]), ==, "name-not-recorded");
    test_assert_error (&said, 0, odd_names[i].words);
  }
  return TRUE;
}

/* A name that cannot be kept is not a reason to discard the machine type. */
static void
test_odd_names (void)
{
  g_autoptr (MachtypeConnection) connection = NULL;
  g_autoptr (MachtypeStore) store = machtype_store_open_memory ();
  g_autoptr (MachtypeRecorder) recorder = machtype_recorder_new (store, NULL);
  g_autofree char *folder = g_dir_make_tmp ("machtype-real-XXXXXX", NULL), *uri = NULL;
  g_autofree char *path = g_build_filename (folder, "node.xml", NULL), *xml = make_odd_domains ();
  GError *error = NULL;
  guint n = 0;

  g_assert_true (g_file_set_contents (path, xml, -1, NULL));
  uri = g_strconcat ("test://", path, NULL);
  connection = machtype_connection_open (uri, MACHTYPE_CONNECTION_OPEN_NONE, -1, &error);
  g_assert_no_error (error);
  machtype_recorder_run (recorder, connection, on_odd_name, &n, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (odd_names));
  g_assert_cmpuint (count_records (store), ==, n);
  g_unlink (path);
  g_rmdir (folder);
}

/* Bits that this library does not know have a meaning for a later one. */
static void
test_unknown_flags (void)
{
  static const char uuid[] = "6f1d4b5e-0000-4000-8000-000000000001";
  g_autoptr (MachtypeConnection) c = NULL;
  GError *error = NULL;

  g_assert_null (
      machtype_connection_open ("test:///default", (MachtypeConnectionOpenFlags)4, -1, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "flags 0x4");
  c = machtype_connection_open ("test:///default", MACHTYPE_CONNECTION_OPEN_NONE, -1, &error);
  g_assert_no_error (error);
  g_assert_null (machtype_connection_list_domains (c, (MachtypeDomainReadFlags)4, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "flags 0x4");
  g_assert_null (machtype_connection_read_domain (c, uuid, (MachtypeDomainReadFlags)4, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "flags 0x4");
  g_assert_null (machtype_connection_dup_definition (c, uuid, (MachtypeDefinitionFlags)8, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "flags 0x8");
  g_assert_false (machtype_connection_define (c, "<domain/>", (MachtypeDefineFlags)1, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "flags 0x1");
  g_assert_false (
      machtype_connection_check_definition (c, "<domain/>", (MachtypeDefineFlags)1, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "flags 0x1");
}

/* A port that accepts connections and never sends anything: the worst that a host can do. The test
 * is that the calls return at all. */
static void
test_timeout (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  GError *error = NULL;
  g_autofree char *uri = NULL;
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, &error);

  g_assert_no_error (error);
  uri = g_strdup_printf ("qemu+tcp://127.0.0.1:%u/system", port);
  g_assert_null (machtype_host_open (uri, MACHTYPE_HOST_OPEN_NONE, 500, &error));
  test_assert_error (&error, MACHTYPE_ERROR_TIMEOUT, "127.0.0.1 500");
  g_assert_null (machtype_host_open (uri, MACHTYPE_HOST_OPEN_NONE, 0, &error));
  test_assert_error (&error, MACHTYPE_ERROR_TIMEOUT, "127.0.0.1 0");
}

static void
test_not_offered (void)
{
  g_autoptr (MachtypeHost) host = open_host ();
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
  g_autoptr (MachtypeProperties) properties = NULL;
  GError *error = NULL;

  g_assert_true (
      machtype_properties_builder_add_image (builder, "hw_machine_type", "pc-q35-99.0", NULL));
  g_assert_true (
      machtype_properties_builder_add_image (builder, "hw_architecture", "x86_64", NULL));
  properties = machtype_properties_builder_end (builder);
  g_assert_null (machtype_resolve (properties, NULL, host, NULL, &error));
  test_assert_error (&error, MACHTYPE_ERROR_NOT_OFFERED, "pc-q35-99.0 x86_64 q35 pc-q35-");
}

/* "x86_64 q35, hw_disk_bus=usb" */
static char *
dup_label (const GeneratedMachine *machine, const char *choice)
{
  return g_strdup_printf ("%s %s, %s", machine->arch, machine->machine, choice);
}

/* libvirt refuses to define it, or to start it. */
static void
tell_refusal (const GeneratedMachine *machine, const char *choice, const char *says,
              const char *xml)
{
  g_autofree char *label = dup_label (machine, choice);

  ROW ("%s", xml);
  difference (label, says, virGetLastErrorMessage ());
}

static void
check_defines (virConnect *connection, const GeneratedMachine *machine, const char *choice,
               const char *xml)
{
  virDomain *domain = virDomainDefineXMLFlags (connection, xml, VIR_DOMAIN_DEFINE_VALIDATE);

  if (domain == NULL) {
    tell_refusal (machine, choice, "define accepts", xml);
    return;
  }
  g_assert_cmpint (virDomainUndefineFlags (domain, VIR_DOMAIN_UNDEFINE_NVRAM), ==, 0);
  virDomainFree (domain);
}

static gboolean
is_offered (virConnect *connection, MachtypeHost *host, const GeneratedMachine *machine)
{
  return offered_ask (connection, host, machine->arch, machine->machine);
}

static guint
define_all (MachtypeHost *host, MachtypePolicy *policy, virConnect *connection)
{
  guint machine, choice, shape, defined = 0;

  for (machine = 0; machine < n_generated_machines; machine++) {
    if (!is_offered (connection, host, &generated_machines[machine]))
      continue;
    for (choice = 0; choice < n_generated_choices; choice++) {
      for (shape = 0; shape < n_generated_shapes; shape++) {
        g_autoptr (MachtypeGuest) guest = NULL;

        ROW ("%s %s, %s, %s", generated_machines[machine].arch, generated_machines[machine].machine,
             generated_choices[choice], generated_shapes[shape].label);
        guest = generated_make_guest (host, policy, &generated_machines[machine],
                                      generated_choices[choice], &generated_shapes[shape]);
        if (guest == NULL)
          continue;
        check_defines (connection, &generated_machines[machine], generated_choices[choice],
                       machtype_guest_get_xml (guest));
        defined++;
      }
    }
  }
  return defined;
}

static void
ignore_error (void *data, virError *error)
{
  (void)data;
  (void)error;
}

/* No combination yields XML that libvirt refuses, and every refusal of the library has a reason
 * that names the property. */
static void
test_define (gconstpointer domain_type)
{
  g_autoptr (MachtypePolicyBuilder) builder = machtype_policy_builder_new ();
  g_autoptr (MachtypePolicy) policy = NULL;
  g_autoptr (MachtypeHost) host = open_host ();
  virConnect *connection;
  guint defined;

  g_assert_true (machtype_policy_builder_set_domain_type (builder, domain_type, NULL));
  policy = machtype_policy_builder_end (builder);
  virSetErrorFunc (NULL, ignore_error);
  connection = virConnectOpen (root.uri);
  g_assert_nonnull (connection);
  defined = define_all (host, policy, connection);
  ROW ("%u domains defined", defined);
  g_assert_cmpuint (defined, >, n_generated_machines * n_generated_shapes);
  g_assert_cmpint (virConnectClose (connection), ==, 0);
  difference_end ();
}

/* The generated_choices, from one on, that a machine supports, each on its own. */
static GPtrArray *
list_possible (MachtypeHost *host, MachtypePolicy *policy, const GeneratedMachine *machine,
               guint first, guint end)
{
  GPtrArray *possible = g_ptr_array_new_with_free_func (g_free);
  guint i;

  for (i = first; i < end; i++) {
    g_autoptr (MachtypeGuest) guest = generated_try_guest (
        host, policy, machine, generated_choices[i], &generated_shapes[0], NULL);

    if (guest != NULL)
      g_ptr_array_add (possible, g_strdup (generated_choices[i]));
  }
  return possible;
}

/* Several generated_choices at once; a later one of the same name wins. */
static char *
dup_mixture (const GPtrArray *possible)
{
  GString *text = g_string_new (NULL);
  int i, n = g_test_rand_int_range (2, 9);

  for (i = 0; i < n; i++) {
    const char *choice = possible->pdata[g_test_rand_int_range (0, (gint32)possible->len)];

    g_string_append_printf (text, "%s%s", text->len != 0 ? " " : "", choice);
  }
  return g_string_free (text, FALSE);
}

/* No combination yields XML that libvirt refuses. The seed is printed by GLib's tests, and -s
 * repeats it. */
static void
test_mixtures (void)
{
  const guint rounds = 60;
  g_autoptr (MachtypeHost) host = open_host ();
  guint machine, i, defined = 0, refused = 0;
  virConnect *connection;

  virSetErrorFunc (NULL, ignore_error);
  connection = virConnectOpen (root.uri);
  g_assert_nonnull (connection);
  for (machine = 0; machine < n_generated_machines; machine++) {
    g_autoptr (GPtrArray) possible = NULL;

    if (!is_offered (connection, host, &generated_machines[machine]))
      continue;
    possible = list_possible (host, NULL, &generated_machines[machine], 1, n_generated_choices);
    for (i = 0; i < rounds; i++) {
      g_autofree char *mixture = dup_mixture (possible);
      g_autoptr (MachtypeGuest) guest = NULL;
      g_autoptr (GError) error = NULL;

      ROW ("%s %s, %s", generated_machines[machine].arch, generated_machines[machine].machine,
           mixture);
      guest = generated_try_guest (host, NULL, &generated_machines[machine], mixture,
                                   &generated_shapes[i % 3], &error);
      if (guest != NULL)
        check_defines (connection, &generated_machines[machine], mixture,
                       machtype_guest_get_xml (guest));
      defined += guest != NULL;
      refused += guest == NULL;
    }
  }
  ROW ("%u defined, %u refused", defined, refused);
  g_assert_cmpuint (defined, >, refused);
  g_assert_cmpint (virConnectClose (connection), ==, 0);
  difference_end ();
}

static void
check_starts (virConnect *connection, const GeneratedMachine *machine, const char *choice,
              const char *xml)
{
  virDomain *domain = virDomainCreateXML (connection, xml, VIR_DOMAIN_START_PAUSED);

  if (domain == NULL) {
    tell_refusal (machine, choice, "starts", xml);
    return;
  }
  g_assert_cmpint (virDomainDestroy (domain), ==, 0);
  virDomainFree (domain);
}

/* Whether both name the same property. */
static gboolean
overlap (const char *text, const char *choice)
{
  g_auto (GStrv) pairs = g_strsplit (choice, " ", -1);
  gsize i;

  for (i = 0; pairs[i] != NULL; i++) {
    g_autofree char *name = g_strndup (pairs[i], strcspn (pairs[i], "=") + 1);

    if (strstr (text, name) != NULL)
      return TRUE;
  }
  return FALSE;
}

/* Takes as many of the generated_choices from the list as are compatible. */
static char *
take_bundle (MachtypeHost *host, MachtypePolicy *policy, const GeneratedMachine *machine,
             const GeneratedShape *shape, GPtrArray *possible)
{
  GString *text = g_string_new (NULL);
  guint i = 0;

  while (i < possible->len) {
    g_autofree char *choice = g_strdup (possible->pdata[i]);
    g_autofree char *more = g_strconcat (text->str, text->len != 0 ? " " : "", choice, NULL);
    g_autoptr (MachtypeGuest) guest = NULL;

    if (!overlap (text->str, choice))
      guest = generated_try_guest (host, policy, machine, more, shape, NULL);
    if (guest == NULL)
      i++;
    else {
      g_string_assign (text, more);
      g_ptr_array_remove_index (possible, i);
    }
  }
  return g_string_free (text, FALSE);
}

static void
start_bundles (virConnect *connection, MachtypeHost *host, MachtypePolicy *policy,
               const GeneratedMachine *machine, const GeneratedShape *shape)
{
  g_autoptr (GPtrArray) possible = list_possible (host, policy, machine, N_MODELS, N_STARTABLE);

  while (possible->len != 0) {
    g_autofree char *bundle = take_bundle (host, policy, machine, shape, possible);
    g_autoptr (MachtypeGuest) guest = NULL;

    ROW ("%s %s, %s", machine->arch, machine->machine, bundle);
    g_assert_cmpstr (bundle, !=, "");
    guest = generated_make_guest (host, policy, machine, bundle, shape);
    if (guest != NULL)
      check_starts (connection, machine, bundle, machtype_guest_get_xml (guest));
  }
}

/* define proves little: it accepts many devices that QEMU then does not have. */
static void
test_start (void)
{
  static const GeneratedShape shape = { "startable", 1, 1, 1, MACHTYPE_GRAPHICS_TYPE_VNC, NULL };
  g_autoptr (MachtypePolicyBuilder) builder = machtype_policy_builder_new ();
  g_autoptr (MachtypePolicy) policy = NULL;
  g_autoptr (MachtypeHost) host = open_host ();
  g_autofree char *image = g_build_filename (root.dir, "disk.raw", NULL);
  g_autofree char *cdrom = g_build_filename (root.dir, "cd.iso", NULL);
  virConnect *connection;
  guint machine, choice;

  g_assert_true (g_file_set_contents (image, "", 0, NULL));
  g_assert_cmpint (truncate (image, 1024 * 1024), ==, 0);
  g_assert_true (g_file_set_contents (cdrom, "CD", -1, NULL));
  generated_set_images (image, "raw", cdrom);
  g_assert_true (machtype_policy_builder_set_domain_type (builder, "qemu", NULL));
  policy = machtype_policy_builder_end (builder);
  virSetErrorFunc (NULL, ignore_error);
  connection = virConnectOpen (root.uri);
  g_assert_nonnull (connection);
  for (machine = 0; machine < n_generated_machines; machine++) {
    if (!is_offered (connection, host, &generated_machines[machine]))
      continue;
    start_bundles (connection, host, policy, &generated_machines[machine], &shape);
    for (choice = 0; choice < N_MODELS; choice++) {
      g_autoptr (MachtypeGuest) guest = NULL;

      ROW ("%s %s, %s", generated_machines[machine].arch, generated_machines[machine].machine,
           generated_choices[choice]);
      guest = generated_make_guest (host, policy, &generated_machines[machine],
                                    generated_choices[choice], &shape);
      if (guest != NULL)
        check_starts (connection, &generated_machines[machine], generated_choices[choice],
                      machtype_guest_get_xml (guest));
    }
  }
  g_assert_cmpint (virConnectClose (connection), ==, 0);
  difference_end ();
}

typedef struct {
  guint n;
  GHashTable *uuids; /* each once */
} Statuses;

static gboolean
count_status (MachtypeDomainStatus *status, gpointer user_data)
{
  Statuses *statuses = user_data;
  g_autoptr (GPtrArray) problems = machtype_domain_status_list_problems (status);
  MachtypeDomain *definition = machtype_domain_status_get_definition (status);

  statuses->n++;
  g_assert_true (
      g_hash_table_add (statuses->uuids, g_strdup (machtype_domain_status_get_uuid (status))));
  g_assert_cmpuint (problems->len, ==, 0);
  g_assert_cmpstr (machtype_domain_get_machine (definition), ==, "pc-q35-6.2");
  return TRUE;
}

static guint
count_statuses (const char *uri)
{
  g_autoptr (GHashTable) uuids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (MachtypeConnection) connection = NULL;
  Statuses statuses = { 0, uuids };
  GError *error = NULL;

  connection =
      machtype_connection_open (uri, MACHTYPE_CONNECTION_OPEN_EVENT_LOOP, TIMEOUT_MS, &error);
  g_assert_no_error (error);
  machtype_connection_foreach_status (connection,
                                      MACHTYPE_DOMAIN_READ_DEVICES | MACHTYPE_DOMAIN_READ_SAVED,
                                      count_status, &statuses, &error);
  g_assert_no_error (error);
  return statuses.n;
}

#define STATUS_DOMAIN(type, name)                                                                  \
  "<domain type='" type "'><name>" name                                                            \
  "</name><memory>4096</memory><os><type arch='x86_64' machine='pc-q35-6.2'>hvm</type></os>"       \
  "</domain>"

/* The embedded driver, which needs the event loop that the first call starts. */
static void
test_status (void)
{
  virConnect *connection;
  virDomain *domain;

  g_assert_cmpuint (count_statuses (root.uri), ==, 0);
  connection = virConnectOpen (root.uri);
  g_assert_nonnull (connection);
  domain = virDomainDefineXML (connection, STATUS_DOMAIN ("qemu", "status"));
  g_assert_nonnull (domain);
  g_assert_cmpuint (count_statuses (root.uri), ==, 1);
  g_assert_cmpint (virDomainUndefine (domain), ==, 0);
  g_assert_cmpuint (count_statuses (root.uri), ==, 0);
  virDomainFree (domain);
  virConnectClose (connection);
}

/* Very many domains, on the test driver. */
static void
test_many_statuses (void)
{
  g_autoptr (GString) node = g_string_new ("<node>");
  g_autofree char *path = g_build_filename (root.dir, "node.xml", NULL);
  g_autofree char *uri = g_strconcat ("test://", path, NULL);
  guint i;

  for (i = 0; i < 5000; i++)
    g_string_append_printf (node, STATUS_DOMAIN ("test", "guest%u"), i);
  g_string_append (node, "</node>");
  g_assert_true (g_file_set_contents (path, node->str, -1, NULL));
  g_assert_cmpuint (count_statuses (uri), ==, 5000);
}

int
main (int argc, char **argv)
{
  int status;

  g_setenv ("LIBVIRT_DEBUG", "4", FALSE);
  g_test_init (&argc, &argv, NULL);
  if (!private_root_init (&root))
    return g_getenv ("MACHTYPE_TEST_REQUIRE") != NULL ? 1 : 77;
  g_test_add_func ("/real/aliases", test_aliases);
  g_test_add_func ("/real/devices", test_devices);
  g_test_add_func ("/real/not-offered", test_not_offered);
  g_test_add_data_func ("/real/define/qemu", "qemu", test_define);
  g_test_add_data_func ("/real/define/best", NULL, test_define);
  g_test_add_func ("/real/mixtures", test_mixtures);
  if (g_test_slow ())
    g_test_add_func ("/real/start", test_start);
  g_test_add_func ("/real/recorder", test_recorder);
  g_test_add_func ("/real/odd-names", test_odd_names);
  g_test_add_func ("/real/status", test_status);
  g_test_add_func ("/real/many-statuses", test_many_statuses);
  g_test_add_func ("/real/unknown-flags", test_unknown_flags);
  g_test_add_func ("/real/no-answer", test_no_answer);
  g_test_add_func ("/real/timeout", test_timeout);
  status = g_test_run ();
  private_root_clear (&root);
  return status;
}
