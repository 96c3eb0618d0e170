/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/properties.h>

#include "json/json-private.h"
#include "properties/device-kinds.h"

/* What the library acts on: the rows of the table in schema.c. First the image properties: those in
 * Nova's documents on machine types and on architecture emulation, and the device defaults that
 * Nova stores with the machine type; most have an extra spec that requests the same. */
typedef enum {
  MT_PROPERTY_ARCHITECTURE,
  MT_PROPERTY_EMULATION_ARCHITECTURE,
  MT_PROPERTY_MACHINE_TYPE,
  MT_PROPERTY_FIRMWARE_TYPE,
  MT_PROPERTY_DISK_BUS,
  MT_PROPERTY_CDROM_BUS,
  MT_PROPERTY_SCSI_MODEL,
  MT_PROPERTY_VIDEO_MODEL,
  MT_PROPERTY_VIF_MODEL,
  MT_PROPERTY_INPUT_BUS,
  MT_PROPERTY_POINTER_MODEL,
  MT_PROPERTY_LAST_DEVICE = MT_PROPERTY_POINTER_MODEL, /* the others are features */
  MT_PROPERTY_FLOPPY_BUS,
  MT_PROPERTY_VIDEO_RAM,
  MT_PROPERTY_GUEST_AGENT,
  MT_PROPERTY_BOOT_MENU,
  MT_PROPERTY_HPET,
  MT_PROPERTY_PMU,
  MT_PROPERTY_LOCKED_MEMORY,
  MT_PROPERTY_MEM_ENCRYPTION,
  MT_PROPERTY_MULTIQUEUE,
  MT_PROPERTY_WATCHDOG_ACTION,
  MT_PROPERTY_RNG_MODEL,
  MT_PROPERTY_SERIAL_PORT_COUNT,
  /* Sockets, cores, threads are adjacent, in this order. */
  MT_PROPERTY_CPU_SOCKETS,
  MT_PROPERTY_CPU_CORES,
  MT_PROPERTY_CPU_THREADS,
  MT_PROPERTY_CPU_MAX_SOCKETS,
  MT_PROPERTY_CPU_MAX_CORES,
  MT_PROPERTY_CPU_MAX_THREADS,
  MT_PROPERTY_CPU_REALTIME_MASK,
  MT_PROPERTY_MEM_PAGE_SIZE,
  MT_PROPERTY_VIOMMU_MODEL,
  MT_PROPERTY_TPM_MODEL,
  MT_PROPERTY_TPM_VERSION,
  MT_PROPERTY_HIDE_HYPERVISOR,
  MT_PROPERTY_SECURE_BOOT,
  MT_PROPERTY_OS_TYPE,
  MT_PROPERTY_FIRMWARE_STATELESS,
  MT_PROPERTY_MEM_ENCRYPTION_MODEL,
  MT_PROPERTY_PACKED_RING,
  MT_PROPERTY_MAXPHYSADDR_MODE,
  MT_PROPERTY_MAXPHYSADDR_BITS,
  MT_PROPERTY_SOUND_MODEL,
  MT_PROPERTY_USB_MODEL,
  MT_PROPERTY_REDIRECTED_USB_PORTS,
  /* Only a flavor requests these. */
  MT_PROPERTY_RNG_ALLOWED,
  MT_PROPERTY_RNG_RATE_BYTES,
  MT_PROPERTY_RNG_RATE_PERIOD,
  MT_PROPERTY_CPU_REALTIME,
  MT_PROPERTY_TPM_SECRET_SECURITY,
  MT_PROPERTY_LAST = MT_PROPERTY_TPM_SECRET_SECURITY
} MtProperty;

