"""The attack on a table with withheld cells: what an outsider can work out, by linear programmes.

An outsider knows every published count, every identity (a total is the sum of its parts), and of a
withheld cell that it is a whole number of at least 1, because zeros are always published. Of cells
that identities tie together, up to ``WHOLE_CELLS`` of them, every bound that is claimed here to be
open was attained by a whole-number table that agrees with all that is published, checked in integer
arithmetic: neither a solver's rounding nor integer programming gets an outsider further. Where more
are tied together, linear programmes alone decide, and their bounds are rounded inwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import LinearConstraint, OptimizeResult, linprog, milp
from scipy.sparse.csgraph import connected_components

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.int64]

WIDTH = 10
"""A withheld cell is safe where its interval, upper − lower, is at least this wide."""

BATCH_VARIABLES = 2500
"""Programmes of small parts are solved together, up to about this many variables."""
WHOLE_CELLS = 500
"""Parts of up to as many cells are attacked by integer programming, larger ones by linear."""
MAX_DENOMINATOR = 12
"""Rays of a vertex are made whole by a factor of at most this; larger ones are found otherwise."""
MAX_IDLE = 3
"""Directions in a row that settle no cell, after which each is asked for alone."""
SPREAD_OPTIONS: Mapping[str, float] = {"node_limit": 1, "mip_rel_gap": 0.1}
"""A good whole table will do."""
SETTLE_OPTIONS: Mapping[str, float] = {"node_limit": 2000, "mip_rel_gap": 0.0}
"""Limits are of work, not of seconds, so that every machine comes to the same answer."""
TOLERANCE = 1e-6


@dataclass(frozen=True, eq=False)
class Part:
    """Withheld cells that share identities: what an outsider has to solve together."""

    cells: Indices
    """Their positions in the table."""
    rows: Indices
    """The identities that tie them, as rows of the table's matrix."""
    matrix: sparse.csr_array
    """These rows and columns of it."""


@dataclass(frozen=True, eq=False)
class Finding:
    """What an attack on a part comes to; arrays have an entry for each of its cells."""

    lower: Floats
    upper: Floats
    """The interval that is open to each cell: exact, or proved to be at least ``enough`` wide."""
    prices: dict[int, tuple[Floats, Floats]]
    """For each cell found less than ``enough`` wide, the dual prices of the part's identities in
    the programmes that gave its lower and its upper bound."""


def audit(
    identities: sparse.csr_array,
    counts: Counts,
    withheld: Flags,
    enough: float = np.inf,
) -> tuple[Floats, Floats]:
    """Return the lower and upper bound of every cell that an outsider can work out.

    ``identities`` times the counts is zero; ``counts`` of withheld cells are not looked at. A
    published cell has its count for both bounds, an unbounded one an infinite upper bound. With
    ``enough``, an interval at least that wide may be given narrower than it is, never wider, which
    is many times quicker: enough to find every cell that is not safe. Raises ValueError where what
    is published contradicts itself.

    >>> total = sparse.csr_array(np.array([[1, 1, 1, -1]]))
    >>> withheld = np.array([True, True, False, False])
    >>> lower, upper = audit(total, np.array([3, 40, 60, 103]), withheld)
    >>> lower.tolist(), upper.tolist()
    ([1.0, 1.0, 60.0, 103.0], [42.0, 42.0, 60.0, 103.0])
    """
    known = np.where(withheld, 0, counts).astype(np.int64)
    lower, upper = known.astype(np.float64), known.astype(np.float64)
    lower[withheld], upper[withheld] = 1.0, np.inf
    rest = -(identities @ known)
    settled = np.ones(identities.shape[0], dtype=bool)
    for part in parts(identities, withheld):
        settled[part.rows] = False
        whole = part.cells.size <= WHOLE_CELLS
        found = attack(part, _any_table(part, rest[part.rows]), enough, whole)
        lower[part.cells], upper[part.cells] = found.lower, found.upper
    if rest[settled].any():
        raise ValueError("the published counts contradict their identities")
    return lower, upper


