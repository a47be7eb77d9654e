"""Every value of the bundled release against a second, plain working of it.

Counts and denominators must be equal, rates must agree to one part in 10¹², and every cell without
a value must have the status that plain rules give it.
"""

from __future__ import annotations

import ast
import json
import math
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests import spreadsheet
from tests.spreadsheet import RULES, codes, expectations, records

pytestmark = pytest.mark.release

VIEWS = [(slug, layer) for slug, rule in RULES.items() for layer in rule.place]


@pytest.fixture(scope="module")
def folder(bundled) -> Path:
    return bundled.atlas / "current"


@cache
def published(path: Path) -> dict[tuple[str, str, str], dict[str, Any]]:
    names = ["numerator", "denominator", "value", "lower", "upper", "status", "reliability"]
    table = pq.read_table(path, columns=["period", "group", "id", *names]).to_pydict()
    keys = zip(table["period"], table["group"], table["id"], strict=True)
    cells = zip(*(table[name] for name in names), strict=True)
    return {key: dict(zip(names, each, strict=True)) for key, each in zip(keys, cells, strict=True)}


def test_the_second_working_shares_no_code_with_the_service():
    tree = ast.parse(Path(spreadsheet.__file__).read_text("utf-8"))
    imported = {
        name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names
    } | {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    own = {name for name in imported if name and name.partition(".")[0] in ("mapsvc", "tests")}
    assert own == set()


def test_the_rules_are_of_the_fourteen_indicators_and_of_their_layers_periods_and_groups(folder):
    catalogue = json.loads((folder / "catalogue.json").read_text("utf-8"))
    listed = {entry["slug"]: entry for entry in catalogue["indicators"]}
    assert len(RULES) == 14
    assert listed.keys() == RULES.keys()
    for slug, rule in RULES.items():
        assert set(listed[slug]["layers"]) == set(rule.place)
        assert tuple(listed[slug]["periods"]) == rule.periods
        assert tuple(group["key"] for group in listed[slug]["groups"]) == rule.groups
        assert listed[slug]["per"] == rule.per


@pytest.mark.parametrize(("slug", "layer"), VIEWS)
def test_every_number_is_that_of_a_second_working(folder, slug, layer):
    found = published(folder / f"values/{layer}/{slug}.parquet")
    expected = dict(expectations(slug, layer))
    assert found.keys() == expected.keys()
    valued = 0
    for key, wanted in expected.items():
        cell = found[key]
        assert cell["status"] == wanted.status, key
        assert cell["numerator"] == wanted.numerator, key
        assert cell["denominator"] == wanted.denominator, key
        if wanted.value is None:
            assert cell["value"] is cell["lower"] is cell["upper"] is None, key
        else:
            assert math.isclose(cell["value"], wanted.value, rel_tol=1e-12), key
            assert cell["lower"] <= cell["value"] <= cell["upper"], key
            valued += 1
    assert valued > 0


@pytest.mark.parametrize(("slug", "layer"), VIEWS)
def test_reliability_follows_from_the_count_and_the_width_of_the_interval(folder, slug, layer):
    for key, cell in published(folder / f"values/{layer}/{slug}.parquet").items():
        if RULES[slug].per is None or cell["value"] is None:
            assert cell["reliability"] is None, key
        elif cell["numerator"] < 10 or cell["upper"] - cell["lower"] > 1.6 * cell["value"]:
            assert cell["reliability"] == "unreliable", key
        else:
            caution = cell["numerator"] < 20
            assert cell["reliability"] == ("use_with_caution" if caution else "reliable"), key


def poisson(events: int, mean: float) -> float:
    return math.exp(events * math.log(mean) - mean - math.lgamma(events + 1))


@pytest.mark.parametrize(("slug", "layer"), VIEWS)
def test_limits_leave_two_and_a_half_percent_by_adding_up_poisson_probabilities(
    folder, slug, layer
):
    """For every count up to 200: P(X ≤ d) is 2.5 % at the upper limit, P(X ≥ d) at the lower."""
    per = RULES[slug].per
    seen: dict[tuple[int, float, float], None] = {}
    for cell in published(folder / f"values/{layer}/{slug}.parquet").values():
        if cell["value"] is not None and cell["numerator"] <= 200:
            scale = 1 if per is None else cell["denominator"] / per
            limits = (cell["lower"] * scale, cell["upper"] * scale)
            seen[int(cell["numerator"]), round(limits[0], 9), round(limits[1], 9)] = None
    for events, lower, upper in seen:
        below = sum(poisson(each, upper) for each in range(events + 1))
        assert math.isclose(below, 0.025, rel_tol=1e-6)
        if events:
            above = 1 - sum(poisson(each, lower) for each in range(events))
            assert math.isclose(above, 0.025, rel_tol=1e-6)
        else:
            assert lower == 0


def test_what_is_not_counted_is_what_is_declared(folder):
    """Rows that no code of a layer stands for are those that the release's report lists."""
    report = json.loads((folder / "report.json").read_text("utf-8"))["datasets"]
    for slug, layer in VIEWS:
        rule = RULES[slug]
        dataset = rule.table.partition("/")[0]
        known = codes(layer, rule.place[layer])
        table = records(rule.table)
        lost = sum(row[rule.place[layer]] not in known for row in table)
        account = report[dataset]["layers"][layer]
        assert sum(each["count"] for each in account["unmatched"]) == lost
        assert account["joined"] == len(table) - lost
