/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/host.h>

#include "machine-class-private.h"
#include "name/name-private.h"
#include "string-private.h"

/* Strings are offsets into MachtypeHost.strings; 0 is the empty string, which means "none". */
typedef guint32 MtText;

typedef struct {
  MtText name;
  MtText canonical;  /* 0: the name is canonical */
  guint32 max_cpus;  /* 0: not given */
  guint8 deprecated; /* MachtypeAnswer: its own mark */
} MtMachine;

/* A run of MachtypeHost.machines. */
typedef struct {
  guint32 first, count;
} MtRun;

/* <domain> within a guest's <arch>: old libvirt versions give each its own emulator and machines.
 */
typedef struct {
  MtText type;
  MtText emulator; /* 0: that of the architecture */
  MtRun machines;  /* none: those of the architecture */
} MtDomainType;

/* <guest>. One architecture can have several, by operating system type. */
typedef struct {
  MachtypeArch arch; /* MACHTYPE_ARCH_UNKNOWN: an unknown one */
  MtText os_type;
  MtText emulator;
  MtRun machines;
  MtRun domains;  /* of MachtypeHost.domains */
  MtRun unsure;   /* of MachtypeHost.machines: it is unknown whether the platform offers them */
  MtText refusal; /* libvirt's message, if it refuses such guests; 0: it does not */
} MtGuestInfo;

/* What domain capabilities list for one value: <device ...><enum name="name"><value>value</value>.
 * An empty value: the enumeration exists, and its values follow, if any. Attributes count as well:
 * name "supported", value "yes" or "no". */
typedef struct {
  MtText device, name, value;
} MtOffer;

typedef struct {
  MachtypeArch arch;
  MtText machine;
  MtText domain_type;
  MtRun offers; /* of MachtypeHost.offers */
} MtDomainCapabilities;

typedef struct MtHostIndex MtHostIndex;

struct _MachtypeHost {
  gatomicrefcount refs;
  MachtypeArch arch;
  gboolean has_capabilities;
  gboolean marks_deprecated; /* at least one machine */
  MtText uuid;               /* 0: not given */
  MtText platform;           /* its name; 0: a real host */
  gpointer origin;           /* MachtypePlatform; NULL: a real host */
  /* Of a later room, which made the host. */
  gpointer (*ref_origin) (gpointer origin);
  GDestroyNotify free_origin;
  MachtypeVendor vendor;                 /* of the platform's types */
  guint64 qemu_version, libvirt_version; /* as libvirt counts; 0: unknown */
  GString *strings;
  GArray *machines;            /* MtMachine, in document order: the first is preferred */
  GArray *domains;             /* MtDomainType */
  GArray *guests;              /* MtGuestInfo */
  GArray *offers;              /* MtOffer */
  GArray *domain_capabilities; /* MtDomainCapabilities */
  MtHostIndex *index;          /* NULL while the host is being built */
};

#define MT_ROW(array, type, i) (&g_array_index (array, type, i))

static inline const char *
mt_host_text (const MachtypeHost *host, MtText text)
{
  return host->strings->str + text;
}

static inline MtText
mt_host_add_text (MachtypeHost *host, const char *text, gsize length)
{
  MtText offset = (MtText)host->strings->len;

  if (length == 0)
    return 0;
  mt_string_append (host->strings, text, length);
  mt_string_append (host->strings, "", 1);
  return offset;
}

/* What a host was before something was read into it, which only appends. */
typedef struct {
  MachtypeHost host;
  gsize strings;
  guint machines, domains, guests, offers, domain_capabilities;
} MtHostMark;

void mt_host_mark (const MachtypeHost *host, MtHostMark *mark);
void mt_host_roll_back (MachtypeHost *host, const MtHostMark *mark);

/* Reads into host, which the caller rolls back on error. */
gboolean mt_capabilities_read (MachtypeHost *host, const char *xml, gsize length, GError **error);
gboolean mt_domain_capabilities_read (MachtypeHost *host, const char *xml, gsize length,
                                      GError **error);

/* The host as built so far. Adding to the builder moves its strings. */
const MachtypeHost *mt_host_builder_peek (const MachtypeHostBuilder *builder);

/* The same, for a room that adds rows to it itself. */
MachtypeHost *mt_host_builder_get (MachtypeHostBuilder *builder);

