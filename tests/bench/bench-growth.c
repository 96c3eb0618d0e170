/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Time and memory of every reader of documents against their size, from 1 KiB to 64 MiB, or to the
 * limit of the format: the time must not grow faster than the document. Each size is read by a
 * process of its own, so that its memory is known. With --verify, each is only read. */

#include <machtype/machtype.h>

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define KIB 1024u
#define MIB (1024u * KIB)

/* How much faster than a document its time may grow: what does not fit into a cache is slower. If
 * the time grew with the square of the size, it would be 64 times. */
#define LINEAR (70.0 / 64)
/* With libxml2's tree. */
#define TREE_OF_TEXT 1.6
/* With that of thousands of disks, which is 22 times as large as their text. */
#define TREE 4.0

/* The fastest of as many runs as fit into this time, but at least two. */
#define SECONDS 1.0
#define TURNS 5

typedef gboolean (*ReadFunc) (const char *text, gsize length, GError **error);

static gboolean
read_capabilities (const char *text, gsize length, GError **error)
{
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();

  return machtype_host_builder_set_capabilities (builder, text, (gssize)length, error);
}

static gboolean
read_domain_capabilities (const char *text, gsize length, GError **error)
{
  g_autoptr (MachtypeHostBuilder) builder = machtype_host_builder_new ();

  return machtype_host_builder_add_domain_capabilities (builder, text, (gssize)length, error);
}

static gboolean
read_domain (const char *text, gsize length, GError **error)
{
  g_autoptr (MachtypeDomain) domain =
      machtype_domain_new_from_xml (text, (gssize)length, MACHTYPE_DOMAIN_READ_DEVICES, error);

  return domain != NULL;
}

static gboolean
lint (const char *text, gsize length, GError **error)
{
  g_autoptr (GPtrArray) findings = machtype_domain_lint (text, (gssize)length, NULL, error);

  return findings != NULL;
}

static gboolean
change_machine (const char *text, gsize length, GError **error)
{
  g_autofree char *changed =
      machtype_domain_xml_with_machine (text, (gssize)length, "pc-q35-7.1", error);

  return changed != NULL;
}

static gboolean
convert (const char *text, gsize length, GError **error)
{
  g_autoptr (MachtypeConversion) conversion = machtype_domain_convert (
      text, (gssize)length, "pc", MACHTYPE_STATE_STOPPED, MACHTYPE_CHANGE_FORCE, NULL, error);

  if (conversion != NULL && machtype_conversion_get_xml (conversion) == NULL)
    g_error ("the conversion is refused");
  return conversion != NULL;
}

static gboolean
read_nova_conf (const char *text, gsize length, GError **error)
{
  g_autoptr (MachtypePolicyBuilder) builder = machtype_policy_builder_new ();

  return machtype_policy_builder_add_nova_conf (builder, text, (gssize)length, error);
}

#ifdef HAVE_JSON
static gboolean
read_record (const char *text, gsize length, GError **error)
{
  g_autoptr (MachtypeRecord) record =
      machtype_record_new_from_json (text, (gssize)length, MACHTYPE_JSON_READ_NONE, error);

  return record != NULL;
}
#endif

/* A domain has at most 10,000 devices, but any amount of other programs' metadata. */
#define DOMAIN_START                                                                               \
  "<domain type='kvm'>\n  <name>large</name>\n  <memory unit='MiB'>1024</memory>\n"                \
  "  <vcpu>1</vcpu>\n  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>\n"             \
  "  <features><acpi/></features>\n"
#define DISKS                                                                                      \
  DOMAIN_START "  <devices>\n",                                                                    \
      "    <disk type='file' device='disk'>\n      <driver name='qemu' type='raw'/>\n"             \
      "      <source file='/images/#'/>\n      <target dev='sd#' bus='scsi'/>\n    </disk>\n",     \
      "  </devices>\n</domain>\n", MIB
#define METADATA                                                                                   \
  DOMAIN_START "  <metadata>\n    <app:all xmlns:app='urn:app'>\n",                                \
      "      <app:note number='#'>written by another program, #</app:note>\n",                     \
      "    </app:all>\n  </metadata>\n  <devices/>\n</domain>\n", MACHTYPE_XML_MAX_SIZE

/* A document of any size is the head, as many pieces as fit, with their number for each '#', and
 * the tail. */
