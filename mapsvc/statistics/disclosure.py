"""Which counts to withhold so that none of the small ones can be worked out.

Primary cells are the counts of 1 to ``threshold``. Complementary cells are chosen by integer
programming with cutting planes: a pattern is attacked, each cell that the attack pins down gives a
linear inequality that every safe pattern fulfils, and the cheapest pattern within all inequalities
is attacked again (Fischetti and Salazar, Management Science 47, 2001). Where a part of the table is
too large for that to end, the pattern is completed cell by cell and then thinned. What is returned
has passed the attack of ``mapsvc.statistics.disclosure_audit`` in every case.

All limits are of work, none of time, so that every machine withholds the same cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import LinearConstraint, milp

from mapsvc.errors import MapsvcError
from mapsvc.statistics.disclosure_audit import (
    TOLERANCE,
    WHOLE_CELLS,
    WIDTH,
    Counts,
    Flags,
    Floats,
    Indices,
    Part,
    attack,
    audit,
    parts,
    recovered,
)

THRESHOLD = 10
"""Counts from 1 to this are withheld."""

ROUNDS = 120
"""Patterns of one part that are tried before it is completed by the heuristic."""
EXACT_CELLS = 80
"""Smaller parts are solved to the end."""
PATIENCE = 4
"""Rounds without a better bound after which a larger part is completed by the heuristic."""
NODE_LIMIT = 3000
"""Branch-and-bound nodes for one pattern."""
THIN_WORK = 40_000
"""Trials of publishing a cell that the heuristic withheld, times the cells of the part."""


class DisclosureError(MapsvcError):
    """Counts that have to be withheld cannot be, and a release with them cannot be published.

    ``cells`` are their positions in the table. No message has a count in it.
    """

    def __init__(self, cells: Iterable[int], why: str) -> None:
        self.cells: tuple[int, ...] = tuple(cells)
        self.why = why
        super().__init__(f"{len(self.cells)} counts that have to be withheld {why}")


KEPT = "follow from earlier releases that are still kept"


@dataclass(frozen=True, eq=False)
class Table:
    """Non-negative whole counts and what is known to add up.

    ``identities`` is a sparse matrix of whole numbers, a row for each identity and a column for
    each cell, with ``identities @ counts == 0``: 1 for each part and -1 for its total.
    ``unpublished`` marks cells that no release shows whatever is decided, such as the remainder of
    a total beyond its listed parts. Raises ValueError where an identity does not hold.
    """

    counts: Counts
    identities: sparse.csr_array
    unpublished: Flags | None = None

    def __post_init__(self) -> None:
        counts = np.asarray(self.counts, dtype=np.int64)
        identities = sparse.csr_array(self.identities).astype(np.int64)
        identities.eliminate_zeros()
        hidden = np.zeros(counts.size, bool) if self.unpublished is None else self.unpublished
        if counts.ndim != 1 or identities.shape[1] != counts.size or hidden.shape != counts.shape:
            raise ValueError("counts, columns of identities and flags are not as many")
        if np.any(counts < 0) or np.any(counts != self.counts):
            raise ValueError("a count is negative or no whole number")
        if (identities @ counts).any():
            raise ValueError("an identity does not hold")
        object.__setattr__(self, "counts", counts)
        object.__setattr__(self, "identities", identities)
        object.__setattr__(self, "unpublished", np.asarray(hidden, dtype=bool))


def protect(
    table: Table,
    threshold: int = THRESHOLD,
    width: int = WIDTH,
    published: Flags | None = None,
    cost: Floats | None = None,
) -> Flags:
    """Return which cells to withhold: every count of 1 to ``threshold`` and as few more as can be.

    Every withheld cell then has an interval at least ``width`` wide; cells with zero are never
    withheld. ``published`` marks cells that earlier releases hold, which can be withheld no more;
    ``cost`` is what withholding each cell is worth avoiding (1 each). Raises DisclosureError
    where ``published`` cells leave no safe choice.

    >>> total = sparse.csr_array(np.array([[1, 1, 1, -1]]))
    >>> protect(Table(np.array([3, 40, 60, 103]), total)).sum()
    np.int64(2)
    """
    known = np.zeros(table.counts.size, bool) if published is None else published
    hidden = np.asarray(table.unpublished, dtype=bool)
    price = np.ones(table.counts.size) if cost is None else cost
    small = (table.counts >= 1) & (table.counts <= threshold)
    if np.any(small & known):
        raise DisclosureError(np.flatnonzero(small & known).tolist(), KEPT)
    free = (table.counts > 0) & ~known
    withheld: Flags = (small | hidden) & free
    for part in parts(table.identities, free):
        cells = part.cells
        if small[cells].any():
            task = _Task(
                part, table.counts[cells], small[cells], hidden[cells], price[cells], width
            )
            withheld[cells] = _choose(task)
    return withheld


def weak_cells(
    table: Table, withheld: Flags, threshold: int = THRESHOLD, width: int = WIDTH
) -> Indices:
    """Return the withheld cells that an outsider pins down to an interval narrower than ``width``.

    Cells that are never published matter only where they are of 1 to ``threshold``.
    """
    lower, upper = audit(table.identities, table.counts, withheld, width)
    matter = ~np.asarray(table.unpublished, dtype=bool) | (table.counts <= threshold)
    return recovered(lower, upper, withheld & matter, width)


@dataclass(frozen=True, eq=False)
class _Task:
    """One part of a table: cells that may all be withheld, and what ties them."""

    part: Part
    counts: Counts
    small: Flags
    hidden: Flags
    cost: Floats
    width: int


@dataclass(frozen=True, eq=False)
class _Weakness:
    """A cell that the attack pins down."""

    lower: float
    """As low as it can be."""
    prices: Floats
    """Of all identities of the part, in the programmes of its lower and of its upper bound."""


@dataclass(frozen=True, eq=False)
class _Cut:
    """``weights @ withheld >= least`` holds for every safe pattern."""

    weights: Floats
    least: float


def _choose(task: _Task) -> Flags:
    """Return the pattern of a part: the cheapest, or near it where the part is large."""
    always = withheld = task.small | task.hidden
    exact = task.counts.size <= EXACT_CELLS
    cuts = _pair_cuts(task) if exact else []
    weaknesses = _Weaknesses(task)
    best, stalled = 0.0, 0
    for _ in range(ROUNDS):
        found = _plain_cuts(task, withheld)
        if not found:
            weak = weaknesses(withheld)
            if not weak:
                return withheld
            if stalled >= PATIENCE and not exact:
                break
            found = [_cut(task, withheld, cell, weakness) for cell, weakness in weak.items()]
        cuts += found
        chosen = _cheapest(task, always, cuts)
        if chosen is None:
            break
        withheld = chosen
        cost = float(task.cost[withheld].sum())
        best, stalled = max(best, cost), 0 if cost > best + TOLERANCE else stalled + 1
    return _thin(task, withheld, _complete(task, withheld, weaknesses), weaknesses)


class _Weaknesses:
    """The cells of a pattern that the attack pins down.

    A pattern falls apart into pieces, most of which stay as they are from one pattern to the next.
    """

    def __init__(self, task: _Task) -> None:
        self._task = task
        self._known: dict[bytes, dict[int, _Weakness]] = {}

    def __call__(self, withheld: Flags) -> dict[int, _Weakness]:
        weak: dict[int, _Weakness] = {}
        for piece in parts(self._task.part.matrix, withheld):
            key = piece.cells.tobytes()
            if key not in self._known:
                self._known[key] = self._attack(piece)
            weak |= self._known[key]
        return weak

    def _attack(self, piece: Part) -> dict[int, _Weakness]:
        task, start = self._task, self._task.counts[piece.cells]
        whole = piece.cells.size <= WHOLE_CELLS
        found = attack(piece, start, task.width, whole, thorough=False)
        weak = {}
        for number, prices in found.prices.items():
            cell = int(piece.cells[number])
            if task.small[cell] or not task.hidden[cell]:
                both = np.zeros((2, task.part.rows.size))
                both[:, piece.rows] = prices
                weak[cell] = _Weakness(float(found.lower[number]), both)
        return weak


def _pair_cuts(task: _Task) -> list[_Cut]:
    """State for every cell of every identity that it cannot be the only one withheld there."""
    cuts = []
    matrix = task.part.matrix
    for row in range(matrix.shape[0]):
        columns = _columns(matrix, row)
        for cell in columns[task.small[columns] | ~task.hidden[columns]].tolist():
            weights = np.zeros(task.counts.size)
            weights[columns] = task.width
            weights[cell] = 0.0
            cuts.append(_for_cell(task, cell, weights))
    return cuts


def _plain_cuts(task: _Task, withheld: Flags) -> list[_Cut]:
    """Return inequalities that a pattern violates in one identity alone: found without solving.

    A cell cannot be the only one withheld in an identity; and it goes up no further than those on
    its side can go down, if none is withheld on the other side.
    """
    cuts = []
    matrix = task.part.matrix
    room = np.minimum(task.counts - 1, task.width)
    target = task.small | ~task.hidden
    for sign in (1, -1):
        here = (sign * matrix == 1).astype(np.int64)
        there = abs(matrix).astype(np.int64) - here
        alone = (here @ withheld == 1) & (there @ withheld == 0)
        tight = (here @ (room * withheld) < task.width) & (there @ withheld == 0)
        for rows, weight in ((alone, np.full(room.size, task.width)), (tight, room)):
            for row in np.flatnonzero(rows & (here @ (withheld & target) > 0)).tolist():
                weights = np.zeros(room.size)
                same = _columns(here, row)
                weights[same] = weight[same]
                weights[_columns(there, row)] = task.width
                movers = same[withheld[same] & target[same]]
                if weight is not room:
                    weights[movers] = 0.0
                sure = movers[task.small[movers]]
                for cell in sure[:1] if sure.size else movers:
                    cuts.append(_for_cell(task, cell, weights))
    return cuts


def _columns(matrix: sparse.csr_array, row: int) -> Indices:
    columns: Indices = matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]
    return columns


def _for_cell(task: _Task, cell: int, weights: Floats) -> _Cut:
    """State that a cell has its interval: where it is withheld at all, if that is a choice."""
    if task.small[cell]:
        return _Cut(weights, task.width)
    weights = weights.copy()
    weights[cell] -= task.width
    return _Cut(weights, 0.0)


def _cut(task: _Task, withheld: Flags, cell: int, weakness: _Weakness) -> _Cut:
    """Turn the prices of a cell's bounds into an inequality that its pattern violates.

    For any prices y, x_p = (e_p - yA) x over all tables x, so that p moves no further than the
    withheld cells carry it: up without limit, down to 1.
    """
    weights = np.zeros(task.counts.size)
    for direction, price in zip((-1, 1), weakness.prices, strict=True):
        slope = -(price @ task.part.matrix)
        slope[cell] += 1
        slope *= direction
        slope[np.abs(slope) < TOLERANCE] = 0
        weights[slope > 0] = np.inf
        weights += np.where(slope < 0, -slope, 0) * (task.counts - 1)
    weights = np.minimum(weights, task.width)
    if weights[withheld].sum() >= task.width - TOLERANCE:
        # Whole tables are fewer than the linear programme sees: this pattern and all within it
        # are unsafe, whatever the prices say.
        weights = np.where(withheld, 0.0, task.width)
    return _for_cell(task, cell, weights)


def _cheapest(task: _Task, always: Flags, cuts: Sequence[_Cut]) -> Flags | None:
    """Return the cheapest pattern within all cuts; None if there is none, or none was found."""
    matrix = sparse.csr_array(np.array([cut.weights for cut in cuts]))
    answer = milp(
        task.cost,
        integrality=np.ones(task.cost.size),
        bounds=(always.astype(float), np.ones(task.cost.size)),
        constraints=LinearConstraint(matrix, [cut.least for cut in cuts], np.inf),
        options={"node_limit": NODE_LIMIT},
    )
    return None if answer.x is None else answer.x > 0.5


def _complete(task: _Task, withheld: Flags, weaknesses: _Weaknesses) -> Flags:
    """Withhold more, until no cell is weak: for each weak one what it takes to let it move."""
    withheld = withheld.copy()
    while weak := weaknesses(withheld):
        before = np.count_nonzero(withheld)
        for whole in (False, True):
            for cell, found in weak.items():
                withheld |= _path(task, withheld, cell, found.lower, whole)
            if np.count_nonzero(withheld) > before:
                break
        else:
            # Then nothing is published, and all counts times two, three, ... fit as well as they
            # do, unless earlier releases fix some.
            withheld[:] = True
            weak = weaknesses(withheld)
            if weak:
                raise DisclosureError(sorted(task.part.cells[list(weak)].tolist()), KEPT)
    return withheld


def _path(task: _Task, withheld: Flags, cell: int, lower: float, whole: bool) -> Flags:
    """Return the cells that move, at the least cost, when one moves up as far as it has to."""
    size = task.counts.size
    cost = np.where(withheld, TOLERANCE, task.cost)
    top = np.concatenate([np.full(size, np.inf), task.counts - 1.0])
    bottom = np.zeros(2 * size)
    bottom[cell] = top[cell] = lower + task.width - task.counts[cell]
    top[size + cell] = 0.0
    answer = milp(
        np.concatenate([cost, cost]),
        integrality=np.full(2 * size, int(whole)),
        bounds=(bottom, top),
        constraints=LinearConstraint(
            sparse.hstack([task.part.matrix, -task.part.matrix], format="csr"), 0, 0
        ),
        options={"node_limit": NODE_LIMIT},
    )
    if answer.x is None:
        return np.zeros(size, dtype=bool)
    moved: Flags = answer.x[:size] + answer.x[size:] > TOLERANCE
    return moved


def _thin(task: _Task, before: Flags, withheld: Flags, weaknesses: _Weaknesses) -> Flags:
    """Publish again what the heuristic withheld and is not needed."""
    added = np.flatnonzero(withheld & ~before)
    dearest = added[np.argsort(-task.cost[added], kind="stable")]
    for cell in dearest[: THIN_WORK // task.counts.size].tolist():
        trial = withheld.copy()
        trial[cell] = False
        if not weaknesses(trial):
            withheld = trial
    return withheld
