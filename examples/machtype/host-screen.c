/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a host offers, laid out for a person. */

#include "machtype-program.h"

#include <string.h>

#include "terminal.h"

/* This many types of one age, side by side, are one row. */
#define RUN_MIN 3

static void
print_text (Style style, guint indent, const char *text)
{
  g_autoptr (Text) line = text_new ();

  text_add (line, style, "%s", text);
  text_print (line, stdout, indent, indent + 2, NULL);
}

/* The default machine type of a guest of this architecture; NULL: none. */
static MachtypeResolution *
resolve_default (MachtypeHost *host, MachtypeArch arch)
{
  g_autoptr (MachtypePropertiesBuilder) builder = machtype_properties_builder_new ();
  g_autoptr (MachtypeProperties) properties = NULL;

  if (!machtype_properties_builder_add_image (builder, "hw_architecture",
                                              machtype_arch_to_string (arch), NULL))
    return NULL;
  properties = machtype_properties_builder_end (builder);
  return machtype_resolve (properties, NULL, host, NULL, NULL);
}

static void
add_firmware (Table *table, MachtypeHost *host, MachtypeArch arch)
{
  switch (machtype_host_supports (host, arch, NULL, NULL, "os", "firmware", "efi")) {
  case MACHTYPE_ANSWER_YES:
    table_add (table, STYLE_GOOD, "yes");
    break;
  case MACHTYPE_ANSWER_NO:
    table_add (table, STYLE_BAD, "no");
    break;
  default:
    table_add (table, STYLE_PLAIN, NULL);
    break;
  }
}

static void
add_arch (Table *table, MachtypeHost *host, MachtypeArch arch)
{
  g_autoptr (GPtrArray) machines = list_machines (host, arch);
  g_autoptr (MachtypeResolution) usual = resolve_default (host, arch);
  g_autofree char *count = g_strdup_printf ("%u", machines->len), *name = NULL;
  const char *machine = usual != NULL ? machtype_resolution_get_machine (usual) : NULL;
  const char *canonical = usual != NULL ? machtype_resolution_get_canonical (usual) : NULL;

  if (arch == machtype_host_get_arch (host))
    name = g_strconcat (machtype_arch_to_string (arch), " *", NULL);
  table_add (table, STYLE_NAME, name != NULL ? name : machtype_arch_to_string (arch));
  table_add (table, STYLE_PLAIN, machtype_host_get_domain_type (host, arch));
  table_add (table, STYLE_PLAIN, count);
  table_add (table, STYLE_PLAIN, machine);
  table_add (table, STYLE_PLAIN, g_strcmp0 (machine, canonical) != 0 ? canonical : NULL);
  add_firmware (table, host, arch);
}

/* The host's own architecture first, then those that it accelerates, then the others. */
static guint
get_group (MachtypeHost *host, MachtypeArch arch)
{
  if (arch == machtype_host_get_arch (host))
    return 0;
  return g_strcmp0 (machtype_host_get_domain_type (host, arch), "kvm") == 0 ? 1 : 2;
}

#define N_GROUPS 3

/* Those for which the library can generate guests or, with all, that the host runs at all. Returns
 * the number of others that it runs. */
static guint
add_archs (Table *table, MachtypeHost *host, gboolean all)
{
  guint group, others = 0;

  for (group = 0; group < N_GROUPS; group++) {
    MachtypeArch arch = MACHTYPE_ARCH_UNKNOWN;

    while (next_arch (&arch)) {
      if (machtype_host_get_domain_type (host, arch) == NULL || get_group (host, arch) != group)
        continue;
      if (all || group == 0 || machtype_guest_can_generate (arch, NULL))
        add_arch (table, host, arch);
      else
        others++;
    }
  }
  return others;
}

/* What several architectures lack in common. */
typedef struct {
  MachtypeFinding *finding;
  GString *archs;
} Lack;

static void
lack_clear (gpointer data)
{
  Lack *lack = data;

  machtype_finding_unref (lack->finding);
  g_string_free (lack->archs, TRUE);
}

static void
add_lack (GArray *lacks, MachtypeFinding *finding, MachtypeArch arch)
{
  const char *name = machtype_arch_to_string (arch);
  Lack new;
  guint i;

  for (i = 0; i < lacks->len; i++) {
    Lack *lack = &g_array_index (lacks, Lack, i);

    if (finding_has_code (lack->finding, machtype_finding_get_code (finding)) &&
        g_strcmp0 (machtype_finding_get_remedy (lack->finding),
                   machtype_finding_get_remedy (finding)) == 0) {
      g_string_append_printf (lack->archs, ", %s", name);
      return;
    }
  }
  new.finding = machtype_finding_ref (finding);
  new.archs = g_string_new (name);
  g_array_append_val (lacks, new);
}

