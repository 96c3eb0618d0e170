#!/usr/bin/env -S gjs -m
// SPDX-License-Identifier: LGPL-2.1-or-later
// main-job.js IMAGE_PROPERTY=VALUE...: decide, check, record, change and write one guest.
//
//     GI_TYPELIB_PATH=build/libmachtype LD_LIBRARY_PATH=build/libmachtype \
//         gjs -m examples/javascript/main-job.js hw_emulation_architecture=aarch64

import GLib from 'gi://GLib';
import Machtype from 'gi://Machtype?version=1.0';
import System from 'system';

const UUID = '6f1d4b5e-0000-4000-8000-000000000001';

function readImage(args) {
    const builder = Machtype.PropertiesBuilder.new();

    for (const arg of args) {
        const [name, ...value] = arg.split('=');
        builder.add_image(name, value.join('='));
    }
    return builder.end();
}

// Machtype.host_open("qemu:///system", ...) would ask libvirt; here, only the CPU architecture is
// known.
function readHost() {
    const builder = Machtype.HostBuilder.new();

    builder.set_arch(Machtype.Arch.X86_64);
    return builder.end();
}

function record(store, resolution, guest) {
    const builder = Machtype.RecordBuilder.new(UUID);

    builder.set_resolution(resolution);
    builder.set_guest(guest);
    builder.set_state('stopped');
    return store.add(builder.end(), null);
}

function run(args) {
    const image = readImage(args), host = readHost(), store = Machtype.Store.open_memory();

    const resolution = Machtype.resolve(image, null, host, null);
    const arch = resolution.get_arch(), machine = resolution.get_machine_to_record();
    print(`${machine}, because ${resolution.get_explanation()}`);

    const findings = Machtype.compat_check(image, arch, null, machine, host);
    if (findings.length > 0) {
        print(`${findings[0].get_message()}; ${findings[0].get_remedy()}`);
        return 1;
    }

    const guest = Machtype.GuestBuilder.new(resolution, image, host).end();
    print(guest.get_xml().split('\n').find(line => line.includes('<type ')).trim());

    const kept = record(store, resolution, guest);
    const change = Machtype.Change.check(kept.get_machine(), 'pc-q35-9.0', arch, null,
        Machtype.State.STOPPED, Machtype.ChangeFlags.NONE, host);
    print(Machtype.verdict_to_string(change.get_verdict()));
    for (const reason of change.list_reasons())
        print(reason.get_message());
    return 0;
}

function main(args) {
    try {
        return run(args);
    } catch (error) {
        // Anything but a GLib.Error is a bug in this program.
        if (!(error instanceof GLib.Error))
            throw error;
        printerr(`main-job: ${error.message}`);
        return 1;
    }
}

System.exit(main(ARGV));
