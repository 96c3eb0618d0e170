/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "xml-scan.h"

#include <string.h>

/* libvirt's documents need less than half of each. */
#define DEPTH_MAX 32
#define NAMESPACES_MAX 16
#define ATTRIBUTES_MAX 16
#define VALUE_MAX 4096
#define WORDS_MAX 256
#define KEPT_MAX 8192

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

/* An element that has started. */
typedef struct {
  Span name; /* with its prefix */
  const xmlChar *local, *prefix, *uri;
  guint n_namespaces; /* that are in scope around it */
} Open;

/* The attributes of the start tag at hand, as libxml2 reports them. */
typedef struct {
  const xmlChar *list[ATTRIBUTES_MAX * 5];
  int n;
} Attributes;

typedef struct {
  const char *at, *end;
  const xmlSAXHandler *sax;
  void *user;
  Open open[DEPTH_MAX];
  guint depth;
  Namespaces namespaces;
  /* Names and URIs, terminated: each once, so that equal ones are the same pointer. */
  guint n_words;
  guint16 words[WORDS_MAX * 2]; /* where in kept, plus one, by hash; 0: none */
  gsize n_kept;
  char kept[KEPT_MAX];
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

static guint
hash (const char *start, gsize length)
{
  return ((guchar)start[0] * 31u + (guchar)start[length - 1] * 7u + (guint)length * 5u) %
         (WORDS_MAX * 2);
}

/* NULL: there is no room. */
static const xmlChar *
add_word (Scan *scan, guint16 *word, const char *start, gsize length)
{
  char *copy = scan->kept + scan->n_kept;

  if (length >= KEPT_MAX - scan->n_kept || scan->n_words == WORDS_MAX)
    return NULL;
  memcpy (copy, start, length);
  copy[length] = '\0';
  *word = (guint16)(scan->n_kept + 1);
  scan->n_kept += length + 1;
  scan->n_words++;
  return (const xmlChar *)copy;
}

/* NULL: it is empty, or there is no room. Half of the words are always free, so the search ends. */
static const xmlChar *
keep (Scan *scan, const char *start, gsize length)
{
  guint i;

  if (length == 0 || length >= KEPT_MAX)
    return NULL;
  for (i = hash (start, length); scan->words[i] != 0; i = (i + 1) % (WORDS_MAX * 2)) {
    const char *word = scan->kept + scan->words[i] - 1;

    if (strncmp (word, start, length) == 0 && word[length] == '\0')
      return (const xmlChar *)word;
  }
  return add_word (scan, &scan->words[i], start, length);
}

static gboolean
take_value (Scan *scan, Span *value)
{
  const char quote = scan->at != scan->end ? *scan->at : '\0', *at = scan->at + 1;

  if (quote != '\'' && quote != '"')
    return FALSE;
  while (at != scan->end && *at != quote && is (*at, IN_VALUE))
    at++;
  if (at == scan->end || *at != quote || at - scan->at > VALUE_MAX)
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

  if (prefix == NULL || uri == NULL || namespaces->n == NAMESPACES_MAX ||
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
add_attribute (Attributes *attributes, const xmlChar *name, const Span *value)
{
  const xmlChar **attribute = attributes->list + attributes->n * 5;
  int i;

  if (name == NULL || attributes->n == ATTRIBUTES_MAX)
    return FALSE;
  for (i = 0; i < attributes->n; i++) {
    if (attributes->list[i * 5] == name)
      return FALSE;
  }
  attribute[0] = name;
  attribute[1] = attribute[2] = NULL;
  attribute[3] = (const xmlChar *)value->start;
  attribute[4] = (const xmlChar *)value->start + value->length;
  attributes->n++;
  return TRUE;
}

static gboolean
take_attribute (Scan *scan, Attributes *attributes)
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
           add_attribute (attributes, keep (scan, name.start, name.length), &value);
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
    if (namespaces->pairs[i * 2 - 2] == prefix)
      return namespaces->pairs[i * 2 - 1];
  }
  return NULL;
}

static gboolean
set_name (Scan *scan, Open *open, const char *colon)
{
  const Span *name = &open->name;
  const gsize before = colon != NULL ? (gsize)(colon - name->start) : 0;

  if (colon == NULL) {
    open->local = keep (scan, name->start, name->length);
    return open->local != NULL;
  }
  open->prefix = keep (scan, name->start, before);
  open->local = keep (scan, colon + 1, name->length - before - 1);
  if (open->prefix == NULL || open->local == NULL)
    return FALSE;
  open->uri = find_uri (&scan->namespaces, open->prefix);
  return open->uri != NULL;
}

static void
end_element (Scan *scan, const Open *open)
{
  scan->sax->endElementNs (scan->user, open->local, open->prefix, open->uri);
  scan->namespaces.n = open->n_namespaces;
}

static gboolean
take_start (Scan *scan)
{
  Open *open = &scan->open[scan->depth];
  const guint declared = scan->namespaces.n;
  Attributes attributes;
  const char *colon;
  gboolean is_empty;

  *open = (Open){ .n_namespaces = declared };
  attributes.n = 0;
  if (scan->depth == DEPTH_MAX - 1 || !take_name (scan, &open->name, &colon))
    return FALSE;
  while (take_blanks (scan) && scan->at != scan->end && *scan->at != '>' && *scan->at != '/') {
    if (!take_attribute (scan, &attributes))
      return FALSE;
  }
  is_empty = take (scan, '/');
  if (!take (scan, '>') || !set_name (scan, open, colon))
    return FALSE;
  scan->sax->startElementNs (
      scan->user, open->local, open->prefix, open->uri, (int)(scan->namespaces.n - declared),
      scan->namespaces.pairs + declared * 2, attributes.n, 0, attributes.list);
  if (is_empty)
    end_element (scan, open);
  else
    scan->depth++;
  return TRUE;
}

static gboolean
take_end (Scan *scan)
{
  const Open *open;

  if (scan->depth == 0)
    return FALSE;
  open = &scan->open[scan->depth - 1];
  if ((gsize)(scan->end - scan->at) < open->name.length ||
      memcmp (scan->at, open->name.start, open->name.length) != 0)
    return FALSE;
  scan->at += open->name.length;
  take_blanks (scan);
  if (!take (scan, '>'))
    return FALSE;
  scan->depth--;
  end_element (scan, open);
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

gboolean
mt_xml_scan (const char *text, gsize length, const xmlSAXHandler *sax, void *user,
             const gboolean *has_stopped)
{
  Scan scan;

  scan.at = text;
  scan.end = text + length;
  scan.sax = sax;
  scan.user = user;
  scan.depth = 0;
  scan.namespaces.n = 0;
  scan.n_kept = 0;
  scan.n_words = 0;
  memset (scan.words, 0, sizeof scan.words);
  while (take_next (&scan)) {
    if (*has_stopped)
      return TRUE;
    if (scan.depth == 0) {
      take_blanks (&scan);
      return scan.at == scan.end;
    }
  }
  return FALSE;
}
