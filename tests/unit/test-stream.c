/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "test.h"

#include "libvirt/libvirt-private.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#define KIB 1024
#define MIB (1024 * 1024)

/* What a thread adds; all of it is freed by the last of the two. */
typedef struct {
  gatomicrefcount refs;
  guint n;    /* items to add */
  gsize size; /* of each */
  const char *failure;
  guint hang_at; /* before this item it does not return; 0: never */
  gint n_added, n_taken;
  gint was_stopped, is_freed;
  GMutex mutex;
  GCond released;
  gboolean is_released;
} Producer;

static Producer *
producer_ref (Producer *producer)
{
  g_atomic_ref_count_inc (&producer->refs);
  return producer;
}

static void
producer_unref (gpointer data)
{
  Producer *producer = data;

  g_atomic_int_set (&producer->is_freed, 1);
  if (!g_atomic_ref_count_dec (&producer->refs))
    return;
  g_mutex_clear (&producer->mutex);
  g_cond_clear (&producer->released);
  g_free (producer);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Producer, producer_unref)

static Producer *
producer_new (guint n, gsize size, const char *failure, guint hang_at)
{
  Producer *producer = g_new0 (Producer, 1);

  g_atomic_ref_count_init (&producer->refs);
  g_mutex_init (&producer->mutex);
  g_cond_init (&producer->released);
  producer->n = n;
  producer->size = size;
  producer->failure = failure;
  producer->hang_at = hang_at;
  return producer;
}

static void
wait_for_release (Producer *producer)
{
  g_mutex_lock (&producer->mutex);
  while (!producer->is_released)
    g_cond_wait (&producer->released, &producer->mutex);
  g_mutex_unlock (&producer->mutex);
}

static void
release (Producer *producer)
{
  g_mutex_lock (&producer->mutex);
  producer->is_released = TRUE;
  g_cond_signal (&producer->released);
  g_mutex_unlock (&producer->mutex);
}

/* Its number, and the number again at its end. */
static gboolean
add_item (MtStream *stream, guint64 number, gsize size)
{
  g_autofree char *filling = g_malloc0 (size);
  const MtStreamPart parts[] = {
    { &number, sizeof number }, { NULL, 0 }, { filling, size }, { &number, sizeof number }
  };

  return mt_stream_add (stream, parts, G_N_ELEMENTS (parts));
}

static void
produce (MtStream *stream, gpointer data, GError **error)
{
  Producer *producer = data;
  guint i;

  for (i = 1; i <= producer->n; i++) {
    if (i == producer->hang_at)
      wait_for_release (producer);
    g_atomic_int_inc (&producer->n_added);
    if (!add_item (stream, i, producer->size)) {
      g_atomic_int_set (&producer->was_stopped, 1);
      break;
    }
  }
  if (producer->failure != NULL)
    g_set_error_literal (error, MACHTYPE_ERROR, MACHTYPE_ERROR_LIBVIRT, producer->failure);
}

typedef struct {
  Producer *producer;
  guint stop_at; /* 0: never */
  guint max;     /* added and not yet taken, at most */
} Consumer;

static gboolean
consume (gconstpointer item, gpointer data)
{
  Consumer *consumer = data;
  const guint64 *number = item;
  const guint taken = (guint)g_atomic_int_add (&consumer->producer->n_taken, 1);
  const guint waiting = (guint)g_atomic_int_get (&consumer->producer->n_added) - taken;

  g_assert_cmpuint (*number, ==, taken + 1);
  g_assert_cmpmem (number, sizeof *number, (const char *)(number + 1) + consumer->producer->size,
                   sizeof *number);
  consumer->max = MAX (consumer->max, waiting);
  return taken + 1 != consumer->stop_at;
}

static gboolean
run (Consumer *consumer, int timeout_ms, GError **error)
{
  return mt_stream_run (produce, producer_ref (consumer->producer), producer_unref, consume,
                        consumer, timeout_ms, "the\x1bhost", error);
}

/* Two portions and the one that is taken at the time, and the item at hand. */
static const struct {
  guint n;
  gsize size;
  guint max;
} rows[] = {
  { 0, 1, 0 },
  { 1, 1, 1 },
  { 63, 1, 63 },
  { 64, 1, 64 },
  { 65, 1, 65 },
  { 10000, 1, 64 * 5 },
  { 500, 64 * KIB, 16 * 5 },
  { 100, MIB, 5 },
  { 20, 20 * MIB, 3 },
};

/* All items arrive in their order, and few of them wait. */
static void
test_rows (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (Producer) producer = producer_new (rows[i].n, rows[i].size, NULL, 0);
    Consumer consumer = { producer, 0, 0 };
    GError *error = NULL;

    ROW ("%u of %" G_GSIZE_FORMAT, rows[i].n, rows[i].size);
    g_assert_true (run (&consumer, -1, &error));
    g_assert_no_error (error);
    g_assert_cmpuint ((guint)producer->n_taken, ==, rows[i].n);
    g_assert_cmpuint (consumer.max, <=, rows[i].max);
    g_assert_false (producer->was_stopped);
    g_assert_true (producer->is_freed);
  }
}