static const struct {
  const char *name;
  ReadFunc read;
  const char *head, *piece, *tail;
  gsize max;
  double growth;
} readers[] = {
  { "capabilities", read_capabilities,
    "<capabilities><host><cpu><arch>x86_64</arch></cpu></host><guest><os_type>hvm</os_type>"
    "<arch name='x86_64'><wordsize>64</wordsize><emulator>/usr/bin/qemu</emulator>\n",
    "      <machine canonical='pc-q35-7.#' maxCpus='255'>alias-#</machine>\n",
    "<domain type='qemu'/></arch></guest></capabilities>\n", MACHTYPE_XML_MAX_SIZE, LINEAR },
  { "domain capabilities", read_domain_capabilities,
    "<domainCapabilities><path>/usr/bin/qemu</path><domain>kvm</domain><machine>pc-q35-7.2"
    "</machine><arch>x86_64</arch><devices><video supported='yes'><enum name='modelType'>\n",
    "        <value>model-#-#</value>\n", "</enum></video></devices></domainCapabilities>\n",
    MACHTYPE_XML_MAX_SIZE, LINEAR },
  { "domain, disks", read_domain, DISKS, LINEAR },
  { "domain, metadata", read_domain, METADATA, LINEAR },
  { "lint, disks", lint, DISKS, LINEAR },
  { "lint, metadata", lint, METADATA, LINEAR },
  { "machine changed, disks", change_machine, DISKS, TREE },
  { "the same, metadata", change_machine, METADATA, TREE_OF_TEXT },
  { "converted, disks", convert, DISKS, TREE },
  { "converted, metadata", convert, METADATA, TREE_OF_TEXT },
  { "nova.conf", read_nova_conf, "[libvirt]\nhw_machine_type = x86_64=q35\n",
    "option_# = value #\n", "", MACHTYPE_CONFIG_MAX_SIZE, LINEAR },
#ifdef HAVE_JSON
  { "record in JSON", read_record,
    "{\"uuid\":\"6d5a5a4e-6f0f-4a3b-9c1e-2f6f0e7b1a11\",\"machine\":\"pc-q35-7.2\",\"later\":[0",
    ",\n{\"n\":#,\"of\":#}", "]}", MACHTYPE_JSON_MAX_SIZE, LINEAR },
#endif
};

static const gsize sizes[] = { KIB, 32 * KIB, MIB, 8 * MIB, 64 * MIB };
enum { N_SIZES = G_N_ELEMENTS (sizes), N_VERIFIED = 2 };

typedef struct {
  double seconds; /* of one read, of the fastest run */
  gsize memory;   /* bytes at the most, beside the document */
} Cost;

static void
append_piece (GString *text, const char *piece, guint number)
{
  const char *mark;

  for (; (mark = strchr (piece, '#')) != NULL; piece = mark + 1) {
    g_string_append_len (text, piece, mark - piece);
    g_string_append_printf (text, "%u", number);
  }
  g_string_append (text, piece);
}

static GString *
make_document (guint reader, gsize size)
{
  GString *text = g_string_sized_new (size + 1);
  const gsize tail = strlen (readers[reader].tail);
  guint i;

  g_string_append (text, readers[reader].head);
  for (i = 1; text->len + strlen (readers[reader].piece) + 20 + tail < size; i++)
    append_piece (text, readers[reader].piece, i);
  g_string_append (text, readers[reader].tail);
  return text;
}

/* Of the processor: other processes may take the wall clock's. */
static double
get_seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static gsize
get_peak (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (gsize)usage.ru_maxrss * KIB;
}

/* The seconds that a run of so many reads takes. */
static double
run (guint reader, const GString *text, gsize reads)
{
  const double start = get_seconds ();
  gsize i;

  for (i = 0; i < reads; i++) {
    g_autoptr (GError) error = NULL;

    if (!readers[reader].read (text->str, text->len, &error))
      g_error ("%s of %zu bytes: %s", readers[reader].name, text->len, error->message);
  }
  return get_seconds () - start;
}

static Cost
measure_here (guint reader, gsize size, gsize reads, gboolean once)
{
  g_autoptr (GString) text = make_document (reader, size);
  Cost cost = { G_MAXDOUBLE, 0 };
  gsize before;
  double spent = 0;
  guint runs;

  readers[reader].read ("", 0, NULL); /* what is loaded once */
  before = get_peak ();
  for (runs = 0; runs < (once ? 1 : 2) || (!once && spent < SECONDS); runs++) {
    const double seconds = run (reader, text, reads);

    cost.seconds = MIN (cost.seconds, seconds / (double)reads);
    spent += seconds;
  }
  cost.memory = get_peak () - before;
  return cost;
}