/* The extra specs that the library acts on, in the order in which they are listed. */
typedef enum {
  MT_SPEC_NONE,
  MT_SPEC_WATCHDOG_ACTION,
  MT_SPEC_RNG_ALLOWED,
  MT_SPEC_RNG_RATE_BYTES,
  MT_SPEC_RNG_RATE_PERIOD,
  MT_SPEC_PMU,
  MT_SPEC_HIDE_HYPERVISOR,
  MT_SPEC_HIDE_HYPERVISOR_OLD,
  MT_SPEC_LOCKED_MEMORY,
  MT_SPEC_MEM_PAGE_SIZE,
  MT_SPEC_MEM_ENCRYPTION,
  MT_SPEC_CPU_REALTIME,
  MT_SPEC_CPU_REALTIME_MASK,
  MT_SPEC_BOOT_MENU,
  MT_SPEC_MULTIQUEUE,
  MT_SPEC_VIDEO_RAM_MAX,
  MT_SPEC_SERIAL_PORT_COUNT,
  /* The same, as a list. */
  MT_SPEC_CPU_SOCKETS,
  MT_SPEC_CPU_CORES,
  MT_SPEC_CPU_THREADS,
  MT_SPEC_CPU_MAX_SOCKETS,
  MT_SPEC_CPU_MAX_CORES,
  MT_SPEC_CPU_MAX_THREADS,
  MT_SPEC_MAX_CPU_SOCKETS,
  MT_SPEC_MAX_CPU_CORES,
  MT_SPEC_MAX_CPU_THREADS,
  MT_SPEC_SECURE_BOOT,
  MT_SPEC_VIOMMU_MODEL,
  MT_SPEC_TPM_MODEL,
  MT_SPEC_TPM_VERSION,
  MT_SPEC_TPM_SECRET_SECURITY,
  MT_SPEC_MEM_ENCRYPTION_MODEL,
  MT_SPEC_PACKED_RING,
  MT_SPEC_MAXPHYSADDR_MODE,
  MT_SPEC_MAXPHYSADDR_BITS,
  MT_SPEC_SOUND_MODEL,
  MT_SPEC_USB_MODEL,
  MT_SPEC_REDIRECTED_USB_PORTS,
  MT_SPEC_LAST = MT_SPEC_REDIRECTED_USB_PORTS
} MtSpec;

/* The type of a value. */
typedef enum {
  MT_VALUE_SAME, /* of an extra spec: as the image property's */
  MT_VALUE_ARCH,
  MT_VALUE_MACHINE,
  MT_VALUE_ENUM,
  MT_VALUE_FOLDED_ENUM, /* Nova lower-cases these values */
  MT_VALUE_BOOLEAN,     /* validated: yes or no */
  MT_VALUE_INTEGER,
  MT_VALUE_UNSIGNED,
  MT_VALUE_POSITIVE,
  MT_VALUE_USB_PORTS, /* up to MT_NOVA_USB_PORTS */
  MT_VALUE_TEXT
} MtValueType;

/* Which wins if image and flavor request the same. */
typedef enum {
  MT_WINNER_NONE, /* only one of them can request it */
  MT_WINNER_IMAGE,
  MT_WINNER_FLAVOR,
  MT_WINNER_BOTH,      /* they must agree */
  MT_WINNER_LIMIT,     /* the image, up to the flavor's value */
  MT_WINNER_PERMITTED, /* the image, if the flavor leaves it open */
  MT_WINNER_EITHER,    /* a yes in one of them is enough */
  MT_WINNER_LAST = MT_WINNER_EITHER
} MtWinner;

/* Nova's limit: nova/virt/hardware.py, get_redirected_usb_ports. */
#define MT_NOVA_USB_PORTS 15

/* The name of an extra spec, and where its value is stored. */
typedef struct {
  char name[28]; /* empty: there is none */
  guint8 spec;   /* MtSpec */
} MtSpecName;

/* What a value requests, if that is not the value itself. */
typedef struct {
  char value[12];  /* MT_ANY_VALUE: every value; empty: no more rows */
  char wanted[12]; /* MT_BEST_MODEL: the machine's best; empty: nothing */
} MtBecomes;

#define MT_ANY_VALUE "*"
#define MT_BEST_MODEL "*"

