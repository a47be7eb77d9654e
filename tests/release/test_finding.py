"""Laws of what helps to find a place: borders are shared by both sides, aliases are as written."""

import csv
import json

import pytest

from mapsvc.release.finding import check_finding
from mapsvc.release.reader import Release
from tests.miniature.territory import CITIES, sheriff


@pytest.fixture
def copied(miniature, tmp_path):
    """Return a function that reads the release with a document changed."""

    def changed(name, change):
        folder = tmp_path / "changed"
        source = miniature.atlas / "releases" / miniature.release.id
        folder.mkdir()
        for path in source.iterdir():
            (folder / path.name).symlink_to(path)
        document = json.loads((source / name).read_bytes())
        change(document)
        (folder / name).unlink()
        (folder / name).write_text(json.dumps(document))
        return Release("changed", folder)

    return changed


def test_neighbours_share_a_border_and_not_only_a_corner(miniature):
    beside = miniature.release.neighbours["counties"]
    assert beside == {
        "99001": ["99003", "99007"],
        "99003": ["99001", "99005", "99007", "99009"],
        "99005": ["99003", "99009", "99011"],
        "99007": ["99001", "99003", "99009"],
        "99009": ["99003", "99005", "99007"],
        "99011": ["99005"],
    }


def test_a_city_lies_beside_the_sheriff_around_it_and_a_point_beside_none(miniature):
    beside = miniature.release.neighbours["agencies"]
    for city, (_, county, _) in CITIES.items():
        assert beside[city] == [sheriff(county)]
        assert city in beside[sheriff(county)]
    assert "ZZ0039900" not in beside


def test_aliases_are_those_that_were_declared(miniature):
    with (miniature.boundaries / "pomona/aliases.csv").open(newline="") as file:
        declared = {tuple(value or None for value in row.values()) for row in csv.DictReader(file)}
    written = {
        (layer, each["id"], each["scheme"], each["alias"], each["valid_from"], each["valid_to"])
        for layer, listed in miniature.release.aliases.items()
        for each in listed
    }
    assert written == declared


def test_a_sound_release_has_no_fault(miniature):
    assert list(check_finding(miniature.release)) == []


@pytest.mark.parametrize(
    ("name", "change", "fault"),
    [
        ("neighbours.json", lambda made: made["counties"]["99011"].append("99001"), "99011"),
        ("neighbours.json", lambda made: made["counties"]["99011"].append("99999"), "99999"),
        ("neighbours.json", lambda made: made["counties"]["99011"].append("99011"), "99011"),
        ("neighbours.json", lambda made: made.pop("agencies"), "layers"),
        ("aliases.json", lambda made: made["counties"][0].update(id="1"), "'1'"),
        (
            "aliases.json",
            lambda made: made["counties"][0].update(valid_from="2002", valid_to="2001"),
            "ends before",
        ),
    ],
)
def test_what_cannot_be_is_found(copied, name, change, fault):
    found = list(check_finding(copied(name, change)))
    assert len(found) == 1
    assert fault in found[0]
