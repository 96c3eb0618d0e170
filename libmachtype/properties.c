/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Image properties and flavor extra specs: schema, check, lookup. */

#include "properties-private.h"

#include <string.h>

#include "arch-private.h"
#include "error-private.h"
#include "name/name-private.h"

typedef enum { KIND_ARCH, KIND_MACHINE, KIND_ENUM, KIND_FOLDED_ENUM } Kind;

/* Sources: nova/objects/image_meta.py and nova/objects/fields.py (names and values). A word that
 * libvirt spells another way stands as "word=libvirt". Folded: Nova lower-cases these values. */
typedef struct {
  char name[28];
  guint8 kind;
  char words[256]; /* separated by blanks */
} Schema;

#define BUSES "virtio scsi ide sata usb fdc xen lxc uml"

static const Schema schema[] = {
  [MT_PROPERTY_ARCHITECTURE] = { "hw_architecture", KIND_ARCH, "" },
  [MT_PROPERTY_EMULATION_ARCHITECTURE] = { "hw_emulation_architecture", KIND_ARCH, "" },
  [MT_PROPERTY_MACHINE_TYPE] = { "hw_machine_type", KIND_MACHINE, "" },
  [MT_PROPERTY_FIRMWARE_TYPE] = { "hw_firmware_type", KIND_ENUM, "uefi bios" },
  [MT_PROPERTY_DISK_BUS] = { "hw_disk_bus", KIND_ENUM, BUSES },
  [MT_PROPERTY_CDROM_BUS] = { "hw_cdrom_bus", KIND_ENUM, BUSES },
  [MT_PROPERTY_SCSI_MODEL] = { "hw_scsi_model", KIND_FOLDED_ENUM,
                               "virtio-scsi buslogic ibmvscsi lsilogic lsisas1068 lsisas1078 "
                               "vmpvscsi lsilogicsas=lsisas1068 paravirtual=vmpvscsi" },
  [MT_PROPERTY_VIDEO_MODEL] = { "hw_video_model", KIND_ENUM,
                                "virtio vga cirrus bochs qxl vmvga xen gop none" },
  [MT_PROPERTY_VIF_MODEL] = { "hw_vif_model", KIND_FOLDED_ENUM,
                              "virtio e1000 e1000e igb rtl8139 pcnet ne2k_pci spapr-vlan lan9118 "
                              "netfront sriov vmxnet vmxnet3 virtuale1000=e1000 "
                              "virtuale1000e=e1000e virtualpcnet32=pcnet "
                              "virtualsriovethernetcard=sriov virtualvmxnet=vmxnet "
                              "virtualvmxnet3=vmxnet3" },
  [MT_PROPERTY_INPUT_BUS] = { "hw_input_bus", KIND_ENUM, "usb virtio" },
  [MT_PROPERTY_POINTER_MODEL] = { "hw_pointer_model", KIND_ENUM, "usbtablet" },
};

G_STATIC_ASSERT (G_N_ELEMENTS (schema) == MT_PROPERTY_LAST + 1);

struct _MachtypePropertiesBuilder {
  gatomicrefcount refs;
  GHashTable *images; /* char * to char *, as given */
  GHashTable *extra_specs;
  char *values[MT_PROPERTY_LAST + 1]; /* checked; NULL: unset */
  MachtypeArch archs[MT_PROPERTY_LAST + 1];
};

/* The same as its builder, which is never touched again: one is the other with the doors shut. */
struct _MachtypeProperties {
  MachtypePropertiesBuilder contents;
};

G_DEFINE_BOXED_TYPE (MachtypePropertiesBuilder, machtype_properties_builder,
                     machtype_properties_builder_ref, machtype_properties_builder_unref)
G_DEFINE_BOXED_TYPE (MachtypeProperties, machtype_properties, machtype_properties_ref,
                     machtype_properties_unref)

const char *
mt_property_name (MtProperty property)
{
  return schema[property].name;
}

