/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What one host offers. */

#include "host/host-private.h"

#include <string.h>

#include "arch-private.h"
#include "error-private.h"
#include "finding-private.h"
#include "name/name-private.h"
#include "string-private.h"

/* The number of names that a message proposes. */
#define NEAR_MAX 6

struct _MachtypeMachine {
  gatomicrefcount refs;
  MachtypeHost *host;
  const MtMachine *info; /* within host */
  MachtypeArch arch;     /* of the guests it was listed for */
};

G_DEFINE_BOXED_TYPE (MachtypeHost, machtype_host, machtype_host_ref, machtype_host_unref)
G_DEFINE_BOXED_TYPE (MachtypeMachine, machtype_machine, machtype_machine_ref,
                     machtype_machine_unref)

/**
 * machtype_host_ref:
 * @host: a host; must not be %NULL
 *
 * Increases the reference count of @host. Thread-safe.
 *
 * Returns: (transfer full): @host
 * Since: 1.0
 */
MachtypeHost *
machtype_host_ref (MachtypeHost *host)
{
  g_return_val_if_fail (host != NULL, NULL);

  g_atomic_ref_count_inc (&host->refs);
  return host;
}

/**
 * machtype_host_unref:
 * @host: (transfer full) (nullable): a host; %NULL does nothing
 *
 * Decreases the reference count of @host; frees it when the count reaches zero. Thread-safe.
 *
 * Since: 1.0
 */
void
machtype_host_unref (MachtypeHost *host)
{
  if (host == NULL || !g_atomic_ref_count_dec (&host->refs))
    return;
  g_string_free (host->strings, TRUE);
  g_array_unref (host->machines);
  g_array_unref (host->domains);
  g_array_unref (host->guests);
  g_array_unref (host->offers);
  g_array_unref (host->domain_capabilities);
  g_free (host->index);
  g_free (host);
}

/**
 * machtype_host_get_arch:
 * @host: a host; must not be %NULL
 *
 * Gets the host's architecture. Thread-safe.
 *
 * Returns: the architecture; %MACHTYPE_ARCH_UNKNOWN if it is not known
 * Since: 1.0
 */
MachtypeArch
machtype_host_get_arch (const MachtypeHost *host)
{
  g_return_val_if_fail (host != NULL, MACHTYPE_ARCH_UNKNOWN);
  return host->arch;
}

/**
 * machtype_host_get_uuid:
 * @host: a host; must not be %NULL
 *
 * Gets the host's UUID, as in its capabilities. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the UUID, valid as long as @host; %NULL if it is not known
 * Since: 1.0
 */
const char *
machtype_host_get_uuid (const MachtypeHost *host)
{
  g_return_val_if_fail (host != NULL, NULL);
  return host->uuid != 0 ? mt_host_text (host, host->uuid) : NULL;
}

/**
 * machtype_host_has_capabilities:
 * @host: a host; must not be %NULL
 *
 * Checks whether a host's capabilities are known: without them it is not known what it runs, even
 * if domain capabilities are known. Thread-safe.
 *
 * Returns: %TRUE if its capabilities were read
 * Since: 1.0
 */
gboolean
machtype_host_has_capabilities (const MachtypeHost *host)
{
  g_return_val_if_fail (host != NULL, FALSE);
  return host->has_capabilities;
}

/* A complete host has an index; one that is being built is searched. */
const MtGuestInfo *
mt_host_find_guest (const MachtypeHost *host, MachtypeArch arch)
{
  return host->index != NULL ? mt_host_index_get_guest (host->index, arch)
                             : mt_host_scan_guest (host, arch);
}

/**
 * machtype_host_dup_domain_types:
 * @host: a host; must not be %NULL
 * @arch: architecture of the guest
 *
 * Lists the domain types (`kvm`, `qemu`, ...) that a host has for guests of an architecture, in the
 * order of its capabilities. Thread-safe.
 *
 * Returns: (transfer full) (array zero-terminated=1): the types; empty if there are none
 * Since: 1.0
 */
