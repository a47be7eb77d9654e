"""Tables to protect, and outsiders who attack them without a line of the code that they test."""

import itertools
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse
from scipy.optimize import linprog, milp

from mapsvc.statistics.disclosure import Table


def with_totals(base, axes):
    """Return the table of an array and its totals over some axes."""
    counts = np.asarray(base, dtype=np.int64)
    for axis in axes:
        counts = np.concatenate([counts, counts.sum(axis=axis, keepdims=True)], axis=axis)
    numbers = np.arange(counts.size).reshape(counts.shape)
    rows = []
    for axis in axes:
        for line in np.moveaxis(numbers, axis, -1).reshape(-1, counts.shape[axis]):
            row = np.zeros(counts.size, dtype=np.int64)
            row[line[:-1]], row[line[-1]] = 1, -1
            rows.append(row)
    matrix = np.array(rows) if rows else np.zeros((0, counts.size), dtype=np.int64)
    return Table(counts.ravel(), sparse.csr_array(matrix))


# Zeros, counts that are withheld, those just above, and counts that hide anything.
COUNTS = st.one_of(
    st.just(0), st.integers(1, 10), st.integers(1, 10), st.integers(11, 25), st.integers(26, 3000)
)


@st.composite
def tables(draw, places=3, groups=2, periods=2):
    """Tables of places × groups × periods, with the pooled period and other totals or without."""
    shape = (draw(st.integers(1, places)), draw(st.integers(1, groups)), periods)
    base = draw(hnp.arrays(np.int64, shape, elements=COUNTS, fill=st.nothing()))
    axes = [axis for axis in (0, 1) if draw(st.integers(0, 3))]
    return with_totals(base, [*axes, 2])


@dataclass
class Interval:
    lower: np.ndarray
    upper: np.ndarray


def outsider(table, withheld):
    """Bound every withheld cell by one linear programme over all cells, none of them left out.

    Copies of the table, one for the lower and one for the upper bound of every cell, stand side by
    side; published counts are fixed by bounds.
    """
    cells = np.flatnonzero(withheld)
    copies, size = 2 * cells.size, table.counts.size
    if not copies:
        return Interval(np.empty(0), np.empty(0))
    roof = 20.0 * table.counts.sum() + 1000
    lower = np.where(withheld, 1.0, table.counts)
    upper = np.where(withheld, roof, table.counts)
    objective = np.zeros((copies, size))
    objective[np.arange(cells.size), cells] = 1
    objective[np.arange(cells.size) + cells.size, cells] = -1
    matrix = sparse.kron(sparse.eye_array(copies), table.identities, format="csc")
    answer = linprog(
        objective.ravel(),
        A_eq=matrix,
        b_eq=np.zeros(matrix.shape[0]),
        bounds=np.tile(np.column_stack([lower, upper]), (copies, 1)),
        method="highs",
    )
    assert answer.status == 0, answer.message
    found = answer.x.reshape(2, cells.size, size)
    columns = np.arange(cells.size)
    return Interval(found[0, columns, cells], found[1, columns, cells])


def integer_outsider(table, withheld, cell):
    """Bound one cell by integer programming over all cells."""
    roof = 20.0 * table.counts.sum() + 1000
    ends = []
    for sign in (1, -1):
        objective = np.zeros(table.counts.size)
        objective[cell] = sign
        answer = milp(
            objective,
            integrality=np.ones(table.counts.size),
            bounds=(np.where(withheld, 1, table.counts), np.where(withheld, roof, table.counts)),
            constraints=(table.identities, 0, 0),
        )
        assert answer.status == 0, answer.message
        ends.append(round(answer.x[cell]))
    return ends


def enumerated(table, withheld, roof):
    """Return the range of every cell over all whole tables up to a roof that agree, by trying."""
    matrix = table.identities.toarray()
    unknown = np.flatnonzero(withheld)
    fixed = matrix @ np.where(withheld, 0, table.counts)
    found = [
        guess
        for guess in itertools.product(range(1, roof + 1), repeat=unknown.size)
        if not (matrix[:, unknown] @ np.array(guess) + fixed).any()
    ]
    return np.min(found, axis=0), np.max(found, axis=0)


def fewest(table, threshold=10, width=10, at_most=10):
    """Return how many cells the best safe pattern withholds, by trying all of fewer first."""
    small = (table.counts >= 1) & (table.counts <= threshold)
    others = np.flatnonzero(table.counts > threshold)
    for extra in range(at_most):
        for chosen in itertools.combinations(others, extra):
            withheld = small.copy()
            withheld[list(chosen)] = True
            seen = outsider(table, withheld)
            if np.all(seen.upper - seen.lower >= width - 1e-6):
                return int(withheld.sum())
    raise AssertionError("no safe pattern that small")
