/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words for the kinds of a guest's interfaces and graphical consoles. */

#include <machtype/guest.h>

#include "error-private.h"
#include "string-private.h"
#include "text-private.h"

static const char interface_types[][8] = {
  [MACHTYPE_INTERFACE_TYPE_USER] = "user",
  [MACHTYPE_INTERFACE_TYPE_NETWORK] = "network",
  [MACHTYPE_INTERFACE_TYPE_BRIDGE] = "bridge",
};

/**
 * machtype_interface_type_to_string:
 * @type: a kind of interface
 *
 * Gets the word for a kind of interface: `user`, `network`, `bridge`. Thread-safe.
 *
 * Returns: (transfer none): a constant string; `unknown` for an invalid value
 * Since: 1.0
 */
const char *
machtype_interface_type_to_string (MachtypeInterfaceType type)
{
  return MT_WORD (interface_types, type);
}

/**
 * machtype_interface_type_from_string:
 * @text: the word for a kind of interface; must not be %NULL
 * @type: (out) (optional): return location for the value; %NULL if it is not needed
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Finds a kind of interface by its word, as machtype_interface_type_to_string() returns it.
 * Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an unknown word; @type is then not set.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_interface_type_from_string (const char *text, MachtypeInterfaceType *type, GError **error)
{
  int found;

  g_return_val_if_fail (text != NULL, FALSE);

  found = MT_WORD_VALUE (interface_types, "kind of interface", text, error);
  if (found >= 0 && type != NULL)
    *type = (MachtypeInterfaceType)found;
  return found >= 0;
}

static const char graphics_types[][8] = {
  [MACHTYPE_GRAPHICS_TYPE_NONE] = "none",
  [MACHTYPE_GRAPHICS_TYPE_VNC] = "vnc",
  [MACHTYPE_GRAPHICS_TYPE_SPICE] = "spice",
};

/**
 * machtype_graphics_type_to_string:
 * @type: a kind of graphical console
 *
 * Gets the word for a kind of graphical console: `none`, `vnc`, `spice`. Thread-safe.
 *
 * Returns: (transfer none): a constant string; `unknown` for an invalid value
 * Since: 1.0
 */
const char *
machtype_graphics_type_to_string (MachtypeGraphicsType type)
{
  return MT_WORD (graphics_types, type);
}

/**
 * machtype_graphics_type_from_string:
 * @text: the word for a kind of graphical console; must not be %NULL
 * @type: (out) (optional): return location for the kind; %NULL if it is not needed
 * @error: (nullable): return location for an error, or %NULL to ignore it
 *
 * Finds a kind of graphical console by its word, as machtype_graphics_type_to_string() returns it.
 * Thread-safe.
 *
 * Raises %MACHTYPE_ERROR_INVALID_ARGUMENT for an unknown word; @type is then not set.
 *
 * Returns: %TRUE, or %FALSE on error
 * Since: 1.0
 */
gboolean
machtype_graphics_type_from_string (const char *text, MachtypeGraphicsType *type, GError **error)
{
  int found;

  g_return_val_if_fail (text != NULL, FALSE);

  found = MT_WORD_VALUE (graphics_types, "graphical console", text, error);
  if (found >= 0 && type != NULL)
    *type = (MachtypeGraphicsType)found;
  return found >= 0;
}
