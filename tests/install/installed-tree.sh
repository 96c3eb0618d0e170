#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# installed-tree.sh SOURCE
#
# Installs into a prefix of its own and uses nothing but that: copies of the examples in C and C++,
# by several compilers and standards, through pkg-config alone; in Python, JavaScript and Vala through
# the installed introspection data; the operator program; the libvirt module from where it was
# compiled to be. What they say is compared with the transcripts of the suite examples.

set -eu
# What is built here is run, also by others.
umask 022

source=$1
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/skip.sh
. "$here/../skip.sh"
for tool in gcc g++ clang clang++ valac vapigen gjs g-ir-scanner; do
  command -v $tool >/dev/null || skip "$tool is not installed"
done
/usr/bin/python3 -c 'import gi' 2>/dev/null || skip 'python3-gi is not installed'
[ -d "${MACHTYPE_LIBVIRT_CACHE-}" ] || skip 'MACHTYPE_LIBVIRT_CACHE names no warm cache of libvirt'

work=$(mktemp -d /tmp/mt.XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
# meson reads these. With SUDO_UID it would give files away.
unset CC CXX CFLAGS CXXFLAGS CPPFLAGS LDFLAGS DESTDIR SUDO_UID SUDO_GID \
  MACHTYPE_MODULE_DIR GI_TYPELIB_PATH XDG_DATA_HOME XDG_DATA_DIRS

fail() {
  echo "FAIL: $1" >&2
  exit 1
}

quietly() { # COMMAND...
  "$@" >"$work/log" 2>&1 || {
    cat "$work/log" >&2
    fail "$*"
  }
}

flags() { # PACKAGE...
  pkg-config --cflags --libs "$@"
}

echo '== install'
prefix=$work/prefix
quietly meson setup "$work/build" "$source" --prefix "$prefix" --libdir lib -Dtests=false \
  -Dintrospection=enabled -Dvapi=enabled -Ddocumentation=disabled
quietly meson install -C "$work/build"
PKG_CONFIG_PATH=$prefix/lib/pkgconfig LD_LIBRARY_PATH=$prefix/lib
export PKG_CONFIG_PATH LD_LIBRARY_PATH

echo '== nothing of it points into the source or the build'
sh "$here/paths.sh" "$prefix" 3 "$source" "$work/build"

echo '== with DESTDIR the same files, and nothing elsewhere'
quietly env DESTDIR="$work/stage" meson install -C "$work/build" --no-rebuild
(cd "$prefix" && find . ! -type d | sort) >"$work/there"
(cd "$work/stage/$prefix" && find . ! -type d | sort) >"$work/staged"
diff "$work/there" "$work/staged" || fail 'DESTDIR'
[ "$(find "$work/stage" ! -type d | wc -l)" -eq "$(wc -l <"$work/there")" ] ||
  fail 'DESTDIR: files outside the prefix'
# From here on only the installed copy is there.
rm -rf "$work/build" "$work/stage"

echo '== pkg-config'
pkg-config --print-requires libmachtype
if pkg-config --print-requires libmachtype | grep libvirt; then
  fail 'libvirt is required of every user'
fi
[ "$(pkg-config --modversion libmachtype)" = "$("$prefix/bin/machtype" --version | sed 's/.* //')" ] ||
  fail 'pkg-config and the program disagree about the version'

echo '== man pages and completion, where they are looked for'
for file in man/man1/machtype.1 man/man3/libmachtype.3 man/man5/machtype.conf.5 \
  bash-completion/completions/machtype zsh/site-functions/_machtype \
  fish/vendor_completions.d/machtype.fish; do
  [ -s "$prefix/share/$file" ] || fail "there is no share/$file"
done
grep -q "$prefix/etc/machtype.conf" "$prefix/share/man/man1/machtype.1" ||
  fail 'the man page names another machtype.conf'

echo '== every header alone'
compilers='gcc:c:c99 gcc:c:c11 gcc:c:c2x clang:c:c99 clang:c:c17 g++:c++:c++11 g++:c++:c++20
  clang++:c++:c++17'
for header in "$prefix"/include/machtype/*.h; do
  echo "#include <machtype/$(basename "$header")>" >"$work/alone.h"
  for one in $compilers; do
    IFS=: read -r compiler language standard <<ONE
$one
ONE
    # shellcheck disable=SC2046
    "$compiler" -x "$language" "-std=$standard" -pedantic-errors -Wall -Wextra -Werror \
      -fsyntax-only "$work/alone.h" $(pkg-config --cflags libmachtype) ||
      fail "$(basename "$header"): $compiler, $standard"
  done
done
[ "$(find "$prefix/include/machtype" -name '*.h' | wc -l)" -ge 20 ] || fail 'headers are missing'

echo '== the examples in C'
cp -r "$source/examples" "$work/examples"
cd "$work"
transcript() { # FOLDER NAME
  echo "$1 $2"
  sh "$source/tests/examples/transcript.sh" "$source/tests/examples/$2.txt" "$work/$1/$2"
}
for one in gcc:c99 gcc:c11 gcc:c2x clang:c99 clang:c17; do
  compiler=${one%:*} standard=${one#*:} folder=$(echo $one | tr : -)
  mkdir "$folder"
  for file in examples/*.c; do
    name=$(basename "$file" .c) packages=libmachtype
    case $name in own-connection | create | guard) packages='libmachtype libvirt' ;; esac
    # shellcheck disable=SC2046,SC2086
    $compiler "-std=$standard" -pedantic -Wall -Wextra -Werror "$file" -o "$folder/$name" \
      $(flags $packages)
  done
done
for name in first resolve-image sort-names guard-change emulate-arch record-host own-connection; do
  transcript gcc-c99 $name
  transcript clang-c17 $name
done

echo '== the main job in every language'
main_job() { # COMMAND...
  echo "$@"
  sh "$source/tests/examples/main-job.sh" "$source/tests/examples/main-job.txt" "$@"
}
main_job gcc-c99/main-job
main_job clang-c17/main-job
for one in g++:c++11 g++:c++14 g++:c++17 g++:c++20 g++:c++23 clang++:c++11 clang++:c++20; do
  program=./main-job-$(echo $one | tr : -)
  # shellcheck disable=SC2046
  ${one%:*} "-std=${one#*:}" -pedantic -Wall -Wextra -Werror examples/cplusplus/main-job.cc \
    -o "$program" $(flags libmachtype)
  main_job "$program"
done
(
  XDG_DATA_DIRS=$prefix/share:/usr/local/share:/usr/share
  export XDG_DATA_DIRS
  # -w: warnings about valac's own temporaries do not concern us.
  valac --pkg libmachtype -X -w -o "$work/main-job-vala" examples/vala/main-job.vala
)
main_job ./main-job-vala
(
  GI_TYPELIB_PATH=$prefix/lib/girepository-1.0
  export GI_TYPELIB_PATH
  main_job /usr/bin/python3 examples/python/main-job.py
  main_job gjs -m examples/javascript/main-job.js
)

echo '== the programs link what they use, and know no path'
for program in gcc-c99/* clang-c17/* main-job-*; do
  case $program in */own-connection | */create | */guard) continue ;; esac
  if ldd "$program" | grep -E 'libvirt|libpq|libsqlite3'; then
    fail "$program links libvirt, libpq or SQLite"
  fi
  if readelf -d "$program" | grep -E 'RPATH|RUNPATH'; then
    fail "$program has a run path"
  fi