char **
machtype_host_dup_domain_types (const MachtypeHost *host, MachtypeArch arch)
{
  g_autoptr (GPtrArray) types = g_ptr_array_new ();
  const MtGuestInfo *guest;
  guint i;

  g_return_val_if_fail (host != NULL, NULL);

  guest = mt_host_find_guest (host, arch);
  for (i = 0; guest != NULL && i < guest->domains.count; i++) {
    const MtDomainType *domain = MT_ROW (host->domains, MtDomainType, guest->domains.first + i);

    g_ptr_array_add (types, g_strdup (mt_host_text (host, domain->type)));
  }
  g_ptr_array_add (types, NULL);
  return (char **)g_ptr_array_steal (types, NULL);
}

/**
 * machtype_host_get_domain_type:
 * @host: a host; must not be %NULL
 * @arch: architecture of the guest
 *
 * Gets the best domain type for guests of an architecture: acceleration before emulation. Without
 * capabilities the architectures decide ([func@Machtype.Arch.can_accelerate]). Thread-safe.
 *
 * Returns: (transfer none) (nullable): the type, valid as long as @host; %NULL if the host has
 *   capabilities and does not run guests of this architecture
 * Since: 1.0
 */
const char *
machtype_host_get_domain_type (const MachtypeHost *host, MachtypeArch arch)
{
  const MtGuestInfo *guest;

  g_return_val_if_fail (host != NULL, NULL);

  if (!host->has_capabilities)
    return machtype_arch_can_accelerate (arch, host->arch) ? "kvm" : "qemu";
  if (host->index != NULL)
    return mt_host_index_get_domain_type (host->index, arch);
  guest = mt_host_scan_guest (host, arch);
  return guest != NULL ? mt_host_scan_domain_type (host, guest) : NULL;
}

/* Finds a domain type, NULL being the best: if an old libvirt lists none at all there is no row.
 * FALSE: others are listed, but not this one. */
static gboolean
choose_domain (const MachtypeHost *host, MachtypeArch arch, const MtGuestInfo *guest,
               const char *domain_type, const MtDomainType **domain)
{
  if (domain_type == NULL)
    domain_type = machtype_host_get_domain_type (host, arch);
  *domain = domain_type != NULL ? mt_host_scan_domain (host, guest, domain_type) : NULL;
  return *domain != NULL || domain_type == NULL || guest->domains.count == 0;
}

/* The machines for an architecture and domain type: old libvirt versions list some below <domain>,
 * which then differ from those of the architecture. */
static MtRun
get_machines (const MtGuestInfo *guest, const MtDomainType *domain)
{
  return domain != NULL && domain->machines.count != 0 ? domain->machines : guest->machines;
}

static MtRun
find_machines (const MachtypeHost *host, MachtypeArch arch, const char *domain_type)
{
  const MtGuestInfo *guest = mt_host_find_guest (host, arch);
  const MtRun none = { 0, 0 };
  const MtDomainType *domain;

  if (guest == NULL || !choose_domain (host, arch, guest, domain_type, &domain))
    return none;
  return get_machines (guest, domain);
}

/**
 * machtype_host_get_emulator:
 * @host: a host; must not be %NULL
 * @arch: architecture of the guest
 * @domain_type: (nullable): the domain type, or %NULL for the best
 *
 * Gets the path of the emulator for guests of an architecture. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the path, valid as long as @host; %NULL if there is none
 * Since: 1.0
 */
const char *
machtype_host_get_emulator (const MachtypeHost *host, MachtypeArch arch, const char *domain_type)
{
  const MtGuestInfo *guest;
  const MtDomainType *domain;
  MtText emulator;

  g_return_val_if_fail (host != NULL, NULL);

  guest = mt_host_find_guest (host, arch);
  if (guest == NULL || !choose_domain (host, arch, guest, domain_type, &domain))
    return NULL;
  emulator = domain != NULL && domain->emulator != 0 ? domain->emulator : guest->emulator;
  return emulator != 0 ? mt_host_text (host, emulator) : NULL;
}

