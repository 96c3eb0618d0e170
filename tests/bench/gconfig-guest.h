/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The guest of the fixtures by libvirt-gconfig, to the extent that it can express it. */
char *bench_write_by_gconfig (void);