done

echo '== the operator program'
machtype=$prefix/bin/machtype
[ "$($machtype compare pc-q35-4.0.1 pc-q35-9.2)" = lt ] || fail 'compare'
if LD_DEBUG=libs $machtype compare pc-q35-4.0.1 pc-q35-9.2 2>&1 | grep -E 'libvirt|libpq|libsqlite3'; then
  fail 'a command that compares names loads libvirt, libpq or SQLite'
fi

echo '== the libvirt module, from its compiled-in path'
uri=$(sh "$source/tests/boot/embed-root.sh" "$work/r" "$MACHTYPE_LIBVIRT_CACHE")
$machtype resolve --connect "$uri" --property hw_emulation_architecture=aarch64 | tee "$work/out"
grep -q '^canonical: *virt-[0-9]' "$work/out" || fail 'no canonical name'

# A program that runs with more rights than its caller must not load the caller's modules.
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
  echo '== the override of the module path is ignored under AT_SECURE'
  chmod 755 "$work" "$prefix"
  # shellcheck disable=SC2046
  gcc -std=c99 "$here/open-host.c" -o open-host $(flags libmachtype) -Wl,-rpath,"$prefix/lib"
  chgrp daemon open-host
  chmod 2755 open-host
  mkdir -p nowhere
  MACHTYPE_MODULE_DIR=$work/nowhere setpriv --reuid nobody --regid nogroup --clear-groups \
    ./open-host 2>&1 | tee "$work/out"
  grep -q "$prefix/lib/libmachtype" "$work/out" && fail 'the module was not found'
  grep -q nowhere "$work/out" && fail 'the override was honoured'
fi
echo '== well'
