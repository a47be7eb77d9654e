"""Lighthouse over pages of a running service, on its profile of a phone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.browser.conftest import ARGUMENTS

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
PROGRAM = FOLDER / "node_modules/lighthouse/cli/index.js"
PAGES = {
    "home": "/",
    "map": "/maps/arrest-rate",
    "profile": "/jurisdictions/counties/06001",
    "embed": "/embed/arrest-rate",
}
"""Of the bundled release."""


def audited(address: str, *categories: str) -> dict[str, Any]:
    """Return Lighthouse's report on a page in the categories, by default a phone's.

    Raises FileNotFoundError where it is not installed, RuntimeError where it could not judge.
    """
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None or not PROGRAM.is_file():
        raise FileNotFoundError("Lighthouse needs Chromium and `scripts/lighthouse`, run once.")
    command = [
        str(ROOT / "scripts/with-node"), "node", str(PROGRAM), address,
        "--output=json", "--output-path=stdout", "--quiet", "--no-enable-error-reporting",
        f"--only-categories={','.join(categories)}",
        f"--chrome-flags={' '.join(['--headless=new', *ARGUMENTS])}",
    ]  # fmt: skip
    environment = os.environ | {"CHROME_PATH": browser}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)
    if done.returncode:
        raise RuntimeError(f"Lighthouse failed on {address}: {done.stderr[-500:]}")
    report: dict[str, Any] = json.loads(done.stdout)
    if report.get("runtimeError"):
        raise RuntimeError(f"Lighthouse could not judge {address}: {report['runtimeError']}")
    return report


def scores(report: dict[str, Any]) -> dict[str, int]:
    """Return the score of each category out of 100."""
    found = report["categories"].items()
    return {name: round(100 * category["score"]) for name, category in found}


def faults(report: dict[str, Any]) -> list[str]:
    """Return what costs points: every audit with a weight that is not full."""
    return [
        f"{category['id']}: {audit['title']} {audit.get('displayValue', '')}".strip()
        for category in report["categories"].values()
        for reference in category["auditRefs"]
        if reference["weight"]
        and (audit := report["audits"][reference["id"]])["score"] is not None
        and audit["score"] < 1
    ]
