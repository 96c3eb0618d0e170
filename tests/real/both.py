#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""both.py MACHTYPE [--all]

Record and definition change together or not at all: a signal at every sync of the store and at every
message to and from libvirt, a daemon that disappears or hangs from any message on, one that dies after
it has acted. Afterwards they agree, or the change is pending; then a command that cannot reach the host
changes nothing, and one that can settles it. --all tries every signal, every message, and undo.
"""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from proxy import CALL, DEFINE, DEFINITION, REPLY, Proxy
from virt import HANG_LIMIT, World, domain, require, uuid_of

GUEST = uuid_of(1)
OLD, NEW = 'pc-i440fx-6.1', 'pc-i440fx-7.2'
DELAYED = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
LAST = 15


class Case:
    """A guest, and the state of its record and definition."""

    old, new = OLD, NEW
    did, undid = b'Updated', b'Undid'

    def __init__(self, world, daemon, undo):
        self.world, self.daemon, self.undo = world, daemon, undo
        self.target = os.path.join(daemon.path, 'sock', 'libvirt-sock')
        self.everywhere = False

    def messages(self, count):
        """Those at which something is done: before the last of them, the host is only asked what it
        offers."""
        return range(1 if self.everywhere else count - LAST, count + 1)

    def reset(self):
        """OLD everywhere; for undo: NEW everywhere, and a change to undo."""
        for end in ('', '-wal', '-shm'):
            if os.path.exists(self.world.store + end):
                os.unlink(self.world.store + end)
        self.define_first()
        self.world.run('record', '--connect', self.daemon.uri).expect(0)
        if self.undo:
            self.world.run(*self.change(), '--connect', self.daemon.uri).expect(0)

    def define_first(self):
        self.daemon.define(domain('guest', GUEST, 'x86_64', self.old))

    def change(self):
        return ['update-machine-type', GUEST, self.new]

    @contextlib.contextmanager
    def way(self):
        """The URI by which a change that the proxy has interrupted is settled."""
        proxy = Proxy(os.path.join(self.world.dir, 'proxy'), self.target)
        yield proxy.uri
        proxy.close()

    def command(self, uri, *options):
        start = [self.world.program] + (['undo', GUEST] if self.undo else self.change())
        return start + ['--connect', uri, '--store', self.world.store] + list(options)

    def start(self, arguments):
        return subprocess.Popen(arguments, env=self.world.env, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)

    def get(self):
        run = self.world.run('get-machine-type', '--json', GUEST).expect(0)
        record = json.loads(run.out)
        assert ('warning: pending' in run.err) == ('pending' in record), run.err
        return record['machine'], self.daemon.machine('guest', '--inactive'), record.get('pending')

    def settle(self, label, defined, pending):
        """A pending change: every command sees it and is blocked by it, and the next one settles
        it."""
        before, after = (self.new, self.old) if self.undo else (self.old, self.new)
        assert (pending['old'], pending['new']) == (before, after), (label, pending)
        offline = self.world.run('update-machine-type', GUEST, 'pc-i440fx-7.0', '--force')
        offline.expect(75, 'pending: .*' + before + ' is recorded.* defined with ' + after)
        self.world.run('list-unset-machine-type').expect(0, 'warning: pending')
        if pending['uri'] != self.daemon.uri:
            # By another URI it may be another driver's domain.
            self.world.run('record', '--connect', self.daemon.uri).expect(
                0 if defined == before else 1, 'warning: pending')
        with self.way() as uri:
            self.world.run('record', '--connect',
                           uri if pending['uri'] != self.daemon.uri else self.daemon.uri).expect(
                0, 'settled: ' + ('completed' if defined == after else 'undid'))

    def judge(self, label, status, settled):
        """settled: nothing must remain to settle."""
        recorded, defined, pending = self.get()
        if pending is not None:
            assert not settled, (label, recorded, defined, pending)
            self.settle(label, defined, pending)
            recorded, now, pending = self.get()
            assert now == defined and pending is None, (label, recorded, now, defined, pending)
        assert recorded == defined, (label, recorded, defined)
        if status == 0:
            assert recorded == (self.old if self.undo else self.new), (label, recorded)
        self.check_definition(label, recorded)
        return recorded == (self.old if self.undo else self.new)

    def check_definition(self, label, machine):
        """More than the machine type."""

    def through(self, at, label, settled=False, status=None, options=(), judge=True):
        """One run through a proxy. Returns the number of messages in each direction."""
        self.reset()
        run = []
        proxy = Proxy(os.path.join(self.world.dir, 'proxy'), self.target,
                      lambda *message: at(run[0], *message))
        arguments = self.command(proxy.uri, *options)
        run.append(self.start(arguments))
        out, err = run[0].communicate(timeout=HANG_LIMIT)
        proxy.close()
        changed = judge and self.judge(label, run[0].returncode, settled)
        print(label, 'status', run[0].returncode, 'changed' if changed else 'unchanged')
        if status is not None:
            assert run[0].returncode == status, (label, run[0].returncode, out, err)
        return proxy.counts


class ConvertCase(Case):
    """A guest that becomes another machine, with all that its definition has."""

    new = 'pc-q35-7.2'
    did = b'Converted'
    password = "<graphics type='vnc' passwd='s3cr3t'/>"

    def define_first(self):
        self.daemon.define(domain('guest', GUEST, 'x86_64', self.old, self.password))
        self.original = self.read()

    def read(self):
        return self.daemon.virsh('dumpxml', '--inactive', '--security-info', 'guest').expect(0).out

    def change(self):
        return ['convert', '--domain', 'guest', '--machine', self.new, '--force', '--apply']

    def check_definition(self, label, machine):
        """Whatever happened, undo brings back every byte."""
        if machine == self.new:
            self.world.run('undo', GUEST, '--connect', self.daemon.uri).expect(0)
        assert self.read() == self.original, label
        with open(self.world.store, 'rb') as file:
            assert b's3cr3t' not in file.read(), label


def nothing(*_):
    return None


def signal_at(number, wanted, index):
    def at(run, direction, count, _procedure):
        if (direction, count) == (wanted, index):
            run.send_signal(number)
    return at


def check_signals(case, counts, signals):
    for number in signals:
        for direction in (CALL, REPLY):
            for index in case.messages(counts[direction]):
                case.through(signal_at(number, direction, index),
                             '{} at {} {}'.format(number.name, ('call', 'reply')[direction], index),
                             settled=number in DELAYED)


def check_cuts(case, counts, answers, options=()):
    for answer in answers:
        for index in case.messages(counts[REPLY]):
            def at(_run, direction, count, _procedure, index=index, answer=answer):
                return answer if direction == REPLY and count >= index else None
            case.through(at, '{} at reply {}'.format(answer, index), options=options)


def check_syncs(case, signals):
    """At every fdatasync; a run that ends before the signal is the last one."""
    for number in signals:
        for index in range(1, 100):
            case.reset()
            log = os.path.join(case.world.dir, 'strace')
            inject = 'fdatasync:signal={}:when={}'.format(number.name, index)
            run = case.start(['strace', '-f', '-o', log, '-e', 'trace=fdatasync', '-e',
                              'inject=' + inject] + case.command(case.daemon.uri))
            run.communicate(timeout=HANG_LIMIT)
            label = '{} at sync {}'.format(number.name, index)
            changed = case.judge(label, run.returncode, number in DELAYED)
            print(label, 'status', run.returncode, 'changed' if changed else 'unchanged')
            with open(log, encoding='utf-8') as file:
                if number.name not in file.read():
                    assert run.returncode == 0 and index > 4, (label, run.returncode)
                    break


def check_failed_syncs(case):
    """The store's disk fails at one sync: record and definition still agree."""
    for index in range(1, 7):
        case.reset()
        run = case.start(['strace', '-f', '-o', '/dev/null', '-e', 'trace=fdatasync', '-e',
                          'inject=fdatasync:error=EIO:when={}'.format(index)] +
                         case.command(case.daemon.uri))
        run.communicate(timeout=HANG_LIMIT)
        case.judge('EIO at sync {}'.format(index), run.returncode, False)
        case.reset()
        run = case.start(['strace', '-f', '-o', '/dev/null', '-e', 'trace=fdatasync', '-e',
                          'inject=fdatasync:error=EIO:when={}+'.format(index)] +
                         case.command(case.daemon.uri))
        run.communicate(timeout=HANG_LIMIT)
        case.judge('EIO from sync {} on'.format(index), run.returncode, False)


