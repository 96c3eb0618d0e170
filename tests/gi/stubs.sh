#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# stubs.sh STUBS
#
# mypy accepts the stubs, and what uses them as they say; it finds each planted mistake.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/skip.sh
. "$here/../skip.sh"
command -v /usr/bin/mypy >/dev/null || skip 'mypy is not installed'
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir -p "$dir/stubs/gi/repository"
cp "$1" "$dir/stubs/gi/repository/Machtype.pyi"
: >"$dir/stubs/gi/repository/__init__.pyi"
echo 'def require_version(namespace: str, version: str) -> None: ...' >"$dir/stubs/gi/__init__.pyi"
MYPYPATH=$dir/stubs
export MYPYPATH

check() { # FILE
  /usr/bin/mypy --strict --no-color-output --cache-dir="$dir/cache" "$1"
}

cat >"$dir/good.py" <<'GOOD'
from gi.repository import Machtype

a = Machtype.Name.new("q35", Machtype.Arch.X86_64)
names = sorted([a, Machtype.Name.new("pc", Machtype.Arch.X86_64)], key=Machtype.Name.sort_key)
older: bool = names[0] < a
store = Machtype.Store.open_memory()
with store.transaction() as same:
    record: Machtype.Record = same.add(Machtype.RecordBuilder.new("x").end(), None)
store.foreach(None, None, lambda each: print(each.get_uuid().upper()))
known, major, minor, micro = a.get_version()
domain: Machtype.Domain = Machtype.Domain.new_from_xml("<domain/>", Machtype.DomainReadFlags.NONE)
findings: list[Machtype.Finding] = domain.lint("<domain/>", -1, None) + domain.lint("<domain/>", None)
print(major + minor + micro if known and older else record.get_machine() or "none")
GOOD
cat >"$dir/bad.py" <<'BAD'
from gi.repository import Machtype

a = Machtype.Name.new("q35", Machtype.Arch.X86_64)
x: int = a.get_text()
a.nothing()
Machtype.Name.new("q35")
a < "pc"
Machtype.RecordBuilder.new("x").end().get_machine().upper()
Machtype.Domain.new_from_xml("<domain/>")
BAD
check "$dir/stubs/gi/repository/Machtype.pyi"
check "$dir/good.py"
if check "$dir/bad.py" >"$dir/out"; then
  echo 'no mistake was found'
  exit 1
fi
for line in 4 5 6 7 8 9; do
  grep -q "bad.py:$line: error" "$dir/out" || {
    cat "$dir/out"
    echo "line $line: no mistake was found"
    exit 1
  }
done