/* An image property, the extra spec that requests the same, and the device that results. */
typedef struct {
  char image[40];       /* name of the image property; empty: only a flavor can request it */
  MtSpecName flavor;    /* the extra spec */
  MtSpecName old;       /* its older name */
  guint8 type;          /* MtValueType */
  guint8 spec_type;     /* of the extra spec, if it takes less than the image property */
  guint8 winner;        /* MtWinner */
  guint8 own;           /* whether a function in features.c determines its meaning */
  char conflict[40];    /* Nova's exception if the two conflict; empty: its usual one */
  char invalid[32];     /* Nova's exception for an invalid extra spec; empty: it has no name */
  guint8 kind;          /* MtDeviceKind of the result; MT_KIND_NONE: nothing that has rules */
  MtBecomes becomes[2]; /* the first row that fits */
  char words[256]; /* of an enum, separated by blanks; one that libvirt spells differently is given
                      as "word=libvirt" */
} MtSchema;

/* A row of the table by its number: an MtProperty, or one of those that are only stored; NULL:
 * there are no more. */
const MtSchema *mt_schema_get (int row);

/* The row of an extra spec, or of its older name. */
const MtSchema *mt_spec_get (MtSpec spec);

/* Of the image property, empty where there is none. */
const char *mt_property_name (MtProperty property);

/* The row of a known image property: the first ones are MtProperty; -1 if it is unknown. */
int mt_schema_find (const char *name);

/* An extra spec that the library acts on; MT_SPEC_NONE: another one. */
MtSpec mt_spec_find (const char *name);
const char *mt_spec_name (MtSpec spec);

/* "image, up to the flavor's value"; empty for MT_WINNER_NONE. */
const char *mt_winner_get_label (MtWinner winner);

/* Validates a value of a row. *checked is then its spelling in libvirt (or NULL if it has none),
 * owned by the caller; *arch the architecture, if the value is one. */
gboolean mt_schema_check (int row, const char *value, char **checked, MachtypeArch *arch,
                          GError **error);
gboolean mt_spec_check (MtSpec spec, const char *value, char **checked, GError **error);

/* "yes" or "no"; NULL: neither. */
char *mt_boolean_dup_checked (const char *value);

/* The words of an enum, without libvirt's spellings. */
char **mt_words_dup (const char *words);

/* The values that an extra spec takes. */
MtValueType mt_schema_get_spec_type (const MtSchema *schema);

/* What an image property with an old name means: up to two with a current name. */
typedef struct {
  const char *name, *value; /* borrowed; NULL: no more */
} MtLegacy;

#define MT_LEGACY_MAX 2

/* FALSE: name is not an old name. */
gboolean mt_legacy_find (const char *name, const char *value, MtLegacy meanings[MT_LEGACY_MAX]);

/* The extra specs of Nova that the library does not act on: the value's type and words
 * (MT_VALUE_SAME: it is not one of them), and whether Nova accepts a name and its value. Names of
 * other programs are always accepted. */
MtValueType mt_other_spec_get_type (const char *name, const char **words);
gboolean mt_other_spec_check (const char *name, const char *value, GError **error);

/* Validates a value of an extra spec that the table does not have. */
gboolean mt_value_check (const char *spec, MtValueType type, const char *words, const char *value,
                         GError **error);

/* Why nothing is generated for an image property or extra spec, such as "pinning"; NULL: no reason.
 */
const char *mt_property_get_refusal (const char *name, const char *value);

/* Whether a value is valid for a known image property; raises what adding it would. */
gboolean mt_property_check (const char *name, const char *value, GError **error);

/* The validated value, in libvirt's spelling; NULL if it is unset. properties can be NULL: nothing
 * is set. */
const char *mt_properties_get (const MachtypeProperties *properties, MtProperty property);

const char *mt_properties_get_spec (const MachtypeProperties *properties, MtSpec spec);

/* Whether anything except machine and devices is requested. */
gboolean mt_properties_has_features (const MachtypeProperties *properties);

/* An image property or extra spec for which nothing is generated: its name, and what it requests.
 */
typedef struct {
  const char *name;
  const char *why; /* NULL: its value was kept, but this release does not know it */
  gboolean is_spec;
} MtRefused;

/* FALSE: there is none. */
gboolean mt_properties_find_refused (const MachtypeProperties *properties, MtRefused *refused);

/* Raises what adding it would for a value that was kept although it is invalid, if it decides the
 * architecture or the machine type. has_machine: a machine type is recorded. properties can be
 * NULL. */
