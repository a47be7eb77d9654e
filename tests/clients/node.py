"""The JavaScript that our output is held against: installed by `scripts/test-vendor`."""

import json
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = ROOT / "tests/node_modules"


def installed():
    """Fail with what to do where the packages are not there."""
    if not (MODULES / ".installed").is_file():
        pytest.fail("tests/node_modules is not installed: run `scripts/test-vendor`.")


def style_faults(styles):
    """Return what the MapLibre style specification's own validator says of styles."""
    return json.loads(_node("validate_style.mjs", json.dumps(styles)))


def bundled(code):
    """Return a module with the packages that it imports."""
    return _node("bundle.mjs", code)


def _node(script, text):
    installed()
    ran = subprocess.run(
        [ROOT / "scripts/with-node", "node", ROOT / "tests/clients" / script],
        input=text,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return ran.stdout