/* What was added before a failure is taken. */
static void
test_failure (void)
{
  static const guint counts[] = { 0, 1, 64, 300 };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (counts); i++) {
    g_autoptr (Producer) producer = producer_new (counts[i], 1, "it broke", 0);
    Consumer consumer = { producer, 0, 0 };
    GError *error = NULL;

    ROW ("%u", counts[i]);
    g_assert_false (run (&consumer, -1, &error));
    test_assert_error (&error, MACHTYPE_ERROR_LIBVIRT, "it broke");
    g_assert_cmpuint ((guint)producer->n_taken, ==, counts[i]);
  }
}

/* The thread ends, also if it waits because nothing is taken, and its error is not reported. */
static void
test_stop (void)
{
  static const guint stops[] = { 1, 64, 65, 300 };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (stops); i++) {
    g_autoptr (Producer) producer = producer_new (G_MAXINT, 1, "it was stopped", 0);
    Consumer consumer = { producer, stops[i], 0 };
    GError *error = NULL;

    ROW ("%u", stops[i]);
    g_assert_true (run (&consumer, -1, &error));
    g_assert_no_error (error);
    g_assert_cmpuint ((guint)producer->n_taken, ==, stops[i]);
    g_assert_true (producer->was_stopped);
  }
}

/* A call that does not return, also after nothing more is wanted: the thread is abandoned. How much
 * it has added until then depends on the load. */
static const struct {
  guint hang_at, stop_at;
} hangs[] = {
  { 1, 0 }, { 2, 0 }, { 64, 0 }, { 65, 0 }, { 300, 0 }, { 65, 10 },
};

static void
test_hang (void)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (hangs); i++) {
    g_autoptr (Producer) producer = producer_new (400, 1, NULL, hangs[i].hang_at);
    Consumer consumer = { producer, hangs[i].stop_at, 0 };
    GError *error = NULL;

    ROW ("at %u", hangs[i].hang_at);
    g_assert_false (run (&consumer, 10, &error));
    test_assert_visible (error->message);
    test_assert_error (&error, MACHTYPE_ERROR_TIMEOUT, "host 10");
    g_assert_cmpuint ((guint)producer->n_taken, <, hangs[i].hang_at);
    g_assert_false (g_atomic_int_get (&producer->is_freed));
    release (producer);
    while (!g_atomic_int_get (&producer->is_freed))
      g_thread_yield ();
    g_assert_true (producer->was_stopped);
  }
}

/* As libvirt writes to a host that has gone away: the error number, as a pointer. */
static gpointer
write_to_nobody (gpointer data, GError **error)
{
  const int *fd = data;

  (void)error;
  return GINT_TO_POINTER (write (*fd, "", 1) < 0 ? errno : -1);
}

static void
produce_for_nobody (MtStream *stream, gpointer data, GError **error)
{
  const int number = GPOINTER_TO_INT (write_to_nobody (data, error));
  const MtStreamPart part = { &number, sizeof number };

  mt_stream_add (stream, &part, 1);
}

static gboolean
keep_number (gconstpointer item, gpointer data)
{
  *(int *)data = *(const int *)item;
  return TRUE;
}

static void
free_nothing (gpointer data)
{
  (void)data;
}

/* The signal would end the whole process, and with it the work on all other hosts. The caller's own
 * threads keep what they have chosen. */
static void
test_broken_pipe (void)
{
  int fds[2], number = 0;
  gpointer found;
  sigset_t mask;

  signal (SIGPIPE, SIG_DFL);
  g_assert_cmpint (pipe (fds), ==, 0);
  close (fds[0]);
  found =
      mt_call_with_timeout (write_to_nobody, &fds[1], free_nothing, free_nothing, -1, "host", NULL);
  g_assert_cmpint (GPOINTER_TO_INT (found), ==, EPIPE);
  g_assert_true (mt_stream_run (produce_for_nobody, &fds[1], free_nothing, keep_number, &number, -1,
                                "host", NULL));
  g_assert_cmpint (number, ==, EPIPE);
  pthread_sigmask (SIG_BLOCK, NULL, &mask);
  g_assert_false (sigismember (&mask, SIGPIPE));
  close (fds[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream/rows", test_rows);
  g_test_add_func ("/stream/failure", test_failure);
  g_test_add_func ("/stream/stop", test_stop);
  g_test_add_func ("/stream/hang", test_hang);
  g_test_add_func ("/stream/broken-pipe", test_broken_pipe);
  return g_test_run ();
}
