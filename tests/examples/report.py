#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The report of examples/report: what is in the page, for input that is good, bad and hostile."""
import html.parser
import json
import os
import re
import subprocess
import sys
import tempfile

VOID = {'meta', 'link', 'br', 'line', 'rect'}


def uuid(number):
    return f'{number:08x}-0000-4000-8000-000000000000'


def guest(number, *codes, **members):
    line = {'uuid': uuid(number), 'name': f'guest-{number}', 'host': 'host-1', 'state': 'stopped',
            'arch': 'x86_64', 'recorded': 'pc-q35-7.2', 'removed_in': '13.2'}
    line.update(members)
    line['findings'] = [{'code': code, 'severity': severity, 'message': f'{code} it is',
                         'remedy': f"run 'machtype record {code} {number}'"}
                        for code, severity in codes]
    return line


ERROR = {'uri': 'qemu+ssh://host-9/system', 'error': 'libvirt', 'message': 'no answer in 20 s'}

# lines of input; the title; the numbers in the tiles
TITLES = [
    ([], 'No guests were found', {}),
    ([ERROR], 'No guests were found; 1 not asked', {}),
    ([guest(1)], 'The only guest is fine', {'fine': 1}),
    ([guest(1), guest(2)], 'All 2 guests are fine', {'fine': 2}),
    ([guest(1), guest(2), ERROR], 'All 2 guests are fine; 1 not asked', {'fine': 2}),
    ([guest(1), guest(2, ('deprecated', 'warning'))],
     'No guest needs you now; 1 of 2 will later', {'ends soon': 1, 'fine': 1}),
    ([guest(1, ('removed', 'error'))], '1 of 1 guest needs you', {'will not start': 1}),
    ([guest(1, ('removed', 'error')), guest(2, ('alias', 'warning')), ERROR],
     '2 of 2 guests need you', {'will not start': 1, 'will change': 1}),
    # The worst counts, whatever the order.
    ([guest(1, ('deprecated', 'warning'), ('alias', 'warning'), ('differs', 'error'))],
     '1 of 1 guest needs you', {'differs': 1}),
    ([guest(1, ('unversioned', 'note'))], 'The only guest is fine', {'fine': 1}),
    # A code of a later release.
    ([guest(1, ('haunted', 'warning'))], '1 of 1 guest needs you', {'not judged': 1}),
    ([guest(1, ('haunted', 'note'))], 'The only guest is fine', {'fine': 1}),
    # The same guest in both inputs; the same UUID on two hosts.
    ([guest(1), guest(1, ('alias', 'warning')), guest(1, ('alias', 'warning'))],
     '1 of 1 guest needs you', {'will change': 1}),
    ([guest(1, ('twice', 'error')), guest(1, ('twice', 'error'), host='host-2')],
     '2 of 2 guests need you', {'exists twice': 2}),
]
CODES = ['removed', 'not-offered', 'property-unfit', 'twice', 'differs', 'differs-running', 'alias',
         'saved-state', 'snapshot-state', 'pending', 'unrecorded', 'no-domain', 'hook-silent', 'deprecated',
         'not-checked']

# a line of input; what the message says
BAD = [
    ('nonsense', 'Expecting value'),
    ('[]', 'not an object'),
    ('7', 'not an object'),
    ('{"name":"x"}', "no 'uuid'"),
    ('{"uuid":7}', "no 'uuid'"),
    ('{"uuid":"x","findings":7}', 'not iterable'),
    ('{"uuid":"x","findings":["y"]}', "no attribute 'items'"),
]

HOSTILE = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "'", '&amp;', '\u202egnp',
           '\x1b[2J', '\ud800', 'a\nb', '</style>', '{n}', 'é', 'x' * 5000]


