// SPDX-License-Identifier: LGPL-2.1-or-later
// test-gjs.js CAPABILITIES: how the library behaves in JavaScript: wrong types, names, errors, and
// what outlives the object that it came from. tests/gi/test-bindings.py tests the same, and more.

import GLib from 'gi://GLib';
import Machtype from 'gi://Machtype?version=1.0';
import System from 'system';

const {X86_64} = Machtype.Arch;
const UUID = '6f1d4b5e-0000-4000-8000-000000000001';
let failed = 0, passed = 0;

function check(what, isSo) {
    if (isSo) {
        passed++;
    } else {
        printerr(`FAIL: ${what}`);
        failed++;
    }
}

function catchError(call) {
    try {
        call();
    } catch (error) {
        return error;
    }
    return null;
}

// gjs raises a plain Error or a TypeError for what it cannot convert; never one of the library's.
function refuses(what, call) {
    const error = catchError(call);
    check(`${what} is refused`, error instanceof Error && !(error instanceof GLib.Error));
}

function readHost() {
    const builder = Machtype.HostBuilder.new();
    const [, text] = GLib.file_get_contents(ARGV[0]);
    builder.set_capabilities(new TextDecoder().decode(text), -1);
    return builder.end();
}

function checkChange(oldType, newType) {
    return Machtype.Change.check(oldType, newType, X86_64, null, Machtype.State.STOPPED,
        Machtype.ChangeFlags.NONE, null);
}

function makeRecord() {
    const builder = Machtype.RecordBuilder.new(UUID);
    builder.set_arch(X86_64);
    builder.set_machine('pc-q35-6.2', 'q35', Machtype.Source.IMAGE);
    return builder.end();
}

function testWrongTypes() {
    const store = Machtype.Store.open_memory();

    refuses('a number for a text', () => Machtype.Name.new(5, X86_64));
    refuses('null for a text', () => Machtype.Name.new(null, X86_64));
    refuses('an unknown architecture', () => Machtype.Name.new('pc', 9999));
    refuses('a missing argument', () => Machtype.Name.new('pc'));
    refuses('a text for properties', () => Machtype.resolve('x', null, null, null));
    refuses('a builder for properties',
        () => Machtype.resolve(Machtype.PropertiesBuilder.new(), null, null, null));
    refuses('an unknown flag',
        () => Machtype.Change.check('pc', 'pc', X86_64, null, Machtype.State.STOPPED, 9999, null));
    refuses('a number for a function', () => store.foreach(null, null, 5));
    refuses('null for a function', () => store.foreach(null, null, null));
    refuses('a host out of nothing', () => new Machtype.Host());
    refuses('an abstract store', () => new Machtype.Store());
}

function testNames() {
    check('flags by name', Machtype.ChangeFlags.FORCE === 1 && Machtype.ChangeFlags.PIN === 2);
    check('an order below zero', Machtype.Order.LT === -1);
    const [isVersion, major, minor] = Machtype.Name.new('pc-q35-7.2', X86_64).get_version();
    check('several results', isVersion && major === 7 && minor === 2);
}

function testErrors() {
    const error = catchError(() => Machtype.Name.new('a b', X86_64));
    check('the class of the domain', error instanceof Machtype.Error);
    check('the code by name', error.matches(Machtype.Error, Machtype.Error.INVALID_NAME));
    check('another code', !error.matches(Machtype.Error, Machtype.Error.NOT_FOUND));
    const missing = catchError(() => Machtype.Store.open_memory().read_record(UUID));
    check('an error of a store', missing.code === Machtype.Error.NOT_FOUND);
}

function testOwnership() {
    const machines = readHost().list_machines(X86_64, 'kvm');
    const reasons = checkChange('pc-q35-6.2', 'pc-i440fx-6.2').list_reasons();
    const types = readHost().dup_domain_types(X86_64);
    System.gc();
    check('machines outlive the host', machines.some(one => one.get_name() === 'q35'));
    check('reasons outlive the change', reasons[0].get_code() === 'refused-family');
    check('an array outlives the host', types.join() === 'qemu,kvm');
}

function testStore() {
    // In a database: a store in memory would keep the records itself.
    const folder = GLib.dir_make_tmp('machtype-XXXXXX'), path = `${folder}/records.db`;
    const store = Machtype.Store.open(path, Machtype.StoreOpenFlags.CREATE, 1000), seen = [];
    store.add(makeRecord(), null);
    store.update_machine(store.read_record(UUID), checkChange('pc-q35-6.2', 'pc-q35-7.2'), 'me');
    store.foreach(null, null, record => {
        seen.push(record.ref());
        return true;
    });
    const history = store.list_history(UUID);
    System.gc();
    check('records outlive the call', seen[0].get_machine() === 'pc-q35-7.2');
    check('the history', history.length === 1 && history[0].get_author() === 'me');
    for (const end of ['', '-wal', '-shm'])
        GLib.unlink(path + end);
    GLib.rmdir(folder);
}

for (const test of [testWrongTypes, testNames, testErrors, testOwnership, testStore])
    test();
print(`${passed} passed, ${failed} failed`);
System.exit(failed === 0 && passed === 23 ? 0 : 1);
