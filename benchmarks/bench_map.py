"""A year change on the map of 3,100 counties, in a browser: seconds of script, of layout, of all.

Run ``python benchmarks/bench_map.py [FOLDER] [--rounds N] [--profile]`` with the extras ``bench``
and ``test`` installed and Chromium on the path. The atlas is made in ``FOLDER`` where it is not
there (``us_atlas.py``), without one in a folder that goes again, and served on a loopback port.
Every column has been fetched before the clock
starts: what is timed is the change itself, from the event of the form to the frame that shows it,
as Chromium accounts for its main thread. The table below follows when it is seen, or at rest: that
is not in the figures. Prints JSON; fails where a bar is missed. ``--profile``
prints where the time of the script goes, too.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import threading
from collections import Counter
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright
from werkzeug.serving import make_server

from benchmarks.us_atlas import INDICATOR, YEARS, atlas
from mapsvc.release.store import CurrentRelease
from mapsvc.settings import Settings
from mapsvc.web.app import create_wsgi

MOST_SCRIPT_MS = 50.0
"""Of script, for a year change."""
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
TOP = 25
"""Functions that a profile lists."""
_CLOCKS = ("ScriptDuration", "LayoutDuration", "RecalcStyleDuration", "TaskDuration")
_SHOWN = """() => new Promise(done => {
  const after = () => requestAnimationFrame(() => setTimeout(done, 0));
  requestAnimationFrame(after);
})"""
_CHOOSE = """(year) => {
  const period = document.getElementById("period");
  period.value = year;
  period.dispatchEvent(new Event("change", { bubbles: true }));
}"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as spare:
        found = _measured(atlas(given.folder or Path(spare)), given.rounds, given.profile)
    print(json.dumps(found, indent=1))
    return 0 if found["script_ms"]["median"] <= MOST_SCRIPT_MS else 1


def _measured(built: Path, rounds: int, profile: bool) -> dict[str, Any]:
    """Serve an atlas and return what its year changes took; with a profile, print that first."""
    application = create_wsgi(CurrentRelease(built), Settings(atlas=built))
    server = make_server("127.0.0.1", 0, application, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=ARGUMENTS
        )
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"http://127.0.0.1:{server.port}/maps/{INDICATOR}", wait_until="networkidle")
        session = page.context.new_cdp_session(page)
        for year in YEARS:
            _change(page, year)
        page.wait_for_timeout(1000)
        found = _measure(page, session, rounds)
        if profile:
            _profile(page, session)
        browser.close()
    server.shutdown()
    return found


def _change(page: Page, year: int) -> None:
    page.evaluate(_CHOOSE, str(year))
    page.evaluate(_SHOWN)
    page.wait_for_timeout(400)


def _measure(page: Page, session: CDPSession, rounds: int) -> dict[str, Any]:
    session.send("Performance.enable")
    spent: dict[str, list[float]] = {clock: [] for clock in _CLOCKS}
    for _ in range(rounds):
        for year in YEARS:
            before = _clocks(session)
            _change(page, year)
            after = _clocks(session)
            for clock in _CLOCKS:
                spent[clock].append((after[clock] - before[clock]) * 1000)
    titles = ("script_ms", "layout_ms", "style_ms", "main_thread_ms")
    return {
        "polygons": page.locator("#figures-table tbody tr").count(),
        "changes": rounds * len(YEARS),
        **{
            title: {
                "median": round(statistics.median(spent[clock]), 1),
                "most": round(max(spent[clock]), 1),
            }
            for title, clock in zip(titles, _CLOCKS, strict=True)
        },
    }


def _clocks(session: CDPSession) -> dict[str, float]:
    listed = session.send("Performance.getMetrics")["metrics"]
    return {each["name"]: each["value"] for each in listed}


def _profile(page: Page, session: CDPSession) -> None:
    session.send("Profiler.enable")
    session.send("Profiler.setSamplingInterval", {"interval": 200})
    session.send("Profiler.start")
    for year in YEARS:
        _change(page, year)
    profile = session.send("Profiler.stop")["profile"]
    names = {
        node["id"]: f"{node['callFrame']['functionName'] or '(anonymous)'} "
        f"{node['callFrame']['url'].rsplit('/', 1)[-1]}:{node['callFrame']['lineNumber'] + 1}"
        for node in profile["nodes"]
    }
    own: Counter[str] = Counter()
    for node, microseconds in zip(profile["samples"], profile["timeDeltas"], strict=True):
        own[names[node]] += microseconds
    for name, microseconds in own.most_common(TOP):
        print(f"{microseconds / 1000 / len(YEARS):8.2f} ms  {name}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