def check_death(case):
    """libvirtd dies between acting and answering, and is started again."""
    def at(_run, direction, _count, procedure):
        if direction == REPLY and procedure == DEFINE:
            case.daemon.kill()
            return 'gone'
        return None

    case.reset()
    run = []
    proxy = Proxy(os.path.join(case.world.dir, 'proxy'), case.target,
                  lambda *message: at(run, *message))
    run.append(case.start(case.command(proxy.uri)))
    _, err = run[0].communicate(timeout=HANG_LIMIT)
    proxy.close()
    assert run[0].returncode == 75 and b'pending: ' in err, (run[0].returncode, err)
    case.daemon.start()
    recorded, defined, pending = case.get()
    assert pending is not None and recorded != defined, (recorded, defined, pending)
    # Without firmware that provides one, the host now has another UUID: by another URI it is
    # unknown.
    case.world.run('record', '--connect', case.daemon.uri).expect(
        1, 'warning: pending: .*record --connect ' + re.escape(proxy.uri))
    case.judge('death of the daemon', run[0].returncode, False)


def check_answer(case):
    """A signal that arrives in the meantime still ends the program, after the answer."""
    def at(_run, direction, _count, procedure):
        if direction == REPLY and procedure == DEFINE:
            run[0].send_signal(signal.SIGTERM)

    case.reset()
    run = []
    proxy = Proxy(os.path.join(case.world.dir, 'proxy'), case.target,
                  lambda *message: at(run, *message))
    run.append(case.start(case.command(proxy.uri)))
    out, _ = run[0].communicate(timeout=HANG_LIMIT)
    proxy.close()
    assert run[0].returncode == -signal.SIGTERM, run[0].returncode
    assert out.startswith(case.undid if case.undo else case.did), out
    case.judge('TERM while libvirt defines', 0, True)


