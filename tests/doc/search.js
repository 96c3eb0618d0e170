// SPDX-License-Identifier: LGPL-2.1-or-later
// search.js FOLDER: the search finds what readers of the site look for. Run by gjs, with the site's
// own script and index.
import GLib from 'gi://GLib';
import System from 'system';

const [folder] = System.programArgs;

function read(name) {
    const [, bytes] = GLib.file_get_contents(`${folder}/${name}`);

    return new TextDecoder().decode(bytes);
}

const site = {};

new Function('window', read('search-index.js'))(site);
const find = new Function('window', `${read('search.js')}; return findInIndex;`)(site);
const index = site.searchIndex;

// The query; the minimum number of guides; pages that have to be among the first five
// of a group; the group that comes first.
const QUERIES = [
    ['downgrade', 1, [], 'Guides'],
    ['q35', 3, [], 'Guides'],
    ['aarch64', 3, [], 'Guides'],
    ['upgrade', 3, ['pinning.html'], 'Guides'],
    ['nova', 2, ['from-nova.html'], 'Guides'],
    ['secure boot', 1, [], 'Guides'],
    ['BACKUP', 1, ['recording.html#backup'], 'Guides'],
    ['machtype_resolve', 0, ['func.resolve.html'], 'Interface'],
    ['MachtypeStore', 0, ['class.Store.html'], 'Interface'],
    ['host_open', 0, ['type_func.Host.open.html', 'ctor.Host.open.html'], 'Interface'],
    // What is almost a name.
    ['mtresolvepairs', 0, ['func.resolve_pairs.html'], 'Interface'],
];
const NOTHING = ['zzqxzzqx', '  ', '<img src=x>'];
let wrong = 0;

function check(condition, message) {
    if (!condition) {
        print(message);
        wrong++;
    }
}

for (const entry of index) {
    check(['guide', 'name'].includes(entry.kind) && entry.name && entry.href &&
        typeof entry.text === 'string', `not an entry: ${JSON.stringify(entry)}`);
    check(!/\[\w+@|`|\*\*|(?<![\w.])%[A-Z]/.test(entry.kind === 'name' ? entry.text : ''),
        `${entry.name}: markup is left: ${entry.text}`);
}
for (const [query, guides, pages, first] of QUERIES) {
    const groups = find(index, query);
    const found = title => (groups.find(group => group.title === title) || {entries: []}).entries;
    const top = groups.flatMap(group => group.entries.slice(0, 5)).map(entry => entry.href);
    const number = new Set(found('Guides').map(entry => entry.href.split('#')[0])).size;

    print(`${query}: ${number} guides, ${found('Interface').length} names: ${top.join(' ')}`);
    check(number >= guides, `${query}: only ${number} guides`);
    check(pages.length === 0 || pages.some(page => top.includes(page)), `${query}: not ${pages}`);
    check(groups.length > 0 && groups[0].title === first, `${query}: ${first} are not the first`);
}
for (const query of NOTHING)
    check(find(index, query).length === 0, `${query}: something was found`);
check(index.length > 400, `only ${index.length} entries`);
System.exit(wrong ? 1 : 0);
