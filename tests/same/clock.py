# SPDX-License-Identifier: LGPL-2.1-or-later
"""What two consecutive runs cannot have in common: the times that they write."""

import calendar
import re
import time


class Clock:
    """Replaces the times between its creation and now, and no other: those of imported records are
    kept."""

    def __init__(self):
        self.start = int(time.time())

    def is_now(self, seconds):
        return self.start <= seconds <= time.time()

    def _stamp(self, match):
        return match.group(1) + b'"NOW"' if self.is_now(int(match.group(2))) else match.group(0)

    def _date(self, match):
        date = time.strptime(match.group(0).decode(), "%Y-%m-%dT%H:%M:%SZ")
        return b"NOW" if self.is_now(calendar.timegm(date)) else match.group(0)

    def normalise_text(self, text):
        # Of records in JSON.
        text = re.sub(rb'("(?:recorded|seen)_at":)(\d+)\b', self._stamp, text)
        # Of histories, and of what is copied into a domain.
        return re.sub(rb"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", self._date, text)

    def normalise(self, answer):
        return answer._replace(out=self.normalise_text(answer.out), err=self.normalise_text(answer.err))
