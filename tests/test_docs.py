"""What exists is documented: the build fails when a setting, a command or a decision is not."""

import re
from pathlib import Path

import pytest

from mapsvc.cli import cli
from mapsvc.settings import PREFIX, SETTINGS

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_is_documented_as_it_is(setting):
    text = (ROOT / "docs/settings.md").read_text("utf-8")
    row = next(line for line in text.splitlines() if line.startswith(f"| `{setting.name}` "))
    assert f"`{PREFIX}{setting.name.upper()}`" in row
    assert setting.help.lower() in row.lower()
    assert str(setting.default) in row or not setting.default


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_every_command_is_documented(command):
    text = "\n".join(page.read_text("utf-8") for page in PAGES)
    assert f"mapsvc {command}" in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_within_the_documentation_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_make_target_explains_itself():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    phony = re.search(r"\.PHONY: (.*)", makefile)[1].split()
    explained = re.findall(r"^([a-z-]+):.*## ", makefile, flags=re.MULTILINE)
    assert sorted(phony) == sorted({*explained})