def recovered(lower: Floats, upper: Floats, withheld: Flags, width: float = WIDTH) -> Indices:
    """Return the withheld cells whose interval is narrower than ``width``."""
    narrow: Flags = withheld & (upper - lower < width)
    return np.flatnonzero(narrow)


def known_from(counts: Counts, earlier: Sequence[tuple[Counts, Flags]]) -> Flags:
    """Return the cells whose present count an earlier release already published.

    Each release is (counts, withheld) over the same cells; a cell that it did not have is withheld
    in it. A count that was revised since does not tell the present one.
    """
    known = np.zeros(counts.shape, dtype=bool)
    for figures, withheld in earlier:
        known |= ~withheld & (figures == counts)
    return known


def audit_many(
    identities: sparse.csr_array,
    releases: Sequence[tuple[Counts, Flags]],
    enough: float = np.inf,
) -> list[tuple[Floats, Floats]]:
    """Return ``audit`` of each release by an outsider who has kept all of them.

    Each is (counts, withheld) over the same cells. Where the counts agree, what one publishes is
    known in all.
    """
    answers = []
    for counts, withheld in releases:
        known = known_from(counts, releases)
        answers.append(audit(identities, counts, withheld & ~known, enough))
    return answers


def parts(identities: sparse.csr_array, unknown: Flags) -> Iterator[Part]:
    """Yield the groups of unknown cells that identities tie together.

    A cell that is in no identity is in no part: nothing bounds it.
    """
    cells = np.flatnonzero(unknown)
    matrix = identities[:, cells]
    rows = np.flatnonzero(np.diff(matrix.indptr))
    matrix = matrix[rows]
    links = sparse.block_array([[None, matrix], [matrix.T, None]])
    _, label = connected_components(links, directed=False)
    of_row, of_cell = label[: rows.size], label[rows.size :]
    row_order, cell_order = np.argsort(of_row, kind="stable"), np.argsort(of_cell, kind="stable")
    numbers = np.arange(label.max(initial=-1) + 2)
    row_ends = np.searchsorted(of_row[row_order], numbers)
    cell_ends = np.searchsorted(of_cell[cell_order], numbers)
    for number in numbers[:-1]:
        within = row_order[row_ends[number] : row_ends[number + 1]]
        members = cell_order[cell_ends[number] : cell_ends[number + 1]]
        if within.size:
            yield Part(cells[members], rows[within], matrix[within][:, members])


def attack(
    part: Part,
    start: Counts,
    enough: float = np.inf,
    whole: bool = True,
    thorough: bool = True,
) -> Finding:
    """Return how far each cell of a part can move, given one table that agrees with all published.

    The interval of a cell is exact, or stops growing once it is ``enough`` wide. ``whole`` attacks
    by integer programmes; without it by linear ones alone, whose bounds are rounded inwards. If not
    ``thorough``, integer programmes are left out as soon as linear ones have found a weak cell.
    """
    over_whole = _Seen(part, start)
    seen = _Seen(part, start, over_whole)
    _stretch(seen)
    if np.isfinite(enough):
        _spread(seen, enough)
    down, up = _extremes(seen, enough, -1), _extremes(seen, enough, 1)
    result = seen
    if whole and (thorough or not seen.pending(enough).any()):
        _settle(over_whole, seen, enough)
        result = over_whole
    free = np.zeros(part.rows.size)
    prices = {
        cell: (down.get(cell, free), up.get(cell, free))
        for cell in np.flatnonzero(result.upper - result.lower < enough).tolist()
    }
    return Finding(result.lower, result.upper, prices)


