/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls with a timeout around functions without one: libvirt's calls cannot be interrupted. */

#include "libvirt/libvirt-private.h"

#include <signal.h>

#include "error-private.h"

/* Shared by the caller and the thread: a caller whose timeout has expired leaves the thread behind,
 * and the last of the two frees this. */
typedef struct {
  gatomicrefcount refs;
  GMutex mutex;
  GCond done_condition;
  gboolean done;
  MtCallFunc func;
  gpointer data;
  GDestroyNotify free_data, free_result;
  gpointer result;
  GError *error;
} Call;

static void
call_unref (Call *call)
{
  if (!g_atomic_ref_count_dec (&call->refs))
    return;
  g_mutex_clear (&call->mutex);
  g_cond_clear (&call->done_condition);
  call->free_data (call->data);
  if (call->result != NULL)
    call->free_result (call->result);
  g_clear_error (&call->error);
  g_free (call);
}

static gpointer
run_in_thread (gpointer data)
{
  Call *call = data;
  GError *error = NULL;
  gpointer result = call->func (call->data, &error);

  g_mutex_lock (&call->mutex);
  call->result = result;
  call->error = error;
  call->done = TRUE;
  g_cond_signal (&call->done_condition);
  g_mutex_unlock (&call->mutex);
  call_unref (call);
  return NULL;
}

/* When libvirt writes to a host that has gone away, the signal would end the process: an error is
 * enough. It is blocked in this thread, and in libvirt's event loop, which one of them starts. The
 * caller's threads are not touched. */
GThread *
mt_call_thread_new (GThreadFunc func, gpointer data, GError **error)
{
  g_autoptr (GError) why = NULL;
  sigset_t broken_pipe, before;
  GThread *thread;

  sigemptyset (&broken_pipe);
  sigaddset (&broken_pipe, SIGPIPE);
  pthread_sigmask (SIG_BLOCK, &broken_pipe, &before);
  thread = g_thread_try_new ("machtype-libvirt", func, data, &why);
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  if (thread == NULL)
    mt_fail (error, MACHTYPE_ERROR_LIBVIRT, "cannot start a thread to query libvirt: %s",
             why->message);
  return thread;
}

static GThread *
start (Call *call, GError **error)
{
  GThread *thread;

  g_atomic_ref_count_inc (&call->refs);
  thread = mt_call_thread_new (run_in_thread, call, error);
  if (thread == NULL)
    call_unref (call);
  return thread;
}

void
mt_call_set_timeout (int timeout_ms, const char *peer, GError **error)
{
  g_autofree char *shown = mt_escape_for_message (peer);

  mt_fail (error, MACHTYPE_ERROR_TIMEOUT,
           "%s did not answer within %d ms; after an upgrade, libvirt probes every emulator "
           "once, which can take a minute",
           shown, timeout_ms);
}

static gpointer
wait_for (Call *call, GThread *thread, int timeout_ms, const char *peer, GError **error)
{
  gint64 end = g_get_monotonic_time () + (gint64)timeout_ms * G_TIME_SPAN_MILLISECOND;
  gpointer result = NULL;
  gboolean in_time = TRUE;

  g_mutex_lock (&call->mutex);
  while (!call->done && in_time) {
    if (timeout_ms < 0)
      g_cond_wait (&call->done_condition, &call->mutex);
    else
      in_time = g_cond_wait_until (&call->done_condition, &call->mutex, end);
  }
  if (call->done) {
    result = g_steal_pointer (&call->result);
    if (call->error != NULL)
      g_propagate_error (error, g_steal_pointer (&call->error));
  } else
    mt_call_set_timeout (timeout_ms, peer, error);
  in_time = call->done;
  g_mutex_unlock (&call->mutex);
  /* A thread that has answered ends at once; its per-thread data, such as libvirt's and the dynamic
   * linker's, is then freed. One that has not answered is abandoned. */
  if (in_time)
    g_thread_join (thread);
  else
    g_thread_unref (thread);
  return result;
}

gpointer
mt_call_with_timeout (MtCallFunc func, gpointer data, GDestroyNotify free_data,
                      GDestroyNotify free_result, int timeout_ms, const char *peer, GError **error)
{
  Call *call = g_new0 (Call, 1);
  gpointer result = NULL;
  GThread *thread;

  g_atomic_ref_count_init (&call->refs);
  g_mutex_init (&call->mutex);
  g_cond_init (&call->done_condition);
  call->func = func;
  call->data = data;
  call->free_data = free_data;
  call->free_result = free_result;
  thread = start (call, error);
  if (thread != NULL)
    result = wait_for (call, thread, timeout_ms, peer, error);
  call_unref (call);
  return result;
}
