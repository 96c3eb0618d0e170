#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""frozen.py MACHTYPE TEST-FROZEN

A daemon that freezes when its connection is closed: closing continues within the connection's timeout.
Either the daemon itself is stopped, or a proxy before it withholds the call. A failure here hangs, and
the suite's own limit ends it.
"""

import os
import socket
import struct
import subprocess
import sys
import threading

import virt

# Only a frozen program waits this long.
LIMIT = '10'

# libvirt's remote protocol (src/remote/remote_protocol.x): the program, and the call to close.
REMOTE_PROGRAM = 0x20008086
REMOTE_PROC_CONNECT_CLOSE = 2


class Proxy:
    """Passes on everything until the connection is closed: from then on nothing."""

    def __init__(self, path, daemon):
        self.target = os.path.join(daemon.path, 'sock', 'libvirt-sock')
        self.uri = 'qemu+unix:///system?socket=' + path
        self.frozen = 0
        self.open = []  # frozen, not closed: that would be an answer
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            client = self.listener.accept()[0]
            server = socket.socket(socket.AF_UNIX)
            server.connect(self.target)
            self.open += [client, server]
            threading.Thread(target=self.ask, args=(client, server), daemon=True).start()
            threading.Thread(target=self.answer, args=(server, client), daemon=True).start()

    def ask(self, client, server):
        stream = client.makefile('rb')
        while True:
            head = stream.read(16)
            if len(head) < 16:
                server.shutdown(socket.SHUT_RDWR)
                return
            size, program, _, procedure = struct.unpack('>IIII', head)
            if (program, procedure) == (REMOTE_PROGRAM, REMOTE_PROC_CONNECT_CLOSE):
                self.frozen += 1
                return
            server.sendall(head + stream.read(size - len(head)))

    @staticmethod
    def answer(server, client):
        while data := server.recv(65536):
            try:
                client.sendall(data)
            except OSError:  # it has ended
                return


def start(*arguments):
    return subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT)


def expect(what, process, status, words):
    print(what, flush=True)
    out = process.communicate()[0].decode()
    if process.returncode != status or words not in out:
        sys.exit('FAIL: status {}, wanted {} and {!r}\n{}'.format(
            process.returncode, status, words, out))


def stop_daemon(daemon, program):
    process = start(program, 'connection', daemon.uri, LIMIT)
    if process.stdout.readline() != b'open\n':
        sys.exit('FAIL: it cannot be opened')
    daemon.freeze()
    process.stdin.write(b'\n')
    expect('unref, with the daemon stopped', process, 0, 'closed')
    daemon.resume()


def keep_calls(world, daemon, program):
    proxy = Proxy(os.path.join(world.dir, 'proxy'), daemon)
    # The second host is recorded although closing the first one never returns.
    recorder = start(world.program, 'record', '--timeout', LIMIT, '--store', world.store,
                     '--connect', proxy.uri, '--connect', daemon.uri)
    process = start(program, 'connection', proxy.uri, LIMIT)
    host = start(program, 'host', proxy.uri, LIMIT)
    process.stdin.write(b'\n')
    expect('unref, with a proxy', process, 0, 'closed')
    expect('host_open, with a proxy', host, 1, 'did not answer within')
    expect('record, with a proxy', recorder, 0, daemon.uri + ': 1 domains')
    if proxy.frozen != 3:
        sys.exit('FAIL: {} connections were closed, wanted 3'.format(proxy.frozen))


def main():
    virt.require()
    with virt.World(sys.argv[1]) as world:
        daemon = world.daemon('d')
        daemon.define(virt.domain('a', virt.uuid_of(1), 'x86_64', 'pc'))
        os.environ.update(world.env)
        keep_calls(world, daemon, sys.argv[2])
        stop_daemon(daemon, sys.argv[2])
    print('a frozen daemon does not block others')


main()
