/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Image properties that are only defaults: for devices that a guest does not have. */

#include "test.h"

#include <string.h>

#include "properties/properties-private.h"
#include "store-kinds.h"

#define UUID "6f1d4b5e-0000-4000-8000-000000000001"

/* "?hw_cdrom_bus=sata hw_disk_bus=virtio", in the order of the names, like the rows. */
static char *
dup_text (MachtypeProperties *properties)
{
  g_auto (GStrv) names = machtype_properties_dup_image_names (properties);
  GString *text = g_string_new (NULL);
  gsize i;

  for (i = 0; names[i] != NULL; i++)
    g_string_append_printf (text, "%s%s%s=%s", i != 0 ? " " : "",
                            machtype_properties_is_default (properties, names[i]) ? "?" : "",
                            names[i], machtype_properties_get_image (properties, names[i]));
  return g_string_free (text, FALSE);
}

static void
assert_properties (MachtypeProperties *properties, const char *wanted)
{
  g_autofree char *text = dup_text (properties);

  g_assert_cmpstr (text, ==, wanted);
}

static void
assert_record (const MachtypeRecord *record, const char *wanted)
{
  assert_properties (machtype_record_get_properties (record), wanted);
}

static MachtypeRecord *
make_record (const char *properties)
{
  g_autoptr (MachtypeProperties) all = test_make_properties (properties);
  g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new (UUID, NULL);
  GError *error = NULL;

  machtype_record_builder_set_state (builder, "stopped", NULL);
  machtype_record_builder_set_machine (builder, "pc-q35-6.2", NULL, MACHTYPE_SOURCE_DOMAIN, NULL);
  g_assert_true (machtype_record_builder_set_properties (builder, all, &error));
  g_assert_no_error (error);
  return machtype_record_builder_end (builder);
}