gboolean
mt_host_lists_emulator (const MachtypeHost *host, MachtypeArch arch, const char *domain_type,
                        const char *emulator)
{
  const char *listed = machtype_host_get_emulator (host, arch, domain_type);

  return listed != NULL && strcmp (listed, emulator) == 0;
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
  MtRun run;
  guint i;

  g_return_val_if_fail (host != NULL, NULL);

  list = g_ptr_array_new_with_free_func ((GDestroyNotify)machtype_machine_unref);
  run = find_machines (host, arch, domain_type);
  for (i = 0; i < run.count; i++) {
    MachtypeMachine *machine = g_new0 (MachtypeMachine, 1);

    g_atomic_ref_count_init (&machine->refs);
    machine->host = machtype_host_ref (host);
    machine->info = MT_ROW (host->machines, MtMachine, run.first + i);
    machine->arch = arch;
    g_ptr_array_add (list, machine);
  }
  return list;
}

const MtMachine *
mt_host_find_machine (const MachtypeHost *host, MachtypeArch arch, const char *domain_type,
                      const char *machine)
{
  MtRun run = find_machines (host, arch, domain_type);

  return host->index != NULL ? mt_host_index_find (host, run, machine)
                             : mt_host_scan_machine (host, run, machine);
}

/**
 * machtype_host_get_canonical:
 * @host: a host; must not be %NULL
 * @arch: architecture of the guest
 * @domain_type: (nullable): the domain type, or %NULL for the best
 * @machine: a machine type; must not be %NULL
 *
 * Gets the canonical name of a machine type that a host offers: `pc-q35-7.2` for `q35`, and the
 * name itself if it is not an alias. Old libvirt versions list some types only as the target of an
 * alias; these count as offered. Thread-safe.
 *
 * Returns: (transfer none) (nullable): the canonical name, valid as long as @host; %NULL if the
 *   host does not offer @machine
 * Since: 1.0
 */
const char *
machtype_host_get_canonical (const MachtypeHost *host, MachtypeArch arch, const char *domain_type,
                             const char *machine)
{
  const MtMachine *info;

  g_return_val_if_fail (host != NULL && machine != NULL, NULL);

  info = mt_host_find_machine (host, arch, domain_type, machine);
  if (info == NULL)
    return NULL;
  return mt_host_text (host, info->canonical != 0 ? info->canonical : info->name);
}

/**
 * machtype_host_offers:
 * @host: a host; must not be %NULL
 * @arch: architecture of the guest
 * @domain_type: (nullable): the domain type, or %NULL for the best
 * @machine: a machine type; must not be %NULL
 *
 * Checks whether a host offers a machine type for guests of an architecture. A domain type that the
 * host does not have offers none. Thread-safe.
 *
 * Returns: the answer; %MACHTYPE_ANSWER_UNKNOWN without capabilities, or if they list no machine
 *   types at all for guests that the host does run (containers, bhyve)
 * Since: 1.0
 */
MachtypeAnswer
machtype_host_offers (const MachtypeHost *host, MachtypeArch arch, const char *domain_type,
                      const char *machine)
{
  const MtGuestInfo *guest;
  const MtDomainType *domain;

  g_return_val_if_fail (host != NULL && machine != NULL, MACHTYPE_ANSWER_UNKNOWN);

  if (!host->has_capabilities)
    return MACHTYPE_ANSWER_UNKNOWN;
  guest = mt_host_find_guest (host, arch);
  if (guest == NULL || !choose_domain (host, arch, guest, domain_type, &domain))
    return MACHTYPE_ANSWER_NO;
  if (get_machines (guest, domain).count == 0)
    return MACHTYPE_ANSWER_UNKNOWN;
  return machtype_host_get_canonical (host, arch, domain_type, machine) != NULL
             ? MACHTYPE_ANSWER_YES
             : MACHTYPE_ANSWER_NO;
}

