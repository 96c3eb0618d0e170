/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What image properties and extra specs ask of a machine, as things that the rules speak of. */

#include "compat/compat-private.h"

#include "string-private.h"

static void
add (MtWishes *wishes, const char *name, const char *value, MtKind kind, const char *wanted)
{
  g_assert (wishes->count < MT_WISHES_MAX);
  wishes->list[wishes->count++] = (MtWish){ name, value, kind, wanted };
}

/* Properties whose value is what is wanted. */
static const struct {
  guint8 property, kind;
} plain[] = {
  { MT_PROPERTY_DISK_BUS, MT_KIND_DISK_BUS },     { MT_PROPERTY_CDROM_BUS, MT_KIND_CDROM_BUS },
  { MT_PROPERTY_FLOPPY_BUS, MT_KIND_FLOPPY_BUS }, { MT_PROPERTY_SCSI_MODEL, MT_KIND_SCSI_MODEL },
  { MT_PROPERTY_VIF_MODEL, MT_KIND_VIF_MODEL },   { MT_PROPERTY_VIDEO_MODEL, MT_KIND_VIDEO_MODEL },
  { MT_PROPERTY_INPUT_BUS, MT_KIND_INPUT_BUS },
};

static void
add_plain (const MachtypeProperties *properties, MtWishes *wishes)
{
  const char *pointer = mt_properties_get (properties, MT_PROPERTY_POINTER_MODEL);
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (plain); i++) {
    const char *value = mt_properties_get (properties, (MtProperty)plain[i].property);

    if (value != NULL)
      add (wishes, mt_property_name ((MtProperty)plain[i].property), value, (MtKind)plain[i].kind,
           value);
  }
  /* The only pointer model there is sits on USB, unless the bus is said. */
  if (pointer != NULL && mt_properties_get (properties, MT_PROPERTY_INPUT_BUS) == NULL)
    add (wishes, mt_property_name (MT_PROPERTY_POINTER_MODEL), pointer, MT_KIND_INPUT_BUS, "usb");
}

static void
add_firmware (const MachtypeProperties *properties, const MtFeatures *features, MtClass class,
              MtWishes *wishes)
{
  const char *wanted = mt_properties_get (properties, MT_PROPERTY_FIRMWARE_TYPE);

  wishes->uefi = wanted != NULL ? mt_is_word (wanted, "uefi") : mt_class_prefers_uefi (class);
  if (wishes->uefi)
    add (wishes, wanted != NULL ? mt_property_name (MT_PROPERTY_FIRMWARE_TYPE) : NULL, "uefi",
         MT_KIND_FIRMWARE, "efi");
  if (features->secure_boot != NULL && mt_is_word (features->secure_boot, "required"))
    add (wishes, features->secure_boot_by, features->secure_boot, MT_KIND_FIRMWARE, "secure-boot");
}

/* The machine's own model where none is named; one that says why, where it has none. */
static const char *
choose_model (MtKind kind, MtClass class, gboolean uefi, const char *named, const char *usual)
{
  const char *best;

  if (named != NULL)
    return named;
  best = mt_compat_get_best (kind, class, uefi);
  return best != NULL ? best : usual;
}

static void
add_models (const MtFeatures *features, MtClass class, MtWishes *wishes)
{
  const char *iommu = features->iommu;

  if (features->watchdog != NULL) {
    wishes->watchdog = choose_model (MT_KIND_WATCHDOG_MODEL, class, wishes->uefi, NULL, "i6300esb");
    add (wishes, features->watchdog_by, features->watchdog, MT_KIND_WATCHDOG_MODEL,
         wishes->watchdog);
  }
  if (features->tpm_version != NULL) {
    wishes->tpm =
        choose_model (MT_KIND_TPM_MODEL, class, wishes->uefi, features->tpm_model, "tpm-tis");
    add (wishes, features->tpm_by,
         features->tpm_model != NULL ? features->tpm_model : features->tpm_version,
         MT_KIND_TPM_MODEL, wishes->tpm);
    add (wishes, features->tpm_version_by, features->tpm_version, MT_KIND_TPM_VERSION,
         features->tpm_version);
  }
  if (iommu != NULL) {
    wishes->iommu = choose_model (MT_KIND_IOMMU_MODEL, class, wishes->uefi,
                                  mt_is_word (iommu, "auto") ? NULL : iommu, "virtio");
    add (wishes, features->iommu_by, iommu, MT_KIND_IOMMU_MODEL, wishes->iommu);
  }
}

static void
add_switches (const MtFeatures *features, MtWishes *wishes)
{
  if (features->pmu != MT_UNSET)
    add (wishes, features->pmu_by, features->pmu == MT_YES ? "yes" : "no", MT_KIND_FEATURE,
         features->pmu == MT_YES ? "pmu-on" : "pmu-off");
  if (features->hidden)
    add (wishes, features->hidden_by, "yes", MT_KIND_FEATURE, "kvm-hidden");
  if (features->hpet == MT_YES)
    add (wishes, mt_property_name (MT_PROPERTY_HPET), "yes", MT_KIND_TIMER, "hpet");
  if (mt_topology_is_asked (features))
    add (wishes, features->topology_by, NULL, MT_KIND_CPU_TOPOLOGY, "topology");
}

void
mt_wishes_collect (const MachtypeProperties *properties, const MtFeatures *features, MtClass class,
                   MtWishes *wishes)
{
  /* Not the list: it is long, and mostly unused. */
  wishes->count = 0;
  wishes->watchdog = wishes->tpm = wishes->iommu = NULL;
  if (properties != NULL)
    add_plain (properties, wishes);
  add_firmware (properties, features, class, wishes);
  add_models (features, class, wishes);
  add_switches (features, wishes);
}