static GHashTable *
new_table (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/**
 * machtype_properties_builder_new:
 *
 * Starts a collection of image properties and extra specs.
 *
 * Returns: (transfer full): an empty builder
 * Since: 1.0
 */
MachtypePropertiesBuilder *
machtype_properties_builder_new (void)
{
  MachtypePropertiesBuilder *builder = g_new0 (MachtypePropertiesBuilder, 1);

  g_atomic_ref_count_init (&builder->refs);
  builder->images = new_table ();
  builder->extra_specs = new_table ();
  return builder;
}

/**
 * machtype_properties_builder_ref:
 * @builder: a builder; must not be %NULL
 *
 * Takes a reference. Thread-safe.
 *
 * Returns: (transfer full): @builder
 * Since: 1.0
 */
MachtypePropertiesBuilder *
machtype_properties_builder_ref (MachtypePropertiesBuilder *builder)
{
  g_return_val_if_fail (builder != NULL, NULL);

  g_atomic_ref_count_inc (&builder->refs);
  return builder;
}

static void
clear (MachtypePropertiesBuilder *contents)
{
  gsize i;

  g_clear_pointer (&contents->images, g_hash_table_unref);
  g_clear_pointer (&contents->extra_specs, g_hash_table_unref);
  for (i = 0; i < G_N_ELEMENTS (contents->values); i++)
    g_clear_pointer (&contents->values[i], g_free);
}

/**
 * machtype_properties_builder_unref:
 * @builder: (transfer full) (nullable): a builder; %NULL does nothing
 *
 * Gives a reference back; the last one frees it. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_properties_builder_unref (MachtypePropertiesBuilder *builder)
{
  if (builder == NULL || !g_atomic_ref_count_dec (&builder->refs))
    return;
  clear (builder);
  g_free (builder);
}

static int
find_schema (const char *name)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (schema); i++) {
    if (strcmp (schema[i].name, name) == 0)
      return (int)i;
  }
  return -1;
}

/* The word's spelling in libvirt, or NULL if it is none of them. */
static char *
find_word (const char *words, const char *value)
{
  gsize wanted = strlen (value);
  const char *word;

  for (word = words; *word != '\0'; word += strspn (word, " ")) {
    gsize all = strcspn (word, " "), length = strcspn (word, " =");

    if (length == wanted && memcmp (word, value, wanted) == 0)
      return length != all ? g_strndup (word + length + 1, all - length - 1) : g_strdup (value);
    word += all;
  }
  return NULL;
}

/* The words for a message, without what libvirt calls them. */
static char *
dup_allowed (const char *words)
{
  g_auto (GStrv) list = g_strsplit (words, " ", -1);
  g_autofree char *joined = NULL;
  gsize i;

  for (i = 0; list[i] != NULL; i++)
    list[i][strcspn (list[i], "=")] = '\0';
  joined = g_strjoinv (", ", list);
  return g_strconcat ("it takes one of: ", joined, NULL);
}

static gboolean
set_invalid (const Schema *row, const char *value, const char *allowed, GError **error)
{
  g_autofree char *shown = mt_shown (value);

  g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_PROPERTY,
               "image property %s cannot be '%s'; %s", row->name, shown, allowed);
  return FALSE;
}

static gboolean
check_word (const Schema *row, const char *value, char **checked, GError **error)
{
  g_autofree char *folded =
      row->kind == KIND_FOLDED_ENUM ? g_ascii_strdown (value, -1) : g_strdup (value);
  g_autofree char *allowed = NULL;

  *checked = find_word (row->words, folded);
  if (*checked != NULL)
    return TRUE;
  allowed = dup_allowed (row->words);
  return set_invalid (row, value, allowed, error);
}

static gboolean
check_arch (const Schema *row, const char *value, MachtypeArch *arch, GError **error)
{
  *arch = mt_arch_find (value, strlen (value));
  if (*arch != MACHTYPE_ARCH_UNKNOWN)
    return TRUE;
  return set_invalid (
      row, value, "it takes an architecture, as x86_64, aarch64, s390x, ppc64le, mipsel", error);
}

static gboolean
check_machine (const Schema *row, const char *value, GError **error)
{
  MtName parsed;

  if (mt_name_parse (value, strlen (value), MACHTYPE_ARCH_UNKNOWN, &parsed))
    return TRUE;
  return set_invalid (row, value, "it takes a machine type, as q35 or pc-q35-5.2", error);
}

static gboolean
check_value (const Schema *row, const char *value, char **checked, MachtypeArch *arch,
             GError **error)
{
  switch (row->kind) {
  case KIND_ARCH:
    if (!check_arch (row, value, arch, error))
      return FALSE;
    break;
  case KIND_MACHINE:
    if (!check_machine (row, value, error))
      return FALSE;
    break;
  default:
    return check_word (row, value, checked, error);
  }
  *checked = g_strdup (value);
  return TRUE;
}

/* Says what is wrong with a name or value; a description may have lines, the values that count are
 * checked against their schema. */