/* Of one family and vendor, whatever the version: they support the same devices. */
static gboolean
is_of_family (MachtypeArch arch, const char *a, const char *b)
{
  MtName x, y;

  return mt_name_parse (a, strlen (a), arch, &x) && mt_name_parse (b, strlen (b), arch, &y) &&
         x.family != MACHTYPE_FAMILY_NONE && x.family == y.family;
}

/* The domain capabilities of exactly that machine and domain type; otherwise of that machine, whose
 * devices hardly differ; otherwise of its family, whose devices are the same. */
const MtDomainCapabilities *
mt_host_find_domain_capabilities (const MachtypeHost *host, MachtypeArch arch,
                                  const char *domain_type, const char *machine)
{
  const MtDomainCapabilities *best = NULL;
  const char *canonical = NULL;
  guint i, best_rank = 0;

  if (host->domain_capabilities->len == 0)
    return NULL;
  if (domain_type == NULL)
    domain_type = machtype_host_get_domain_type (host, arch);
  if (machine != NULL && host->has_capabilities)
    canonical = machtype_host_get_canonical (host, arch, domain_type, machine);
  for (i = 0; i < host->domain_capabilities->len; i++) {
    const MtDomainCapabilities *caps = MT_ROW (host->domain_capabilities, MtDomainCapabilities, i);
    const char *name = mt_host_text (host, caps->machine);
    guint rank = 0;

    if (caps->arch != arch)
      continue;
    if (machine == NULL || strcmp (name, machine) == 0 || g_strcmp0 (name, canonical) == 0)
      rank = 3;
    else if (is_of_family (arch, name, machine))
      rank = 1;
    if (rank != 0 && g_strcmp0 (mt_host_text (host, caps->domain_type), domain_type) == 0)
      rank++;
    if (rank > best_rank) {
      best = caps;
      best_rank = rank;
    }
  }
  return best;
}

MachtypeAnswer
mt_host_ask_domain_capabilities (const MachtypeHost *host, const MtDomainCapabilities *caps,
                                 const char *device, const char *name, const char *value)
{
  MachtypeAnswer answer = MACHTYPE_ANSWER_UNKNOWN;
  guint i;

  for (i = 0; caps != NULL && i < caps->offers.count; i++) {
    const MtOffer *offer = MT_ROW (host->offers, MtOffer, caps->offers.first + i);

    if (strcmp (mt_host_text (host, offer->device), device) != 0)
      continue;
    if (strcmp (mt_host_text (host, offer->name), name) == 0) {
      if (strcmp (mt_host_text (host, offer->value), value) == 0)
        return MACHTYPE_ANSWER_YES;
      answer = MACHTYPE_ANSWER_NO;
    } else if (strcmp (mt_host_text (host, offer->name), "supported") == 0 &&
               strcmp (mt_host_text (host, offer->value), "no") == 0)
      return MACHTYPE_ANSWER_NO; /* "supported" precedes the enumerations */
  }
  return answer;
}

char *
mt_host_dup_listed (const MachtypeHost *host, const MtDomainCapabilities *caps, const char *device,
                    const char *name)
{
  GString *list = g_string_new (NULL);
  guint i;

  for (i = 0; i < caps->offers.count; i++) {
    const MtOffer *offer = MT_ROW (host->offers, MtOffer, caps->offers.first + i);

    if (offer->value != 0 && strcmp (mt_host_text (host, offer->device), device) == 0 &&
        strcmp (mt_host_text (host, offer->name), name) == 0)
      g_string_append_printf (list, "%s%s", list->len != 0 ? ", " : "",
                              mt_host_text (host, offer->value));
  }
  return g_string_free (list, list->len == 0);
}

