"""Seventy-two million indicator values: ``mapsvc.derive.indicators.compute``, a measure at a time.

Run ``python benchmarks/bench_values.py [--places N] [--years N] [--measures N]``. The default is
what a national atlas needs: 18,000 agencies × 40 years × 100 measures, each value with its exact
95 % interval, status and reliability. The counts are made up: residents are log-normal, some places
have none, some are founded late, one record in fifty is missing, and the measures range from rare
events to common ones. Making them up is timed apart. Prints seconds and the peak memory; fails
where they exceed --max-seconds or --max-gigabytes, or where a value breaks a law.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time

import numpy as np

from mapsvc.derive.indicators import CODE, Base, Places, compute
from mapsvc.derive.tally import Tally
from mapsvc.model import Denominator, Indicator, Measure, Period, Status

FIRST_YEAR = 1985
KIBIBYTES_PER_GIGABYTE = 1e9 / 1024


def indicator(number: int, years: int) -> Indicator:
    """A rate per 100,000 residents from a register that not every agency reports to."""
    measure = Measure(
        key=f"measure-{number}",
        dataset="made-up",
        resource="made-up",
        title="Made up",
        universe="",
        sum="count",
        filter={},
        reported_where={},
        note=None,
        group=None,
        group_total=None,
        group_titles={},
        absence="not_reported",
        additive={"periods": True, "groups": True, "places": True},
    )
    return Indicator(
        slug=measure.key,
        measure=measure,
        title=measure.title,
        description="",
        method="",
        unit="events per 100,000 residents",
        noun="events",
        denominator=Denominator(title="Residents", series="residents"),
        group_denominator=None,
        per=100_000,
        layers=("agencies",),
        years=(FIRST_YEAR, FIRST_YEAR + years - 1),
        pooled=(),
        default_period=Period(FIRST_YEAR, FIRST_YEAR),
        scheme="quantiles",
        classes=5,
        given_breaks=(),
        palette="Blues",
        caveats=(),
    )


def make_places(random: np.random.Generator, places: int) -> Places:
    residents = random.random(places) > 0.1
    founded = np.where(random.random(places) > 0.05, 0, random.integers(1985, 2025, places))
    return Places(
        ids=tuple(f"A{number:05d}" for number in range(places)),
        residents=residents,
        territory=residents | (random.random(places) > 0.5),
        exists=lambda year: founded <= year,
    )


def make_base(random: np.random.Generator, places: Places, years: int) -> Base:
    size = np.exp(random.normal(9, 1.5, len(places.ids)))
    growth = np.cumprod(random.normal(1.01, 0.01, (years, 1, len(places.ids))), axis=0)
    population = np.where(places.residents, np.rint(size * growth), np.nan)
    return Base(population, np.array([True]), ("Residents",))


def make_tally(random: np.random.Generator, base: Base, rate: float) -> Tally:
    years = len(base.values)
    expected = np.nan_to_num(base.values, nan=1000.0) * rate / 100_000
    present = random.random(base.values.shape) > 0.02
    return Tally(
        years=(FIRST_YEAR, FIRST_YEAR + years - 1),
        groups=("all",),
        count=np.where(present, random.poisson(expected), 0.0),
        present=present,
        incomplete=np.zeros(present.shape, dtype=bool),
        columns={},
    )


def check(values) -> None:
    """Raise where a value breaks a law that every output keeps."""
    ok = values.status == CODE[Status.OK]
    assert np.array_equal(np.isfinite(values.value), ok)
    assert np.all((values.lower <= values.value)[ok] & (values.value <= values.upper)[ok])
    assert np.array_equal(values.reliability >= 0, ok)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--places", type=int, default=18_000)
    parser.add_argument("--years", type=int, default=40)
    parser.add_argument("--measures", type=int, default=100)
    parser.add_argument("--max-seconds", type=float, default=120)
    parser.add_argument("--max-gigabytes", type=float, default=4)
    options = parser.parse_args()
    random = np.random.default_rng(0)
    places = make_places(random, options.places)
    base = make_base(random, places, options.years)
    seconds = {"making up": 0.0, "computing": 0.0, "checking": 0.0}
    ok = total = 0
    for number, rate in enumerate(np.geomspace(0.5, 20_000, options.measures)):
        start = time.perf_counter()
        tally = make_tally(random, base, float(rate))
        made = time.perf_counter()
        values = compute(indicator(number, options.years), tally, places, base)
        computed = time.perf_counter()
        check(values)
        seconds["making up"] += made - start
        seconds["computing"] += computed - made
        seconds["checking"] += time.perf_counter() - computed
        ok += int((values.status == CODE[Status.OK]).sum())
        total += values.status.size
    gigabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIBIBYTES_PER_GIGABYTE
    print(f"{total:,} values, {ok:,} of them rates with intervals")
    for what, taken in seconds.items():
        print(f"{what:>10}: {taken:7.1f} s")
    print(f"{total / seconds['computing'] / 1e6:.2f} million values a second")
    print(f"peak memory: {gigabytes:.2f} GB")
    good = seconds["computing"] <= options.max_seconds and gigabytes <= options.max_gigabytes
    print("within bounds" if good else "OUT OF BOUNDS")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