/* Adding a property, by its old name, too, makes it a request; so does a value that is kept. */
static void
test_marks (void)
{
  static const struct {
    const char *name, *value, *wanted;
  } rows[] = {
    { "hw_cdrom_bus", "scsi", "?hw_architecture=x86_64 hw_cdrom_bus=scsi" },
    { "hw_cdrom_bus", "nvme", "?hw_architecture=x86_64 hw_cdrom_bus=nvme" },
    { "architecture", "aarch64", "hw_architecture=aarch64 ?hw_cdrom_bus=sata" },
    { "os_x", "1", "?hw_architecture=x86_64 ?hw_cdrom_bus=sata os_x=1" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
    g_autoptr (MachtypeProperties) marked = NULL, properties = NULL;
    g_auto (GStrv) names = NULL;
    GError *error = NULL;

    ROW ("%s=%s", rows[i].name, rows[i].value);
    g_assert_false (machtype_properties_builder_mark_default (builder, "hw_cdrom_bus"));
    machtype_properties_builder_add_image (builder, "hw_cdrom_bus", "sata", &error);
    machtype_properties_builder_add_image (builder, "hw_architecture", "x86_64", &error);
    g_assert_true (machtype_properties_builder_mark_default (builder, "hw_cdrom_bus"));
    g_assert_true (machtype_properties_builder_mark_default (builder, "hw_cdrom_bus"));
    g_assert_true (machtype_properties_builder_mark_default (builder, "hw_architecture"));
    marked = machtype_properties_builder_end (builder);
    assert_properties (marked, "?hw_architecture=x86_64 ?hw_cdrom_bus=sata");
    names = machtype_properties_dup_default_names (marked);
    g_assert_cmpuint (g_strv_length (names), ==, 2);
    g_assert_cmpstr (names[0], ==, "hw_architecture");
    /* The builder begins again. */
    g_assert_false (machtype_properties_builder_mark_default (builder, "hw_cdrom_bus"));
    g_clear_pointer (&builder, machtype_properties_builder_unref);
    builder = mt_properties_builder_new_from (marked, NULL);
    machtype_properties_builder_keep_image (builder, rows[i].name, rows[i].value, &error);
    g_assert_no_error (error);
    properties = machtype_properties_builder_end (builder);
    assert_properties (properties, rows[i].wanted);
    g_assert_false (mt_properties_equal (properties, marked));
  }
}

static void
test_class (void)
{
  g_autoptr (MachtypeRecord) record = make_record ("?hw_disk_bus=virtio hw_vif_model=virtio");
  g_autoptr (MachtypeRecordClass) class = machtype_record_class_new (record, 2);
  g_autofree char *json = machtype_record_class_to_json (class);

  g_assert_nonnull (strstr (json, "\"properties\":{\"hw_disk_bus\":\"virtio\",\"hw_vif_model\":"
                                  "\"virtio\"},\"defaults\":[\"hw_disk_bus\"],\"count\":2}"));
}

/* Only a mark makes properties unequal, too. */
static void
test_equal (void)
{
  g_autoptr (MachtypeRecord) a = make_record ("hw_disk_bus=virtio hw_vif_model=virtio");
  g_autoptr (MachtypeRecord) b = make_record ("hw_disk_bus=virtio ?hw_vif_model=virtio");
  g_autoptr (MachtypeRecord) c = make_record ("?hw_disk_bus=virtio hw_vif_model=virtio");
  g_autofree char *json = machtype_record_to_json (b);
  g_autoptr (MachtypeRecord) read = machtype_record_new_from_json (json, -1, 0, NULL);

  g_assert_false (machtype_record_equal (a, b));
  g_assert_false (machtype_record_equal (b, a));
  g_assert_false (machtype_record_equal (b, c));
  g_assert_true (machtype_record_equal (b, b));
  g_assert_true (machtype_record_equal (b, read));
}

static const struct {
  const char *there, *more, *wanted;
} fills[] = {
  { "hw_disk_bus=ide", "hw_disk_bus=scsi", "hw_disk_bus=ide" },
  { "hw_disk_bus=ide", "?hw_disk_bus=scsi", "hw_disk_bus=ide" },
  { "?hw_disk_bus=ide", "?hw_disk_bus=scsi", "?hw_disk_bus=ide" },
  { "?hw_disk_bus=ide", "hw_disk_bus=scsi", "hw_disk_bus=scsi" },
  { "?hw_disk_bus=ide", "hw_disk_bus=ide", "hw_disk_bus=ide" },
  { "?hw_disk_bus=ide", "hw_vif_model=e1000", "?hw_disk_bus=ide hw_vif_model=e1000" },
  { "hw_disk_bus=ide", "?hw_vif_model=e1000", "hw_disk_bus=ide ?hw_vif_model=e1000" },
};

static void
test_fill (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (fills); i++) {
    g_autoptr (MachtypeProperties) there = test_make_properties (fills[i].there);
    g_autoptr (MachtypeProperties) more = test_make_properties (fills[i].more), filled = NULL;
    GError *error = NULL;

    ROW ("%s, %s", fills[i].there, fills[i].more);
    filled = mt_properties_fill (there, more, &error);
    g_assert_no_error (error);
    assert_properties (filled, fills[i].wanted);
    /* Stores recognize what they have by the object. */
    g_assert_cmpint (filled == there, ==, strcmp (fills[i].there, fills[i].wanted) == 0);
  }
}

/* The value that is set, and whether a request was set before. */
static void
test_record_builder (void)
{
  static const struct {
    const char *before, *name, *value, *wanted; /* NULL: refused */
    int code;
    const char *words;
  } rows[] = {
    { "os_x=1", "hw_cdrom_bus", "sata", "?hw_cdrom_bus=sata os_x=1", -1, NULL },
    { "?hw_cdrom_bus=ide", "hw_cdrom_bus", "sata", "?hw_cdrom_bus=sata", -1, NULL },
    { "hw_cdrom_bus=ide", "hw_cdrom_bus", "sata", "hw_cdrom_bus=ide", -1, NULL },
    { "hw_cdrom_bus=ide", "hw_cdrom_bus", "nvme", NULL, MACHTYPE_ERROR_INVALID_PROPERTY, "nvme" },
    { "os_x=1", "hw_cdrom_bus", "nvme", NULL, MACHTYPE_ERROR_INVALID_PROPERTY, "nvme sata" },
    { "os_x=1", "architecture", "x86_64", NULL, MACHTYPE_ERROR_INVALID_ARGUMENT, "old name" },
    { "os_x=1", "", "x", NULL, MACHTYPE_ERROR_INVALID_ARGUMENT, "empty" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeRecord) before = make_record (rows[i].before), record = NULL;
    g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new_from (before);
    GError *error = NULL;

    ROW ("%s: %s=%s", rows[i].before, rows[i].name, rows[i].value);
    g_assert_cmpint (
        machtype_record_builder_set_default (builder, rows[i].name, rows[i].value, &error), ==,
        rows[i].wanted != NULL);
    if (rows[i].wanted == NULL)
      test_assert_error (&error, rows[i].code, rows[i].words);
    g_assert_no_error (error);
    record = machtype_record_builder_end (builder);
    assert_record (record, rows[i].wanted != NULL ? rows[i].wanted : rows[i].before);
  }
}