class _Seen:
    """The range over which each cell of a part has been seen to move.

    With ``over_whole``, linear programmes may widen it, and what they happen to find of whole
    tables widens that other range too; without, whole tables alone.
    """

    def __init__(self, part: Part, start: Counts, over_whole: _Seen | None = None) -> None:
        self.over_whole = over_whole
        self.matrix = part.matrix
        self.start = start
        self.rest = part.matrix @ start
        self.lower = start.astype(np.float64)
        self.upper = start.astype(np.float64)
        self.hopeless = np.zeros(start.size, dtype=bool)
        """Cells that are known to be weak."""

    def pending(self, enough: float) -> Flags:
        """Return the cells that are not seen to be ``enough`` wide; all, where there is no such."""
        if np.isinf(enough):
            return ~self.hopeless
        narrow: Flags = (self.upper - self.lower < enough) & ~self.hopeless
        return narrow

    def note(self, table: Floats) -> None:
        """Widen the ranges by a solver's answer, if it fits."""
        whole = np.rint(table).astype(np.int64)
        if whole.min() >= 1 and np.array_equal(self.matrix @ whole, self.rest):
            self._widen(whole, whole)
            if self.over_whole is not None:
                self.over_whole._widen(whole, whole)
        elif self.over_whole is not None:
            error = np.abs(self.matrix @ table - self.rest).max()
            if error < TOLERANCE:
                self._widen(np.ceil(table - TOLERANCE), np.floor(table + TOLERANCE))

    def without_end(self, cells: Flags) -> None:
        """Note that cells have no upper bound."""
        self.upper[cells] = np.inf
        if self.over_whole is not None:
            self.over_whole.upper[cells] = np.inf

    def _widen(self, lower: Counts | Floats, upper: Counts | Floats) -> None:
        np.minimum(self.lower, np.maximum(lower, 1), out=self.lower)
        np.maximum(self.upper, upper, out=self.upper)


def _stretch(seen: _Seen) -> None:
    """Find the cells without an upper bound: those that some ray of the attacker's cone raises."""
    todo = np.ones(seen.start.size, dtype=bool)
    while todo.any():
        answer = _solve(-todo.astype(np.float64), seen.matrix, np.zeros(seen.rest.size), (0, 1))
        ray = None if answer is None else _whole_ray(seen.matrix, answer.x)
        if ray is None or not ray[todo].any():
            return
        seen.without_end(ray > 0)
        todo &= ray == 0


def _whole_ray(matrix: sparse.csr_array, ray: Floats) -> Counts | None:
    for factor in range(1, MAX_DENOMINATOR + 1):
        whole = np.rint(ray * factor).astype(np.int64)
        if np.abs(ray * factor - whole).max() < TOLERANCE and not (matrix @ whole).any():
            return whole
    return None


def _spread(seen: _Seen, enough: float) -> None:
    """Move many cells at once, all down, all up, then at random, for as long as that pays."""
    size = seen.start.size
    random = np.random.default_rng(0)
    idle = 0
    for turn in count():
        pending = seen.pending(enough)
        if idle == MAX_IDLE or not pending.any():
            return
        signs = random.choice([-1.0, 1.0], size) if turn > 1 else np.full(size, [1.0, -1.0][turn])
        top = np.where(pending, seen.lower + enough, np.inf)
        objective = np.where(pending, signs, 0.0)
        if seen.over_whole is None:
            _move(seen, objective, top, SPREAD_OPTIONS)
        else:
            bounds = np.column_stack([np.ones(size), top])
            answer = _solve(objective, seen.matrix, seen.rest, bounds)
            if answer is not None:
                seen.note(answer.x)
        idle = idle + 1 if np.array_equal(seen.pending(enough), pending) else 0


