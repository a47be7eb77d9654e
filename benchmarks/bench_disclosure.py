"""How long it takes to choose what to withhold, and to attack it: ``mapsvc.statistics.disclosure``.

Run ``python benchmarks/bench_disclosure.py [--places N] [--groups N] [--periods N] [--seed N]``.
The table has counts as small and as uneven as deaths in custody are, with the totals over groups
and periods of every place, then with those over places as well, which tie everything into one
part. The attack is run from what is published alone.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from scipy import sparse

from mapsvc.statistics.disclosure import Table, protect
from mapsvc.statistics.disclosure_audit import audit, recovered


def uneven_counts(shape, seed):
    """Counts of which a third are zero and half of the others small."""
    random = np.random.default_rng(seed)
    counts = random.poisson(random.lognormal(1.5, 1.2, shape))
    counts[random.random(shape) < 0.3] = 0
    return counts


def with_totals(counts, axes):
    """The table of an array and its totals over some axes."""
    for axis in axes:
        counts = np.concatenate([counts, counts.sum(axis=axis, keepdims=True)], axis=axis)
    numbers = np.arange(counts.size).reshape(counts.shape)
    blocks = []
    for axis in axes:
        lines = np.moveaxis(numbers, axis, -1).reshape(-1, counts.shape[axis])
        signs = np.where(np.arange(lines.shape[1]) < lines.shape[1] - 1, 1, -1)
        starts = np.arange(lines.shape[0] + 1) * lines.shape[1]
        values = np.tile(signs, lines.shape[0])
        shape = (lines.shape[0], counts.size)
        blocks.append(sparse.csr_array((values, lines.ravel(), starts), shape=shape))
    return Table(counts.ravel(), sparse.vstack(blocks, format="csr"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--places", type=int, default=58)
    parser.add_argument("--groups", type=int, default=6)
    parser.add_argument("--periods", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    base = uneven_counts((options.places, options.groups, options.periods), options.seed)
    print(f"{options.places} places × {options.groups} groups × {options.periods} periods")
    for name, axes in (("groups and periods", (1, 2)), ("places too", (0, 1, 2))):
        table = with_totals(base, axes)
        small = np.count_nonzero((table.counts >= 1) & (table.counts <= 10))
        start = time.perf_counter()
        withheld = protect(table)
        chosen = time.perf_counter()
        lower, upper = audit(table.identities, table.counts, withheld, enough=10)
        attacked = time.perf_counter()
        print(
            f"totals over {name}: {table.counts.size:,} cells, {small:,} of 1 to 10, "
            f"{withheld.sum():,} withheld; protect {chosen - start:.1f} s, "
            f"audit {attacked - chosen:.1f} s, "
            f"{recovered(lower, upper, withheld).size} recovered"
        )


if __name__ == "__main__":
    main()