/**
 * machtype_host_supports:
 * @host: a host; must not be %NULL
 * @arch: architecture of the guest
 * @domain_type: (nullable): the domain type, or %NULL for the best
 * @machine: (nullable): the machine type, or %NULL for any of the architecture
 * @device: an element of domain capabilities: `video`, `disk`, `os`, `rng`; must not be %NULL
 * @name: the name of an enumeration in it, such as `modelType`, `bus`, `firmware`; `supported` for
 *   the device itself; must not be %NULL
 * @value: the value, such as `virtio`, `scsi`, `efi`; `yes` with `supported`; must not be %NULL
 *
 * Checks whether libvirt's domain capabilities list a value. They are what libvirt says, which is
 * not always what QEMU can do. If there are none for exactly this machine type and domain type,
 * those of the machine type are used, otherwise those of its family. Thread-safe.
 *
 * Returns: the answer; %MACHTYPE_ANSWER_UNKNOWN if there are no domain capabilities, or they do not
 *   mention it
 * Since: 1.0
 */
MachtypeAnswer
machtype_host_supports (const MachtypeHost *host, MachtypeArch arch, const char *domain_type,
                        const char *machine, const char *device, const char *name,
                        const char *value)
{
  g_return_val_if_fail (host != NULL, MACHTYPE_ANSWER_UNKNOWN);
  g_return_val_if_fail (device != NULL && name != NULL && value != NULL, MACHTYPE_ANSWER_UNKNOWN);

  return mt_host_ask_domain_capabilities (
      host, mt_host_find_domain_capabilities (host, arch, domain_type, machine), device, name,
      value);
}

static void
add_missing_emulator (GPtrArray *missing, MachtypeArch arch)
{
  g_ptr_array_add (missing,
                   mt_finding_new ("emulator-missing",
                                   g_strdup_printf ("the host has no emulator for %s guests",
                                                    machtype_arch_to_string (arch)),
                                   mt_arch_dup_emulator_remedy (arch)));
}

/**
 * machtype_host_list_missing:
 * @host: a host; must not be %NULL
 * @arch: architecture of the guest
 *
 * Lists what a host lacks to run guests of an architecture, each with the Debian package that
 * provides it. Codes: `emulator-missing`, `firmware-missing` (only if domain capabilities are
 * known). Thread-safe.
 *
 * Returns: (transfer container) (element-type MachtypeFinding): what is missing; empty if nothing
 *   is missing or nothing is known
 * Since: 1.0
 */
GPtrArray *
machtype_host_list_missing (const MachtypeHost *host, MachtypeArch arch)
{
  const char *firmware = mt_arch_get_firmware_package (arch);
  GPtrArray *missing;

  g_return_val_if_fail (host != NULL, NULL);

  missing = mt_findings_new ();
  if (!host->has_capabilities)
    return missing;
  if (mt_host_find_guest (host, arch) == NULL)
    add_missing_emulator (missing, arch);
  else if (firmware != NULL && machtype_host_supports (host, arch, NULL, NULL, "os", "firmware",
                                                       "efi") == MACHTYPE_ANSWER_NO)
    g_ptr_array_add (missing,
                     mt_finding_new ("firmware-missing",
                                     g_strdup_printf ("the host has no UEFI firmware for %s guests",
                                                      machtype_arch_to_string (arch)),
                                     mt_package_dup_remedy (firmware)));
  return missing;
}

/* The sort key of a machine in a list: an alias is next to the type that it resolves to. */
typedef struct {
  const char *name, *canonical;
  gboolean is_alias, is_valid; /* as a name: hosts can list anything */
  MtName parsed;               /* canonical, parsed */
} Place;

