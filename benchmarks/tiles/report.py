"""The findings as a page and a picture."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
import re
import subprocess
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

import altair as alt

from benchmarks.tiles.load import Run
from benchmarks.tiles.measures import Finding
from benchmarks.tiles.servers import MARTIN

_PACKAGES = ("granian", "numpy", "tipg", "uvicorn")
_HEAD = """# Benchmarks

Written by `make bench`; do not edit. The service beside others that serve vector tiles:
TileServer GL light and nginx with the same bytes, TiPg with the same boundaries and values in
PostGIS, Martin with the same archive, whose tiles have no attributes yet: its tile is smaller.
nginx with the finished bytes in a file is the ceiling. TiPg is left out with the heavy tile, as it
takes longer than a run lasts. Columns are weighed in Brotli, as every browser asks for them.

Every server works in one process on one core, wrk has the other. All keep connections alive and
get the same header `Accept-Encoding: gzip`. The servers take turns, in another order each round;
the figures are medians. "Answers a CPU second" is what a server gives for each second of
processor time that it takes: it holds also where the clock does not, because something else took
part of its core or wrk could not keep up (see the end of the page).

![Answers a CPU second of each server](benchmarks.svg)
"""


def write(
    folder: Path,
    findings: Sequence[Finding],
    loads: Mapping[str, Mapping[str, Run]],
    command: str,
    left_out: Sequence[str],
) -> Path:
    """Write ``benchmarks.md`` and ``benchmarks.svg``; returns the page."""
    parts = [_HEAD, _verdict(findings), _machine(command, left_out)]
    for group, rows in groupby(findings, key=lambda finding: finding.group):
        parts.append(f"## {group[:1].upper()}{group[1:]}\n\n" + _table(rows))
    parts += ["## How busy the two cores were\n", _busy(loads)]
    page = folder / "benchmarks.md"
    page.write_text("\n".join(parts), "utf-8")
    _chart(loads).save(folder / "benchmarks.svg")
    return page


def _verdict(findings: Sequence[Finding]) -> str:
    judged = [finding for finding in findings if finding.met is not None]
    missed = [finding for finding in judged if not finding.met]
    lines = [f"{len(judged) - len(missed)} of {len(judged)} bars are met."]
    lines += [
        f"- Missed: {each.group}, {each.what}: {_number(each.value)} {each.unit}, bar {each.bar}."
        for each in missed
    ]
    return "\n".join(lines) + "\n"


def _machine(command: str, left_out: Sequence[str]) -> str:
    model = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text("utf-8"))
    load = os.getloadavg()[2]
    packages = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _PACKAGES)
    programs = ", ".join(
        text
        for text in (
            _version("nginx", "-v"),
            _version("wrk", "-v"),
            _version("node", "--version"),
            _version("psql", "--version"),
            _version(str(MARTIN), "--version"),
        )
        if text
    )
    today = datetime.datetime.now(datetime.UTC).date()
    lines = [
        f"{today}, `{command}`: {os.cpu_count()} cores of {model[1] if model else 'unknown'}, "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}, "
        f"{packages}; {programs}. Load average of the last quarter of an hour: {load:.1f}."
    ]
    lines += [f"Left out: {name}." for name in left_out]
    return "\n".join(lines) + "\n"


def _version(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    first = (done.stdout + done.stderr).strip().splitlines()[0]
    found = re.search(r"\d+(\.\d+)+", first)
    return f"{Path(command[0]).name} {found[0] if found else first}"


def _table(findings: Sequence[Finding]) -> str:
    lines = ["| what | figure | bar | met |", "|---|--:|--:|---|"]
    for each in findings:
        met = "" if each.met is None else "yes" if each.met else "**no**"
        lines.append(f"| {each.what} | {_number(each.value)} {each.unit} | {each.bar} | {met} |")
    return "\n".join(lines) + "\n"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _busy(loads: Mapping[str, Mapping[str, Run]]) -> str:
    lines = ["| run | server | its core | wrk's core |", "|---|---|--:|--:|"]
    for label, runs in loads.items():
        for name, run in runs.items():
            busy = f"{run.server_busy:.0%} | {run.load_busy:.0%}"
            lines.append(f"| {label} | {name} | {busy} |")
    return "\n".join(lines) + "\n"


def _chart(loads: Mapping[str, Mapping[str, Run]]) -> alt.Chart:
    rows = [
        {"run": label, "server": name, "answers": run.per_cpu_second}
        for label, runs in loads.items()
        for name, run in runs.items()
    ]
    most = max((row["answers"] for row in rows), default=1.0)
    bars = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X(
            "answers:Q",
            # Room for the number beside the last mark.
            scale=alt.Scale(type="log", domain=[10, 3 * most]),
            axis=alt.Axis(values=[10, 100, 1_000, 10_000, 100_000], format=","),
            title="answers a CPU second (log scale)",
        ),
        y=alt.Y("server:N", sort="-x", title=None),
    )
    dots = bars.mark_circle(size=90, color="#2c7fb8")
    words = bars.mark_text(align="left", dx=8).encode(text=alt.Text("answers:Q", format=",.0f"))
    header = alt.Header(labelOrient="top", labelAnchor="start", labelAngle=0, labelFontSize=12)
    return (
        (dots + words)
        .properties(width=520, height=alt.Step(24))
        .facet(row=alt.Row("run:N", title=None, sort=list(loads), header=header))
        .resolve_scale(y="independent")
        .configure(background="white")
        .configure_view(stroke="#dddddd")
    )
