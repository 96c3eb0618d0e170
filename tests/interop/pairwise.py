# SPDX-License-Identifier: LGPL-2.1-or-later
"""Cases that have every pair of levels of any two factors at least once.

A factor is a name with its levels, the first of which is the default one ("unset"). A case chooses a
level of each factor. What is refused as a whole hides everything else in the case; so a combination
that is known to be refused is avoided from then on, and the pairs that it hid are still required.
Greedy, and the same for the same seed.
"""

import itertools
import random

# The number of factors, from the first, that are chosen before all others.
FIRST = 3


def halves_without(items, parts):
    """items split into parts, each time without one of them."""
    size = max(1, len(items) // parts)
    for start in range(0, len(items), size):
        yield items[:start] + items[start + size:]


def shrink(items, still):
    """A part of items of which none can be omitted, for which still(part) is true as for items."""
    parts = 2
    while items:
        for fewer in halves_without(items, parts):
            if len(fewer) < len(items) and still(fewer):
                items, parts = fewer, max(2, parts - 1)
                break
        else:
            if parts >= len(items):
                break
            parts = min(len(items), parts * 2)
    return items


class Pairwise:
    def __init__(self, factors, seed, needs=()):
        """needs: by (name, level), the factors without which it can be refused."""
        self.factors, self.needs = factors, dict(needs)
        self.order = {name: at for at, name in enumerate(factors)}
        self.random = random.Random(seed)
        self.avoided = {}
        self.wanted = {self.pair((one, a), (two, b))
                       for one, two in itertools.combinations(factors, 2)
                       for a in factors[one] for b in factors[two]}
        self.total = len(self.wanted)
        # In an order that depends only on the seed: a set's differs between runs.
        self.seeds = sorted(self.wanted, key=repr)
        self.random.shuffle(self.seeds)
        self.refused = self.hopeless = 0

    def pair(self, one, two):
        return (one, two) if self.order[one[0]] < self.order[two[0]] else (two, one)

    def usual(self, name):
        return self.factors[name][0]

    def case(self, items):
        """The case in which everything except items is default."""
        case = {name: levels[0] for name, levels in self.factors.items()}
        case.update(items)
        return case

    def unusual(self, case):
        return [(name, level) for name, level in case.items() if level != self.usual(name)]

    def with_needs(self, items):
        """items, and the default level of what they would have needed."""
        names = dict(items)
        needed = [name for item in items for name in self.needs.get(item, ()) if name not in names]
        return list(items) + [(name, self.usual(name)) for name in needed]

    def avoid(self, items, exactly=False):
        """Never again all of items in one case, unless with what they need; as a pair they are
        done."""
        combination = frozenset(items if exactly else self.with_needs(items))
        for item in combination:
            self.avoided.setdefault(item, set()).add(combination)
        if len(combination) == 2:
            self.done_refused(self.pair(*combination))

    def done_refused(self, pair):
        if pair in self.wanted:
            self.wanted.discard(pair)
            self.refused += 1

    def give_up(self):
        """For a level that is refused with every level of the first factor no pair can be seen."""
        first = [(name, level) for name in list(self.factors)[:1] for level in self.factors[name]
                 if self.allowed({}, (name, level))]
        for name, levels in self.factors.items():
            for level in levels:
                item = (name, level)
                seen = name in dict(first) or any(self.allowed(dict([one]), item) for one in first)
                if not seen:
                    pairs = {pair for pair in self.wanted if item in pair}
                    self.hopeless += len(pairs)
                    self.wanted -= pairs

    def cover(self, case):
        for one, two in itertools.combinations(case.items(), 2):
            self.wanted.discard(self.pair(one, two))

    def allowed(self, chosen, item):
        """Whether item can be added to what is chosen."""
        for combination in self.avoided.get(item, ()):
            if all(other == item or chosen.get(other[0], self) == other[1] for other in combination):
                return False
        return True

    def gain(self, chosen, item):
        return sum(self.pair(item, other) in self.wanted for other in chosen.items())

    def choose(self, chosen, name):
        """Adds the level of a factor that covers most; False if all of them must be avoided."""
        levels = [level for level in self.factors[name] if self.allowed(chosen, (name, level))]
        if not levels:
            return False
        self.random.shuffle(levels)
        chosen[name] = max(levels, key=lambda level: self.gain(chosen, (name, level)))
        return True

    def next_case(self):
        """None when every pair was covered, or is refused wherever it could be."""
        while self.seeds:
            seed = self.seeds[-1]
            if seed in self.wanted:
                chosen = self.build(seed)
                if chosen is not None:
                    return chosen
                self.done_refused(seed)
            self.seeds.pop()
        return None

    def build(self, seed):
        """A case with this pair; None if it is refused with every possible rest."""
        if not all(self.allowed(dict(seed), item) for item in seed):
            return None
        chosen, rest = dict(seed), [name for name in self.factors if name not in dict(seed)]
        # The one for which most others are refused comes first, while everything is still open.
        rest = rest[:FIRST] + self.random.sample(rest[FIRST:], len(rest[FIRST:]))
        return chosen if all(self.choose(chosen, name) for name in rest) else None