def _extremes(seen: _Seen, enough: float, sign: int) -> dict[int, Floats]:
    """Move each pending cell alone, down (-1) or up (1), as far as linear programming lets it.

    Returns the dual prices of the bounds that were solved for. What has been seen to be ``enough``
    on the way is not asked for.
    """
    size = seen.start.size
    end = seen.lower if sign < 0 else seen.upper
    goal = np.ones(size) if sign < 0 else _ceiling(seen, enough)
    prices: dict[int, Floats] = {}
    together = max(1, BATCH_VARIABLES // size)
    todo = np.flatnonzero(seen.pending(enough) & (end != goal)).tolist()
    while todo:
        batch, todo = todo[:together], todo[together:]
        box = np.full((len(batch), size, 2), [1.0, np.inf])
        objective = np.zeros((len(batch), size))
        for number, cell in enumerate(batch):
            objective[number, cell] = -sign
            box[number, cell, 1] = max(goal[cell], seen.upper[cell])
        answer = _solve(
            objective.ravel(),
            sparse.kron(sparse.eye_array(len(batch)), seen.matrix, format="csr"),
            np.tile(seen.rest, len(batch)),
            box.reshape(-1, 2),
        )
        if answer is None:
            continue
        for table in answer.x.reshape(len(batch), size):
            seen.note(table)
        duals = -sign * answer.eqlin.marginals.reshape(len(batch), -1)
        prices |= dict(zip(batch, duals, strict=True))
        pending = seen.pending(enough) & (end != goal)
        todo = [cell for cell in todo if pending[cell]]
    if sign > 0 and np.isinf(enough):
        seen.without_end(seen.upper == goal)
    return prices


def _ceiling(seen: _Seen, enough: float) -> Floats:
    """Return how high it is worth to lift each cell.

    Without ``enough`` that is far beyond every vertex that a bounded side of the polytope can have:
    a cell that gets there has no upper bound.
    """
    if np.isfinite(enough):
        return seen.lower + enough
    cap = 10.0 * (np.abs(seen.start).sum() + np.abs(seen.rest).sum()) + 1000.0
    return np.where(np.isinf(seen.upper), np.inf, cap)


def _settle(over_whole: _Seen, linear: _Seen, enough: float) -> None:
    """Attain by whole tables what linear programmes found open to the cells, where that is so."""
    size = linear.start.size
    if np.isfinite(enough):
        over_whole.hopeless = linear.pending(enough)
        _spread(over_whole, enough)
    for sign in (-1, 1):
        for cell in np.flatnonzero(over_whole.pending(enough)).tolist():
            top = np.full(size, np.inf)
            if sign < 0:
                done = over_whole.lower[cell] == linear.lower[cell]
            else:
                done = over_whole.upper[cell] == linear.upper[cell]
                exact = np.isinf(enough)
                top[cell] = linear.upper[cell] if exact else over_whole.lower[cell] + enough
            if done or not over_whole.pending(enough)[cell]:
                continue
            objective = np.zeros(size)
            objective[cell] = -sign
            _move(over_whole, objective, top, SETTLE_OPTIONS)


def _move(seen: _Seen, objective: Floats, top: Floats, options: Mapping[str, float]) -> None:
    """Minimise over whole tables, and note where that leads."""
    answer = milp(
        objective,
        integrality=np.ones(objective.size),
        bounds=(np.ones(objective.size), top),
        constraints=LinearConstraint(seen.matrix, seen.rest, seen.rest),
        options=dict(options),
    )
    if answer.x is not None:
        seen.note(answer.x)


def _solve(
    objective: Floats, matrix: sparse.csr_array, rest: Counts | Floats, bounds: Any
) -> OptimizeResult | None:
    """Minimise over a part; None where the solver gives up, which finds nothing."""
    answer = linprog(objective, A_eq=matrix, b_eq=rest, bounds=bounds, method="highs-ds")
    return answer if answer.status == 0 else None


def _any_table(part: Part, rest: Counts) -> Counts:
    """Return one whole table that agrees with everything published."""
    size = part.cells.size
    answer = milp(
        np.ones(size),
        integrality=np.ones(size),
        bounds=(np.ones(size), np.full(size, np.inf)),
        constraints=LinearConstraint(part.matrix, rest, rest),
    )
    if answer.x is None:
        raise ValueError("the published counts contradict their identities")
    table: Counts = np.rint(answer.x).astype(np.int64)
    if not np.array_equal(part.matrix @ table, rest):
        raise ValueError("the published counts are too large to be solved for exactly")
    return table
