/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counts allocations by overriding glibc's functions. GSlice allocates its memory in pages, and
 * only those are counted. */

#include "bench.h"

#include <stdlib.h>

void *__libc_malloc (size_t size);
void *__libc_calloc (size_t count, size_t size);
void *__libc_realloc (void *memory, size_t size);

static guint64 allocations;

guint64
bench_allocations (void)
{
  return allocations;
}

void *
malloc (size_t size)
{
  allocations++;
  return __libc_malloc (size);
}

void *
calloc (size_t count, size_t size)
{
  allocations++;
  return __libc_calloc (count, size);
}

void *
realloc (void *memory, size_t size)
{
  allocations++;
  return __libc_realloc (memory, size);
}
