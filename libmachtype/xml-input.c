/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* XML before libxml2 sees it. Some of what XML permits takes libxml2 2.9.14 minutes: it compares
 * each attribute of a start tag with each. */

#include "xml-input.h"

#include <machtype/text.h>

#include <libxml/parser.h>
#include <string.h>

#include "error-private.h"

/* A start tag with one attribute too many is longer than this: each takes a blank, a name, an
 * equals sign and two quotes. */
#define TAG_USUAL (MACHTYPE_XML_MAX_ATTRIBUTES * 5)

/* A declaration ends before this. */
#define DECLARATION_MAX 512
#define ENCODING_MAX 40

/* Read only since libxml2 2.12. */
#if LIBXML_VERSION >= 21200
typedef const xmlError Problem;
#else
typedef xmlError Problem;
#endif

static void
note_problem (void *data, Problem *problem)
{
  MtXmlWatch *watch = data;

  watch->is_memory_gone |= problem->code == XML_ERR_NO_MEMORY;
}

void
mt_xml_watch_begin (MtXmlWatch *watch)
{
  watch->func = xmlStructuredError;
  watch->data = xmlStructuredErrorContext;
  watch->is_memory_gone = FALSE;
  xmlSetStructuredErrorFunc (watch, note_problem);
}

gboolean
mt_xml_watch_end (const MtXmlWatch *watch)
{
  xmlSetStructuredErrorFunc (watch->data, watch->func);
  return !watch->is_memory_gone;
}

void
mt_xml_start (void)
{
  static gsize once = 0;

  if (g_once_init_enter (&once)) {
    xmlInitParser ();
    g_once_init_leave (&once, 1);
  }
}

static gboolean
check_size (const char *what, gsize length, GError **error)
{
  if (length == 0)
    return mt_fail (error, MACHTYPE_ERROR_INVALID_XML, "%s: the document is empty", what);
  if (length > MACHTYPE_XML_MAX_SIZE)
    return mt_fail (error, MACHTYPE_ERROR_TOO_LARGE, "%s: the document is larger than %d MiB", what,
                    MACHTYPE_XML_MAX_SIZE / (1024 * 1024));
  return TRUE;
}

/* Encodings in which ASCII is ASCII, and UTF-16. XML does not require more, such as EBCDIC and
 * UTF-7, and libvirt writes UTF-8. */
static const char known_encodings[][12] = {
  "UTF-16", "ISO-8859-", "ISO_8859-", "LATIN", "WINDOWS-125", "CP125",
};