static void
get_place (const MachtypeHost *host, MachtypeArch arch, const MtMachine *machine, Place *place)
{
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

/* A machine that the host offers, and its distance from the one that it lacks. */
typedef struct {
  Place place;
  guint64 distance; /* by version within a line; G_MAXUINT64: differs in more than the version */
} Near;

static guint64
get_distance (MachtypeArch arch, const char *a, const char *b)
{
  guint64 x_key, y_key;
  MtName x, y;

  if (!mt_name_parse (a, strlen (a), arch, &x) || !mt_name_parse (b, strlen (b), arch, &y) ||
      mt_name_line (&x) == 0 || mt_name_line (&x) != mt_name_line (&y))
    return G_MAXUINT64;
  x_key = mt_name_key (&x);
  y_key = mt_name_key (&y);
  return x_key > y_key ? x_key - y_key : y_key - x_key;
}

static int
compare_near (gconstpointer a, gconstpointer b)
{
  const Near *x = a, *y = b;

  return x->distance < y->distance ? -1 : x->distance > y->distance;
}

static int
compare_shown (gconstpointer a, gconstpointer b)
{
  return compare_places (&((const Near *)a)->place, &((const Near *)b)->place);
}

/* Those of one family, or of all, in the order of display. */
static GArray *
list_near (const MachtypeHost *host, MachtypeArch arch, MtRun run, const char *machine,
           gboolean any_family)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (Near));
  guint i;

  for (i = 0; i < run.count; i++) {
    Near near;

    get_place (host, arch, MT_ROW (host->machines, MtMachine, run.first + i), &near.place);
    near.distance = get_distance (arch, near.place.name, machine);
    if (any_family || is_of_family (arch, near.place.name, machine))
      g_array_append_val (list, near);
  }
  g_array_sort (list, compare_shown);
  return list;
}

/* Of the same family, the nearest versions before the others; without any of the family, the first
 * of all. They are shown in the order of display. */
char *
mt_host_dup_near (const MachtypeHost *host, MachtypeArch arch, const char *domain_type,
                  const char *machine)
{
  MtRun run = find_machines (host, arch, domain_type);
  g_autoptr (GArray) nearest = list_near (host, arch, run, machine, FALSE);
  GString *list = g_string_new (NULL);
  guint i;

  if (nearest->len == 0) {
    g_array_unref (nearest);
    nearest = list_near (host, arch, run, machine, TRUE);
  }
  if (nearest->len > NEAR_MAX) {
    g_array_sort (nearest, compare_near); /* stable */
    g_array_set_size (nearest, NEAR_MAX);
    g_array_sort (nearest, compare_shown);
  }
  for (i = 0; i < nearest->len; i++)
    g_string_append_printf (list, "%s%s", i != 0 ? ", " : "",
                            g_array_index (nearest, Near, i).place.name);
  return g_string_free (list, list->len == 0);
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
 * deprecated types, and QEMU before 4.1 reports nothing, so a missing mark has no meaning.
 * Thread-safe.
 *
 * Returns: %MACHTYPE_ANSWER_YES; %MACHTYPE_ANSWER_NO if a host ever says so; otherwise
 *   %MACHTYPE_ANSWER_UNKNOWN
 * Since: 1.0
 */
MachtypeAnswer
machtype_machine_get_deprecated (const MachtypeMachine *machine)
{
  g_return_val_if_fail (machine != NULL, MACHTYPE_ANSWER_UNKNOWN);
  return (MachtypeAnswer)machine->info->deprecated;
}

static const char answers[][8] = {
  [MACHTYPE_ANSWER_UNKNOWN] = "unknown",
  [MACHTYPE_ANSWER_NO] = "no",
  [MACHTYPE_ANSWER_YES] = "yes",
};

/**
 * machtype_answer_to_string:
 * @answer: an answer
 *
 * Gets the word for an answer: `unknown`, `no`, `yes`. Thread-safe.
 *
 * Returns: (transfer none): a constant string; `unknown` for an invalid value
 * Since: 1.0
 */
const char *
machtype_answer_to_string (MachtypeAnswer answer)
{
  return MT_WORD (answers, answer);
}

/**
 * machtype_answer_from_string:
 * @text: the word for an answer; must not be %NULL
 * @answer: (out) (optional): return location for the value; %NULL if it is not needed
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Finds an answer by its word, as machtype_answer_to_string() returns it. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an unknown word; @answer is then not set.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_answer_from_string (const char *text, MachtypeAnswer *answer, GError **error)
{
  int found;

  g_return_val_if_fail (text != NULL, FALSE);

  found = MT_WORD_VALUE (answers, "answer", text, error);
  if (found >= 0 && answer != NULL)
    *answer = (MachtypeAnswer)found;
  return found >= 0;
}
