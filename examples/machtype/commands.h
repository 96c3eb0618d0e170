/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The commands, in the order in which help lists them: name (one word or two), arguments, summary,
 * function, and the exit status if standard output cannot be written. Not a normal header: define
 * COMMAND before including it. */

COMMAND ("parse", "NAME|-", "take a machine type name apart", command_parse, STATUS_BACKEND)
COMMAND ("compare", "A B|-", "lt, eq, gt, incomparable or invalid", command_compare, STATUS_BACKEND)
COMMAND ("check-change", "OLD NEW|-", "may a machine type become another", command_check_change,
         STATUS_BACKEND)
COMMAND ("resolve", "[-]", "which machine type, and why", command_resolve, STATUS_BACKEND)
COMMAND ("domain-xml", "", "the libvirt domain XML of a guest", command_domain_xml, STATUS_BACKEND)
COMMAND ("host", "", "what a host offers, and what is missing", command_host, STATUS_BACKEND)
COMMAND ("convert", "FILE|-", "a domain's XML on another machine type", command_convert,
         STATUS_BACKEND)
COMMAND ("lint", "FILE...", "what a domain's machine cannot have", command_lint, STATUS_BACKEND)
COMMAND ("record", "--connect URI", "record every domain of hosts for life", command_record,
         STATUS_BACKEND)
COMMAND ("get-machine-type", "UUID", "what is recorded for an instance", command_get_machine_type,
         NOVA_UNEXPECTED)
COMMAND ("update-machine-type", "UUID [TYPE]", "change it, if the guest may survive that",
         command_update_machine_type, NOVA_UNEXPECTED)
COMMAND ("list-unset-machine-type", "", "instances for which none is recorded",
         command_list_unset_machine_type, NOVA_UNEXPECTED)
COMMAND ("upgrade-check", "", "would an upgrade change guests", command_upgrade_check, 255)
COMMAND ("image-property show", "UUID NAME", "an image property of an instance",
         command_image_property_show, NOVA_UNEXPECTED)
COMMAND ("image-property set", "UUID", "change image properties", command_image_property_set,
         NOVA_UNEXPECTED)
COMMAND ("instance add", "UUID", "the first record of an instance", command_instance_add,
         STATUS_BACKEND)
COMMAND ("instance set", "UUID", "where it is, and in which state", command_instance_set,
         STATUS_BACKEND)
COMMAND ("instance delete", "UUID", "forget an instance", command_instance_delete, STATUS_BACKEND)
COMMAND ("history", "UUID", "every change of a record", command_history, STATUS_BACKEND)
COMMAND ("undo", "UUID", "take the last change back", command_undo, STATUS_BACKEND)
COMMAND ("store backup", "FILE", "a copy of the store, while others write", command_store_backup,
         STATUS_BACKEND)
COMMAND ("import", "FILE|-", "records from JSON Lines", command_import, STATUS_BACKEND)
COMMAND ("export", "", "records as JSON Lines", command_export, STATUS_BACKEND)
COMMAND ("complete", "-- WORD...", "what may stand last, for shells", command_complete,
         STATUS_BACKEND)
