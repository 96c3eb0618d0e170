/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "xml-scan.h"

#include <string.h>

/* libvirt's domains need a quarter of these up to the machine type. */
#define SCAN_MAX (16 * 1024)
#define DEPTH_MAX 32
#define NAMESPACES_MAX 16
#define ATTRIBUTES_MAX 16
#define KEPT_MAX 2048

/* What a byte can be, as it is: "]" ends CDATA, and carriage returns are replaced. */
enum { IN_NAME = 1, IN_TEXT = 2, IN_VALUE = 4, BLANK = 8 };

#define LETTER (IN_NAME | IN_TEXT | IN_VALUE)
#define OTHER (IN_TEXT | IN_VALUE)

static const guint8 kinds[256] = {
  ['\t'] = IN_TEXT | BLANK,
  ['\n'] = IN_TEXT | BLANK,
  [' '] = OTHER | BLANK,
  ['!' ... '%'] = OTHER,
  ['\'' ... ','] = OTHER,
  ['-' ... '.'] = LETTER,
  ['/'] = OTHER,
  ['0' ... '9'] = LETTER,
  [':' ... ';'] = OTHER,
  ['=' ... '@'] = OTHER,
  ['A' ... 'Z'] = LETTER,
  ['[' ... '\\'] = OTHER,
  [']'] = IN_VALUE,
  ['^'] = OTHER,
  ['_'] = LETTER,
  ['`'] = OTHER,
  ['a' ... 'z'] = LETTER,
  ['{' ... '~'] = OTHER,
};

static gboolean
is (char c, guint8 kind)
{
  return (kinds[(guchar)c] & kind) != 0;
}

typedef struct {
  const char *start;
  gsize length;
} Span;

/* What elements declare, as libxml2 reports it: a prefix and a URI each. */
typedef struct {
  const xmlChar *pairs[NAMESPACES_MAX * 2];
  guint n;
} Namespaces;

/* An element that has started. What it declares and keeps follows these. */
typedef struct {
  Span name; /* with its prefix */
  guint n_namespaces;
  gsize n_kept;
} Open;

/* The start tag at hand. */
typedef struct {
  Span name;
  const xmlChar *local, *prefix, *uri;
  const xmlChar *attributes[ATTRIBUTES_MAX * 5]; /* as libxml2 reports them */
  int n_attributes;
} Tag;

typedef struct {
  const char *at, *end;
  const xmlSAXHandler *sax;
  void *user;
  Open open[DEPTH_MAX];
  guint depth;
  Namespaces namespaces;
  char kept[KEPT_MAX]; /* names and URIs, terminated */
  gsize n_kept;
} Scan;

static gboolean
take (Scan *scan, char c)
{
  if (scan->at == scan->end || *scan->at != c)
    return FALSE;
  scan->at++;
  return TRUE;
}

static gboolean
take_blanks (Scan *scan)
{
  const char *start = scan->at;

  while (scan->at != scan->end && is (*scan->at, BLANK))
    scan->at++;
  return scan->at != start;
}

static gboolean
starts_name (char c)
{
  return g_ascii_isalpha (c) || c == '_';
}

/* A name with a prefix or without one. *colon: where its prefix ends; NULL: it has none. */
static gboolean
take_name (Scan *scan, Span *name, const char **colon)
{
  const char *start = scan->at, *at = start;

  *colon = NULL;
  if (at == scan->end || !starts_name (*at))
    return FALSE;
  for (; at != scan->end; at++) {
    if (*at == ':' && *colon == NULL && scan->end - at > 1 && starts_name (at[1]))
      *colon = at;
    else if (!is (*at, IN_NAME))
      break;
  }
  *name = (Span){ start, (gsize)(at - start) };
  scan->at = at;
  return at != scan->end && *at != ':';
}

/* NULL: there is no room. */
static const xmlChar *
keep (Scan *scan, const char *start, gsize length)
{
  char *copy = scan->kept + scan->n_kept;

  if (length >= KEPT_MAX - scan->n_kept)
    return NULL;
  memcpy (copy, start, length);
  copy[length] = '\0';
  scan->n_kept += length + 1;
  return (const xmlChar *)copy;
}

static gboolean
take_value (Scan *scan, Span *value)
{
  const char quote = scan->at != scan->end ? *scan->at : '\0', *at = scan->at + 1;

  if (quote != '\'' && quote != '"')
    return FALSE;
  while (at != scan->end && *at != quote && is (*at, IN_VALUE))
    at++;
  if (at == scan->end || *at != quote)
    return FALSE;
  *value = (Span){ scan->at + 1, (gsize)(at - scan->at - 1) };
  scan->at = at + 1;
  return TRUE;
}

/* xml, xmlns and the namespaces of both have rules of their own. */
static gboolean
declare (Scan *scan, guint first, const xmlChar *prefix, const xmlChar *uri)
{
  Namespaces *namespaces = &scan->namespaces;
  guint i;

  if (prefix == NULL || uri == NULL || namespaces->n == NAMESPACES_MAX || *uri == '\0' ||
      g_str_has_prefix ((const char *)prefix, "xml") ||
      g_str_has_prefix ((const char *)uri, "http://www.w3.org/"))
    return FALSE;
  for (i = first; i < namespaces->n; i++) {
    if (xmlStrEqual (namespaces->pairs[i * 2], prefix))
      return FALSE;
  }
  namespaces->pairs[namespaces->n * 2] = prefix;
  namespaces->pairs[namespaces->n * 2 + 1] = uri;
  namespaces->n++;
  return TRUE;
}