/* What the host reports about a machine type: in its own entry or, if an old libvirt lists none, in
 * that of the alias that resolves to it. NULL: the host does not offer it. */
const MtMachine *mt_host_find_machine (const MachtypeHost *host, MachtypeArch arch,
                                       const char *domain_type, const char *machine);

/* The machines that it lists for an architecture and domain type (NULL: the best). */
MtRun mt_host_find_machines (const MachtypeHost *host, MachtypeArch arch, const char *domain_type);

/* A machine type of a guest, looked up once for all that is asked about it. */
typedef struct {
  gboolean is_valid;     /* its name can be one */
  MtName name;           /* parsed, if it is valid */
  const MtMachine *info; /* of the host, as mt_host_find_machine; NULL: none */
  const char *known;     /* as mt_host_get_known_name */
  MtMachineClass class;  /* as mt_host_get_class */
} MtMachineFound;

/* Sets all of found; host can be NULL. Strings are borrowed. */
void mt_host_look_up (const MachtypeHost *host, MachtypeArch arch, const char *domain_type,
                      const char *machine, MtMachineFound *found);

/* A name that the tables know, for the machine that the host offers by this name: itself, what it
 * resolves to, an alias for it, or the alias of the family that it begins with. Otherwise the name
 * itself. host can be NULL. */
const char *mt_host_get_known_name (const MachtypeHost *host, MachtypeArch arch,
                                    const char *domain_type, const char *machine);

/* The class of such a machine. host can be NULL: then the name decides. */
MtMachineClass mt_host_get_class (const MachtypeHost *host, MachtypeArch arch,
                                  const char *domain_type, const char *machine);

/* The least memory, in MiB, of such a machine on the host's QEMU; 0: it has no limit, or neither
 * the host nor its QEMU is known. */
guint mt_host_get_least_memory (const MachtypeHost *host, MtMachineClass class, MachtypeArch arch,
                                const char *domain_type);

/* mt_name_parse, and what the host adds: the family of a name that the tables do not know. Its kind
 * is still unknown, unless the host says that it is an alias. host can be NULL. */
gboolean mt_host_parse_name (const MachtypeHost *host, MachtypeArch arch, const char *domain_type,
                             const char *machine, gsize length, MtName *out);

/* Whether a guest with a machine type has the recorded one. A recorded alias stands for any type of
 * its family, because it is another one on each QEMU, and for what the host says; the alias of a
 * guest stands for what the host says or, if that is unknown, for any type of its family. host can
 * be NULL. */
gboolean mt_host_is_recorded (const MachtypeHost *host, MachtypeArch arch, const char *recorded,
                              const char *machine);

/* NULL: none that applies. domain_type and machine can be NULL: the best, any. */
const MtDomainCapabilities *mt_host_find_domain_capabilities (const MachtypeHost *host,
                                                              MachtypeArch arch,
                                                              const char *domain_type,
                                                              const char *machine);

/* caps can be NULL: nothing is known. */
MachtypeAnswer mt_host_ask_domain_capabilities (const MachtypeHost *host,
                                                const MtDomainCapabilities *caps,
                                                const char *device, const char *name,
                                                const char *value);

/* "a, b, c": the values of an enumeration; NULL: it has none. */
char *mt_host_dup_listed (const MachtypeHost *host, const MtDomainCapabilities *caps,
                          const char *device, const char *name);

/* The host's QEMU, or that of the newest machine type that it offers for the architecture: its QEMU
 * is at least as new. 0.0: unknown. */
MtQemuVersion mt_host_find_qemu (const MachtypeHost *host, MachtypeArch arch);

/* The vendor's release of the newest of its machine types that the host offers for the
 * architecture. 0.0: it offers none. */
MtQemuVersion mt_host_find_release (const MachtypeHost *host, MachtypeArch arch,
                                    MachtypeVendor vendor);

/* 0.0: unknown. */
MtQemuVersion mt_host_get_libvirt (const MachtypeHost *host);

/* The number of a QEMU version, for comparing. */
#define MT_QEMU_NUMBER(version) ((version).major << 8 | (version).minor)

const MtGuestInfo *mt_host_find_guest (const MachtypeHost *host, MachtypeArch arch);

/* Whether capabilities list this emulator for such guests. */
gboolean mt_host_lists_emulator (const MachtypeHost *host, MachtypeArch arch,
                                 const char *domain_type, const char *emulator);

