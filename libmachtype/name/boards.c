/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Machine types without versions: boards, and aliases of boards. See data/boards.tsv. */

#include "name/name-private.h"

#include "string-private.h"

#include "data/boards.inc"

const char *
mt_board_find_folded (const char *text)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (boards); i++) {
    if (g_ascii_strcasecmp (boards[i].name, text) == 0)
      return boards[i].name;
  }
  return NULL;
}

const MtBoard *
mt_board_find (const char *text, gsize length)
{
  guint slot, row;

  if (length < 2 || length >= sizeof boards[0].name)
    return NULL;
  slot = board_slot (text, length);
  while ((row = board_slots[slot]) != 0) {
    if (mt_is_text (text, length, boards[row - 1].name))
      return &boards[row - 1];
    slot = (slot + 1) % G_N_ELEMENTS (board_slots);
  }
  return NULL;
}

const MtBoard *
mt_boards_get (gsize *count)
{
  *count = G_N_ELEMENTS (boards);
  return boards;
}
