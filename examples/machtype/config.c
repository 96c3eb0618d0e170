/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The configuration of the host, read once. */

#include "machtype-program.h"

#include <stdlib.h>

static MachtypeConfig *the_config;

static void
forget (void)
{
  machtype_config_unref (the_config);
}

const MachtypeConfig *
config_get (GError **error)
{
  g_autoptr (GPtrArray) warnings = NULL;

  if (the_config != NULL)
    return the_config;
  the_config = machtype_config_load (NULL, error);
  if (the_config == NULL)
    return NULL;
  atexit (forget);
  warnings = machtype_config_list_warnings (the_config);
  findings_warn ("warning", warnings, FINDING_MESSAGE);
  return the_config;
}