class Page(html.parser.HTMLParser):
    """Well formed, and what a reader gets."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.links, self.ids, self.text = [], [], [], [], ''
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append((tag, attrs))
        self.links += [value for name, value in attrs.items() if name in ('href', 'src')]
        self.ids += [value for name, value in attrs.items() if name == 'id']
        assert not [name for name in attrs if name.startswith('on')], attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag

    def handle_data(self, data):
        if self.open and self.open[-1] != 'style':
            self.text += data


def run(program, lines, *arguments):
    text = ''.join(line if isinstance(line, str) else json.dumps(line) + '\n' for line in lines)
    return subprocess.run([sys.executable, program, '-', *arguments], input=text.encode(),
                          capture_output=True, check=False)


def make(program, lines):
    done = run(program, lines, '--time', '2026-12-01 03:00 UTC')
    assert done.returncode == 0 and not done.stderr, done.stderr
    text = done.stdout.decode()
    page = Page(text)
    # Nothing is loaded or executed; each link leads to a place on the page.
    assert not [tag for tag, _ in page.tags if tag in ('script', 'img', 'iframe', 'object')]
    for link in page.links:
        assert link == 'data:,' or link[0] == '#' and link[1:] in page.ids, link
    assert 'url(' not in text and '@import' not in text
    return text, page


def tiles_of(text):
    return {word: int(number) for number, word in
            re.findall(r'<b>(\d+)</b><span>([^<]*)</span></a>', text)}


def test_titles(program):
    for lines, title, tiles in TITLES:
        print('title:', title, flush=True)
        text, _ = make(program, lines)
        assert f'<h1>{title}</h1>' in text, text
        assert f'<title>{title} – machtype report, 2026-12-01</title>' in text
        assert tiles_of(text) == tiles, tiles_of(text)


def test_codes(program):
    """Each code is a cause of its own guest, with its command; causes are in order."""
    for code in CODES:
        print('code:', code, flush=True)
        text, page = make(program, [guest(1, (code, 'warning')), guest(2)])
        assert f'<pre>machtype record {code} 1</pre>' in text, text
        assert f'{code} it is' in page.text
        assert sum(tiles_of(text).values()) == 2
    text, _ = make(program, [guest(number, (code, 'warning')) for number, code
                             in reversed(list(enumerate(CODES)))])
    places = [text.index(f'<pre>machtype record {code} ') for code in CODES
              if f'<pre>machtype record {code} ' in text]
    assert places == sorted(places) and len(places) >= 9, places


def test_hosts(program):
    print('hosts', flush=True)
    text, page = make(program, [guest(number, host=host) for number, host in
                                enumerate(['host-10', 'host-2', 'host-1'])] + [ERROR, ERROR])
    section = text[text.index('id="hosts"'):text.index('id="types"')]
    names = re.findall(r'data-h="Host"><b>([^<]*)</b>', section)
    assert names == [ERROR['uri'], 'host-1', 'host-2', 'host-10'], names
    assert page.text.count(ERROR['message']) == 3, page.text


# The members of guests; the hosts of the page
SAME_NAMES = [
    ([{'uri': 'qemu+ssh://a/system'}, {'uri': 'qemu+ssh://b/system'}],
     ['host-1 (qemu+ssh://a/system)', 'host-1 (qemu+ssh://b/system)']),
    ([{'uri': 'qemu+ssh://a/system'}, {'uri': 'qemu+ssh://a/system'}], ['host-1']),
    ([{'uri': 'qemu+ssh://a/system'}, {'uri': 'qemu+ssh://b/system', 'host': 'host-2'}],
     ['host-1', 'host-2']),
    # Records alone, and the same host asked; one of two hosts; of none.
    ([{}, {'uri': 'qemu+ssh://b/system'}], ['host-1']),
    ([{'uri': 'qemu+ssh://b/system'}, {}], ['host-1']),
    ([{'uri': 'qemu+ssh://b/system'}, {}, {'uri': 'qemu+ssh://a/system'}],
     ['host-1', 'host-1 (qemu+ssh://a/system)', 'host-1 (qemu+ssh://b/system)']),
    ([{'host': None}, {'uri': 'qemu+ssh://b/system'}], ['no host', 'host-1']),
    ([{}, {}], ['host-1']),
]


def test_same_names(program):
    """One row for each host, and the same guest of two of them is two."""
    for members, hosts in SAME_NAMES:
        print('hosts:', members, flush=True)
        text, page = make(program, [guest(1, ('twice' if place == 0 else 'alias', 'error'), **more)
                                    for place, more in enumerate(members)])
        section = text[text.index('id="hosts"'):text.index('id="types"')]
        names = re.findall(r'data-h="Host"><b>([^<]*)</b>', section)
        assert names == hosts, names
        assert sum(tiles_of(text).values()) == len(hosts), tiles_of(text)
        assert 'alias it is' in page.text and 'twice it is' in page.text, page.text
        shown = [host for host in hosts if host != 'no host']
        assert all(host in page.text for host in shown), page.text
        word = f'{len(shown)} host' + ('' if len(shown) == 1 else 's')
        assert f'{word}. Made' in page.text, page.text


def test_hostile(program):
    for name in HOSTILE:
        print('hostile:', ascii(name)[:40], flush=True)
        members = {'name': name, 'host': name, 'state': name, 'arch': name, 'recorded': name,
                   'defined': name + 'x', 'removed_in': name}
        line = guest(1, **members)
        line['findings'] = [{'code': name, 'severity': name, 'message': name, 'remedy': name}]
        error = {'uri': name, 'error': name, 'message': name}
        text, page = make(program, [line, error])
        shown = ''.join(char if char.isprintable() else f'\\u{ord(char):04x}' for char in name)
        assert page.text.count(shown) >= 9, page.text
        assert all(char.isprintable() or char == '\n' for char in text)
    text, _ = make(program, [{'uuid': uuid(1), 'name': 7, 'findings': [{'code': None}]},
                             {'error': 7}])
    assert tiles_of(text) == {'not judged': 1}


def test_bad(program):
    for line, message in BAD:
        print('bad:', line, flush=True)
        done = run(program, [guest(1), line + '\n'])
        assert done.returncode == 2 and not done.stdout, done
        assert b'-:2: not a line of ' in done.stderr and message.encode() in done.stderr, \
            done.stderr


def test_many(program):
    """Every guest of 5,000 can be found; the numbers add up. One fold for each of 40 hosts, and one
    for those that are fine."""
    print('many', flush=True)
    lines = [guest(number, *([(CODES[number % 20], 'warning')] if number % 20 < 14 else []),
                   host=f'host-{number % 40}') for number in range(5000)]
    text, page = make(program, lines)
    assert sum(tiles_of(text).values()) == 5000
    assert [tag for tag, _ in page.tags].count('details') == 41
    for number in range(5000):
        assert f'<small>{uuid(number)}</small>' in text, number
    assert '<pre>machtype record removed ' in text and 'more below, one with each guest' in text


def test_output(program, folder):
    """A page is complete or not there."""
    print('output', flush=True)
    path = os.path.join(folder, 'report.html')
    assert run(program, [guest(1)], '--output', path).returncode == 0
    with open(path, encoding='utf-8') as stream:
        before = stream.read()
    assert run(program, ['nonsense\n'], '--output', path).returncode == 2
    with open(path, encoding='utf-8') as stream:
        assert stream.read() == before
    done = run(program, [guest(1)], '--output', os.path.join(folder, 'none', 'report.html'))
    assert done.returncode == 2 and b'No such file' in done.stderr, done
    assert os.listdir(folder) == ['report.html'], os.listdir(folder)
    done = subprocess.run([sys.executable, program, os.path.join(folder, 'none')],
                          capture_output=True, check=False)
    assert done.returncode == 2 and done.stderr.startswith(b'machtype-report: '), done


def main():
    program = sys.argv[1]
    test_titles(program)
    test_codes(program)
    test_hosts(program)
    test_same_names(program)
    test_hostile(program)
    test_bad(program)
    test_many(program)
    with tempfile.TemporaryDirectory() as folder:
        test_output(program, folder)


if __name__ == '__main__':
    main()
