"""Lighthouse's score of the pages for speed, on its profile of a phone: medians, as JSON.

The score depends on the machine and on what else it does: see ``benchmarkIndex`` (Lighthouse calls
a machine of 1,000 a good phone's match once it is slowed fourfold).
"""

import json
import statistics
import sys
import tempfile
from pathlib import Path

from mapsvc import resources
from mapsvc.release.build import build_release
from tests.browser.test_weight import served
from tests.lighthouse.audit import PAGES, audited, scores

RUNS = 3
METRICS = {
    "first-contentful-paint": "fcp_ms",
    "largest-contentful-paint": "lcp_ms",
    "total-blocking-time": "tbt_ms",
    "cumulative-layout-shift": "cls",
    "speed-index": "speed_index_ms",
}


def measured(address):
    """Return the medians of ``RUNS`` audits of one page."""
    reports = [
        audited(address, "performance", "accessibility", "best-practices", "seo")
        for _ in range(RUNS)
    ]
    marks = [scores(report) for report in reports]
    found = {name: statistics.median(each[name] for each in marks) for name in marks[0]}
    for audit, name in METRICS.items():
        values = [report["audits"][audit]["numericValue"] for report in reports]
        found[name] = round(statistics.median(values), 3)
    indexes = [report["environment"]["benchmarkIndex"] for report in reports]
    found["benchmark_index"] = statistics.median(indexes)
    return found


def main(atlas):
    """Print the scores of every page of a release of the bundled data in ``atlas``."""
    with served(atlas) as base:
        print(json.dumps({name: measured(base + path) for name, path in PAGES.items()}, indent=2))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(sys.argv[1])
    else:
        with tempfile.TemporaryDirectory() as folder:
            atlas = Path(folder) / "atlas"
            build_release(resources.boundaries(), resources.datasets(), atlas)
            main(atlas)
