#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""race.py MACHTYPE

Eight operators at one instance, with the program: who is late is told so, with status 75, and the
history has every change of those who were not, in one row.
"""

import collections
import os
import subprocess
import sys
import tempfile
import threading

UUID = '6f1d4b5e-0000-4000-8000-000000000001'
OPERATORS, UPDATES = 8, 100


def main():
    program = sys.argv[1]
    env = dict(os.environ, MACHTYPE_CONF='')
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
                told = b'changed by somebody else' in done.stderr
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
