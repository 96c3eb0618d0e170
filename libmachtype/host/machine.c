/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* MachtypeMachine: a machine type that a host offers, and the order in which they are listed. */

#include "host/host-private.h"

#include <machtype/lifecycle.h>

#include <string.h>

struct _MachtypeMachine {
  gatomicrefcount refs;
  MachtypeHost *host;
  const MtMachine *info;   /* within host */
  MachtypeArch arch;       /* of the guests it was listed for */
  const char *domain_type; /* within host, or a constant; NULL: old libvirt versions list none */
};

G_DEFINE_BOXED_TYPE (MachtypeMachine, machtype_machine, machtype_machine_ref,
                     machtype_machine_unref)

MachtypeMachine *
mt_machine_new (MachtypeHost *host, const MtMachine *info, MachtypeArch arch,
                const char *domain_type)
{
  MachtypeMachine *machine = g_new0 (MachtypeMachine, 1);

  g_atomic_ref_count_init (&machine->refs);
  machine->host = machtype_host_ref (host);
  machine->info = info;
  machine->arch = arch;
  machine->domain_type = domain_type;
  return machine;
}

/* As the host has it. */
static const char *
find_domain_type (const MachtypeHost *host, MachtypeArch arch, const char *domain_type)
{
  const MtGuestInfo *guest = mt_host_find_guest (host, arch);
  const MtDomainType *domain;

  if (domain_type == NULL)
    return machtype_host_get_domain_type (host, arch);
  domain = guest != NULL ? mt_host_scan_domain (host, guest, domain_type) : NULL;
  return domain != NULL ? mt_host_text (host, domain->type) : NULL;
}

/**
 * machtype_host_list_machines:
 * @host: a host; must not be %NULL
 * @arch: architecture of the guest
 * @domain_type: (nullable): the domain type, or %NULL for the best
 *
 * Lists the machine types that a host offers for an architecture and domain type, in the order of
 * its capabilities: the first one is libvirt's default for a domain without a machine type. To show
 * them, sort them with [method@Machtype.Machine.collate]. Thread-safe.
 *
 * Returns: (transfer container) (element-type MachtypeMachine): the machine types; they hold a
 *   reference to the host
 * Since: 1.0
 */
GPtrArray *
machtype_host_list_machines (MachtypeHost *host, MachtypeArch arch, const char *domain_type)
{
  GPtrArray *list;
  const char *own;
  MtRun run;
  guint i;

  g_return_val_if_fail (host != NULL, NULL);

  list = g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_machine_unref);
  run = mt_host_find_machines (host, arch, domain_type);
  own = find_domain_type (host, arch, domain_type);
  for (i = 0; i < run.count; i++)
    g_ptr_array_add (
        list, mt_machine_new (host, MT_ROW (host->machines, MtMachine, run.first + i), arch, own));
  return list;
}

/* The sort key of a machine in a list: an alias is next to the type that it resolves to. */
typedef struct {
  const MtMachine *machine;
  const char *name, *canonical;
  gboolean is_alias, is_valid; /* as a name: hosts can list anything */
  MtName parsed;               /* canonical, parsed */
} Place;

static void
get_place (const MachtypeHost *host, MachtypeArch arch, const MtMachine *machine, Place *place)
{
  place->machine = machine;
  place->name = mt_host_text (host, machine->name);
  place->is_alias = machine->canonical != 0;
  place->canonical = place->is_alias ? mt_host_text (host, machine->canonical) : place->name;
  place->is_valid =
      mt_name_parse (place->canonical, strlen (place->canonical), arch, &place->parsed);
}

static int
compare_places (const Place *a, const Place *b)
{
  int order = b->is_valid - a->is_valid;

  if (order == 0 && a->is_valid)
    order = mt_name_collate_newest (&a->parsed, a->canonical, &b->parsed, b->canonical);
  if (order == 0)
    order = a->is_alias - b->is_alias;
  return order != 0 ? order : strcmp (a->name, b->name);
}

/**
 * machtype_machine_collate:
 * @a: a machine; must not be %NULL
 * @b: another machine; must not be %NULL
 *
 * Compares two machine types of a host for display, suitable for sorting the result of
 * [method@Machtype.Host.list_machines]: families first, in the order of
 * [method@Machtype.Name.collate], within them the newest version first and an alias directly after
 * its canonical name; then boards and unknown names by their bytes. Thread-safe; does not allocate.
 *
 * Returns: negative if @a comes first, 0 if they have the same name, positive otherwise
 * Since: 1.0
 */
