# SPDX-License-Identifier: LGPL-2.1-or-later
"""The Novas of other Debian releases, in the roots that root.sh makes."""

import os
import subprocess
import sys
import tempfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
# Debian's release, and the Nova that it has.
RELEASES = {"bookworm": 26, "trixie": 31, "sid": 34}


def find(suite):
    """The root of a release. Without it, the test is skipped, or fails if it must not be."""
    cache = os.environ.get("MACHTYPE_TEST_CACHE") or os.path.expanduser("~/.cache/libmachtype")
    root = os.path.join(cache, "nova", suite)
    if not os.path.exists(os.path.join(root, "srv/stamp")):
        print(f"SKIP: there is no Nova of {suite} (tests/interop/root.sh makes it, in "
              "MACHTYPE_TEST_CACHE)")
        sys.exit(1 if os.environ.get("MACHTYPE_TEST_REQUIRE") else 77)
    return root


def start(suite, modules, *arguments, pass_fds=(), **options):
    """Runs the first of these modules in the root of a release, with the others beside it. They are
    read from an open file, so that nothing has to be written into the root."""
    root = find(suite)
    with tempfile.NamedTemporaryFile(suffix=".zip") as file:
        with zipfile.ZipFile(file, "w") as archive:
            for number, name in enumerate(modules):
                path = os.path.join(HERE, name + ".py")
                archive.write(path, "__main__.py" if number == 0 else name + ".py")
        file.flush()
        words = ["python3", "-W", "ignore", f"/proc/self/fd/{file.fileno()}", *arguments]
        # pylint: disable=consider-using-with
        return subprocess.Popen(["sh", os.path.join(HERE, "../install/debian-root.sh"), "run", root,
                                 *words], pass_fds=[file.fileno(), *pass_fds], **options)