static MachtypeGuest *
make_guest (const char *properties, const char *disks, gboolean interface,
            MachtypeGraphicsType graphics)
{
  g_autoptr (MachtypeProperties) all = test_make_properties (properties);
  g_autoptr (MachtypeHost) host = test_make_host ("x86_64");
  g_autoptr (MachtypeResolution) resolution = machtype_resolve (all, NULL, host, NULL, NULL);
  g_autoptr (MachtypeGuestBuilder) builder = machtype_guest_builder_new (resolution, all, host);
  GError *error = NULL;
  MachtypeGuest *guest;

  if (strchr (disks, 'd') != NULL)
    machtype_guest_builder_add_disk (builder, "/d.qcow2", "qcow2", NULL, &error);
  if (strchr (disks, 's') != NULL)
    machtype_guest_builder_add_disk (builder, "/s.qcow2", "qcow2", "scsi", &error);
  if (strchr (disks, 'c') != NULL)
    machtype_guest_builder_add_cdrom (builder, "/c.iso", &error);
  if (interface)
    machtype_guest_builder_add_interface (builder, MACHTYPE_INTERFACE_TYPE_USER, NULL, NULL,
                                          &error);
  g_assert_no_error (error);
  g_assert_true (machtype_guest_builder_set_graphics (builder, graphics, &error));
  guest = machtype_guest_builder_end (builder, &error);
  g_assert_no_error (error);
  return guest;
}

#define VNC MACHTYPE_GRAPHICS_TYPE_VNC
#define NO_SCREEN MACHTYPE_GRAPHICS_TYPE_NONE

/* What a guest does not have is only a default. disks: d a disk, s one on another bus, c a CD-ROM.
 */
