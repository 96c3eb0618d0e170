/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A run of calls that block and cannot be interrupted: each has the timeout, and what they return
 * is taken while the next ones wait for their answers. */

#include "libvirt/libvirt-private.h"

#include "error-private.h"

/* Items start at multiples of it, as they do in memory of malloc. */
#define ALIGNMENT (2 * sizeof (gpointer))

/* When the caller's thread is woken: one wake takes as long as reading a few items. The other
 * thread waits beyond twice as much, so memory does not grow with the number of items. */
#define WAKE_ITEMS 64
#define WAKE_SIZE (1024 * 1024)

/* Items, one behind the other. It keeps its memory when it is emptied, so that an item costs no
 * allocation. */
typedef struct {
  GByteArray *bytes;
  GArray *starts; /* of gsize: where each item starts */
} Portion;

/* Shared by the caller and the thread: the last of the two frees it. */
struct MtStream {
  gatomicrefcount refs;
  GMutex mutex;
  GCond added, taken;
  Portion waiting; /* added, and not yet taken */
  gint64 heard_at; /* when the thread last returned from a call, or could continue */
  gboolean is_done, is_stopped;
  MtProduceFunc produce;
  gpointer data;
  GDestroyNotify free_data;
  GError *error; /* of the thread */
};

static void
portion_init (Portion *portion)
{
  portion->bytes = g_byte_array_new ();
  portion->starts = g_array_new (FALSE, FALSE, sizeof (gsize));
}

static void
portion_clear (Portion *portion)
{
  g_byte_array_unref (portion->bytes);
  g_array_unref (portion->starts);
}

