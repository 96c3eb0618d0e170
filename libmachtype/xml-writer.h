/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* Writing XML: an append-only buffer. Literal markup is appended as it is, values are escaped by a
 * table. Values are UTF-8 without control characters (mt_check_text); the few that libvirt's own
 * XML may bring along (tab, line feed, carriage return) are written as references. */

typedef struct {
  char *text;
  gsize length, size;
} MtXmlWriter;

#define MT_XML_WRITER_INITIAL 4096

void mt_xml_writer_init (MtXmlWriter *writer);

/* Literal markup; its length is known when compiling. */
#define mt_xml_literal(writer, literal) mt_xml_append (writer, "" literal "", sizeof (literal) - 1)

void mt_xml_append (MtXmlWriter *writer, const char *text, gsize length);
void mt_xml_value (MtXmlWriter *writer, const char *value);
void mt_xml_uint (MtXmlWriter *writer, guint64 value);

/* name='value', with a blank before. */
void mt_xml_attribute_value (MtXmlWriter *writer, const char *name, const char *value);

/* <name>value</name> on a line of its own, indented by so many blanks. */
void mt_xml_element (MtXmlWriter *writer, guint indent, const char *name, const char *value);

/* The text, NUL-terminated, the caller's to free; the writer is empty again. */
char *mt_xml_writer_end (MtXmlWriter *writer);
