/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state of an instance, by Nova's and libvirt's names. */

#include "record/record-private.h"

#include "data/tables.h"
#include "error-private.h"
#include "string-private.h"
#include "text-private.h"

/* States, in lower case, and Nova's word for each. See data/states.tsv. */
typedef struct {
  char word[MT_STATE_WORD_SIZE];
  char nova[MT_STATE_WORD_SIZE];
  guint8 state;
} StateWord;

#include "data/states.inc"

const char *
mt_state_find (const char *text, MachtypeState *state)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (state_words); i++) {
    if (g_ascii_strcasecmp (state_words[i].word, text) == 0) {
      *state = (MachtypeState)state_words[i].state;
      return state_words[i].nova;
    }
  }
  return NULL;
}

/* An instance in an unknown state may be running. */
gboolean
mt_state_may_change (MachtypeState state)
{
  return state == MACHTYPE_STATE_STOPPED || state == MACHTYPE_STATE_SHELVED ||
         state == MACHTYPE_STATE_SHELVED_OFFLOADED;
}

/**
 * machtype_state_from_string:
 * @text: a state by Nova's or libvirt's name, in any case: `stopped`, `ACTIVE`, `shut off`; must
 *   not be %NULL
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Finds the state of an instance by name. Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an unknown state.
 *
 * Returns: the state, or %MACHTYPE_STATE_UNKNOWN on error
 * Since: 1.0
 */
MachtypeState
machtype_state_from_string (const char *text, GError **error)
{
  const char *words[G_N_ELEMENTS (state_words) + 1] = { NULL };
  g_autofree char *shown = NULL, *hint = NULL;
  MachtypeState state;
  gsize i;

  g_return_val_if_fail (text != NULL, MACHTYPE_STATE_UNKNOWN);

  if (mt_state_find (text, &state) != NULL)
    return state;
  for (i = 0; i < G_N_ELEMENTS (state_words); i++)
    words[i] = state_words[i].word;
  shown = mt_escape_for_message (text);
  hint = mt_dup_similar_hint (text, words);
  mt_fail (error, MACHTYPE_ERROR_INVALID_ARGUMENT,
           "'%s' is not a valid instance state; use stopped, shelved, shelved_offloaded, active, "
           "paused, shut off, running or another state of Nova or libvirt%s",
           shown, hint);
  return MACHTYPE_STATE_UNKNOWN;
}

/**
 * machtype_state_from_libvirt:
 * @number: a domain's state as libvirt numbers it (`virDomainState`), from `virDomainGetState`
 * @word: (out) (optional) (nullable) (transfer none): return location for the name of the state,
 *   as machtype_record_builder_set_state() accepts it: a constant string, %NULL for an unknown
 *   number; %NULL if it is not needed
 *
 * Finds the state of a domain by its number. A domain that is shut off may have its RAM saved,
 * which the number does not say: ask `virDomainHasManagedSaveImage`, and use %MACHTYPE_STATE_SAVED
 * if it has. Thread-safe.
 *
 * Returns: the state; %MACHTYPE_STATE_UNKNOWN for a number that libvirt does not have
 * Since: 1.0
 */
MachtypeState
machtype_state_from_libvirt (int number, const char **word)
{
  /* libvirt's include/libvirt/libvirt-domain.h, virDomainState */
  static const char words[][12] = { "no state",    "running",  "blocked", "paused",
                                    "in shutdown", "shut off", "crashed", "pmsuspended" };
  MachtypeState state = MACHTYPE_STATE_UNKNOWN;
  const char *found = NULL;

  if (number >= 0 && (gsize)number < G_N_ELEMENTS (words))
    found = mt_state_find (words[number], &state);
  if (word != NULL)
    *word = found;
  return state;
}

/**
 * machtype_state_to_string:
 * @state: a state
 *
 * Gets the word for a state: `unknown`, `stopped`, `shelved`, `shelved_offloaded`, `other`,
 * `saved`. Thread-safe.
 *
 * Returns: (transfer none): a constant string; `unknown` for an invalid value
 * Since: 1.0
 */
const char *
machtype_state_to_string (MachtypeState state)
{
  static const char words[][20] = {
    [MACHTYPE_STATE_UNKNOWN] = "unknown", [MACHTYPE_STATE_STOPPED] = "stopped",
    [MACHTYPE_STATE_SHELVED] = "shelved", [MACHTYPE_STATE_SHELVED_OFFLOADED] = "shelved_offloaded",
    [MACHTYPE_STATE_OTHER] = "other",     [MACHTYPE_STATE_SAVED] = "saved",
  };

  return MT_WORD (words, state);
}
