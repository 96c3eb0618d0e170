#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# transcript.sh [--valgrind] TRANSCRIPT PROGRAM...
#
# Runs each line of a transcript that begins with "$ " in the top directory of the source, and
# compares output (both streams) and exit statuses with the transcript. In it programs are called by
# name, and $WORK is an empty directory. With --valgrind they also must not leak or read memory that
# is not theirs. MACHTYPE_TEST_UPDATE=1 writes the transcript.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/skip.sh
. "$here/../skip.sh"

valgrind=no
if [ "$1" = --valgrind ]; then
  command -v valgrind >/dev/null || skip 'valgrind is not installed'
  valgrind=yes
  shift
fi
transcript=$(realpath "$1")
shift

WORK=$(mktemp -d)
bin=$(mktemp -d)
trap 'rm -rf "$WORK" "$bin"' EXIT
trap 'exit 1' INT TERM
for program; do
  if [ $valgrind = yes ]; then
    cat >"$bin/$(basename "$program")" <<SCRIPT
#!/bin/sh
exec valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite \\
  --num-callers=30 --suppressions=/usr/share/glib-2.0/valgrind/glib.supp "$(realpath "$program")" "\$@"
SCRIPT
    chmod 755 "$bin/$(basename "$program")"
  else
    ln -s "$(realpath "$program")" "$bin/"
  fi
done
PATH=$bin:$PATH
LC_ALL=C.UTF-8
export PATH WORK LC_ALL

cd "$here/../.."
count=0
grep '^\$ ' "$transcript" >"$bin/.commands"
while read -r _ command; do
  printf '$ %s\n' "$command"
  status=0
  sh -c "$command" </dev/null 2>&1 || status=$?
  printf '= %s\n' $status
  count=$((count + 1))
done <"$bin/.commands" >"$bin/.out"
[ $count -gt 0 ] || {
  echo "$transcript has no command" >&2
  exit 1
}
[ -z "${MACHTYPE_TEST_UPDATE-}" ] || cp "$bin/.out" "$transcript"
diff -u "$transcript" "$bin/.out"
