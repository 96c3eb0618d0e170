/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A process that compares two names, from its start to its exit. */

#include "bench.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Command lines, set up in main. */
static char **machtype, **bare;
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
  return get_output (machtype);
}

static char *
answer_bare (guint i)
{
  (void)i;
  return get_output (bare);
}

BENCH_RUN (run_machtype, run_process (machtype))
BENCH_RUN (run_bare, run_process (bare))
#ifdef BENCH_VIRSH
BENCH_RUN (run_virsh, run_process (virsh))
#endif

static const BenchContestant contestants[] = {
  { .name = "machtype compare A B", .run = run_machtype, .answer = answer_machtype },
  { .name = "bare program, same libraries", .run = run_bare, .answer = answer_bare, .limit = 1.15 },
#ifdef BENCH_VIRSH
  { .name = "virsh --version", .run = run_virsh },
#else
  { .name = "virsh --version", .note = "no libvirt-clients" },
#endif
};

/* One process per round, and many rounds: the minimum is that of an undisturbed process. */
static const Bench bench = { "start",
                             1,
                             .rounds = 200,
                             .ms = 0.001,
                             .contestants = contestants,
                             .n_contestants = G_N_ELEMENTS (contestants) };

int
main (int argc, char **argv)
{
  machtype = g_strsplit (BENCH_MACHTYPE "\ncompare\npc-q35-5.2\npc-q35-7.2", "\n", -1);
  bare = g_strsplit (BENCH_BARE "\npc-q35-5.2\npc-q35-7.2", "\n", -1);
#ifdef BENCH_VIRSH
  virsh = g_strsplit (BENCH_VIRSH "\n--version", "\n", -1);
#endif
  return bench_main (&bench, argc, argv);
}