static gboolean
add_attribute (Tag *tag, const xmlChar *name, const Span *value)
{
  const xmlChar **attribute = tag->attributes + tag->n_attributes * 5;
  int i;

  if (name == NULL || tag->n_attributes == ATTRIBUTES_MAX)
    return FALSE;
  for (i = 0; i < tag->n_attributes; i++) {
    if (xmlStrEqual (tag->attributes[i * 5], name))
      return FALSE;
  }
  attribute[0] = name;
  attribute[1] = attribute[2] = NULL;
  attribute[3] = (const xmlChar *)value->start;
  attribute[4] = (const xmlChar *)value->start + value->length;
  tag->n_attributes++;
  return TRUE;
}

static gboolean
take_attribute (Scan *scan, Tag *tag)
{
  const guint first = scan->open[scan->depth].n_namespaces;
  const char *colon;
  Span name, value;

  if (!take_name (scan, &name, &colon))
    return FALSE;
  take_blanks (scan);
  if (!take (scan, '='))
    return FALSE;
  take_blanks (scan);
  if (!take_value (scan, &value))
    return FALSE;
  if (colon == NULL)
    return (name.length != 5 || memcmp (name.start, "xmlns", 5) != 0) &&
           add_attribute (tag, keep (scan, name.start, name.length), &value);
  return colon - name.start == 5 && memcmp (name.start, "xmlns", 5) == 0 &&
         declare (scan, first, keep (scan, colon + 1, name.length - 6),
                  keep (scan, value.start, value.length));
}

/* The URI that a prefix stands for; NULL: it is not declared. */
static const xmlChar *
find_uri (const Namespaces *namespaces, const xmlChar *prefix)
{
  guint i;

  for (i = namespaces->n; i > 0; i--) {
    if (xmlStrEqual (namespaces->pairs[i * 2 - 2], prefix))
      return namespaces->pairs[i * 2 - 1];
  }
  return NULL;
}

static gboolean
set_name (Scan *scan, Tag *tag, const char *colon)
{
  const Span *name = &tag->name;
  const gsize before = colon != NULL ? (gsize)(colon - name->start) : 0;

  if (colon == NULL) {
    tag->local = keep (scan, name->start, name->length);
    return tag->local != NULL;
  }
  tag->prefix = keep (scan, name->start, before);
  tag->local = keep (scan, colon + 1, name->length - before - 1);
  if (tag->prefix == NULL || tag->local == NULL)
    return FALSE;
  tag->uri = find_uri (&scan->namespaces, tag->prefix);
  return tag->uri != NULL;
}

static void
end_element (Scan *scan, const Tag *tag)
{
  const Open *open = &scan->open[scan->depth];

  scan->sax->endElementNs (scan->user, tag->local, tag->prefix, tag->uri);
  scan->namespaces.n = open->n_namespaces;
  scan->n_kept = open->n_kept;
}

static gboolean
take_start (Scan *scan)
{
  Open *open = &scan->open[scan->depth];
  guint declared = scan->namespaces.n;
  Tag tag = { .n_attributes = 0 };
  const char *colon;
  gboolean is_empty;

  if (scan->depth == DEPTH_MAX - 1 || !take_name (scan, &tag.name, &colon))
    return FALSE;
  *open = (Open){ tag.name, declared, scan->n_kept };
  while (take_blanks (scan) && scan->at != scan->end && *scan->at != '>' && *scan->at != '/') {
    if (!take_attribute (scan, &tag))
      return FALSE;
  }
  is_empty = take (scan, '/');
  if (!take (scan, '>') || !set_name (scan, &tag, colon))
    return FALSE;
  scan->sax->startElementNs (
      scan->user, tag.local, tag.prefix, tag.uri, (int)(scan->namespaces.n - declared),
      scan->namespaces.pairs + declared * 2, tag.n_attributes, 0, tag.attributes);
  if (is_empty)
    end_element (scan, &tag);
  else
    scan->depth++;
  return TRUE;
}

static gboolean
take_end (Scan *scan)
{
  Tag tag = { .n_attributes = 0 };
  const char *colon;
  const Span *name;

  if (scan->depth == 0 || !take_name (scan, &tag.name, &colon))
    return FALSE;
  name = &scan->open[scan->depth - 1].name;
  take_blanks (scan);
  if (!take (scan, '>') || name->length != tag.name.length ||
      memcmp (name->start, tag.name.start, name->length) != 0 || !set_name (scan, &tag, colon))
    return FALSE;
  scan->depth--;
  end_element (scan, &tag);
  return TRUE;
}

static gboolean
take_text (Scan *scan)
{
  const char *start = scan->at, *at = start;

  while (at != scan->end && is (*at, IN_TEXT))
    at++;
  if (at == scan->end || *at != '<' || scan->depth == 0)
    return FALSE;
  scan->sax->characters (scan->user, (const xmlChar *)start, (int)(at - start));
  scan->at = at;
  return TRUE;
}

/* FALSE: it is not certain what follows. */
static gboolean
take_next (Scan *scan)
{
  if (!take (scan, '<'))
    return take_text (scan);
  return take (scan, '/') ? take_end (scan) : take_start (scan);
}

void
mt_xml_scan (const char *text, gsize length, const xmlSAXHandler *sax, void *user,
             const gboolean *has_stopped)
{
  Scan scan;

  scan.at = text;
  scan.end = text + MIN (length, SCAN_MAX);
  scan.sax = sax;
  scan.user = user;
  scan.depth = 0;
  scan.namespaces.n = 0;
  scan.n_kept = 0;
  while (take_next (&scan) && !*has_stopped && scan.depth != 0)
    ;
}