int
machtype_machine_collate (const MachtypeMachine *a, const MachtypeMachine *b)
{
  Place x, y;

  g_return_val_if_fail (a != NULL && b != NULL, 0);

  get_place (a->host, a->arch, a->info, &x);
  get_place (b->host, b->arch, b->info, &y);
  return compare_places (&x, &y);
}

static int
compare_shown (gconstpointer a, gconstpointer b)
{
  const Place *x = a, *y = b;

  return compare_places (x, y);
}

GArray *
mt_host_list_shown (const MachtypeHost *host, MachtypeArch arch, const char *domain_type)
{
  const MtRun run = mt_host_find_machines (host, arch, domain_type);
  g_autoptr (GArray) places = g_array_sized_new (FALSE, FALSE, sizeof (Place), run.count);
  GArray *machines = g_array_sized_new (FALSE, FALSE, sizeof (const MtMachine *), run.count);
  guint i;

  for (i = 0; i < run.count; i++) {
    Place place;

    get_place (host, arch, MT_ROW (host->machines, MtMachine, run.first + i), &place);
    g_array_append_val (places, place);
  }
  g_array_sort (places, compare_shown);
  for (i = 0; i < run.count; i++)
    g_array_append_val (machines, g_array_index (places, Place, i).machine);
  return machines;
}

/**
 * machtype_machine_ref:
 * @machine: a machine; must not be %NULL
 *
 * Increases the reference count of @machine. Thread-safe.
 *
 * Returns: (transfer full): @machine
 * Since: 1.0
 */
MachtypeMachine *
machtype_machine_ref (MachtypeMachine *machine)
{
  g_return_val_if_fail (machine != NULL, NULL);

  g_atomic_ref_count_inc (&machine->refs);
  return machine;
}

/**
 * machtype_machine_unref:
 * @machine: (transfer full) (nullable): a machine; %NULL does nothing
 *
 * Decreases the reference count of @machine; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_machine_unref (MachtypeMachine *machine)
{
  if (machine == NULL || !g_atomic_ref_count_dec (&machine->refs))
    return;
  machtype_host_unref (machine->host);
  g_free (machine);
}

/**
 * machtype_machine_get_name:
 * @machine: a machine; must not be %NULL
 *
 * Gets the name of a machine type. Thread-safe.
 *
 * Returns: (transfer none): the name, valid as long as @machine
 * Since: 1.0
 */
const char *
machtype_machine_get_name (const MachtypeMachine *machine)
{
  g_return_val_if_fail (machine != NULL, NULL);
  return mt_host_text (machine->host, machine->info->name);
}

/**
 * machtype_machine_get_canonical:
 * @machine: a machine; must not be %NULL
 *
 * Gets the name that an alias resolves to on this host. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the canonical name, valid as long as @machine; %NULL if the
 *   name is not an alias
 * Since: 1.0
 */
const char *
machtype_machine_get_canonical (const MachtypeMachine *machine)
{
  g_return_val_if_fail (machine != NULL, NULL);
  if (machine->info->canonical == 0)
    return NULL;
  return mt_host_text (machine->host, machine->info->canonical);
}

/**
 * machtype_machine_get_arch:
 * @machine: a machine; must not be %NULL
 *
 * Gets the architecture of the guests that a machine type was listed for. Thread-safe.
 *
 * Returns: the architecture
 * Since: 1.0
 */
MachtypeArch
machtype_machine_get_arch (const MachtypeMachine *machine)
{
  g_return_val_if_fail (machine != NULL, MACHTYPE_ARCH_UNKNOWN);
  return machine->arch;
}

/**
 * machtype_machine_get_domain_type:
 * @machine: a machine; must not be %NULL
 *
 * Gets the domain type that a machine type was listed for: `kvm`, `qemu`, ... Thread-safe.
 *
 * Returns: (transfer none) (nullable): the type, valid as long as @machine; %NULL if the host's
 *   capabilities list none
 * Since: 1.0
 */
const char *
machtype_machine_get_domain_type (const MachtypeMachine *machine)
{
  g_return_val_if_fail (machine != NULL, NULL);
  return machine->domain_type;
}

/**
 * machtype_machine_get_emulator:
 * @machine: a machine; must not be %NULL
 *
 * Gets the path of the emulator that has a machine type, as [method@Machtype.Host.get_emulator]
 * does. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the path, valid as long as @machine; %NULL if there is none
 * Since: 1.0
 */
const char *
machtype_machine_get_emulator (const MachtypeMachine *machine)
{
  g_return_val_if_fail (machine != NULL, NULL);
  return machtype_host_get_emulator (machine->host, machine->arch, machine->domain_type);
}

