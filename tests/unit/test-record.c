/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "test.h"

#include <string.h>

#define UUID "6f1d4b5e-0000-4000-8000-000000000001"

static MachtypeRecordBuilder *
builder_new (void)
{
  GError *error = NULL;
  MachtypeRecordBuilder *builder = machtype_record_builder_new (UUID, &error);

  g_assert_no_error (error);
  return builder;
}

static void
test_uuids (void)
{
  static const struct {
    const char *text, *uuid; /* NULL: none */
  } rows[] = {
    { UUID, UUID },
    { "6F1D4B5E-ABCD-4000-8000-00000000000A", "6f1d4b5e-abcd-4000-8000-00000000000a" },
    { "", NULL },
    { "6f1d4b5e", NULL },
    { "6f1d4b5e-0000-4000-8000-00000000000", NULL },
    { UUID "0", NULL },
    { UUID "\n", NULL },
    { " " UUID, NULL },
    { "6f1d4b5e00004000800000000000000100000", NULL },
    { "{6f1d4b5e-0000-4000-8000-00000000001}", NULL },
    { "6f1d4b5g-0000-4000-8000-000000000001", NULL },
    { "'; DROP TABLE record; --", NULL },
    { "\xff\xfe", NULL },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeRecordBuilder) builder = NULL;
    g_autoptr (MachtypeRecord) record = NULL;
    GError *error = NULL;

    test_row_text (rows[i].text);
    builder = machtype_record_builder_new (rows[i].text, &error);
    if (rows[i].uuid == NULL) {
      g_assert_null (builder);
      test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "not a valid UUID");
      continue;
    }
    g_assert_no_error (error);
    record = machtype_record_builder_end (builder);
    g_assert_cmpstr (machtype_record_get_uuid (record), ==, rows[i].uuid);
  }
}

/* Every character at every place. */
static void
test_uuid_characters (void)
{
  gsize place, c;

  for (place = 0; place < strlen (UUID); place++) {
    const gboolean is_dash = UUID[place] == '-';

    for (c = 1; c <= 255; c++) {
      const gboolean is_valid = is_dash ? c == '-' : g_ascii_isxdigit ((char)c);
      g_autoptr (MachtypeRecordBuilder) builder = NULL;
      char text[] = UUID;

      text[place] = (char)c;
      builder = machtype_record_builder_new (text, NULL);
      if ((builder != NULL) != is_valid)
        g_error ("character %" G_GSIZE_FORMAT " at place %" G_GSIZE_FORMAT, c, place);
    }
  }
}

static void
test_states (void)
{
  static const struct {
    const char *text, *state; /* NULL: refused, or unknown */
    MachtypeState change_state;
  } rows[] = {
    { "stopped", "stopped", MACHTYPE_STATE_STOPPED },
    { "SHUT OFF", "stopped", MACHTYPE_STATE_STOPPED },
    { "running", "active", MACHTYPE_STATE_OTHER },
    { "Active", "active", MACHTYPE_STATE_OTHER },
    { "paused", "paused", MACHTYPE_STATE_OTHER },
    { "pmsuspended", "suspended", MACHTYPE_STATE_OTHER },
    { "crashed", "error", MACHTYPE_STATE_OTHER },
    { "shelved_offloaded", "shelved_offloaded", MACHTYPE_STATE_SHELVED_OFFLOADED },
    { "", NULL, MACHTYPE_STATE_UNKNOWN },
    { NULL, NULL, MACHTYPE_STATE_UNKNOWN },
  };
  g_autoptr (MachtypeRecordBuilder) builder = builder_new ();
  GError *error = NULL;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeRecord) record = NULL;

    ROW ("%s", rows[i].text != NULL ? rows[i].text : "-");
    g_assert_true (machtype_record_builder_set_state (builder, rows[i].text, &error));
    g_assert_no_error (error);
    record = machtype_record_builder_end (builder);
    g_assert_cmpstr (machtype_record_get_state (record), ==, rows[i].state);
    g_assert_cmpint (machtype_record_get_change_state (record), ==, rows[i].change_state);
  }
  g_assert_false (machtype_record_builder_set_state (builder, "asleep", &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "asleep no state shelved");
}

