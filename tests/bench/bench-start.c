/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A process that answers about names, from its start to its exit: it must not pay for what it does
 * not use, such as a reader of JSON. */

#include "bench.h"

#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Command lines, set up in main. */
typedef enum {
  COMPARE,
  COMPARE_JSON,
  PARSE,
  PARSE_JSON,
  CHECK,
  CHECK_JSON,
  N_COMMANDS
} CommandLine;

static const char command_lines[N_COMMANDS][64] = {
  [COMPARE] = "compare pc-q35-5.2 pc-q35-7.2",
  [COMPARE_JSON] = "compare --json pc-q35-5.2 pc-q35-7.2",
  [PARSE] = "parse pc-q35-7.2",
  [PARSE_JSON] = "parse --json pc-q35-7.2",
  [CHECK] = "check-change pc-q35-5.2 pc-q35-7.2",
  [CHECK_JSON] = "check-change --json pc-q35-5.2 pc-q35-7.2",
};
static char **machtype[N_COMMANDS], **linked, **bare;
#ifdef BENCH_VIRSH
static char **virsh;
#endif

static guint64
run_process (char **arguments)
{
  posix_spawn_file_actions_t actions;
  int status = -1;
  pid_t child;

  posix_spawn_file_actions_init (&actions);
  posix_spawn_file_actions_addopen (&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen (&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  if (posix_spawn (&child, arguments[0], &actions, NULL, arguments, environ) != 0 ||
      waitpid (child, &status, 0) != child || status != 0)
    g_error ("%s: status %d", arguments[0], status);
  posix_spawn_file_actions_destroy (&actions);
  return 0;
}

static char *
get_output (char **arguments)
{
  g_autoptr (GError) error = NULL;
  char *output = NULL;

  if (!g_spawn_sync (NULL, arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, NULL,
                     &error))
    g_error ("%s", error->message);
  return output;
}

static char *
answer_machtype (guint i)
{
  (void)i;
  return get_output (machtype[COMPARE]);
}

static char *
answer_linked (guint i)
{
  (void)i;
  return get_output (linked);
}

static char *
answer_bare (guint i)
{
  (void)i;
  return get_output (bare);
}

BENCH_RUN (run_compare, run_process (machtype[COMPARE]))
BENCH_RUN (run_compare_json, run_process (machtype[COMPARE_JSON]))
BENCH_RUN (run_parse, run_process (machtype[PARSE]))
BENCH_RUN (run_parse_json, run_process (machtype[PARSE_JSON]))
BENCH_RUN (run_check, run_process (machtype[CHECK]))
BENCH_RUN (run_check_json, run_process (machtype[CHECK_JSON]))
BENCH_RUN (run_linked, run_process (linked))
BENCH_RUN (run_bare, run_process (bare))
#ifdef BENCH_VIRSH
BENCH_RUN (run_virsh, run_process (virsh))
#endif

/* The first floor loads everything that the command loads, which is not SQLite; the second one
 * loads what the library needs altogether, but not the library. */
#define FLOORS(command)                                                                            \
  { .name = "bare program, same libraries",                                                        \
    .run = run_linked,                                                                             \
    .answer = answer_linked,                                                                       \
    .subject = command,                                                                            \
    .limit = 1.15 },                                                                               \
  {                                                                                                \
    .name = "GObject, SQLite and libxml2", .run = run_bare, .answer = answer_bare,                 \
    .subject = command, .limit = 1.1                                                               \
  }

static const BenchContestant contestants[] = {
  { .name = "machtype compare", .run = run_compare, .answer = answer_machtype },
  FLOORS ("machtype compare"),
  { .name = "machtype compare --json", .run = run_compare_json },
  FLOORS ("machtype compare --json"),
  { .name = "machtype parse", .run = run_parse },
  FLOORS ("machtype parse"),
  { .name = "machtype parse --json", .run = run_parse_json },
  FLOORS ("machtype parse --json"),
  { .name = "machtype check-change", .run = run_check },
  FLOORS ("machtype check-change"),
  { .name = "machtype check-change --json", .run = run_check_json },
  FLOORS ("machtype check-change --json"),
#ifdef BENCH_VIRSH
  { .name = "virsh --version", .run = run_virsh },
#else
  { .name = "virsh --version", .note = "no libvirt-clients" },
#endif
};

/* One process per round, and so many that each stretch has an undisturbed one. */
static const Bench bench = { "start",
                             1,
                             .rounds = 800,
                             .stretch = 20,
                             .ms = 0.001,
                             .contestants = contestants,
                             .n_contestants = G_N_ELEMENTS (contestants) };

int
main (int argc, char **argv)
{
  guint i;

  for (i = 0; i < N_COMMANDS; i++) {
    g_autofree char *line = g_strconcat (BENCH_MACHTYPE "\n", command_lines[i], NULL);

    g_strdelimit (line + strlen (BENCH_MACHTYPE), " ", '\n');
    machtype[i] = g_strsplit (line, "\n", -1);
  }
  linked = g_strsplit (BENCH_LINKED "\npc-q35-5.2\npc-q35-7.2", "\n", -1);
  bare = g_strsplit (BENCH_BARE "\npc-q35-5.2\npc-q35-7.2", "\n", -1);
#ifdef BENCH_VIRSH
  virsh = g_strsplit (BENCH_VIRSH "\n--version", "\n", -1);
#endif
  return bench_main (&bench, argc, argv);
}