static gboolean
is_known_encoding (const char *name)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (known_encodings); i++) {
    if (g_ascii_strncasecmp (name, known_encodings[i], strlen (known_encodings[i])) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_utf8 (const char *name)
{
  return *name == '\0' || g_ascii_strcasecmp (name, "UTF-8") == 0 ||
         g_ascii_strcasecmp (name, "UTF8") == 0 || g_ascii_strcasecmp (name, "US-ASCII") == 0 ||
         g_ascii_strcasecmp (name, "ASCII") == 0;
}

/* The encoding in the declaration; "": none. libxml2 finds any error in it. */
static void
read_declaration (const char *text, gsize length, char encoding[ENCODING_MAX])
{
  g_autofree char *declaration = NULL;
  const char *at, *end;
  gsize n;

  if (length < 6 || memcmp (text, "<?xml", 5) != 0 || !g_ascii_isspace (text[5]))
    return;
  declaration = g_strndup (text, MIN (length, DECLARATION_MAX));
  end = strstr (declaration, "?>");
  at = strstr (declaration, "encoding");
  if (end == NULL || at == NULL || at > end)
    return;
  at += strlen ("encoding");
  at += strspn (at, " \t\r\n=");
  if (*at != '"' && *at != '\'')
    return;
  n = strcspn (at + 1, "\"'");
  if (n > 0 && n < ENCODING_MAX)
    g_strlcpy (encoding, at + 1, n + 1);
}

/* By the first bytes, as libxml2 does (xmlDetectCharEncoding), and as in appendix F of the XML
 * specification. */
static void
find_encoding (const char *text, gsize length, char encoding[ENCODING_MAX])
{
  static const struct {
    char start[5];
    guint8 n;
    char encoding[9];
  } starts[] = {
    { "\xff\xfe\0\0", 4, "UCS-4" },
    { "\0\0\xfe\xff", 4, "UCS-4" },
    { "\0\0\0<", 4, "UCS-4" },
    { "<\0\0\0", 4, "UCS-4" },
    { "\0\0<\0", 4, "UCS-4" },
    { "\0<\0\0", 4, "UCS-4" },
    { "\x4c\x6f\xa7\x94", 4, "EBCDIC" },
    { "\xff\xfe", 2, "UTF-16" },
    { "\xfe\xff", 2, "UTF-16" },
    { "<\0", 2, "UTF-16LE" },
    { "\0<", 2, "UTF-16BE" },
    { "\xef\xbb\xbf", 3, "UTF-8" },
  };
  gsize i;

  encoding[0] = '\0';
  if (length > 1 && text[0] == '<' && g_ascii_isalpha (text[1]))
    return; /* like all of libvirt's */
  for (i = 0; i < G_N_ELEMENTS (starts); i++) {
    if (length >= starts[i].n && memcmp (text, starts[i].start, starts[i].n) == 0) {
      g_strlcpy (encoding, starts[i].encoding, ENCODING_MAX);
      return;
    }
  }
  read_declaration (text, length, encoding);
}

/* libxml2 could do it, but what it then reads could not be checked before. */
static gboolean
convert (MtXmlInput *input, const char *encoding, const char *what, GError **error)
{
  gsize length = 0;

  if (!is_known_encoding (encoding)) {
    g_autofree char *shown = mt_escape_for_message (encoding);

    return mt_fail (error, MACHTYPE_ERROR_INVALID_XML,
                    "%s: the encoding %s is not supported; use UTF-8", what, shown);
  }
  input->converted =
      g_convert (input->text, (gssize)input->length, "UTF-8", encoding, NULL, &length, NULL);
  if (input->converted == NULL)
    return mt_fail (error, MACHTYPE_ERROR_INVALID_XML,
                    "%s: the document is not in the encoding that it declares (%s)", what,
                    encoding);
  input->text = input->converted;
  input->length = length;
  return check_size (what, length, error);
}

static const char *
find (const char *at, const char *end, const char *mark)
{
  return memmem (at, (gsize)(end - at), mark, strlen (mark));
}

/* Returns what follows markup that starts at "<" and is not a start tag; NULL: it does not end, or
 * is not such markup. */
static const char *
skip_other (const char *at, const char *end)
{
  static const char marks[][2][10] = {
    { "<!--", "-->" },
    { "<![CDATA[", "]]>" },
    { "<?", "?>" },
    { "</", ">" },
  };
  gsize i, n;

  for (i = 0; i < G_N_ELEMENTS (marks); i++) {
    n = strlen (marks[i][0]);
    if ((gsize)(end - at) < n || memcmp (at, marks[i][0], n) != 0)
      continue;
    at = find (at + n, end, marks[i][1]);
    return at != NULL ? at + strlen (marks[i][1]) : NULL;
  }
  return NULL;
}

/* Returns what follows a start tag, or NULL if it is malformed; n is set to the number of its
 * attributes, up to the limit. A value ends with the same quote that it starts with. */
static const char *
skip_tag (const char *at, const char *end, guint *n)
{
  *n = 0;
  for (at++; at != NULL && at < end && *at != '<'; at++) {
    if (*at == '>')
      return at + 1;
    if (*at == '=' && ++*n > MACHTYPE_XML_MAX_ATTRIBUTES)
      return NULL;
    if (*at == '"' || *at == '\'')
      at = memchr (at + 1, *at, (gsize)(end - at) - 1);
    if (at == NULL)
      break;
  }
  return NULL;
}

/* Checks every start tag in turn. Stops where the text is malformed, as the parser does. Returns
 * the tag with too many attributes; NULL: there is none. */
static const char *
find_large_tag (const char *text, const char *end)
{
  const char *at = text, *tag;
  guint n;

  while (at != NULL && (tag = memchr (at, '<', (gsize)(end - at))) != NULL) {
    if (end - tag > 1 && strchr ("!?/", tag[1]) != NULL && tag[1] != '\0') {
      at = skip_other (tag, end);
      continue;
    }
    at = skip_tag (tag, end, &n);
    if (n > MACHTYPE_XML_MAX_ATTRIBUTES)
      return tag;
  }
  return NULL;
}

/* Whether "<" is frequent enough that no tag can have too many attributes: within one there is no
 * other. It is enough to look for the last one of each stretch, so that most of the text need not
 * be read. */
static gboolean
has_only_usual_tags (const char *text, gsize length)
{
  gsize at = 0;

  while (length - at > TAG_USUAL) {
    const char *last = memrchr (text + at + 1, '<', TAG_USUAL);

    if (last == NULL)
      return FALSE;
    at = (gsize)(last - text);
  }
  return TRUE;
}

gboolean
mt_xml_input_check_tags (const MtXmlInput *input, const char *what, GError **error)
{
  const char *at = input->text, *end = input->text + input->length, *tag;
  guint line = 1;

  if (has_only_usual_tags (input->text, input->length))
    return TRUE;
  tag = find_large_tag (input->text, end);
  if (tag == NULL)
    return TRUE;
  while ((at = memchr (at, '\n', (gsize)(tag - at))) != NULL) {
    at++;
    line++;
  }
  return mt_fail (error, MACHTYPE_ERROR_TOO_LARGE,
                  "%s, line %u: a start tag has more than %d attributes", what, line,
                  MACHTYPE_XML_MAX_ATTRIBUTES);
}

gboolean
mt_xml_input_init (MtXmlInput *input, const char *text, gsize length, const char *what,
                   GError **error)
{
  char encoding[ENCODING_MAX];

  input->text = text;
  input->length = length;
  input->converted = NULL;
  if (!check_size (what, length, error))
    return FALSE;
  find_encoding (text, length, encoding);
  if (!is_utf8 (encoding) && !convert (input, encoding, what, error)) {
    mt_xml_input_clear (input);
    return FALSE;
  }
  mt_xml_start ();
  return TRUE;
}

void
mt_xml_input_clear (MtXmlInput *input)
{
  g_clear_pointer (&input->converted, g_free);
}