# What other commands do about a pending change: arguments, exit status, output. UUID and URI are
# inserted.
IN_THE_WAY = [
    (['instance', 'set', 'UUID', '--state', 'active'], 75, 'pending: '),
    (['instance', 'delete', 'UUID'], 75, 'pending: '),
    (['image-property', 'set', 'UUID', '--property', 'hw_disk_bus=virtio'], 75, 'pending: '),
    (['update-machine-type', 'UUID', 'pc-i440fx-7.0'], 75, 'pending: '),
    (['undo', 'UUID'], 75, 'pending: '),
    (['resolve', '--instance', 'UUID', '--operation', 'rebuild', '--record', '--host-arch',
      'x86_64'], 75, 'pending: '),
]
WARNED_OF = [
    (['get-machine-type', 'UUID'], 0, 'warning: pending: '),
    (['history', 'UUID'], 0, 'warning: pending: '),
    (['image-property', 'show', 'UUID', 'hw_machine_type'], 0, 'warning: pending: '),
    (['export'], 0, 'warning: pending: '),
    (['list-unset-machine-type'], 0, 'warning: pending: '),
    (['upgrade-check'], 0, 'warning: pending: '),
    (['record', '--dry-run', '--connect', 'URI'], 1, 'warning: pending: '),
    (['resolve', '--instance', 'UUID', '--host-arch', 'x86_64'], 0, 'warning: pending: '),
    (['domain-xml', '--instance', 'UUID', '--host-arch', 'x86_64'], 0, 'warning: pending: '),
]
SETTLED_BY = [
    (['record', '--connect', 'URI'], 0, 'settled: completed'),
    (['upgrade-check', '--connect', 'URI'], None, 'settled: completed'),
    (['image-property', 'set', 'UUID', '--property', 'hw_disk_bus=virtio', '--connect', 'URI'], 0,
     'settled: completed'),
    (['update-machine-type', 'UUID', NEW, '--connect', 'URI'], 0, 'settled: completed'),
    (['undo', 'UUID', '--connect', 'URI'], 0, 'Undid(.|\n)*settled: completed'),
    (['resolve', '--instance', 'UUID', '--connect', 'URI'], 0, 'settled: completed'),
    (['domain-xml', '--instance', 'UUID', '--connect', 'URI'], 0, 'settled: completed'),
]


def leave_pending(case):
    """libvirt has defined the domain, and the program no longer exists."""
    case.through(lambda _run, direction, _count, procedure:
                 'gone' if (direction, procedure) == (REPLY, DEFINE) else None,
                 'gone at define', status=75, judge=False)


