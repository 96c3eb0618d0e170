/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "module-private.h"

/* The interface between the library and its libvirt module. */

/* The length of a UUID as libvirt writes it, with its NUL. */
#define MT_LIBVIRT_UUID_SIZE 37

/* One domain, passed to a function when it is found. state is virDomainState's number. */
typedef struct {
  char uuid[MT_LIBVIRT_UUID_SIZE];
  int state;
  const char *xml;
} MtLibvirtDomain;

typedef void (*MtLibvirtDomainFunc) (const MtLibvirtDomain *domain, gpointer data);

/* Whether a domain was found: it may no longer exist, which is not a failure of libvirt. Neither is
 * a refusal, which has a message. */
typedef enum {
  MT_LIBVIRT_FAILED,
  MT_LIBVIRT_DONE,
  MT_LIBVIRT_NO_DOMAIN,
  MT_LIBVIRT_REFUSED,
  MT_LIBVIRT_DENIED /* the connection may not ask this */
} MtLibvirtStatus;

/* What is known of a domain, in this order: the domain itself, then its parts, then the end. */
typedef enum {
  MT_LIBVIRT_DOMAIN,
  MT_LIBVIRT_DEFINITION,
  MT_LIBVIRT_LIVE, /* the definition, if it has stopped in between */
  MT_LIBVIRT_SAVED,
  MT_LIBVIRT_SNAPSHOTS, /* only if they cannot be listed */
  MT_LIBVIRT_SNAPSHOT,
  MT_LIBVIRT_END
} MtLibvirtPart;

/* One answer about a domain, valid during the call. status: of a part, MT_LIBVIRT_DONE,
 * MT_LIBVIRT_FAILED or MT_LIBVIRT_DENIED; of the end, MT_LIBVIRT_DONE, or MT_LIBVIRT_NO_DOMAIN for
 * a domain that has disappeared in between. */
typedef struct {
  MtLibvirtPart part;
  MtLibvirtStatus status;
  const char *name; /* of the domain or of a snapshot; NULL for other parts */
  const char *text; /* XML; if there is none, libvirt's message */
  /* Of the domain itself. */
  char uuid[MT_LIBVIRT_UUID_SIZE];
  int state;
  gboolean is_persistent, has_saved_state;
} MtLibvirtAnswer;

/* FALSE: no more answers are wanted. */
typedef gboolean (*MtLibvirtAnswerFunc) (const MtLibvirtAnswer *answer, gpointer data);

/* A call that fails returns NULL (FALSE, MT_LIBVIRT_FAILED) and stores the reason in *message,
 * which the caller frees with g_free. Free returned texts with free_text. Every call can block. */
typedef struct {
  MtModuleHead head;
  /* libvirt prints errors that occur before there is a connection. It has one handler for such
   * errors in the whole process, which cannot be queried; so this can be called only where none can
   * have been set: before anything else has used libvirt. From then on the module's own errors are
   * not printed; those of others are, as before. */
  void (*keep_quiet) (void);
  gboolean (*start_event_loop) (char **message);
  gpointer (*open) (const char *uri, gboolean read_only, char **message);
  char *(*get_capabilities) (gpointer connection, char **message);
  /* refused: libvirt does not accept what was asked about, rather than having no answer. */
  char *(*get_domain_capabilities) (gpointer connection, const char *emulator, const char *arch,
                                    const char *machine, const char *domain_type, gboolean *refused,
                                    char **message);
  char *(*get_host_name) (gpointer connection, char **message);
  /* As libvirt counts: major * 1000000 + minor * 1000 + micro. A driver without a hypervisor
   * returns 0. */
  gboolean (*get_versions) (gpointer connection, guint64 *hypervisor, guint64 *libvirt,
                            char **message);
  /* All domains, running and not; those that disappear in the meantime are omitted. */
  gboolean (*list_domains) (gpointer connection, MtLibvirtDomainFunc func, gpointer data,
                            char **message);
  MtLibvirtStatus (*get_domain) (gpointer connection, const char *uuid, MtLibvirtDomainFunc func,
                                 gpointer data, char **message);
  /* All domains with their parts: definition and what runs; with_saved: also saved RAM and
   * snapshots. A part that cannot be read is an answer, not a failure. */
  gboolean (*list_answers) (gpointer connection, gboolean with_saved, MtLibvirtAnswerFunc func,
                            gpointer data, char **message);
  MtLibvirtStatus (*get_answers) (gpointer connection, const char *uuid, gboolean with_saved,
                                  MtLibvirtAnswerFunc func, gpointer data, char **message);
  /* Whether the domain's RAM is saved, and the names of the snapshots that contain RAM, which the
   * caller frees with g_strfreev. */
  MtLibvirtStatus (*get_saved) (gpointer connection, const char *uuid, gboolean *has_saved_state,
                                char ***memory_snapshots, char **message);
  MtLibvirtStatus (*find_domain) (gpointer connection, const char *name,
                                  char uuid[MT_LIBVIRT_UUID_SIZE], char **message);
  /* The definition of the domain for its next start, or what runs, with or without secrets. *xml is
   * NULL for a domain without a definition: a transient one. */
  MtLibvirtStatus (*get_definition) (gpointer connection, const char *uuid, gboolean secure,
                                     gboolean running, char **xml, char **message);
  gboolean (*define) (gpointer connection, const char *xml, char **message);
  /* Whether it could be defined and prepared for starting. Nothing changes, except for what the XML
   * makes libvirt do: see mt_domain_reduce. */
  MtLibvirtStatus (*check_definition) (gpointer connection, const char *xml, char **message);
  /* Whether the hypervisor provides a CPU: MT_LIBVIRT_DONE, MT_LIBVIRT_REFUSED if it does not, or
   * MT_LIBVIRT_DENIED if libvirt does not compare CPUs of this kind. All but cpu can be NULL. */
  MtLibvirtStatus (*compare_cpu) (gpointer connection, const char *arch, const char *machine,
                                  const char *domain_type, const char *cpu, char **message);
  MtLibvirtStatus (*set_metadata) (gpointer connection, const char *uuid, const char *element,
                                   const char *prefix, const char *uri, char **message);
  void (*free_text) (char *text);
  void (*close) (gpointer connection);
} MtLibvirtModule;