static void
test_guest (void)
{
  static const struct {
    const char *properties, *disks;
    gboolean interface;
    MachtypeGraphicsType graphics;
    const char *wanted;
  } rows[] = {
    { "hw_machine_type=q35", "", FALSE, NO_SCREEN,
      "?hw_cdrom_bus=sata ?hw_disk_bus=virtio ?hw_input_bus=usb ?hw_pointer_model=usbtablet "
      "?hw_video_model=virtio ?hw_vif_model=virtio" },
    { "hw_machine_type=q35", "dc", TRUE, VNC,
      "hw_cdrom_bus=sata hw_disk_bus=virtio hw_input_bus=usb hw_pointer_model=usbtablet "
      "hw_video_model=virtio hw_vif_model=virtio" },
    { "hw_machine_type=q35", "s", FALSE, NO_SCREEN,
      "?hw_cdrom_bus=sata ?hw_disk_bus=virtio ?hw_input_bus=usb ?hw_pointer_model=usbtablet "
      "?hw_video_model=virtio ?hw_vif_model=virtio" },
    { "hw_machine_type=pc", "c", FALSE, NO_SCREEN,
      "hw_cdrom_bus=ide ?hw_disk_bus=virtio ?hw_input_bus=usb ?hw_pointer_model=usbtablet "
      "?hw_video_model=virtio ?hw_vif_model=virtio" },
    /* What was requested stays requested. */
    { "hw_machine_type=q35 hw_cdrom_bus=scsi", "", FALSE, NO_SCREEN,
      "hw_cdrom_bus=scsi ?hw_disk_bus=virtio ?hw_input_bus=usb ?hw_pointer_model=usbtablet "
      "?hw_video_model=virtio ?hw_vif_model=virtio" },
    { "hw_machine_type=q35 ?hw_cdrom_bus=scsi", "", FALSE, NO_SCREEN,
      "?hw_cdrom_bus=scsi ?hw_disk_bus=virtio ?hw_input_bus=usb ?hw_pointer_model=usbtablet "
      "?hw_video_model=virtio ?hw_vif_model=virtio" },
    /* A default is used when the device comes, unless the machine type does not support it. */
    { "hw_machine_type=q35 ?hw_cdrom_bus=scsi", "c", FALSE, NO_SCREEN,
      "hw_cdrom_bus=scsi ?hw_disk_bus=virtio ?hw_input_bus=usb ?hw_pointer_model=usbtablet "
      "?hw_video_model=virtio ?hw_vif_model=virtio" },
    { "hw_machine_type=q35 ?hw_cdrom_bus=ide", "c", FALSE, NO_SCREEN,
      "hw_cdrom_bus=sata ?hw_disk_bus=virtio ?hw_input_bus=usb ?hw_pointer_model=usbtablet "
      "?hw_video_model=virtio ?hw_vif_model=virtio" },
    { "hw_machine_type=q35 ?hw_cdrom_bus=ide ?hw_disk_bus=ide ?hw_video_model=vga", "", FALSE,
      NO_SCREEN,
      "?hw_cdrom_bus=sata ?hw_disk_bus=virtio ?hw_input_bus=usb ?hw_pointer_model=usbtablet "
      "?hw_video_model=vga ?hw_vif_model=virtio" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new (UUID, NULL);
    g_autoptr (MachtypeGuest) guest = NULL;
    g_autoptr (MachtypeRecord) record = NULL;
    GError *error = NULL;

    ROW ("%s %s", rows[i].properties, rows[i].disks);
    guest = make_guest (rows[i].properties, rows[i].disks, rows[i].interface, rows[i].graphics);
    machtype_record_builder_set_guest (builder, guest, &error);
    g_assert_no_error (error);
    record = machtype_record_builder_end (builder);
    assert_record (record, rows[i].wanted);
  }
}

/* A guest replaces defaults of the builder by the devices that it has. */
static void
test_guest_over_record (void)
{
  g_autoptr (MachtypeRecord) before = make_record ("?hw_cdrom_bus=scsi ?hw_vif_model=e1000");
  g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new_from (before);
  g_autoptr (MachtypeGuest) guest = make_guest ("hw_machine_type=q35", "c", FALSE, NO_SCREEN);
  g_autoptr (MachtypeRecord) record = NULL;

  machtype_record_builder_set_guest (builder, guest, NULL);
  record = machtype_record_builder_end (builder);
  assert_record (record, "hw_cdrom_bus=sata ?hw_disk_bus=virtio ?hw_input_bus=usb "
                         "?hw_pointer_model=usbtablet ?hw_video_model=virtio ?hw_vif_model=e1000");
}

/* A recorded default wins over the properties of an operation, like all that is recorded. */
static void
test_operation (void)
{
  g_autoptr (MachtypeRecord) record = make_record ("?hw_cdrom_bus=scsi");
  g_autoptr (MachtypeProperties) image = test_make_properties ("hw_cdrom_bus=sata os_x=1");
  g_autoptr (MachtypeProperties) all =
      machtype_record_dup_guest_properties (record, MACHTYPE_OPERATION_RESIZE, image, NULL);

  assert_properties (all, "?hw_cdrom_bus=scsi os_x=1");
}

/* The devices that a domain has now replace those that are recorded, and every default; what is not
 * a device stays. */
static void
test_renew (void)
{
  static const struct {
    const char *there, *devices, *wanted;
  } rows[] = {
    { "", "", "" },
    { "hw_disk_bus=ide", "hw_disk_bus=virtio", "hw_disk_bus=virtio" },
    { "?hw_disk_bus=ide", "hw_disk_bus=ide", "hw_disk_bus=ide" },
    { "hw_disk_bus=ide", "?hw_disk_bus=virtio", "?hw_disk_bus=virtio" },
    { "hw_video_model=vga hw_vif_model=e1000", "", "" },
    { "hw_rng_model=virtio os_distro=debian hw_cdrom_bus=ide", "?hw_cdrom_bus=sata",
      "?hw_cdrom_bus=sata hw_rng_model=virtio os_distro=debian" },
    { "?hw_rng_model=virtio own=1", "hw_vif_model=virtio", "hw_vif_model=virtio own=1" },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeProperties) there = test_make_properties (rows[i].there);
    g_autoptr (MachtypeProperties) devices = test_make_properties (rows[i].devices);
    g_autoptr (MachtypeProperties) renewed = NULL;
    GError *error = NULL;

    ROW ("%s, %s", rows[i].there, rows[i].devices);
    renewed = mt_properties_renew (there, devices, &error);
    g_assert_no_error (error);
    assert_properties (renewed, rows[i].wanted);
  }
}

