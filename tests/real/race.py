#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""race.py MACHTYPE

Eight operators change one instance, with the program: those that are late get a conflict, with status
75, and the history has every change of the others, in one sequence. And two concurrent first starts of
one instance, with different types: what is printed is what is recorded.
"""

import collections
import json
import os
import subprocess
import sys
import tempfile
import threading

UUID = '6f1d4b5e-0000-4000-8000-000000000001'
OPERATORS, UPDATES, PAIRS = 8, 100, 60


def start_twice(program, env):
    late = 0
    with tempfile.TemporaryDirectory() as folder:
        store = ['--store', os.path.join(folder, 'records.db')]
        for number in range(PAIRS):
            uuid = UUID[:-4] + '{:04d}'.format(number)
            runs = [subprocess.Popen([program, 'resolve', '--json', '--instance', uuid, '--record',
                                      '--host-arch', 'x86_64', '--property',
                                      'hw_machine_type=' + machine] + store, env=env,
                                     stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
                    for machine in ('pc-q35-7.2', 'pc-i440fx-7.2')]
            told = []
            for run in runs:
                out = run.communicate()[0]
                assert run.returncode in (0, 75), run.returncode
                late += run.returncode == 75
                if run.returncode == 0:
                    told.append(json.loads(out)['record'])
            recorded = subprocess.run([program, 'get-machine-type', uuid] + store, env=env,
                                      capture_output=True, check=True).stdout.decode().strip()
            assert told and all(machine == recorded for machine in told), (told, recorded)
    print('{} pairs of first starts, {} late'.format(PAIRS, late))


def make_at_once(program, env):
    """A store that several processes create at the same moment is one store, and none of them
    fails."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(PAIRS):
            store = ['--store', os.path.join(folder, '{}.db'.format(number))]
            runs = [subprocess.Popen([program, 'instance', 'add', UUID[:-4] + '{:04d}'.format(n)] +
                                     store, env=env, stderr=subprocess.PIPE) for n in range(4)]
            for run in runs:
                error = run.communicate()[1]
                assert run.returncode == 0, (run.returncode, error)
            export = subprocess.run([program, 'export'] + store, env=env, capture_output=True,
                                    check=True).stdout
            assert export.count(b'\n') == len(runs), export


def main():
    program = sys.argv[1]
    env = dict(os.environ, MACHTYPE_CONF='')
    make_at_once(program, env)
    start_twice(program, env)
    counts = collections.Counter()
    lock = threading.Lock()
    with tempfile.TemporaryDirectory() as folder:
        store = ['--store', os.path.join(folder, 'records.db')]
        subprocess.run([program, 'instance', 'add', UUID, '--machine', 'pc-q35-1.0', '--state',
                        'stopped'] + store, env=env, check=True)

        def operate(number):
            for update in range(UPDATES):
                machine = 'pc-q35-{}.{}'.format(number + 2, update)
                done = subprocess.run([program, 'update-machine-type', UUID, machine, '--force'] +
                                      store, env=env, capture_output=True, check=False)
                told = b'changed concurrently' in done.stderr
                with lock:
                    counts[done.returncode] += 1
                    counts['told'] += told

        threads = [threading.Thread(target=operate, args=(n,)) for n in range(OPERATORS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        history = subprocess.run([program, 'history', UUID] + store, env=env, capture_output=True,
                                 check=True).stdout.decode().splitlines()
    print('{} done, {} late'.format(counts[0], counts[75]))
    assert counts[0] + counts[75] == OPERATORS * UPDATES, counts
    assert counts['told'] == counts[75], counts
    rows = [line.split('\t') for line in history]
    assert [int(row[0]) for row in rows] == list(range(1, counts[0] + 2)), rows[-1]
    assert all(before[4] == after[3] for before, after in zip(rows, rows[1:]))


if __name__ == '__main__':
    main()