static gboolean
explain_pair (const char *what, const char *name, const char *value, GError **error)
{
  g_autofree char *shown = mt_shown (name);
  g_autofree char *name_label = g_strdup_printf ("the name of %s '%s'", what, shown);
  g_autofree char *value_label = g_strdup_printf ("the value of %s '%s'", what, shown);

  if (*name == '\0') {
    g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_INVALID_ARGUMENT, "%s is empty", name_label);
    return FALSE;
  }
  return mt_check_text (name_label, name, MACHTYPE_PROPERTY_MAX_NAME, error) &&
         mt_check_utf8 (value_label, value, MACHTYPE_PROPERTY_MAX_VALUE, error);
}

/* Most pairs are well: labels for messages are only made for the others. */
static gboolean
check_pair (const char *what, const char *name, const char *value, GError **error)
{
  if (*name != '\0' && mt_check_text (what, name, MACHTYPE_PROPERTY_MAX_NAME, NULL) &&
      mt_check_utf8 (what, value, MACHTYPE_PROPERTY_MAX_VALUE, NULL))
    return TRUE;
  return explain_pair (what, name, value, error);
}

/* Replacing takes no room. */
static gboolean
has_room (const MachtypePropertiesBuilder *builder, GHashTable *table, const char *name,
          GError **error)
{
  if (g_hash_table_contains (table, name) ||
      g_hash_table_size (builder->images) + g_hash_table_size (builder->extra_specs) <
          MACHTYPE_PROPERTIES_MAX)
    return TRUE;
  g_set_error (error, MACHTYPE_ERROR, MACHTYPE_ERROR_TOO_LARGE,
               "more than %d image properties and extra specs", MACHTYPE_PROPERTIES_MAX);
  return FALSE;
}

/**
 * machtype_properties_builder_add_image:
 * @builder: a builder; must not be %NULL
 * @name: name of the property, as `hw_machine_type`; must not be %NULL
 * @value: its value, copied; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Adds an image property; the same name again replaces it. Properties that the library knows are
 * checked; the others are kept and ignored ([method@Machtype.Properties.dup_ignored]). An empty
 * `hw_machine_type` counts as unset.
 *
 * Raises %MACHTYPE_ERROR_INVALID_PROPERTY for a value that the property cannot have,
 * %MACHTYPE_ERROR_INVALID_ARGUMENT for a name that is empty or has control characters and text that
 * is no UTF-8, %MACHTYPE_ERROR_TOO_LARGE. The builder is then as it was.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_properties_builder_add_image (MachtypePropertiesBuilder *builder, const char *name,
                                       const char *value, GError **error)
{
  MachtypeArch arch = MACHTYPE_ARCH_UNKNOWN;
  char *checked = NULL;
  int row;

  g_return_val_if_fail (builder != NULL && builder->images != NULL, FALSE);
  g_return_val_if_fail (name != NULL && value != NULL, FALSE);

  if (!check_pair ("image property", name, value, error) ||
      !has_room (builder, builder->images, name, error))
    return FALSE;
  row = find_schema (name);
  if (row >= 0 && !(row == MT_PROPERTY_MACHINE_TYPE && *value == '\0') &&
      !check_value (&schema[row], value, &checked, &arch, error))
    return FALSE;
  if (row >= 0) {
    g_free (builder->values[row]);
    builder->values[row] = checked;
    builder->archs[row] = arch;
  }
  g_hash_table_replace (builder->images, g_strdup (name), g_strdup (value));
  return TRUE;
}

/**
 * machtype_properties_builder_add_extra_spec:
 * @builder: a builder; must not be %NULL
 * @name: name of the extra spec, as `hw:watchdog_action`; must not be %NULL
 * @value: its value, copied; must not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Adds a flavor extra spec; the same name again replaces it. No extra spec says anything of machine
 * type or architecture, so they are kept for [method@Machtype.Properties.get_extra_spec].
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for a name that is empty or has control characters and
 * text that is no UTF-8, %MACHTYPE_ERROR_TOO_LARGE. The builder is then as it was.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_properties_builder_add_extra_spec (MachtypePropertiesBuilder *builder, const char *name,
                                            const char *value, GError **error)
{
  g_return_val_if_fail (builder != NULL && builder->extra_specs != NULL, FALSE);
  g_return_val_if_fail (name != NULL && value != NULL, FALSE);

  if (!check_pair ("extra spec", name, value, error) ||
      !has_room (builder, builder->extra_specs, name, error))
    return FALSE;
  g_hash_table_replace (builder->extra_specs, g_strdup (name), g_strdup (value));
  return TRUE;
}

/**
 * machtype_properties_builder_end:
 * @builder: a builder; must not be %NULL
 *
 * Ends a collection. The builder is empty afterwards and can be used again.
 *
 * Returns: (transfer full): the properties
 * Since: 1.0
 */