/* A machine type of another kind of machine: its defaults replace the old one's, and only these. */
static void
test_update (gconstpointer data)
{
  static const struct {
    const char *old_machine, *new_machine, *there, *wanted;
  } rows[] = {
    { "pc-i440fx-7.2", "pc-q35-7.2", "?hw_cdrom_bus=ide hw_disk_bus=ide ?hw_video_model=cirrus",
      "?hw_cdrom_bus=sata hw_disk_bus=ide ?hw_input_bus=usb ?hw_pointer_model=usbtablet "
      "?hw_video_model=virtio ?hw_vif_model=virtio" },
    { "pc-i440fx-7.2", "pc-q35-7.2", "?hw_cdrom_bus=ide ?hw_rng_model=virtio own=1",
      "?hw_cdrom_bus=sata ?hw_disk_bus=virtio ?hw_input_bus=usb ?hw_pointer_model=usbtablet "
      "?hw_rng_model=virtio ?hw_video_model=virtio ?hw_vif_model=virtio own=1" },
    /* Without defaults, there are none to renew. */
    { "pc-i440fx-7.2", "pc-q35-7.2", "hw_disk_bus=ide own=1", "hw_disk_bus=ide own=1" },
    { "pc-i440fx-7.2", "pc-q35-7.2", "", "" },
    /* The same kind of machine. */
    { "pc-q35-7.2", "pc-q35-6.2", "?hw_cdrom_bus=ide", "?hw_cdrom_bus=ide" },
    /* One that the library cannot generate has no defaults. */
    { "pc-q35-7.2", "microvm", "?hw_cdrom_bus=sata own=1", "own=1" },
  };
  const StoreKind *kind = data;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MachtypeProperties) there = test_make_properties (rows[i].there);
    g_autoptr (MachtypeRecordBuilder) builder = machtype_record_builder_new (UUID, NULL);
    g_autoptr (MachtypeRecord) record = NULL, added = NULL, updated = NULL, undone = NULL;
    g_autoptr (MachtypeChange) change = NULL;
    g_autofree char *dir = store_dir_make ();
    MachtypeStore *store = store_kind_open (kind, dir);
    GError *error = NULL;

    ROW ("%s, %s: %s", rows[i].old_machine, rows[i].new_machine, rows[i].there);
    machtype_record_builder_set_state (builder, "stopped", NULL);
    machtype_record_builder_set_arch (builder, MACHTYPE_ARCH_X86_64, NULL);
    machtype_record_builder_set_machine (builder, rows[i].old_machine, NULL, MACHTYPE_SOURCE_DOMAIN,
                                         NULL);
    machtype_record_builder_set_properties (builder, there, NULL);
    record = machtype_record_builder_end (builder);
    added = machtype_store_add (store, record, NULL, &error);
    change =
        machtype_change_check (rows[i].old_machine, rows[i].new_machine, MACHTYPE_ARCH_X86_64, NULL,
                               MACHTYPE_STATE_STOPPED, MACHTYPE_CHANGE_FORCE, NULL, &error);
    updated = machtype_store_update_machine (store, added, change, NULL, &error);
    g_assert_no_error (error);
    assert_record (updated, rows[i].wanted);
    undone = machtype_store_undo (store, updated, MACHTYPE_CHANGE_NONE, NULL, &error);
    g_assert_no_error (error);
    assert_record (undone, rows[i].there);
    g_object_unref (store);
    store_dir_remove (dir);
  }
}

static void
assert_stored (MachtypeStore *store, const char *wanted)
{
  GError *error = NULL;
  g_autoptr (MachtypeRecord) record = machtype_store_read_record (store, UUID, &error);

  g_assert_no_error (error);
  assert_record (record, wanted);
}

