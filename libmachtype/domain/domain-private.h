/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/domain.h>

/* Reads the machine, and keeps the text: devices are read where somebody asks for them. */
MachtypeDomain *mt_domain_new_keeping (const char *xml, GError **error);

/* The devices of a domain that has kept its text. */
MachtypeProperties *mt_domain_read_devices (const MachtypeDomain *domain, GError **error);

/* A domain that is there, and cannot be read; takes the error over. */
MachtypeDomain *mt_domain_new_problem (const char *uuid, GError *problem);

/* Of a domain that nobody else has seen yet. The state is a constant. */
void mt_domain_set_state (MachtypeDomain *domain, const char *state);
