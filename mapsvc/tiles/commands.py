"""Geometry commands of a vector tile (specification 2.1, 4.3), read and judged one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

MOVE_TO, LINE_TO, CLOSE_PATH = 1, 2, 7
UNKNOWN, POINT, LINE, POLYGON = 0, 1, 2, 3
"""Types of geometry."""

Tell = Callable[[str, str, bool], None]
"""Called with what is wrong, the clause that forbids it, and whether it says MUST."""

Points = NDArray[np.int64]
Shape = Any
"""A shapely geometry."""


class Command(NamedTuple):
    """A command with the points that it leads to."""

    name: int
    number: int
    points: Points


def read_geometry(kind: int, numbers: NDArray[np.int64], tell: Tell) -> Shape | None:
    """Return the geometry that commands draw, in units with y down; None where they draw none.

    Everything wrong is told. Polygons are as their rings say, valid or not.
    """
    commands = list(_commands(numbers, tell))
    if sum(1 + 2 * len(command.points) for command in commands) != len(numbers):
        return None
    if kind == POINT:
        return _points(commands, tell)
    if kind == LINE:
        return _lines(commands, tell)
    if kind == POLYGON:
        return _polygons(commands, tell)
    tell(f"its type of geometry is {kind}", "4.3.4", kind != UNKNOWN)
    return None


def _commands(numbers: NDArray[np.int64], tell: Tell) -> Iterator[Command]:
    """Yield the commands up to the first that cannot be one."""
    place = 0
    cursor = np.zeros(2, dtype=np.int64)
    while place < len(numbers):
        name, count = int(numbers[place]) & 7, int(numbers[place]) >> 3
        if name not in (MOVE_TO, LINE_TO, CLOSE_PATH):
            tell(f"a command has the number {name}", "4.3.1", True)
            return
        taken = 0 if name == CLOSE_PATH else 2 * count
        steps = numbers[place + 1 : place + 1 + taken]
        if len(steps) < taken:
            tell(f"a command of {count} points has numbers for {len(steps) / 2:g}", "4.3.2", True)
            return
        points = cursor + np.cumsum((steps >> 1 ^ -(steps & 1)).reshape(-1, 2), axis=0)
        if len(points):
            cursor = points[-1]
        yield Command(name, count, points)
        place += 1 + taken


def _points(commands: list[Command], tell: Tell) -> Shape | None:
    if [command.name for command in commands] != [MOVE_TO] or not commands[0].number:
        tell("a point is one MoveTo", "4.3.4.2", True)
        return None
    points: Any = shapely.points(commands[0].points)
    return points[0] if len(points) == 1 else shapely.multipoints(points)


def _lines(commands: list[Command], tell: Tell) -> Shape | None:
    lines: list[Any] = []
    for number, line in enumerate(_runs(commands, 2), start=1):
        if [command.name for command in line] != [MOVE_TO, LINE_TO]:
            tell(f"line {number} is not MoveTo, LineTo", "4.3.4.3", True)
            return None
        move, draw = line
        if move.number != 1 or draw.number < 1:
            tell(f"line {number} has a count that it cannot have", "4.3.4.3", True)
            return None
        points = np.concatenate([move.points, draw.points])
        if (points[1:] == points[:-1]).all(axis=1).any():
            tell(f"line {number} has a segment without length", "4.3.3.2", True)
        lines.append(shapely.linestrings(points))
    if not lines:
        tell("it draws no line", "4.3.4.3", True)
        return None
    return lines[0] if len(lines) == 1 else shapely.multilinestrings(lines)


def _polygons(commands: list[Command], tell: Tell) -> Shape | None:
    parts: list[tuple[Shape, list[Shape]]] = []
    for number, drawn in enumerate(_runs(commands, 3), start=1):
        ring = _ring(number, drawn, tell)
        if ring is None:
            return None
        if _twice_the_area(ring) > 0:
            parts.append((shapely.linearrings(ring), []))
        elif parts:
            parts[-1][1].append(shapely.linearrings(ring))
        else:
            tell(f"ring {number}, the first, has a negative area", "4.3.4.4", True)
            return None
    if not parts:
        tell("it draws no ring", "4.3.4.4", True)
        return None
    polygons = [shapely.polygons(shell, holes or None) for shell, holes in parts]
    return polygons[0] if len(polygons) == 1 else shapely.multipolygons(polygons)


def _runs(commands: Sequence[Command], length: int) -> list[Sequence[Command]]:
    return [commands[at : at + length] for at in range(0, len(commands), length)]


def _ring(number: int, drawn: Sequence[Command], tell: Tell) -> Points | None:
    """Return the points of a ring, the first not repeated; None where they enclose nothing."""
    if [command.name for command in drawn] != [MOVE_TO, LINE_TO, CLOSE_PATH]:
        tell(f"ring {number} is not MoveTo, LineTo, ClosePath", "4.3.4.4", True)
        return None
    move, draw, close = drawn
    for command, name, fits in (
        (move, "MoveTo", move.number == 1),
        (draw, "LineTo", draw.number >= 2),
        (close, "ClosePath", close.number == 1),
    ):
        if not fits:
            tell(f"ring {number} has a {name} with a count of {command.number}", "4.3.4.4", True)
            return None
    points = np.concatenate([move.points, draw.points])
    if (points[1:] == points[:-1]).all(axis=1).any():
        tell(f"ring {number} has a segment without length", "4.3.3.2", True)
    if (points[0] == points[-1]).all():
        tell(f"ring {number} repeats its closing point", "4.3.4.4", True)
    if not _twice_the_area(points):
        tell(f"ring {number} has no area", "4.3.4.4", False)
        return None
    return points


def _twice_the_area(points: Points) -> int:
    """Return twice the area by the surveyor's formula: positive for an exterior ring."""
    after = np.roll(points, -1, axis=0)
    return int((points[:, 0] * after[:, 1] - after[:, 0] * points[:, 1]).sum())