/* Each store keeps the marks in records, histories and undo, and fills in what was a default. */
static void
test_store (gconstpointer data)
{
  const StoreKind *kind = data;
  g_autofree char *dir = store_dir_make ();
  g_autoptr (MachtypeStore) store = store_kind_open (kind, dir);
  g_autoptr (MachtypeRecord) first = make_record ("?hw_cdrom_bus=sata hw_disk_bus=virtio");
  g_autoptr (MachtypeRecord) same = make_record ("?hw_cdrom_bus=ide hw_disk_bus=scsi");
  g_autoptr (MachtypeRecord) with = make_record ("hw_cdrom_bus=scsi ?hw_vif_model=virtio");
  g_autoptr (MachtypeRecord) added = NULL, unchanged = NULL, filled = NULL, undone = NULL;
  g_autoptr (GPtrArray) history = NULL;
  MachtypeStoreOutcome outcome;
  GError *error = NULL;

  added = machtype_store_add (store, first, NULL, &error);
  g_assert_no_error (error);
  assert_stored (store, "?hw_cdrom_bus=sata hw_disk_bus=virtio");
  unchanged = machtype_store_record (store, same, NULL, &outcome, &error);
  g_assert_no_error (error);
  g_assert_cmpint (outcome, ==, MACHTYPE_STORE_OUTCOME_UNCHANGED);
  assert_stored (store, "?hw_cdrom_bus=sata hw_disk_bus=virtio");
  filled = machtype_store_record (store, with, NULL, &outcome, &error);
  g_assert_no_error (error);
  g_assert_cmpint (outcome, ==, MACHTYPE_STORE_OUTCOME_FILLED);
  assert_stored (store, "hw_cdrom_bus=scsi hw_disk_bus=virtio ?hw_vif_model=virtio");
  history = machtype_store_list_history (store, UUID, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (history->len, ==, 1);
  assert_properties (machtype_history_entry_get_old_properties (history->pdata[0]),
                     "?hw_cdrom_bus=sata hw_disk_bus=virtio");
  undone = machtype_store_undo (store, filled, MACHTYPE_CHANGE_NONE, NULL, &error);
  g_assert_no_error (error);
  assert_stored (store, "?hw_cdrom_bus=sata hw_disk_bus=virtio");
  g_clear_object (&store);
  if (kind->scheme != NULL) {
    store = store_kind_open (kind, dir);
    assert_stored (store, "?hw_cdrom_bus=sata hw_disk_bus=virtio");
    g_clear_object (&store);
  }
  store_dir_remove (dir);
}

/* Only the mark changes: that is a change, too, and one that others must not miss. */
static void
test_store_mark (gconstpointer data)
{
  const StoreKind *kind = data;
  g_autofree char *dir = store_dir_make ();
  g_autoptr (MachtypeStore) store = store_kind_open (kind, dir);
  g_autoptr (MachtypeRecord) first = make_record ("?hw_cdrom_bus=sata");
  g_autoptr (MachtypeRecord) added = NULL, changed = NULL, replaced = NULL, late = NULL;
  g_autoptr (MachtypeRecordBuilder) builder = NULL;
  GError *error = NULL;

  added = machtype_store_add (store, first, NULL, &error);
  g_assert_no_error (error);
  builder = machtype_record_builder_new_from (added);
  machtype_record_builder_set_property (builder, "hw_cdrom_bus", "sata", &error);
  changed = machtype_record_builder_end (builder);
  replaced = machtype_store_replace (store, added, changed, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (machtype_record_get_revision (replaced), ==, 2);
  assert_stored (store, "hw_cdrom_bus=sata");
  late = machtype_store_replace (store, added, changed, NULL, &error);
  g_assert_null (late);
  test_assert_error (&error, MACHTYPE_ERROR_CONFLICT, UUID);
  g_clear_object (&store);
  store_dir_remove (dir);
}

int
main (int argc, char **argv)
{
  gsize i;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/defaults/marks", test_marks);
  g_test_add_func ("/defaults/equal", test_equal);
  g_test_add_func ("/defaults/class", test_class);
  g_test_add_func ("/defaults/fill", test_fill);
  g_test_add_func ("/defaults/renew", test_renew);
  g_test_add_func ("/defaults/record-builder", test_record_builder);
  g_test_add_func ("/defaults/guest", test_guest);
  g_test_add_func ("/defaults/guest-over-record", test_guest_over_record);
  g_test_add_func ("/defaults/operation", test_operation);
  for (i = 0; i < G_N_ELEMENTS (store_kinds); i++) {
    g_autofree char *path = g_strconcat ("/defaults/store/", store_kinds[i].name, NULL);
    g_autofree char *update = g_strconcat ("/defaults/update/", store_kinds[i].name, NULL);
    g_autofree char *mark = g_strconcat ("/defaults/store-mark/", store_kinds[i].name, NULL);

    g_test_add_data_func (path, &store_kinds[i], test_store);
    g_test_add_data_func (update, &store_kinds[i], test_update);
    g_test_add_data_func (mark, &store_kinds[i], test_store_mark);
  }
  return g_test_run ();
}
