# SPDX-License-Identifier: LGPL-2.1-or-later
"""For the tests in Python that have many cases: prints TAP."""

import os
import sys

_count = _failed = 0


def tell(good, what, *details):
    """A case; the details are shown if it failed."""
    global _count, _failed
    _count += 1
    _failed += not good
    print(f"{'ok' if good else 'not ok'} {_count} - {what}", flush=True)
    for detail in details if not good else ():
        print("\n".join(f"# {line}" for line in repr(detail).split("\\n")))


def skip(reason):
    """Like skip.sh."""
    print(f"1..0 # SKIP {reason}")
    sys.exit(1 if os.environ.get("MACHTYPE_TEST_REQUIRE") else 0)


def end():
    print(f"1..{_count}")
    sys.exit(_failed != 0)
