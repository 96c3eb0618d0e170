/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* A private root for libvirt's embedded driver, below the directory for temporary files, with the
 * warm cache that MACHTYPE_LIBVIRT_CACHE names. */
typedef struct {
  char *dir;
  char *uri;
} PrivateRoot;

/* FALSE: the test cannot run here, and the reason was reported (g_test_skip, or a failure if
 * MACHTYPE_TEST_REQUIRE is set). */
gboolean private_root_init (PrivateRoot *root);
void private_root_clear (PrivateRoot *root);
