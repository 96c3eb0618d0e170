/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The commands, in the order in which help lists them: name (one word or two), arguments, summary,
 * function, and the exit status if standard output cannot be written. Not a normal header: define
 * COMMAND before including it. */

COMMAND (COMMANDS_GUESTS, "list", "", "list guests: what is recorded, what they have", command_list,
         STATUS_BACKEND)
COMMAND (COMMANDS_GUESTS, "audit", "", "find what is wrong with guests, and how to mend it",
         command_audit, STATUS_BACKEND)
COMMAND (COMMANDS_GUESTS, "record", "[NAME... | DIRECTORY]",
         "record the machine types of a host's guests", command_record, STATUS_BACKEND)
COMMAND (COMMANDS_GUESTS, "prune", "", "remove records of guests that are gone", command_prune,
         STATUS_BACKEND)
COMMAND (COMMANDS_GUESTS, "history", "[GUEST...]", "list all changes of a record", command_history,
         STATUS_BACKEND)
COMMAND (COMMANDS_GUESTS, "undo", "[GUEST...]", "undo the last change of a record", command_undo,
         STATUS_BACKEND)
COMMAND (COMMANDS_GUESTS, "convert", "[FILE|-]", "rewrite domain XML for another machine type",
         command_convert, STATUS_BACKEND)
COMMAND (COMMANDS_GUESTS, "lint", "[FILE...]", "find what a machine type does not support",
         command_lint, STATUS_BACKEND)

COMMAND (COMMANDS_HOSTS, "host", "", "show what a host offers, and what is missing", command_host,
         STATUS_BACKEND)
COMMAND (COMMANDS_HOSTS, "platforms", "", "list the platforms that --on accepts", command_platforms,
         STATUS_BACKEND)
COMMAND (COMMANDS_HOSTS, "check-migration", "SOURCE TARGET [NAME...]",
         "check whether guests can be migrated", command_check_migration, STATUS_BACKEND)
COMMAND (COMMANDS_HOSTS, "upgrade-check", "", "check whether an upgrade would change guests",
         command_upgrade_check, 255)

COMMAND (COMMANDS_NEW_GUESTS, "resolve", "[-]", "show which machine type a guest gets, and why",
         command_resolve, STATUS_BACKEND)
COMMAND (COMMANDS_NEW_GUESTS, "domain-xml", "", "write the domain XML of a guest",
         command_domain_xml, STATUS_BACKEND)

COMMAND (COMMANDS_NAMES, "parse", "NAME|-", "show the parts of a machine type name", command_parse,
         STATUS_BACKEND)
COMMAND (COMMANDS_NAMES, "compare", "A B|-", "show the order of two machine types", command_compare,
         STATUS_BACKEND)
COMMAND (COMMANDS_NAMES, "check-change", "OLD NEW|-", "check a change of a guest's machine type",
         command_check_change, STATUS_BACKEND)

COMMAND (COMMANDS_STORE, "import", "FILE|-", "read records from JSON Lines", command_import,
         STATUS_BACKEND)
COMMAND (COMMANDS_STORE, "export", "", "write all records as JSON Lines", command_export,
         STATUS_BACKEND)
COMMAND (COMMANDS_STORE, "store backup", "FILE", "copy the store, even while it is in use",
         command_store_backup, STATUS_BACKEND)
COMMAND (COMMANDS_STORE, "store copy", "FROM TO", "copy a store to another one, with its histories",
         command_store_copy, STATUS_BACKEND)
COMMAND (COMMANDS_STORE, "store check", "", "check whether the store is whole", command_store_check,
         STATUS_BACKEND)
COMMAND (COMMANDS_STORE, "store info", "", "show where the store is, and what is in it",
         command_store_info, STATUS_BACKEND)
COMMAND (COMMANDS_STORE, "instance add", "UUID", "add a record", command_instance_add,
         STATUS_BACKEND)
COMMAND (COMMANDS_STORE, "instance set", "GUEST", "change the host, state or name in a record",
         command_instance_set, STATUS_BACKEND)
COMMAND (COMMANDS_STORE, "instance delete", "[GUEST...]", "delete a record and its history",
         command_instance_delete, STATUS_BACKEND)
COMMAND (COMMANDS_STORE, "image-property show", "GUEST NAME", "show a recorded image property",
         command_image_property_show, NOVA_UNEXPECTED)
COMMAND (COMMANDS_STORE, "image-property set", "GUEST", "change recorded image properties",
         command_image_property_set, NOVA_UNEXPECTED)

COMMAND (COMMANDS_NOVA, "get-machine-type", "[GUEST...]", "show the recorded machine type",
         command_get_machine_type, NOVA_UNEXPECTED)
COMMAND (COMMANDS_NOVA, "update-machine-type", "[GUEST...] [TYPE]",
         "change the recorded machine type, if safe", command_update_machine_type, NOVA_UNEXPECTED)
COMMAND (COMMANDS_NOVA, "list-unset-machine-type", "",
         "list instances without a recorded machine type", command_list_unset_machine_type,
         NOVA_UNEXPECTED)

COMMAND (COMMANDS_HIDDEN, "complete", "-- WORD...", "completion candidates, for shells",
         command_complete, STATUS_BACKEND)
COMMAND (COMMANDS_HIDDEN, "enforce", "GUEST", "whether a guest may start, for libvirt's hook",
         command_enforce, STATUS_BACKEND)
