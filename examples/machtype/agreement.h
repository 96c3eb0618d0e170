/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/finding.h>

/* Whether libvirt's message is about the same thing: it has a word of the finding's code, or the
 * name of its device. */
gboolean finding_is_same_refusal (const MachtypeFinding *finding, const char *message);
