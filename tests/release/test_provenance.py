"""Laws of provenance: every denominator says whose figure it is, pooled or not."""

import numpy as np

from mapsvc.model import STATUSES


def views(release):
    for entry in release.catalogue["indicators"]:
        for layer in entry["layers"]:
            for period in entry["periods"]:
                for group in entry["groups"]:
                    yield entry, layer, period, group["key"]


def test_a_denominator_has_a_source_and_without_one_there_is_none(miniature):
    release = miniature.release
    for entry, layer, period, group in views(release):
        values = release.values(layer, entry["slug"], period, group)
        known = np.isfinite(values.denominator)
        assert [source is not None for source in values.source] == known.tolist()


def test_the_catalogue_names_every_source_of_a_period(miniature):
    release = miniature.release
    named = 0
    for entry, layer, period, group in views(release):
        values = release.values(layer, entry["slug"], period, group)
        sources = {text for text in values.source if text}
        denominators = entry["layers"][layer]["denominators"]
        if not sources:
            continue
        citation = denominators[period][group]
        for text in sources:
            assert any(part in text for part in citation["authority"].split("; "))
        named += 1
    assert named > 10


def test_a_count_is_divided_by_nothing(bundled):
    release = bundled.release
    assert release.indicator("jail-deaths")["layers"]["counties"]["denominators"] is None
    assert set(release.values("counties", "jail-deaths", "2014").source) == {None}


def test_a_rate_by_race_is_divided_by_the_publishers_own_population(bundled):
    release = bundled.release
    everyone = release.values("counties", "arrest-rate", "2014")
    black = release.values("counties", "arrest-rate", "2014", "black")
    alameda = release.layer("counties").row("06001")
    assert "Census" in everyone.source[alameda]
    assert "OpenJustice" in black.source[alameda]
    assert black.numerator[alameda] == 15_628
    assert black.denominator[alameda] == 186_880


def test_two_years_of_two_products_cite_both(bundled):
    release = bundled.release
    oakland = release.layer("agencies").row("CA0010900")
    values = release.values("agencies", "arrest-related-death-rate", "2014-2018")
    assert STATUSES[values.status[oakland]] == "ok"
    assert values.source[oakland].count("Department of Finance") == 2
