/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MACHTYPE_UPDATER_H
#define MACHTYPE_UPDATER_H

#include <machtype/connection.h>
#include <machtype/store.h>

G_BEGIN_DECLS

/**
 * MachtypeUpdater:
 *
 * Changes the machine type of an instance in its record and in its domain's definition: in both or
 * in neither.
 *
 * Two databases are written, the store and libvirt's, and the process can be killed in between.
 * Therefore the updater first writes into the store what it is about to do
 * ([struct@Machtype.Intention]), then defines the domain, and then, in one transaction, writes the
 * record and removes the intention. A change that is interrupted in between is *pending*: no other
 * change of the record is possible until it is settled. Settling reads the domain's definition: if
 * it has the new machine type, the record is updated as well; if it still has the old one, the
 * intention is dropped.
 *
 * Like its store, use it from one thread at a time.
 *
 * Since: 1.0
 */
typedef struct _MachtypeUpdater MachtypeUpdater;

/**
 * MACHTYPE_TYPE_UPDATER:
 *
 * The boxed type of [struct@Machtype.Updater].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_UPDATER (machtype_updater_get_type ())

/**
 * MachtypeSettlementOutcome:
 * @MACHTYPE_SETTLEMENT_OUTCOME_NONE: none
 * @MACHTYPE_SETTLEMENT_OUTCOME_FINISHED: the domain was defined with the new machine type, which is
 *   now recorded as well
 * @MACHTYPE_SETTLEMENT_OUTCOME_TAKEN_BACK: the domain is still defined with the old machine type,
 *   and the record is unchanged
 * @MACHTYPE_SETTLEMENT_OUTCOME_OVERTAKEN: the domain no longer exists, or was defined with another
 *   machine type in the meantime; the record is unchanged
 * @MACHTYPE_SETTLEMENT_OUTCOME_PENDING: this connection does not have the domain, or cannot read
 *   its definition; the change is still pending
 * @MACHTYPE_SETTLEMENT_OUTCOME_EDITED: the domain was defined with the new machine type, which is
 *   now recorded as well; but its definition is not the one that the conversion made: undoing it
 *   needs %MACHTYPE_CHANGE_FORCE
 *
 * The outcome of settling an interrupted change.
 *
 * Since: 1.0
 */
typedef enum /*< since=1.0 >*/ {
  MACHTYPE_SETTLEMENT_OUTCOME_NONE = 0,
  MACHTYPE_SETTLEMENT_OUTCOME_FINISHED = 1,
  MACHTYPE_SETTLEMENT_OUTCOME_TAKEN_BACK = 2,
  MACHTYPE_SETTLEMENT_OUTCOME_OVERTAKEN = 3,
  MACHTYPE_SETTLEMENT_OUTCOME_PENDING = 4,
  MACHTYPE_SETTLEMENT_OUTCOME_EDITED = 5
} MachtypeSettlementOutcome;

/**
 * MachtypeSettlement:
 *
 * An interrupted change and how it was settled. Immutable and reference-counted; any thread can
 * read it.
 *
 * Since: 1.0
 */
typedef struct _MachtypeSettlement MachtypeSettlement;

/**
 * MACHTYPE_TYPE_SETTLEMENT:
 *
 * The boxed type of [struct@Machtype.Settlement].
 *
 * Since: 1.0
 */
#define MACHTYPE_TYPE_SETTLEMENT (machtype_settlement_get_type ())

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_updater_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeUpdater *machtype_updater_new (MachtypeStore *store, MachtypeConnection *connection);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeUpdater *machtype_updater_ref (MachtypeUpdater *updater);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_updater_unref (MachtypeUpdater *updater);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_updater_set_author (MachtypeUpdater *updater, const char *author, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_updater_set_record_only (MachtypeUpdater *updater, gboolean record_only);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecord *machtype_updater_refresh (MachtypeUpdater *updater, MachtypeRecord *record,
                                          MachtypeDomain *domain, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecord *machtype_updater_update (MachtypeUpdater *updater, MachtypeRecord *record,
                                         MachtypeChange *change, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecord *machtype_updater_convert (MachtypeUpdater *updater, MachtypeRecord *record,
                                          MachtypeConversion *conversion, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecord *machtype_updater_preview_convert (MachtypeUpdater *updater, MachtypeRecord *record,
                                                  MachtypeConversion *conversion, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecord *machtype_updater_undo (MachtypeUpdater *updater, MachtypeRecord *record,
                                       MachtypeChangeFlags flags, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_updater_list_undo_refusals (MachtypeUpdater *updater, MachtypeRecord *record,
                                                GError **error);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeRecord *machtype_updater_preview_undo (MachtypeUpdater *updater, MachtypeRecord *record,
                                               MachtypeChangeFlags flags, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
GPtrArray *machtype_updater_settle (MachtypeUpdater *updater, GError **error);

MACHTYPE_AVAILABLE_IN_1_0
GType machtype_settlement_get_type (void);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeSettlement *machtype_settlement_ref (MachtypeSettlement *settlement);

MACHTYPE_AVAILABLE_IN_1_0
void machtype_settlement_unref (MachtypeSettlement *settlement);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_settlement_equal (const MachtypeSettlement *a, const MachtypeSettlement *b);

MACHTYPE_AVAILABLE_IN_1_0
guint machtype_settlement_hash (const MachtypeSettlement *settlement);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeSettlementOutcome machtype_settlement_get_outcome (const MachtypeSettlement *settlement);

MACHTYPE_AVAILABLE_IN_1_0
MachtypeIntention *machtype_settlement_get_intention (const MachtypeSettlement *settlement);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_settlement_get_definition (const MachtypeSettlement *settlement);

MACHTYPE_AVAILABLE_IN_1_0
const char *machtype_settlement_outcome_to_string (MachtypeSettlementOutcome outcome);

MACHTYPE_AVAILABLE_IN_1_0
gboolean machtype_settlement_outcome_from_string (const char *text,
                                                  MachtypeSettlementOutcome *outcome,
                                                  GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeUpdater, machtype_updater_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MachtypeSettlement, machtype_settlement_unref)

G_END_DECLS

#endif /* MACHTYPE_UPDATER_H */