def ask(case, row):
    arguments, status, pattern = row
    with case.way() as uri:
        words = {'UUID': GUEST, 'URI': uri}
        run = case.world.run(*[words.get(argument, argument) for argument in arguments])
    print(' '.join(arguments), 'status', run.status)
    run.expect(run.status if status is None else status, pattern)


def check_others(case):
    leave_pending(case)
    before = case.get()
    for row in IN_THE_WAY + WARNED_OF:
        ask(case, row)
        assert case.get() == before, row
    assert before[0] == OLD and before[1] == NEW and before[2]['new'] == NEW, before
    for row in SETTLED_BY:
        leave_pending(case)
        ask(case, row)
        recorded, defined, pending = case.get()
        assert recorded == defined and pending is None, (row, recorded, defined, pending)


def check_overtaken(case):
    """In the meantime the domain was defined again, or undefined: that is reported."""
    leave_pending(case)
    case.daemon.define(domain('guest', GUEST, 'x86_64', 'pc-i440fx-7.0'))
    with case.way() as uri:
        case.world.run('record', '--connect', uri).expect(
            1, 'warning: settled: dropped .*since been defined with pc-i440fx-7.0; the record keeps ' + OLD)
    assert case.get() == (OLD, 'pc-i440fx-7.0', None), case.get()
    case.world.run('record', '--connect', case.daemon.uri).expect(
        1, 'warning: .*the domain is defined with pc-i440fx-7.0, but ' + OLD + ' is recorded')
    leave_pending(case)
    case.daemon.virsh('undefine', 'guest').expect(0)
    case.world.run('record', '--connect', case.daemon.uri).expect(0, 'warning: pending: ')
    with case.way() as uri:
        case.world.run('record', '--connect', uri).expect(
            0, 'warning: settled: dropped .*the domain no longer exists; the record keeps ' + OLD)
    assert 'pending' not in case.world.record(GUEST)
    leave_pending(case)
    case.world.run('instance', 'delete', GUEST).expect(75, 'pending: ')
    case.world.run('instance', 'delete', GUEST, '--force').expect(0, 'warning: pending: ')
    case.world.run('get-machine-type', GUEST).expect(2, 'could not be found')


# Definitions are read to judge, and then the one that will be replaced; afterwards they are only
# read to check that nothing else has changed.
JUDGED, REPLACED = 2, 4


def meanwhile(case, act, machine, index):
    """An update, and another process that acts before this definition is read. Returns how it
    ended."""
    def at(direction, _count, procedure):
        if (direction, procedure) == (CALL, DEFINITION):
            seen.append(procedure)
            if len(seen) == index + 1:
                act()

    seen = []
    proxy = Proxy(os.path.join(case.world.dir, 'proxy'), case.target, at)
    run = case.world.run('update-machine-type', GUEST, machine, '--connect', proxy.uri)
    proxy.close()
    assert len(seen) > index, (seen, run.err)
    return run


def check_meanwhile(case):
    """What another process does between judging and defining is not overwritten."""
    def edit():
        case.daemon.define(domain('guest', GUEST, 'x86_64', OLD, "<serial type='null'/>"))

    def start():
        case.daemon.virsh('start', '--paused', 'guest').expect(0)

    for act, words in (edit, 'definition .* was changed concurrently'), (start, 'is paused'):
        case.reset()
        meanwhile(case, act, NEW, REPLACED).expect(75, words)
        print(act.__name__, 'meanwhile')
        assert case.get() == (OLD, OLD, None), case.get()
        case.daemon.virsh('destroy', 'guest')


def check_put_back(case):
    """A commit fails, and while the old definition is restored another process settles what is
    pending."""
    for index in range(1, 8):
        case.reset()
        defined, settlers = [], []

        def at(direction, _count, procedure, defined=defined, settlers=settlers):
            if (direction, procedure) == (CALL, DEFINE):
                defined.append(procedure)
                if len(defined) == 2:
                    settlers.append(case.start([case.world.program, 'record', '--connect',
                                                proxy.uri, '--store', case.world.store]))

        proxy = Proxy(os.path.join(case.world.dir, 'proxy'), case.target, at)
        run = case.start(['strace', '-f', '-o', '/dev/null', '-e', 'trace=fdatasync', '-e',
                          'inject=fdatasync:error=EIO:when={}'.format(index)] +
                         case.command(proxy.uri))
        run.communicate(timeout=HANG_LIMIT)
        for settler in settlers:
            settler.communicate(timeout=HANG_LIMIT)
        proxy.close()
        case.judge('EIO at sync {}, {} settlers'.format(index, len(settlers)), run.returncode,
                   False)
        print('EIO at sync', index, 'status', run.returncode, 'settlers', len(settlers))