gboolean mt_properties_check_deciding (const MachtypeProperties *properties, gboolean has_machine,
                                       GError **error);

/* Whether there is any name that this release does not know. properties can be NULL. */
gboolean mt_properties_has_unknown (const MachtypeProperties *properties);

/* MACHTYPE_ARCH_UNKNOWN if it is unset. */
MachtypeArch mt_properties_get_arch (const MachtypeProperties *properties, MtProperty property);

/* What the program set; MACHTYPE_ARCH_UNKNOWN: nothing. properties can be NULL. */
MachtypeArch mt_properties_get_own_arch (const MachtypeProperties *properties);

/* The architecture of the guest: the program's own word, otherwise hw_emulation_architecture,
 * otherwise hw_architecture, otherwise the host's. from: the property that decided; empty for the
 * program, NULL for the host. */
static inline MachtypeArch
mt_choose_guest_arch (MachtypeArch own, MachtypeArch emulation, MachtypeArch image,
                      MachtypeArch host, const char **from)
{
  if (own != MACHTYPE_ARCH_UNKNOWN) {
    *from = "";
    return own;
  }
  if (emulation != MACHTYPE_ARCH_UNKNOWN) {
    *from = mt_property_name (MT_PROPERTY_EMULATION_ARCHITECTURE);
    return emulation;
  }
  if (image != MACHTYPE_ARCH_UNKNOWN) {
    *from = mt_property_name (MT_PROPERTY_ARCHITECTURE);
    return image;
  }
  *from = NULL;
  return host;
}

/* The size of the image properties, names and values together, in bytes. */
gsize mt_properties_get_size (const MachtypeProperties *properties);

/* A builder with everything in properties, except one image property (NULL: none is omitted). */
MachtypePropertiesBuilder *mt_properties_builder_new_from (MachtypeProperties *properties,
                                                           const char *except);

/* base, overridden by the image properties of over. Each can be NULL: nothing. */
MachtypeProperties *mt_properties_overlay (MachtypeProperties *base, MachtypeProperties *over,
                                           GError **error);

/* there without its devices and its defaults, and with these devices instead. NULL: there would be
 * too many. */
MachtypeProperties *mt_properties_renew (MachtypeProperties *there, MachtypeProperties *devices,
                                         GError **error);

/* there without the devices that it has only as defaults, and with these instead. defaults can be
 * NULL: none. NULL: there would be too many. */
MachtypeProperties *mt_properties_renew_defaults (MachtypeProperties *there,
                                                  MachtypeProperties *defaults, GError **error);

/* there, and what it lacks of the image properties of more, which can be NULL: nothing. A default
 * is lacking if more has a request. The object itself, if nothing is lacking. */
MachtypeProperties *mt_properties_fill (MachtypeProperties *there, MachtypeProperties *more,
                                        GError **error);

/* The same without defaults: the object itself, if there are none. */
MachtypeProperties *mt_properties_dup_requested (MachtypeProperties *properties);

/* properties can be NULL. */
gboolean mt_properties_has_defaults (const MachtypeProperties *properties);

/* Of the image properties alone, and which of them are defaults. */
gboolean mt_properties_equal (const MachtypeProperties *a, const MachtypeProperties *b);
guint mt_properties_hash (const MachtypeProperties *properties);

/* Replaces a reference by another one; either can be NULL. */
void mt_properties_set (MachtypeProperties **slot, MachtypeProperties *properties);

/* The image properties alone, without extra specs and the program's own architecture: the object
 * itself, if it has neither. */
MachtypeProperties *mt_properties_dup_images (MachtypeProperties *properties);

/* The image properties as a member of a JSON object; none if there are none. */
void mt_properties_write (GString *json, const char *member, const MachtypeProperties *properties);
/* The names of those that are defaults, as another member; none if there are none. */
void mt_properties_write_defaults (GString *json, const char *member,
                                   const MachtypeProperties *properties);
/* Both members; none if they are missing. A default that is not among the properties is ignored.
 * NULL: an error. */
MachtypeProperties *mt_properties_read (const MtJsonObject *object, const char *member,
                                        const char *defaults, GError **error);