static void
test_texts (void)
{
  g_autoptr (MachtypeRecordBuilder) builder = builder_new ();
  g_autofree char *longest = g_strnfill (MACHTYPE_RECORD_MAX_TEXT, 'x');
  g_autofree char *longer = g_strnfill (MACHTYPE_RECORD_MAX_TEXT + 1, 'x');
  g_autoptr (MachtypeRecord) record = NULL;
  GError *error = NULL;

  g_assert_true (machtype_record_builder_set_name (builder, "it's \"quoted\"; \xc3\xa9 <&>", NULL));
  g_assert_true (machtype_record_builder_set_cell (builder, longest, NULL));
  g_assert_false (machtype_record_builder_set_name (builder, "a\nb", &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "instance's name control");
  g_assert_false (machtype_record_builder_set_name (builder, "\xff", &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "instance's name UTF-8");
  g_assert_false (machtype_record_builder_set_cell (builder, longer, &error));
  test_assert_error (&error, MACHTYPE_ERROR_TOO_LARGE, "cell 1024");
  g_assert_false (machtype_record_builder_set_host (builder, "h", "no-uuid", &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "no-uuid");
  g_assert_true (machtype_record_builder_set_host (builder, "h", UUID, &error));
  g_assert_no_error (error);
  record = machtype_record_builder_end (builder);
  g_assert_cmpstr (machtype_record_get_name (record), ==, "it's \"quoted\"; \xc3\xa9 <&>");
  g_assert_cmpstr (machtype_record_get_cell (record), ==, longest);
  g_assert_cmpstr (machtype_record_get_host_name (record), ==, "h");
  g_assert_cmpstr (machtype_record_get_host_uuid (record), ==, UUID);
}

/* Whether properties or guest are set first: a property that was given wins over a default. */
static void
test_guest_and_properties (void)
{
  g_autoptr (MachtypeProperties) given = test_make_properties ("hw_disk_bus=scsi own=1");
  g_autoptr (MachtypeHost) host = test_make_host ("x86_64");
  g_autoptr (MachtypeResolution) resolution = machtype_resolve (NULL, NULL, host, NULL, NULL);
  g_autoptr (MachtypeGuestBuilder) guest_builder =
      machtype_guest_builder_new (resolution, NULL, host);
  g_autoptr (MachtypeGuest) guest = machtype_guest_builder_end (guest_builder, NULL);
  MachtypeRecord *records[2];
  MachtypeProperties *properties;
  GError *error = NULL;
  int i;

  for (i = 0; i < 2; i++) {
    g_autoptr (MachtypeRecordBuilder) builder = builder_new ();

    ROW ("%s", i == 0 ? "guest, properties" : "properties, guest");
    if (i == 1)
      machtype_record_builder_set_properties (builder, given, &error);
    machtype_record_builder_set_guest (builder, guest, &error);
    if (i == 0)
      machtype_record_builder_set_properties (builder, given, &error);
    g_assert_no_error (error);
    machtype_record_builder_set_recorded_at (builder, i);
    records[i] = machtype_record_builder_end (builder);
    properties = machtype_record_get_properties (records[i]);
    g_assert_cmpstr (machtype_properties_get_image (properties, "hw_disk_bus"), ==, "scsi");
    g_assert_cmpstr (machtype_properties_get_image (properties, "own"), ==, "1");
    g_assert_cmpstr (machtype_properties_get_image (properties, "hw_vif_model"), ==, "virtio");
  }
  g_assert_true (machtype_record_equal (records[0], records[1]));
  machtype_record_unref (records[0]);
  machtype_record_unref (records[1]);
}

/* A second guest replaces the first, whose defaults are removed. */
static void
test_second_guest (void)
{
  static const char *const machines[] = { "q35", "pc" };
  static const char *const buses[] = { "sata", "ide" };
  g_autoptr (MachtypeHost) host = test_make_host ("x86_64");
  g_autoptr (MachtypeRecordBuilder) builder = builder_new ();
  g_autoptr (MachtypeRecord) without = NULL;
  GError *error = NULL;
  gsize i;

  machtype_record_builder_set_property (builder, "hw_vif_model", "e1000", NULL);
  /* A property that was given is kept, even if it is the first guest's default. */
  machtype_record_builder_set_property (builder, "hw_input_bus", "usb", NULL);
  for (i = 0; i < G_N_ELEMENTS (machines); i++) {
    g_autofree char *text = g_strconcat ("hw_machine_type=", machines[i], NULL);
    g_autoptr (MachtypeProperties) image = test_make_properties (text);
    g_autoptr (MachtypeResolution) resolution = machtype_resolve (image, NULL, host, NULL, NULL);
    g_autoptr (MachtypeGuestBuilder) guest_builder =
        machtype_guest_builder_new (resolution, NULL, host);
    g_autoptr (MachtypeGuest) guest = machtype_guest_builder_end (guest_builder, NULL);
    g_autoptr (MachtypeRecord) record = NULL;
    MachtypeProperties *properties;

    ROW ("%s", machines[i]);
    g_assert_true (machtype_record_builder_set_guest (builder, guest, &error));
    record = machtype_record_builder_end (builder);
    properties = machtype_record_get_properties (record);
    g_assert_cmpstr (machtype_record_get_machine (record), ==, machines[i]);
    g_assert_cmpstr (machtype_properties_get_image (properties, "hw_cdrom_bus"), ==, buses[i]);
    g_assert_cmpstr (machtype_properties_get_image (properties, "hw_vif_model"), ==, "e1000");
    g_assert_cmpstr (machtype_properties_get_image (properties, "hw_input_bus"), ==, "usb");
  }
  machtype_record_builder_set_property (builder, "hw_cdrom_bus", NULL, NULL);
  without = machtype_record_builder_end (builder);
  g_assert_null (
      machtype_properties_get_image (machtype_record_get_properties (without), "hw_cdrom_bus"));
}

/* Each difference between records, except in the time of recording, makes them unequal. */
static void
test_equal (void)
{
  g_autoptr (MachtypeRecordBuilder) plain = builder_new ();
  g_autoptr (MachtypeRecord) one = NULL;
  int i;

  machtype_record_builder_set_machine (plain, "q35", NULL, MACHTYPE_SOURCE_IMAGE, NULL);
  one = machtype_record_builder_end (plain);
  for (i = 0; i < 10; i++) {
    g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new_from (one);
    g_autoptr (MachtypeRecord) other = NULL;

    ROW ("%d", i);
    if (i == 0)
      machtype_record_builder_set_recorded_at (builder, 1);
    else if (i == 1)
      machtype_record_builder_set_revision (builder, 7);
    else if (i == 2)
      machtype_record_builder_set_seen_at (builder, 1);
    else if (i == 3)
      machtype_record_builder_set_name (builder, "n", NULL);
    else if (i == 4)
      machtype_record_builder_set_host (builder, "h", NULL, NULL);
    else if (i == 5)
      machtype_record_builder_set_cell (builder, "c", NULL);
    else if (i == 6)
      machtype_record_builder_set_arch (builder, MACHTYPE_ARCH_S390X, NULL);
    else if (i == 7)
      machtype_record_builder_set_state (builder, "active", NULL);
    else if (i == 8)
      machtype_record_builder_set_machine (builder, "q35", NULL, MACHTYPE_SOURCE_CONFIG, NULL);
    else
      machtype_record_builder_set_property (builder, "hw_disk_bus", "scsi", NULL);
    other = machtype_record_builder_end (builder);
    g_assert_cmpint (machtype_record_equal (one, other), ==, i == 0);
    g_assert_true (machtype_record_equal (other, other));
    if (i == 1)
      g_assert_cmpuint (machtype_record_get_revision (other), ==, 7);
  }
}

static void
test_bad_arch (void)
{
  g_autoptr (MachtypeRecordBuilder) builder = builder_new ();
  GError *error = NULL;

  g_assert_false (machtype_record_builder_set_arch (builder, (MachtypeArch)9999, &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "architecture 9999");
}

static void
test_machines (void)
{
  static const struct {
    const char *machine, *requested;
    MachtypeSource source;
    const char *stored, *stored_asked;
    int code; /* -1: accepted */
  } rows[] = {
    { "pc-q35-7.2", "q35", MACHTYPE_SOURCE_CONFIG, "pc-q35-7.2", "q35", -1 },
    { "q35", NULL, MACHTYPE_SOURCE_IMPORT, "q35", "q35", -1 },
    { "my-own.board+1", "", MACHTYPE_SOURCE_OPERATOR, "my-own.board+1", "my-own.board+1", -1 },
    { "", "q35", MACHTYPE_SOURCE_OPERATOR, NULL, NULL, -1 },
    { NULL, NULL, MACHTYPE_SOURCE_BUILTIN, NULL, NULL, -1 },
    { "q35\n", NULL, MACHTYPE_SOURCE_OPERATOR, NULL, NULL, MACHTYPE_ERROR_INVALID_NAME },
    { "q35", "pc q35", MACHTYPE_SOURCE_OPERATOR, NULL, NULL, MACHTYPE_ERROR_INVALID_NAME },
    { "q35", NULL, (MachtypeSource)8, NULL, NULL, MACHTYPE_ERROR_INVALID_ARGUMENT },
    { "q35", NULL, MACHTYPE_SOURCE_NONE, NULL, NULL, MACHTYPE_ERROR_INVALID_ARGUMENT },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeRecordBuilder) builder = builder_new ();
    g_autoptr (MachtypeRecord) record = NULL;
    GError *error = NULL;
    gboolean ok;

    ROW ("%s %s", rows[i].machine != NULL ? rows[i].machine : "-",
         rows[i].requested != NULL ? rows[i].requested : "-");
    ok = machtype_record_builder_set_machine (builder, rows[i].machine, rows[i].requested,
                                              rows[i].source, &error);
    if (rows[i].code >= 0) {
      g_assert_false (ok);
      test_assert_error (&error, rows[i].code, "");
    } else
      g_assert_no_error (error);
    record = machtype_record_builder_end (builder);
    g_assert_cmpstr (machtype_record_get_machine (record), ==, rows[i].stored);
    g_assert_cmpstr (machtype_record_get_requested (record), ==, rows[i].stored_asked);
    g_assert_cmpint (machtype_record_get_source (record), ==,
                     rows[i].stored != NULL ? rows[i].source : MACHTYPE_SOURCE_NONE);
  }
}

static void
test_properties (void)
{
  g_autoptr (MachtypeRecordBuilder) builder = builder_new ();
  g_autofree char *big = g_strnfill (MACHTYPE_PROPERTY_MAX_VALUE, 'x');
  g_autoptr (MachtypeRecord) record = NULL;
  g_auto (GStrv) names = NULL;
  GError *error = NULL;
  int i;

  g_assert_true (machtype_record_builder_set_property (builder, "hw_disk_bus", "scsi", &error));
  g_assert_true (machtype_record_builder_set_property (builder, "hw_disk_bus", "virtio", &error));
  g_assert_true (machtype_record_builder_set_property (builder, "hw_vif_model", "e1000", &error));
  g_assert_true (machtype_record_builder_set_property (builder, "hw_vif_model", NULL, &error));
  g_assert_true (machtype_record_builder_set_property (builder, "hw_vif_model", NULL, &error));
  g_assert_false (machtype_record_builder_set_property (builder, "hw_disk_bus", "nvme", &error));
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_PROPERTY, "hw_disk_bus nvme");
  record = machtype_record_builder_end (builder);
  names = machtype_properties_dup_image_names (machtype_record_get_properties (record));
  g_assert_cmpuint (g_strv_length (names), ==, 1);
  g_assert_cmpstr (
      machtype_properties_get_image (machtype_record_get_properties (record), names[0]), ==,
      "virtio");
  for (i = 0; i < 20 && error == NULL; i++) {
    g_autofree char *name = g_strdup_printf ("own_%d", i);

    machtype_record_builder_set_property (builder, name, big, &error);
  }
  test_assert_error (&error, MACHTYPE_ERROR_TOO_LARGE, "image properties bytes");
  g_assert_cmpint (i, ==, MACHTYPE_RECORD_MAX_PROPERTIES / MACHTYPE_PROPERTY_MAX_VALUE);
}

/* Extra specs belong to a flavor, not to an instance. */
static void
test_extra_specs (void)
{
  g_autoptr (MachtypePropertiesBuilder) properties = machtype_properties_builder_new ();
  g_autoptr (MachtypeRecordBuilder) builder = builder_new ();
  g_autoptr (MachtypeProperties) all = NULL;
  g_autoptr (MachtypeRecord) record = NULL;
  MachtypeProperties *kept;

  machtype_properties_builder_add_image (properties, "hw_disk_bus", "ide", NULL);
  machtype_properties_builder_add_extra_spec (properties, "hw:cpu_policy", "dedicated", NULL);
  all = machtype_properties_builder_end (properties);
  g_assert_true (machtype_record_builder_set_properties (builder, all, NULL));
  machtype_record_builder_set_recorded_at (builder, -5);
  record = machtype_record_builder_end (builder);
  kept = machtype_record_get_properties (record);
  g_assert_cmpstr (machtype_properties_get_image (kept, "hw_disk_bus"), ==, "ide");
  g_assert_null (machtype_properties_get_extra_spec (kept, "hw:cpu_policy"));
  g_assert_cmpint (machtype_record_get_recorded_at (record), ==, 0);
}

/* The device defaults, by the names in Nova's registration. */
static void
test_guest (void)
{
  static const struct {
    const char *host, *properties;
    const char *machine, *disk, *cdrom, *input, *pointer, *video, *vif;
  } rows[] = {
    { "x86_64", "", "pc", "virtio", "ide", "usb", "usbtablet", "virtio", "virtio" },
    { "x86_64", "hw_machine_type=q35 hw_disk_bus=sata hw_input_bus=virtio hw_video_model=vga",
      "q35", "sata", "sata", "virtio", NULL, "vga", "virtio" },
    { "x86_64", "hw_emulation_architecture=aarch64", "virt", "virtio", "scsi", "usb", "usbtablet",
      "virtio", "virtio" },
    { "x86_64", "hw_emulation_architecture=s390x", "s390-ccw-virtio", "virtio", "scsi", "virtio",
      NULL, "virtio", "virtio" },
    { "x86_64", "hw_emulation_architecture=ppc64le", "pseries", "virtio", "scsi", "usb",
      "usbtablet", "vga", "virtio" },
    { "x86_64", "hw_emulation_architecture=mipsel", "malta", "virtio", "ide", "usb", "usbtablet",
      "virtio", "virtio" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeProperties) properties = test_make_properties (rows[i].properties);
    g_autoptr (MachtypeHost) host = test_make_host (rows[i].host);
    g_autoptr (MachtypeRecordBuilder) builder = builder_new ();
    const char *expected[] = { rows[i].disk,    rows[i].cdrom, rows[i].input,
                               rows[i].pointer, rows[i].video, rows[i].vif };
    static const char *const names[] = { "hw_disk_bus",      "hw_cdrom_bus",   "hw_input_bus",
                                         "hw_pointer_model", "hw_video_model", "hw_vif_model" };
    g_autoptr (MachtypeResolution) resolution = NULL;
    g_autoptr (MachtypeGuestBuilder) guest_builder = NULL;
    g_autoptr (MachtypeGuest) guest = NULL;
    g_autoptr (MachtypeRecord) record = NULL;
    GError *error = NULL;
    gsize j;

    ROW ("%s %s", rows[i].host, rows[i].properties);
    resolution = machtype_resolve (properties, NULL, host, NULL, &error);
    g_assert_no_error (error);
    guest_builder = machtype_guest_builder_new (resolution, properties, host);
    guest = machtype_guest_builder_end (guest_builder, &error);
    g_assert_no_error (error);
    g_assert_true (machtype_record_builder_set_guest (builder, guest, &error));
    g_assert_no_error (error);
    record = machtype_record_builder_end (builder);
    g_assert_cmpstr (machtype_record_get_machine (record), ==, rows[i].machine);
    g_assert_cmpint (machtype_record_get_arch (record), ==,
                     machtype_resolution_get_arch (resolution));
    for (j = 0; j < G_N_ELEMENTS (names); j++) {
      ROW ("  %s", names[j]);
      g_assert_cmpstr (
          machtype_properties_get_image (machtype_record_get_properties (record), names[j]), ==,
          expected[j]);
    }
  }
}

/* Nova's defects 1 to 3: in resize, rescue and unshelve its record is lost to the properties of a
 * request or of another image. */
static const struct {
  MachtypeOperation operation;
  const char *word;
  gboolean keeps;
} operation_rows[] = {
  { MACHTYPE_OPERATION_SPAWN, "spawn", TRUE },
  { MACHTYPE_OPERATION_HARD_REBOOT, "Hard reboot", TRUE },
  { MACHTYPE_OPERATION_RESIZE, "resize", TRUE },
  { MACHTYPE_OPERATION_REVERT_RESIZE, "revert_resize", TRUE },
  { MACHTYPE_OPERATION_COLD_MIGRATE, "cold-migrate", TRUE },
  { MACHTYPE_OPERATION_LIVE_MIGRATE, "live-migrate", TRUE },
  { MACHTYPE_OPERATION_EVACUATE, "EVACUATE", TRUE },
  { MACHTYPE_OPERATION_RESCUE, "rescue", TRUE },
  { MACHTYPE_OPERATION_UNRESCUE, "unrescue", TRUE },
  { MACHTYPE_OPERATION_SHELVE, "shelve", TRUE },
  { MACHTYPE_OPERATION_UNSHELVE, "unshelve", TRUE },
  { MACHTYPE_OPERATION_REBUILD, "rebuild", FALSE },
};

static void
test_operations (void)
{
  g_autoptr (MachtypeRecordBuilder) builder = builder_new ();
  g_autoptr (MachtypePolicyBuilder) policy_builder = machtype_policy_builder_new ();
  g_autoptr (MachtypeHost) host = test_make_host ("x86_64");
  g_autoptr (MachtypeProperties) other = NULL;
  g_autoptr (MachtypePolicy) policy = NULL;
  g_autoptr (MachtypeRecord) record = NULL;
  GError *error = NULL;
  gsize i;

  machtype_record_builder_set_machine (builder, "pc-i440fx-6.2", "pc", MACHTYPE_SOURCE_BUILTIN,
                                       NULL);
  machtype_record_builder_set_arch (builder, MACHTYPE_ARCH_X86_64, NULL);
  machtype_record_builder_set_property (builder, "hw_disk_bus", "ide", NULL);
  record = machtype_record_builder_end (builder);
  machtype_policy_builder_add_default (policy_builder, "x86_64=q35");
  policy = machtype_policy_builder_end (policy_builder);
  other = test_make_properties ("hw_disk_bus=virtio hw_vif_model=e1000 "
                                "hw_emulation_architecture=aarch64");
  for (i = 0; i < G_N_ELEMENTS (operation_rows); i++) {
    g_autoptr (MachtypeResolution) r = NULL;
    g_autoptr (MachtypeProperties) all = NULL;
    MachtypeOperation operation;

    ROW ("%s", operation_rows[i].word);
    operation = machtype_operation_from_string (operation_rows[i].word, &error);
    g_assert_no_error (error);
    g_assert_cmpint (operation, ==, operation_rows[i].operation);
    r = machtype_record_resolve (record, operation, other, policy, host, &error);
    g_assert_no_error (error);
    all = machtype_record_dup_guest_properties (record, operation, other, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (machtype_resolution_get_machine (r), ==,
                     operation_rows[i].keeps ? "pc-i440fx-6.2" : "virt");
    g_assert_cmpint (machtype_resolution_get_arch (r), ==,
                     operation_rows[i].keeps ? MACHTYPE_ARCH_X86_64 : MACHTYPE_ARCH_AARCH64);
    g_assert_cmpstr (machtype_properties_get_image (all, "hw_disk_bus"), ==,
                     operation_rows[i].keeps ? "ide" : "virtio");
    g_assert_cmpstr (machtype_properties_get_image (all, "hw_vif_model"), ==, "e1000");
  }
  g_assert_cmpint (machtype_operation_from_string ("migrate", &error), ==,
                   MACHTYPE_OPERATION_UNKNOWN);
  test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "migrate cold-migrate rebuild");
  for (i = 0; i < 2; i++) {
    const int none = i == 0 ? MACHTYPE_OPERATION_UNKNOWN : 13;

    g_assert_null (
        machtype_record_resolve (record, (MachtypeOperation)none, NULL, NULL, host, &error));
    test_assert_error (&error, MACHTYPE_ERROR_INVALID_ARGUMENT, "unknown operation");
  }
}

/* One without a machine type is resolved like a new guest, from its properties. */
static void
test_unset (void)
{
  g_autoptr (MachtypeRecordBuilder) builder = builder_new ();
  g_autoptr (MachtypeHost) host = test_make_host ("x86_64");
  g_autoptr (MachtypeResolution) r = NULL;
  g_autoptr (MachtypeRecord) record = NULL;
  GError *error = NULL;

  machtype_record_builder_set_property (builder, "hw_machine_type", "pc-q35-5.2", NULL);
  record = machtype_record_builder_end (builder);
  r = machtype_record_resolve (record, MACHTYPE_OPERATION_SPAWN, NULL, NULL, host, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (machtype_resolution_get_machine (r), ==, "pc-q35-5.2");
  g_assert_cmpint (machtype_resolution_get_source (r), ==, MACHTYPE_SOURCE_IMAGE);
}

/* A builder continues from what it has built, and does not change what it has returned. */
static void
test_builder (void)
{
  g_autoptr (MachtypeRecordBuilder) builder = builder_new (), other = NULL;
  g_autoptr (MachtypeRecord) first = NULL, second = NULL, third = NULL;

  machtype_record_builder_set_name (builder, "one", NULL);
  first = machtype_record_builder_end (builder);
  machtype_record_builder_set_name (builder, "two", NULL);
  second = machtype_record_builder_end (builder);
  other = machtype_record_builder_new_from (first);
  machtype_record_builder_set_versions (other, 7002022, 9000000);
  machtype_record_builder_set_recorded_at (other, 1);
  machtype_record_builder_set_seen_at (other, 2);
  third = machtype_record_builder_end (other);
  g_assert_cmpstr (machtype_record_get_name (first), ==, "one");
  g_assert_cmpstr (machtype_record_get_name (second), ==, "two");
  g_assert_cmpstr (machtype_record_get_name (third), ==, "one");
  g_assert_cmpuint (machtype_record_get_qemu_version (third), ==, 7002022);
  g_assert_cmpuint (machtype_record_get_libvirt_version (third), ==, 9000000);
  g_assert_cmpint (machtype_record_get_recorded_at (third), ==, 1);
  g_assert_cmpint (machtype_record_get_seen_at (third), ==, 2);
  g_assert_cmpint (machtype_record_get_recorded_at (first), >, 1700000000);
}

static MachtypeRecord *
make_record (MachtypeArch arch, const char *machine, const char *properties)
{
  g_autoptr (MachtypeProperties) all = test_make_properties (properties);
  g_autoptr (MachtypeRecordBuilder) builder = builder_new ();

  g_assert_true (machtype_record_builder_set_arch (builder, arch, NULL));
  g_assert_true (
      machtype_record_builder_set_machine (builder, machine, NULL, MACHTYPE_SOURCE_OPERATOR, NULL));
  g_assert_true (machtype_record_builder_set_properties (builder, all, NULL));
  return machtype_record_builder_end (builder);
}

static MachtypeHost *
make_host (const char *file, guint64 qemu)
{
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "hosts", file, NULL);
  g_autofree char *xml = NULL;

  g_assert_true (g_file_get_contents (path, &xml, NULL, NULL));
  g_assert_true (machtype_host_builder_set_capabilities (builder, xml, -1, NULL));
  machtype_host_builder_set_versions (builder, qemu, 0);
  return machtype_host_builder_end (builder);
}

/* The message names the machine type, and the remedy is a thing to do. */
static void
assert_says (const MachtypeFinding *finding, const char *machine, const char *remedy)
{
  ROW ("  %s; %s", machtype_finding_get_message (finding), machtype_finding_get_remedy (finding));
  g_assert_nonnull (strstr (machtype_finding_get_message (finding), machine));
  g_assert_nonnull (strstr (machtype_finding_get_remedy (finding), remedy));
}

static void
test_check_host (void)
{
  static const struct {
    MachtypeArch arch;
    const char *machine, *properties, *host, *caps;
    const char *codes;
    MachtypeSeverity first; /* of the first */
    const char *remedy;     /* the same */
  } rows[] = {
    { MACHTYPE_ARCH_X86_64, "pc-q35-7.2", "", "x86_64.xml", NULL, "", MACHTYPE_SEVERITY_NONE,
      NULL },
    { MACHTYPE_ARCH_X86_64, NULL, "hw_disk_bus=fdc", "x86_64.xml", NULL, "", MACHTYPE_SEVERITY_NONE,
      NULL },
    { MACHTYPE_ARCH_UNKNOWN, NULL, "", "x86_64.xml", NULL, "", MACHTYPE_SEVERITY_NONE, NULL },
    { MACHTYPE_ARCH_UNKNOWN, "pc-q35-2.4", "hw_video_model=qxl", "x86_64.xml", "domcaps-q35.xml",
      "arch-not-recorded", MACHTYPE_SEVERITY_WARNING, "'machtype record --connect URI'" },
    { MACHTYPE_ARCH_X86_64, "pc-q35-2.4", "", "x86_64.xml", NULL, "not-offered",
      MACHTYPE_SEVERITY_ERROR,
      "update it with 'machtype update-machine-type " UUID " pc-q35-7.2 --connect URI'" },
    { MACHTYPE_ARCH_X86_64, "pc-q35-8.0", "", "x86_64.xml", NULL, "not-offered",
      MACHTYPE_SEVERITY_ERROR, "use a host that offers it" },
    /* The actual host: with its domain capabilities. */
    { MACHTYPE_ARCH_X86_64, "pc-q35-7.2", "hw_video_model=qxl", "x86_64.xml", NULL, "",
      MACHTYPE_SEVERITY_NONE, NULL },
    { MACHTYPE_ARCH_X86_64, "pc-q35-7.2", "hw_video_model=qxl", "x86_64.xml", "domcaps-q35.xml",
      "video-model-qxl", MACHTYPE_SEVERITY_ERROR, "possible: virtio, " },
    /* What no host supports, this one does not support either. */
    { MACHTYPE_ARCH_X86_64, "pc-q35-7.2", "hw_disk_bus=ide", "x86_64.xml", NULL, "disk-bus-ide",
      MACHTYPE_SEVERITY_ERROR, "possible: virtio, " },
    { MACHTYPE_ARCH_X86_64, "pc-q35-2.4", "hw_disk_bus=ide", "x86_64.xml", NULL,
      "not-offered disk-bus-ide", MACHTYPE_SEVERITY_ERROR, UUID " pc-q35-7.2 " },
    /* What is only not generated, and an unknown board, are not the host's problem. */
    { MACHTYPE_ARCH_X86_64, "pc-q35-7.2", "hw_numa_nodes=2 hw_cpu_policy=dedicated", "x86_64.xml",
      NULL, "", MACHTYPE_SEVERITY_NONE, NULL },
    { MACHTYPE_ARCH_X86_64, "xenfv", "hw_disk_bus=ide", "x86_64", NULL, "", MACHTYPE_SEVERITY_NONE,
      NULL },
    /* Only the architecture of the host is known. */
    { MACHTYPE_ARCH_X86_64, "pc-q35-2.4", "", "x86_64", NULL, "", MACHTYPE_SEVERITY_NONE, NULL },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeRecord) record =
        make_record (rows[i].arch, rows[i].machine, rows[i].properties);
    g_autoptr (MachtypeHost) host = rows[i].caps != NULL
                                        ? test_read_host (rows[i].host, rows[i].caps)
                                        : test_make_host (rows[i].host);
    GPtrArray *findings = machtype_record_check_host (record, host);
    g_autofree char *codes = NULL;

    ROW ("%s %s on %s %s", rows[i].machine != NULL ? rows[i].machine : "-", rows[i].properties,
         rows[i].host, rows[i].caps != NULL ? rows[i].caps : "-");
    if (findings->len != 0) {
      g_assert_cmpint (machtype_finding_get_severity (findings->pdata[0]), ==, rows[i].first);
      assert_says (findings->pdata[0], rows[i].machine, rows[i].remedy);
    }
    codes = test_join_codes (findings);
    g_assert_cmpstr (codes, ==, rows[i].codes);
  }
}

/* What may change or end a recorded machine type. */
static const struct {
  MachtypeArch arch;
  const char *machine, *host;
  guint64 qemu; /* 0: as the capabilities say */
  const char *codes, *words, *remedy;
} machine_rows[] = {
  { MACHTYPE_ARCH_X86_64, NULL, "x86_64.xml", 0, "", NULL, NULL },
  { MACHTYPE_ARCH_X86_64, "q35", NULL, 0, "machine-alias", "q35",
    UUID " TYPE --pin --connect URI'" },
  { MACHTYPE_ARCH_X86_64, "q35", "x86_64.xml", 0, "machine-alias", "pc-q35-7.2",
    UUID " TYPE --pin --connect URI'" },
  { MACHTYPE_ARCH_UNKNOWN, "q35", NULL, 0, "machine-alias", "q35",
    UUID " TYPE --pin --connect URI'" },
  { MACHTYPE_ARCH_X86_64, "pc-q35-7.2", NULL, 0, "", NULL, NULL },
  { MACHTYPE_ARCH_X86_64, "pc-q35-7.2", "x86_64.xml", 0, "", NULL, NULL },
  { MACHTYPE_ARCH_X86_64, "microvm", NULL, 0, "", NULL, NULL },
  { MACHTYPE_ARCH_X86_64, "pc-q35", NULL, 0, "machine-impossible", "pc-q35",
    UUID " q35 --connect URI --force'" },
  { MACHTYPE_ARCH_X86_64, "pc-q35", "x86_64.xml", 0, "machine-impossible", "pc-q35",
    UUID " q35 --connect URI --force'" },
  { MACHTYPE_ARCH_X86_64, "pc-q35-7.3", NULL, 0, "machine-impossible", "pc-q35-7.3",
    UUID " TYPE --connect URI --force'" },
  { MACHTYPE_ARCH_X86_64, "pc-i440fx-vz7.12.0", NULL, 0, "", NULL, NULL },
  { MACHTYPE_ARCH_MIPSEL, "malta", NULL, 0, "", NULL, NULL },
  /* The host's own mark, then upstream's rule: pc-i440fx-6.2 is deprecated as of QEMU 9.2. */
  { MACHTYPE_ARCH_X86_64, "pc-i440fx-1.7", NULL, 0, "", NULL, NULL },
  { MACHTYPE_ARCH_X86_64, "pc-i440fx-1.7", "x86_64.xml", 0, "machine-deprecated", "pc-i440fx-1.7",
    UUID " pc-i440fx-7.2 " },
  { MACHTYPE_ARCH_X86_64, "pc", "alias-only.xml", 0, "machine-alias machine-deprecated", "pc",
    UUID " TYPE --pin --connect URI'" },
  { MACHTYPE_ARCH_X86_64, "pc-i440fx-6.2", "x86_64.xml", 9001000, "", NULL, NULL },
  { MACHTYPE_ARCH_X86_64, "pc-i440fx-6.2", "x86_64.xml", 9002000, "machine-deprecated", "9.2",
    UUID " pc-i440fx-7.2 " },
  { MACHTYPE_ARCH_X86_64, "pc-i440fx-6.2", "x86_64.xml", 10000000, "machine-deprecated", "9.2",
    UUID " pc-i440fx-7.2 " },
  { MACHTYPE_ARCH_X86_64, "pc-q35-99.9", "x86_64.xml", 9002000, "", NULL, NULL },
  /* The vendor's own rule, for a release that the host has. */
  { MACHTYPE_ARCH_X86_64, "pc-q35-rhel8.6.0", "rhel9.xml", 0, "machine-deprecated", "RHEL 9",
    UUID " pc-q35-rhel9.4.0 " },
  { MACHTYPE_ARCH_X86_64, "pc-q35-rhel9.4.0", "rhel9.xml", 0, "", NULL, NULL },
  { MACHTYPE_ARCH_X86_64, "pc-i440fx-rhel7.6.0", "rhel9.xml", 0, "machine-deprecated", "RHEL 9",
    "update it to a newer type before QEMU removes it" },
  { MACHTYPE_ARCH_X86_64, "pc-q35-rhel8.6.0", "x86_64.xml", 0, "", NULL, NULL },
};

static void
test_check_machine (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (machine_rows); i++) {
    g_autoptr (MachtypeRecord) record =
        make_record (machine_rows[i].arch, machine_rows[i].machine, "");
    g_autoptr (MachtypeHost) host = machine_rows[i].qemu == 0
                                        ? test_make_host (machine_rows[i].host)
                                        : make_host (machine_rows[i].host, machine_rows[i].qemu);
    g_autoptr (GPtrArray) findings = machtype_record_check_machine (record, host);
    g_autofree char *codes = test_join_codes (g_ptr_array_ref (findings));

    ROW ("%s on %s, QEMU %" G_GUINT64_FORMAT,
         machine_rows[i].machine != NULL ? machine_rows[i].machine : "-",
         machine_rows[i].host != NULL ? machine_rows[i].host : "-", machine_rows[i].qemu);
    g_assert_cmpstr (codes, ==, machine_rows[i].codes);
    if (findings->len == 0)
      continue;
    g_assert_cmpint (machtype_finding_get_severity (findings->pdata[0]), ==,
                     MACHTYPE_SEVERITY_WARNING);
    g_assert_nonnull (
        strstr (machtype_finding_get_message (findings->pdata[0]), machine_rows[i].words));
    assert_says (findings->pdata[0], machine_rows[i].machine, machine_rows[i].remedy);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record/uuids", test_uuids);
  g_test_add_func ("/record/uuid-characters", test_uuid_characters);
  g_test_add_func ("/record/states", test_states);
  g_test_add_func ("/record/texts", test_texts);
  g_test_add_func ("/record/machines", test_machines);
  g_test_add_func ("/record/guest-and-properties", test_guest_and_properties);
  g_test_add_func ("/record/second-guest", test_second_guest);
  g_test_add_func ("/record/equal", test_equal);
  g_test_add_func ("/record/bad-arch", test_bad_arch);
  g_test_add_func ("/record/properties", test_properties);
  g_test_add_func ("/record/extra-specs", test_extra_specs);
  g_test_add_func ("/record/guest", test_guest);
  g_test_add_func ("/record/operations", test_operations);
  g_test_add_func ("/record/unset", test_unset);
  g_test_add_func ("/record/builder", test_builder);
  g_test_add_func ("/record/check-host", test_check_host);
  g_test_add_func ("/record/check-machine", test_check_machine);
  return g_test_run ();
}