/* In a process of its own. */
static Cost
measure (guint reader, gsize size, gsize reads, gboolean once)
{
  Cost cost = { 0, 0 };
  int ends[2], status;
  pid_t child;

  if (pipe (ends) != 0 || (child = fork ()) < 0)
    g_error ("no process");
  if (child == 0) {
    cost = measure_here (reader, size, reads, once);
    _exit (write (ends[1], &cost, sizeof cost) == (gssize)sizeof cost ? 0 : 1);
  }
  close (ends[1]);
  if (read (ends[0], &cost, sizeof cost) != (gssize)sizeof cost)
    cost.seconds = 0;
  close (ends[0]);
  if (waitpid (child, &status, 0) != child || status != 0)
    g_error ("%s: status %d", readers[reader].name, status);
  return cost;
}

static void
print_size (gsize size)
{
  if (size < MIB)
    printf ("%5zu KiB", size / KIB);
  else
    printf ("%5zu MiB", size / MIB);
}

/* The largest document that the format permits. */
static guint
find_largest (guint reader)
{
  guint i = N_SIZES - 1;

  while (sizes[i] > readers[reader].max)
    i--;
  return i;
}

/* It is compared with that of 1 MiB, or if that is the largest, of 32 KiB. */
static guint
find_base (guint largest)
{
  return sizes[largest] > MIB ? 2 : 1;
}

static gboolean
judge (guint reader, const Cost *costs)
{
  const guint largest = find_largest (reader), base = find_base (largest);
  const double times = (double)sizes[largest] / (double)sizes[base];
  const double limit = readers[reader].growth * times;
  const double ratio = costs[largest].seconds / costs[base].seconds;

  printf ("%-24s", readers[reader].name);
  print_size (sizes[largest]);
  printf (" takes %.1f times as long as", ratio);
  print_size (sizes[base]);
  printf (", goal <= %.1f: %s\n", limit, ratio <= limit ? "met" : "MISSED");
  return ratio <= limit;
}

static void
print_cost (guint reader, gsize size, const Cost *cost)
{
  printf ("%-24s", readers[reader].name);
  print_size (size);
  printf ("%12.3f ms%9.2f ns/byte%9.2f bytes/byte\n", cost->seconds * 1e3,
          cost->seconds * 1e9 / (double)size, (double)cost->memory / (double)size);
  fflush (stdout);
}

/* Measures a size again, and keeps the shorter time. The longer a run, the more often it is
 * disturbed: what is compared has runs of one length. */
static void
repeat (guint reader, gsize size, gsize bytes, Cost *cost)
{
  const Cost again = measure (reader, size, bytes / size, FALSE);

  cost->seconds = MIN (cost->seconds, again.seconds);
  cost->memory = MAX (cost->memory, again.memory);
}

static gboolean
measure_reader (guint reader)
{
  const guint largest = find_largest (reader), base = find_base (largest);
  Cost costs[N_SIZES];
  guint i;

  for (i = 0; i <= largest; i++)
    costs[i] = (Cost){ G_MAXDOUBLE, 0 };
  /* A machine is disturbed for seconds at a time, so the two take turns, unless a run is longer. */
  for (i = 0; i < TURNS && (i == 0 || costs[largest].seconds < SECONDS); i++) {
    repeat (reader, sizes[base], sizes[largest], &costs[base]);
    repeat (reader, sizes[largest], sizes[largest], &costs[largest]);
  }
  for (i = 0; i <= largest; i++) {
    if (i != base && i != largest)
      repeat (reader, sizes[i], MAX (sizes[i], MIB), &costs[i]);
    print_cost (reader, sizes[i], &costs[i]);
  }
  return judge (reader, costs);
}

int
main (int argc, char **argv)
{
  const gboolean verify = argc > 1 && strcmp (argv[1], "--verify") == 0;
  gboolean met = TRUE;
  guint reader, i;

  for (reader = 0; reader < G_N_ELEMENTS (readers); reader++) {
    for (i = 0; verify && i < N_VERIFIED; i++)
      measure (reader, sizes[i], 1, TRUE);
    if (!verify && !measure_reader (reader))
      met = FALSE;
  }
  return met ? 0 : 1;
}