/**
 * machtype_machine_get_max_cpus:
 * @machine: a machine; must not be %NULL
 *
 * Gets the maximum number of virtual CPUs of a machine type. Thread-safe.
 *
 * Returns: the number; 0 if the host does not report it
 * Since: 1.0
 */
guint
machtype_machine_get_max_cpus (const MachtypeMachine *machine)
{
  g_return_val_if_fail (machine != NULL, 0);
  return machine->info->max_cpus;
}

/**
 * machtype_machine_get_deprecated:
 * @machine: a machine; must not be %NULL
 *
 * Checks whether the host's QEMU reports a machine type as deprecated. libvirt marks only
 * deprecated types, and QEMU before 4.1 reports nothing: where a host marks none, a missing mark
 * has no meaning. Thread-safe.
 *
 * Returns: %MACHTYPE_ANSWER_YES; %MACHTYPE_ANSWER_NO if the host says so, or marks other types but
 *   not this one; otherwise %MACHTYPE_ANSWER_UNKNOWN
 * Since: 1.0
 */
MachtypeAnswer
machtype_machine_get_deprecated (const MachtypeMachine *machine)
{
  g_return_val_if_fail (machine != NULL, MACHTYPE_ANSWER_UNKNOWN);
  return mt_host_ask_deprecated (machine->host, machine->info);
}

/**
 * machtype_machine_get_deprecated_in:
 * @machine: a machine; must not be %NULL
 * @major: (out) (optional): major version of QEMU, or %NULL
 * @minor: (out) (optional): minor version of QEMU, or %NULL
 *
 * Gets the QEMU release since which an upstream machine type is deprecated, as
 * [func@Machtype.lifecycle_get_deprecated] does, unless the host says otherwise: by that release,
 * its QEMU would have to mark the type, and does not. Thread-safe.
 *
 * Returns: %TRUE if it is known; otherwise the numbers are not set
 * Since: 1.0
 */
gboolean
machtype_machine_get_deprecated_in (const MachtypeMachine *machine, guint *major, guint *minor)
{
  g_autoptr (MachtypeName) name = NULL;

  g_return_val_if_fail (machine != NULL, FALSE);

  name = machtype_name_new (machtype_machine_get_name (machine), machine->arch, NULL);
  return name != NULL &&
         !mt_host_denies_deprecation (machine->host, machine->arch, machine->info, name) &&
         machtype_lifecycle_get_deprecated (name, major, minor);
}

/**
 * machtype_machine_dup_lifecycle:
 * @machine: a machine; must not be %NULL
 *
 * Describes the lifecycle of a machine type in a few words, as
 * [func@Machtype.lifecycle_dup_text] does, but for this host: what it says about deprecation comes
 * before the tables. Thread-safe.
 *
 * Returns: (transfer full) (nullable): the text, or %NULL if nothing is known
 * Since: 1.0
 */
char *
machtype_machine_dup_lifecycle (const MachtypeMachine *machine)
{
  g_return_val_if_fail (machine != NULL, NULL);

  return mt_host_dup_lifecycle (machine->host, machine->arch, machine->info);
}

/**
 * machtype_machine_equal:
 * @a: a machine; must not be %NULL
 * @b: another one, or the same; must not be %NULL
 *
 * Checks whether two machines are equal: name, canonical name, architecture and
 * domain type, and what the host says of them; the host itself does not matter. Thread-safe.
 *
 * Returns: %TRUE if they are
 * Since: 1.0
 */
gboolean
machtype_machine_equal (const MachtypeMachine *a, const MachtypeMachine *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);
  return g_strcmp0 (machtype_machine_get_name (a), machtype_machine_get_name (b)) == 0 &&
         g_strcmp0 (machtype_machine_get_canonical (a), machtype_machine_get_canonical (b)) == 0 &&
         a->arch == b->arch && g_strcmp0 (a->domain_type, b->domain_type) == 0 &&
         a->info->max_cpus == b->info->max_cpus && a->info->deprecated == b->info->deprecated;
}

/**
 * machtype_machine_hash:
 * @machine: a machine; must not be %NULL
 *
 * Computes a hash of a machine, for hash tables: equal machines have equal hashes. Thread-safe.
 *
 * Returns: the hash
 * Since: 1.0
 */
guint
machtype_machine_hash (const MachtypeMachine *machine)
{
  g_return_val_if_fail (machine != NULL, 0);
  return g_str_hash (machtype_machine_get_name (machine));
}
