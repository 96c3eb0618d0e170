/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <machtype/machtype.h>

/* Shared by the unit tests. Tables are static; a row is printed before it is asserted, so that a
 * failure shows which one it was. */

#define ROW(...) g_test_message (__VA_ARGS__)

/* The same for a text of any bytes: TAP must be UTF-8. */
void test_row_text (const char *text);

/* Whether this is valgrind, under which slow tests are omitted or repeated less often. */
gboolean test_is_short (void);

/* A path below tests/data in the source tree. */
#define test_data(...) g_test_build_filename (G_TEST_DIST, "data", __VA_ARGS__, NULL)

/* Asserts that a message can be printed to a terminal: UTF-8, one line, only visible characters. */
void test_assert_visible (const char *message);

/* Asserts the error and that its message contains every one of the words ("a b c"), then clears it:
 * a helpful message is part of the contract. */
void test_assert_error (GError **error, int code, const char *words);

/* Reads a file of tests/data. */
char *test_read (const char *name, gsize *length);

/* Compares text with tests/data/NAME; with MACHTYPE_TEST_UPDATE set in the environment, writes it
 * there instead. */
void test_assert_golden (const char *name, const char *text);

/* A host of tests/data/hosts, with the domain capabilities of another file there, or NULL. */
MachtypeHost *test_read_host (const char *file, const char *domain_capabilities);

/* The codes of findings: "a b". Takes ownership of the array. */
char *test_join_codes (GPtrArray *findings);

/* What an XPath finds in a document: texts separated by "\n", or its value. */
char *test_find_in_xml (const char *xml, const char *path);

/* Image properties and extra specs (whose names contain a colon) from "name=value name=value"; a
 * question mark precedes the name of a default. NULL for NULL. */
MachtypeProperties *test_make_properties (const char *text);

/* A host from a file of tests/data/hosts ("x86_64.xml"), or one of which only the architecture is
 * known ("x86_64"); NULL for NULL. */
MachtypeHost *test_make_host (const char *text);