MachtypeProperties *
machtype_properties_builder_end (MachtypePropertiesBuilder *builder)
{
  MachtypeProperties *properties;

  g_return_val_if_fail (builder != NULL && builder->images != NULL, NULL);

  properties = g_new0 (MachtypeProperties, 1);
  properties->contents = *builder;
  g_atomic_ref_count_init (&properties->contents.refs);
  memset (builder->values, 0, sizeof builder->values);
  memset (builder->archs, 0, sizeof builder->archs);
  builder->images = new_table ();
  builder->extra_specs = new_table ();
  return properties;
}

/**
 * machtype_properties_ref:
 * @properties: properties; must not be %NULL
 *
 * Takes a reference. Thread-safe.
 *
 * Returns: (transfer full): @properties
 * Since: 1.0
 */
MachtypeProperties *
machtype_properties_ref (MachtypeProperties *properties)
{
  g_return_val_if_fail (properties != NULL, NULL);

  g_atomic_ref_count_inc (&properties->contents.refs);
  return properties;
}

/**
 * machtype_properties_unref:
 * @properties: (transfer full) (nullable): properties; %NULL does nothing
 *
 * Gives a reference back; the last one frees them. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_properties_unref (MachtypeProperties *properties)
{
  if (properties == NULL || !g_atomic_ref_count_dec (&properties->contents.refs))
    return;
  clear (&properties->contents);
  g_free (properties);
}

/**
 * machtype_properties_get_image:
 * @properties: properties; must not be %NULL
 * @name: name of an image property; must not be %NULL
 *
 * Looks an image property up, as it was given. Thread-safe.
 *
 * Returns: (transfer none) (nullable): its value, valid as long as @properties; %NULL where it is
 *   not set
 * Since: 1.0
 */
const char *
machtype_properties_get_image (const MachtypeProperties *properties, const char *name)
{
  g_return_val_if_fail (properties != NULL && name != NULL, NULL);
  return g_hash_table_lookup (properties->contents.images, name);
}

/**
 * machtype_properties_get_extra_spec:
 * @properties: properties; must not be %NULL
 * @name: name of an extra spec; must not be %NULL
 *
 * Looks an extra spec up, as it was given. Thread-safe.
 *
 * Returns: (transfer none) (nullable): its value, valid as long as @properties; %NULL where it is
 *   not set
 * Since: 1.0
 */
const char *
machtype_properties_get_extra_spec (const MachtypeProperties *properties, const char *name)
{
  g_return_val_if_fail (properties != NULL && name != NULL, NULL);
  return g_hash_table_lookup (properties->contents.extra_specs, name);
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/**
 * machtype_properties_dup_ignored:
 * @properties: properties; must not be %NULL
 *
 * Lists the image properties and extra specs that were given and that this release of the library
 * does nothing with, so that a program can say so. Thread-safe.
 *
 * Returns: (transfer full) (array zero-terminated=1): names, sorted; empty if there are none
 * Since: 1.0
 */
char **
machtype_properties_dup_ignored (const MachtypeProperties *properties)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer key;

  g_return_val_if_fail (properties != NULL, NULL);

  g_hash_table_iter_init (&iter, properties->contents.images);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    if (find_schema (key) < 0)
      g_ptr_array_add (names, g_strdup (key));
  }
  g_hash_table_iter_init (&iter, properties->contents.extra_specs);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_ptr_array_add (names, g_strdup (key));
  g_ptr_array_sort (names, compare_texts);
  g_ptr_array_add (names, NULL);
  return (char **)g_ptr_array_steal (names, NULL);
}

gboolean
mt_property_check (const char *name, const char *value, GError **error)
{
  g_autofree char *checked = NULL;
  MachtypeArch arch = MACHTYPE_ARCH_UNKNOWN;
  int row = find_schema (name);

  return row < 0 || check_value (&schema[row], value, &checked, &arch, error);
}

const char *
mt_properties_get (const MachtypeProperties *properties, MtProperty property)
{
  return properties != NULL ? properties->contents.values[property] : NULL;
}

MachtypeArch
mt_properties_get_arch (const MachtypeProperties *properties, MtProperty property)
{
  return properties != NULL ? properties->contents.archs[property] : MACHTYPE_ARCH_UNKNOWN;
}