static GArray *
list_lacks (MachtypeHost *host)
{
  GArray *lacks = g_array_new (FALSE, FALSE, sizeof (Lack));
  MachtypeArch arch = MACHTYPE_ARCH_UNKNOWN;

  g_array_set_clear_func (lacks, lack_clear);
  while (next_arch (&arch)) {
    g_autoptr (GPtrArray) missing = NULL;
    guint j;

    if (!machtype_guest_can_generate (arch, NULL))
      continue;
    missing = machtype_host_list_missing (host, arch);
    for (j = 0; j < missing->len; j++)
      add_lack (lacks, missing->pdata[j], arch);
  }
  return lacks;
}

static void
print_lacks (MachtypeHost *host)
{
  static const char *const heads[] = { "", "", "", NULL };
  g_autoptr (GArray) lacks = list_lacks (host);
  g_autoptr (Table) table = table_new (heads);
  guint i;

  for (i = 0; i < lacks->len; i++) {
    const Lack *lack = &g_array_index (lacks, Lack, i);
    const char *code = machtype_finding_get_code (lack->finding);
    g_autofree char *what = g_strndup (code, strcspn (code, "-"));
    g_autofree char *marked = g_strdup_printf ("! %s", what);
    g_autofree char *archs = g_strconcat ("for ", lack->archs->str, NULL);

    table_add (table, STYLE_WARNING, marked);
    table_add (table, STYLE_PLAIN, machtype_finding_get_remedy (lack->finding));
    table_add (table, STYLE_PLAIN, archs);
  }
  if (lacks->len == 0)
    return;
  terminal_print_heading (stdout, "Missing");
  table_print (table, stdout, 2);
}

void
host_print (MachtypeHost *host, gboolean all)
{
  static const char *const heads[] = { "ARCH",        "RUNS BY", ">TYPES", "DEFAULT",
                                       "RESOLVES TO", "UEFI",    NULL };
  g_autoptr (Table) table = table_new (heads);
  guint others = add_archs (table, host, all);

  table_print (table, stdout, 0);
  if (others != 0) {
    g_autofree char *more = g_strdup_printf ("and %u more: --all lists them", others);

    print_text (STYLE_DIM, 0, more);
  }
  if (machtype_host_get_domain_type (host, machtype_host_get_arch (host)) != NULL)
    print_text (STYLE_DIM, 0, "* the host's own architecture");
  print_lacks (host);
}

/* The types of one architecture while a table is built. */
typedef struct {
  Table *table;
  MachtypeArch arch;
  gboolean all;
  GPtrArray *machines; /* sorted, without aliases whose canonical name is listed */
  GString *boards;     /* those for which only the name is shown */
  guint n_boards;
} Types;

static const MachtypeMachine *
get_machine (const Types *types, guint i)
{
  return types->machines->pdata[i];
}

/* The length of the common prefix of both names up to a hyphen, after which the version follows. */
static gsize
count_common (const char *a, const char *b)
{
  const char *end = strrchr (a, '-');
  gsize n = end != NULL ? (gsize)(end - a) + 1 : 0;

  return n != 0 && strncmp (a, b, n) == 0 && strchr (b + n, '-') == NULL ? n : 0;
}

static gboolean
has_alias (GPtrArray *machines, guint i)
{
  const char *name = machtype_machine_get_name (machines->pdata[i]);

  return machtype_machine_get_canonical (machines->pdata[i]) != NULL ||
         (i + 1 < machines->len &&
          g_strcmp0 (machtype_machine_get_canonical (machines->pdata[i + 1]), name) == 0);
}

static gboolean
is_alike (const Types *types, guint i, guint j)
{
  const MachtypeMachine *a = get_machine (types, i), *b = get_machine (types, j);
  MachineAge x = machine_get_age (a, types->arch), y = machine_get_age (b, types->arch);
  gboolean alike = x.deprecated == y.deprecated && x.removed_in != NULL &&
                   g_strcmp0 (x.deprecated_in, y.deprecated_in) == 0 &&
                   g_strcmp0 (x.removed_in, y.removed_in) == 0 && !has_alias (types->machines, j) &&
                   count_common (machtype_machine_get_name (a), machtype_machine_get_name (b)) != 0;

  machine_age_clear (&x);
  machine_age_clear (&y);
  return alike;
}

/* The number of types from i on that are shown in one row. */
static guint
count_run (const Types *types, guint i)
{
  guint n = 1;

  if (types->all || has_alias (types->machines, i))
    return 1;
  while (i + n < types->machines->len && is_alike (types, i, i + n))
    n++;
  return n >= RUN_MIN ? n : 1;
}

/* The aliases after a type; *next is what follows them. */
static char *
dup_aliases (const Types *types, guint i, guint *next)
{
  GString *aliases = g_string_new (NULL);
  const char *name = machtype_machine_get_name (get_machine (types, i));

  for (*next = i + 1; *next < types->machines->len; (*next)++) {
    const MachtypeMachine *machine = get_machine (types, *next);

    if (g_strcmp0 (machtype_machine_get_canonical (machine), name) != 0)
      break;
    g_string_append_printf (aliases, "%s%s", aliases->len != 0 ? ", " : "",
                            machtype_machine_get_name (machine));
  }
  return g_string_free (aliases, FALSE);
}

