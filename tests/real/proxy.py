# SPDX-License-Identifier: LGPL-2.1-or-later
"""A proxy between the program and libvirtd, which counts messages and acts at one of them.

Source of the format: libvirt's docs/kbase/internals/rpc.rst: a message begins with its length (its
own four bytes included), then program, version, procedure, type, serial and status, four bytes
each, all big endian.
"""

import os
import socket
import struct
import threading

# REMOTE_PROC_DOMAIN_DEFINE_XML and _GET_XML_DESC of libvirt's src/remote/remote_protocol.x
DEFINE = 11
DEFINITION = 14
CALL, REPLY = 0, 1


class Proxy:
    """Passes messages on. `at (direction, number, procedure)` is called with each before that: if
    it returns 'cut' both sides are closed, with 'gone' new connections are also refused, and
    with 'freeze' nothing is passed on any more."""

    def __init__(self, path, target, at=None):
        self.target = target
        self.at = at or (lambda *_: None)
        self.counts = {CALL: 0, REPLY: 0}
        self.lock = threading.Lock()
        self.sockets = []
        self.path = path
        if os.path.exists(path):
            os.unlink(path)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()
        self.uri = 'qemu+unix:///system?socket=' + path
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._refuse()
        for each in self.sockets:
            self._shut(each)

    def _refuse(self):
        if os.path.exists(self.path):
            os.unlink(self.path)
        self._shut(self.listener)

    @staticmethod
    def _shut(each):
        try:
            each.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        each.close()

    def _accept(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(self.target)
            except OSError:
                client.close()
                continue
            self.sockets += [client, server]
            for source, sink, direction in ((client, server, CALL), (server, client, REPLY)):
                threading.Thread(target=self._pass, args=(source, sink, direction),
                                 daemon=True).start()

    @staticmethod
    def _read(source, size):
        data = b''
        while len(data) < size:
            more = source.recv(size - len(data))
            if not more:
                raise OSError('closed')
            data += more
        return data

    def _pass(self, source, sink, direction):
        try:
            while True:
                head = self._read(source, 4)
                body = self._read(source, struct.unpack('>I', head)[0] - 4)
                with self.lock:
                    self.counts[direction] += 1
                    number = self.counts[direction]
                what = self.at(direction, number, struct.unpack('>I', body[8:12])[0])
                if what == 'freeze':
                    return
                if what in ('cut', 'gone'):
                    if what == 'gone':
                        self._refuse()
                    break
                sink.sendall(head + body)
        except OSError:
            pass
        self._shut(source)
        self._shut(sink)