static void
portion_add (Portion *portion, const MtStreamPart *parts, guint n_parts)
{
  GByteArray *bytes = portion->bytes;
  const gsize start = (bytes->len + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  guint i;

  g_byte_array_set_size (bytes, (guint)start);
  for (i = 0; i < n_parts; i++)
    g_byte_array_append (bytes, parts[i].data, (guint)parts[i].size);
  g_array_append_val (portion->starts, start);
}

static void
stream_unref (MtStream *stream)
{
  if (!g_atomic_ref_count_dec (&stream->refs))
    return;
  g_mutex_clear (&stream->mutex);
  g_cond_clear (&stream->added);
  g_cond_clear (&stream->taken);
  portion_clear (&stream->waiting);
  stream->free_data (stream->data);
  g_clear_error (&stream->error);
  g_free (stream);
}

static gpointer
run_in_thread (gpointer data)
{
  MtStream *stream = data;
  GError *error = NULL;

  stream->produce (stream, stream->data, &error);
  g_mutex_lock (&stream->mutex);
  stream->error = error;
  stream->is_done = TRUE;
  g_cond_signal (&stream->added);
  g_mutex_unlock (&stream->mutex);
  stream_unref (stream);
  return NULL;
}

/* times: how many portions. */
static gboolean
holds (const MtStream *stream, guint times)
{
  const Portion *waiting = &stream->waiting;

  return waiting->starts->len >= times * WAKE_ITEMS || waiting->bytes->len >= times * WAKE_SIZE;
}

gboolean
mt_stream_add (MtStream *stream, const MtStreamPart *parts, guint n_parts)
{
  gboolean was_enough, go_on;

  g_mutex_lock (&stream->mutex);
  was_enough = holds (stream, 1);
  portion_add (&stream->waiting, parts, n_parts);
  stream->heard_at = g_get_monotonic_time ();
  /* Once: GLib asks the kernel for each signal. */
  if (!was_enough && holds (stream, 1))
    g_cond_signal (&stream->added);
  while (holds (stream, 2) && !stream->is_stopped)
    g_cond_wait (&stream->taken, &stream->mutex);
  go_on = !stream->is_stopped;
  g_mutex_unlock (&stream->mutex);
  return go_on;
}

/* FALSE: the thread was not heard of for this long. */
static gboolean
wait_until_heard (MtStream *stream, int timeout_ms)
{
  if (timeout_ms < 0) {
    g_cond_wait (&stream->added, &stream->mutex);
    return TRUE;
  }
  return g_cond_wait_until (&stream->added, &stream->mutex,
                            stream->heard_at + (gint64)timeout_ms * G_TIME_SPAN_MILLISECOND) ||
         g_get_monotonic_time () < stream->heard_at + (gint64)timeout_ms * G_TIME_SPAN_MILLISECOND;
}

/* Exchanges what was added for an empty portion, after waiting for enough of it. *more: there will
 * be more. */
static void
take (MtStream *stream, Portion *portion, int timeout_ms, gboolean *more, gboolean *in_time)
{
  const Portion empty = *portion;
  gboolean is_waiting;

  g_mutex_lock (&stream->mutex);
  while (*in_time && !stream->is_done && !holds (stream, 1))
    *in_time = wait_until_heard (stream, timeout_ms);
  is_waiting = holds (stream, 2);
  *portion = stream->waiting;
  stream->waiting = empty;
  *more = !stream->is_done && *in_time;
  if (is_waiting) {
    stream->heard_at = g_get_monotonic_time ();
    g_cond_signal (&stream->taken);
  }
  g_mutex_unlock (&stream->mutex);
}

static gboolean
consume_all (const Portion *portion, MtConsumeFunc consume, gpointer data)
{
  guint i;

  for (i = 0; i < portion->starts->len; i++) {
    if (!consume (portion->bytes->data + g_array_index (portion->starts, gsize, i), data))
      return FALSE;
  }
  return TRUE;
}

static gboolean
consume_stream (MtStream *stream, MtConsumeFunc consume, gpointer data, int timeout_ms,
                gboolean *in_time)
{
  gboolean more = TRUE, go_on = TRUE;
  Portion portion;

  portion_init (&portion);
  while (more && go_on) {
    take (stream, &portion, timeout_ms, &more, in_time);
    go_on = consume_all (&portion, consume, data);
    g_byte_array_set_size (portion.bytes, 0);
    g_array_set_size (portion.starts, 0);
  }
  portion_clear (&portion);
  return go_on;
}

/* The thread ends after its call. One that does not return in time is abandoned: FALSE. */
static gboolean
stop (MtStream *stream, GThread *thread, int timeout_ms, gboolean in_time, GError **error)
{
  gboolean is_done;

  g_mutex_lock (&stream->mutex);
  stream->is_stopped = TRUE;
  if (holds (stream, 2))
    stream->heard_at = g_get_monotonic_time ();
  g_cond_signal (&stream->taken);
  while (in_time && !stream->is_done)
    in_time = wait_until_heard (stream, timeout_ms);
  is_done = stream->is_done;
  if (in_time && stream->error != NULL)
    g_propagate_error (error, g_steal_pointer (&stream->error));
  g_mutex_unlock (&stream->mutex);
  if (is_done)
    g_thread_join (thread);
  else
    g_thread_unref (thread);
  return in_time;
}

static MtStream *
stream_new (MtProduceFunc produce, gpointer data, GDestroyNotify free_data)
{
  MtStream *stream = g_new0 (MtStream, 1);

  g_atomic_ref_count_init (&stream->refs);
  g_mutex_init (&stream->mutex);
  g_cond_init (&stream->added);
  g_cond_init (&stream->taken);
  portion_init (&stream->waiting);
  stream->produce = produce;
  stream->data = data;
  stream->free_data = free_data;
  stream->heard_at = g_get_monotonic_time ();
  return stream;
}

gboolean
mt_stream_run (MtProduceFunc produce, gpointer data, GDestroyNotify free_data,
               MtConsumeFunc consume, gpointer consumer_data, int timeout_ms, const char *peer,
               GError **error)
{
  MtStream *stream = stream_new (produce, data, free_data);
  gboolean in_time = TRUE, go_on;
  g_autoptr (GError) why = NULL;
  GThread *thread;

  g_atomic_ref_count_inc (&stream->refs);
  thread = mt_call_thread_new (run_in_thread, stream, error);
  if (thread == NULL) {
    stream_unref (stream);
    stream_unref (stream);
    return FALSE;
  }
  go_on = consume_stream (stream, consume, consumer_data, timeout_ms, &in_time);
  if (!stop (stream, thread, timeout_ms, in_time, &why))
    mt_call_set_timeout (timeout_ms, peer, &why);
  stream_unref (stream);
  /* After a stop, an error of the rest does not matter, unless it still runs. */
  if (why != NULL && (go_on || g_error_matches (why, MACHTYPE_ERROR, MACHTYPE_ERROR_TIMEOUT))) {
    g_propagate_error (error, g_steal_pointer (&why));
    return FALSE;
  }
  return TRUE;
}