static void
add_age (Table *table, const MachineAge *age)
{
  table_add (table, STYLE_PLAIN, age->deprecated_in);
  table_add (table, STYLE_PLAIN, age->removed_in);
  table_add (table, STYLE_WARNING, age->deprecated ? "QEMU here warns of it" : NULL);
}

static void
add_run (const Types *types, guint i, guint n)
{
  const char *first = machtype_machine_get_name (get_machine (types, i));
  const char *last = machtype_machine_get_name (get_machine (types, i + n - 1));
  g_autofree char *name = g_strdup_printf ("%s .. %s", first, last + count_common (first, last));
  g_autofree char *count = g_strdup_printf ("(%u types)", n);
  MachineAge age = machine_get_age (get_machine (types, i), types->arch);

  table_add (types->table, STYLE_PLAIN, name);
  table_add (types->table, STYLE_DIM, count);
  add_age (types->table, &age);
  machine_age_clear (&age);
}

/* Of a vendor's type, it is not known whether its name has a version. */
static gboolean
has_no_version (const char *text, MachtypeArch arch)
{
  g_autoptr (MachtypeName) name = machtype_name_new (text, arch, NULL);
  MachtypeNameKind kind = name != NULL ? machtype_name_get_kind (name) : MACHTYPE_NAME_KIND_UNKNOWN;

  return kind == MACHTYPE_NAME_KIND_BOARD || kind == MACHTYPE_NAME_KIND_ALIAS;
}

/* One type, with its aliases; an alias alone if the host does not list its canonical name. Returns
 * what follows. */
static guint
add_type (Types *types, guint i)
{
  const MachtypeMachine *machine = get_machine (types, i);
  const char *name = machtype_machine_get_name (machine);
  const char *canonical = machtype_machine_get_canonical (machine);
  MachineAge age = machine_get_age (machine, types->arch);
  guint next;
  g_autofree char *aliases = dup_aliases (types, i, &next);

  if (canonical == NULL && *aliases == '\0' && !age.deprecated && age.removed_in == NULL &&
      has_no_version (name, types->arch)) {
    g_string_append_printf (types->boards, "%s%s", types->boards->len != 0 ? ", " : "", name);
    types->n_boards++;
  } else {
    table_add (types->table, STYLE_NAME, canonical != NULL ? canonical : name);
    table_add (types->table, STYLE_PLAIN, canonical != NULL ? name : aliases);
    add_age (types->table, &age);
  }
  machine_age_clear (&age);
  return next;
}

static void
print_boards (const Types *types)
{
  g_autofree char *text = NULL;

  if (types->n_boards == 0)
    return;
  text = g_strdup_printf ("No versions, so they cannot be pinned: %s", types->boards->str);
  print_text (STYLE_PLAIN, 0, text);
}

static void
print_title (MachtypeHost *host, const Types *types)
{
  g_auto (GStrv) domain_types = machtype_host_dup_domain_types (host, types->arch);
  g_autofree char *joined = g_strjoinv (", ", domain_types);
  g_autoptr (Text) title = text_new ();

  text_add (title, STYLE_NAME, "%s", machtype_arch_to_string (types->arch));
  if (domain_types[0] == NULL)
    text_add (title, STYLE_PLAIN, ": this host cannot run such guests");
  else
    text_add (title, STYLE_PLAIN, "%s: %u machine types, domain types %s, %s",
              types->arch == machtype_host_get_arch (host) ? ", the host's own" : "",
              types->machines->len, joined, host_get_emulator (host, types->arch));
  text_print (title, stdout, 0, 2, NULL);
}

void
host_print_arch (MachtypeHost *host, MachtypeArch arch, gboolean all)
{
  static const char *const heads[] = { "TYPE", "ALIAS", ">DEPRECATED", ">REMOVED", "", NULL };
  g_autoptr (GPtrArray) machines = list_machines (host, arch);
  g_autoptr (GPtrArray) missing = machtype_host_list_missing (host, arch);
  g_autoptr (Table) table = table_new (heads);
  g_autoptr (GString) boards = g_string_new (NULL);
  Types types = { table, arch, all, machines, boards, 0 };
  guint i, n;

  print_title (host, &types);
  for (i = 0; i < machines->len;) {
    n = count_run (&types, i);
    if (n > 1)
      add_run (&types, i, n);
    i = n > 1 ? i + n : add_type (&types, i);
  }
  if (table_get_n_rows (table) != 0)
    table_print (table, stdout, 0);
  print_boards (&types);
  findings_print (stdout, "Missing", missing, FINDING_REMEDY, '!');
}
