/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* A root of its own for libvirt's embedded driver, below the folder for temporary files, with the
 * warm cache that MACHTYPE_LIBVIRT_CACHE names. */
typedef struct {
  char *dir;
  char *uri;
} PrivateRoot;

/* FALSE: the test cannot run here, and why was said (g_test_skip, or a failure where
 * MACHTYPE_TEST_REQUIRE is set). */
gboolean private_root_init (PrivateRoot *root);
void private_root_clear (PrivateRoot *root);