def check_second_operator(case):
    """Two at once, one of which only updates the definition to what was recorded."""
    def other():
        case.world.run('update-machine-type', GUEST, NEW, '--connect',
                       case.daemon.uri).expect(0)

    case.reset()
    case.daemon.define(domain('guest', GUEST, 'x86_64', 'pc-i440fx-6.0'))
    meanwhile(case, other, OLD, JUDGED).expect(75, 'was changed')
    assert case.get() == (NEW, NEW, None), case.get()


def check_case(case, signals):
    counts = case.through(nothing, 'undisturbed', settled=True, status=0)
    print('{} calls, {} replies'.format(counts[CALL], counts[REPLY]))
    assert counts[CALL] > 8 and counts[REPLY] > 8
    check_answer(case)
    check_death(case)
    if not case.undo:
        check_others(case)
        check_overtaken(case)
        check_meanwhile(case)
        check_second_operator(case)
        check_put_back(case)
    check_syncs(case, signals)
    check_failed_syncs(case)
    check_signals(case, counts, signals)
    check_cuts(case, counts, ['cut', 'gone'])


def settle_conversion(case, pattern):
    """Of what is pending, and undone as an operator would."""
    with case.way() as uri:
        run = case.world.run('record', '--connect', uri).expect(0, pattern)
    undo = ['undo', GUEST, '--connect', case.daemon.uri]
    if 'edited' in pattern:
        edited = case.read()
        case.world.run(*undo).expect(1, 'definition-changed: .*force')
        assert case.read() == edited
        undo.append('--force')
    else:
        assert 'edited' not in run.err, run.err
    case.world.run(*undo).expect(0)


def check_edited(case):
    """An edit before a conversion is settled does not count as part of it: undo does not lose it
    silently. Another name does not count as an edit."""
    for old, new in (('</uuid>', '</uuid><title>edited</title>'),
                     ('<devices>', "<devices><serial type='null'/>"),
                     ("(?s) *<graphics.*</graphics>", '')):
        leave_pending(case)
        case.daemon.define(re.sub(old, new, case.read()))
        settle_conversion(case, 'warning: settled: completed .*edited .*--force')
        assert case.read() == re.sub(" passwd='s3cr3t'", '' if new == '' else r'\g<0>',
                                     case.original), case.read()
        print('edited:', new)
    leave_pending(case)
    case.daemon.virsh('domrename', 'guest', 'other').expect(0)
    settle_conversion(case, 'settled: completed')
    case.daemon.virsh('domrename', 'other', 'guest').expect(0)
    assert case.read() == case.original, case.read()


def check_conversion(case, signals, everything):
    """The same for a definition that is replaced."""
    counts = case.through(nothing, 'converted', settled=True, status=0)
    if not case.undo:
        check_edited(case)
    check_answer(case)
    check_death(case)
    check_syncs(case, signals)
    check_failed_syncs(case)
    if everything:
        check_signals(case, counts, signals)
        check_cuts(case, counts, ['cut', 'gone'])


def check_freezes(case):
    counts = case.through(nothing, 'undisturbed', settled=True, status=0)
    check_cuts(case, counts, ['freeze'], ['--timeout', '2'])


def main():
    require('qemu-system-x86_64', 'strace')
    everything = sys.argv[2:] == ['--all']
    with World(sys.argv[1]) as world:
        daemon = world.daemon('a')
        if not everything:
            check_case(Case(world, daemon, False), [signal.SIGKILL, signal.SIGTERM])
            for undo in (False, True):
                check_conversion(ConvertCase(world, daemon, undo), [signal.SIGKILL], False)
            return
        for undo in (False, True):
            case = Case(world, daemon, undo)
            case.everywhere = True
            check_case(case, [signal.SIGKILL] + DELAYED)
            check_freezes(case)
            check_conversion(ConvertCase(world, daemon, undo), [signal.SIGKILL] + DELAYED, True)


if __name__ == '__main__':
    main()