/* The contents of a host's lists, without its index. */
const MtGuestInfo *mt_host_scan_guest (const MachtypeHost *host, MachtypeArch arch);
const MtDomainType *mt_host_scan_domain (const MachtypeHost *host, const MtGuestInfo *guest,
                                         const char *type);

/* The machines for an architecture and domain type, which can be NULL: old libvirt versions list
 * some below <domain>, which then differ from those of the architecture. */
MtRun mt_host_choose_run (const MtGuestInfo *guest, const MtDomainType *domain);
const MtMachine *mt_host_scan_machine (const MachtypeHost *host, MtRun run, const char *machine);

/* The best domain type of a guest entry; NULL: it lists none. */
const char *mt_host_scan_domain_type (const MachtypeHost *host, const MtGuestInfo *guest);

/* Builds host->index; nothing can be added to the host afterwards. */
void mt_host_index_new (MachtypeHost *host);
const MtGuestInfo *mt_host_index_get_guest (const MtHostIndex *index, MachtypeArch arch);
const char *mt_host_index_get_domain_type (const MtHostIndex *index, MachtypeArch arch);
/* The machines for a domain type, if it is the pointer that mt_host_index_get_domain_type returns.
 */
gboolean mt_host_index_get_machines (const MtHostIndex *index, MachtypeArch arch,
                                     const char *domain_type, MtRun *run);
const MtMachine *mt_host_index_find (const MachtypeHost *host, MtRun run, const char *machine);

/* info and domain_type: within host; domain_type can be a constant or NULL. */
MachtypeMachine *mt_machine_new (MachtypeHost *host, const MtMachine *info, MachtypeArch arch,
                                 const char *domain_type);

/* Called for a machine type whose domain capabilities the host lacks. machine: within host. */
typedef void (*MtWantedFunc) (const MachtypeHost *host, MachtypeArch arch, const char *domain_type,
                              const MtMachine *machine, gpointer data);

/* For each architecture the machines that guests usually have: the newest of every family, and the
 * default if that is a board. func can add to the host. */
void mt_host_foreach_wanted (const MachtypeHost *host, MtWantedFunc func, gpointer data);

/* The machines (const MtMachine *) for an architecture and domain type, in the order of display. */
GArray *mt_host_list_shown (const MachtypeHost *host, MachtypeArch arch, const char *domain_type);

/* The version of the host's QEMU, by its newest type of a version; 0.0: unknown. */
MtQemuVersion mt_host_get_qemu_version (const MachtypeHost *host, MachtypeArch arch,
                                        const char *domain_type);

/* Why the host does not offer a machine type: ": it needs QEMU 9.0, ...". Empty: it is not known.
 */
char *mt_host_dup_why_absent (const MachtypeHost *host, MachtypeArch arch, const char *domain_type,
                              const char *machine);

/* libvirt's message, if it refuses the emulator that the host lists for an architecture; else NULL.
 */
const char *mt_host_get_refusal (const MachtypeHost *host, MachtypeArch arch);

/* The code of a finding, and its message, that the host runs no guests of an architecture. */
const char *mt_host_get_no_emulator_code (const MachtypeHost *host, MachtypeArch arch);
char *mt_host_dup_no_emulator (const MachtypeHost *host, MachtypeArch arch);

/* What to do if the host, which can be NULL, has no emulator for an architecture; NULL: unknown, or
 * it has one, which libvirt refuses. */
char *mt_host_dup_emulator_remedy (const MachtypeHost *host, MachtypeArch arch);

/* The host's word on whether a machine is deprecated. */
MachtypeAnswer mt_host_ask_deprecated (const MachtypeHost *host, const MtMachine *machine);

/* Whether the host contradicts the tables, which say that its QEMU deprecates the type. */
gboolean mt_host_denies_deprecation (const MachtypeHost *host, MachtypeArch arch,
                                     const MtMachine *machine, const MachtypeName *name);

/* The lifecycle of a machine of the host; NULL: nothing is known. */
char *mt_host_dup_lifecycle (const MachtypeHost *host, MachtypeArch arch, const MtMachine *machine);

/* The names that the host offers that are nearest to one that it lacks, the nearest first, the
 * alias of the family last: "a, b, c", or NULL if it offers none. */
char *mt_host_dup_near (const MachtypeHost *host, MachtypeArch arch, const char *domain_type,
                        const char *machine);
