"""Laws of what is offered where a map is not: it is there, and has most of what was asked for."""

import html
import re

import pytest

from mapsvc.web.nearest import nearest
from tests.synthetic_release import COUNT, RATE

HTML = {"Accept": "text/html"}


@pytest.mark.parametrize(
    ("indicator", "asked", "found"),
    [
        (RATE, {"period": "1999"}, {"period": "2013"}),
        (RATE, {"period": "2031"}, {"period": "2014"}),
        (RATE, {"period": "2009-2013"}, {"period": "2010-2014"}),
        (RATE, {"period": "soon", "group": "black"}, {"group": "black"}),
        (RATE, {"layer": "county", "period": "2013"}, {"layer": "counties", "period": "2013"}),
        (RATE, {"jurisdiction": "nobody at all", "period": "2013"}, {"period": "2013"}),
        (RATE, {"jurisdiction": "dogwod"}, {"jurisdiction": "06007"}),
        (RATE, {"classes": "quantiles-99", "group": "black"}, {"group": "black", "classes": ""}),
        (RATE, {"palette": "mud", "period": "1"}, {"palette": ""}),
        (RATE, {"compare": "1999", "period": "2013"}, {"period": "2013", "compare": ""}),
        (RATE + "s", {"period": "2013"}, {"indicator": RATE, "period": "2013"}),
        (COUNT, {"show": "difference"}, {"show": "values"}),
    ],
)
def test_what_is_there_of_what_was_asked_for_stays(current, indicator, asked, found):
    seen = nearest(current.get(), indicator, asked)
    assert {name: getattr(seen, name) for name in found} == found


def test_an_indicator_like_none_is_answered_with_no_guess(current):
    assert nearest(current.get(), "zzzzzz", {}) is None


@pytest.mark.parametrize(
    "path",
    [
        f"/maps/{RATE}?period=1999&group=black",
        f"/maps/{RATE}?layer=town&period=2013",
        f"/maps/{RATE}?classes=none-1",
        f"/maps/{RATE}?compare=1999",
        f"/embed/{RATE}?period=1999",
        f"/maps/{RATE}/embed?period=1999",
    ],
)
def test_a_page_that_is_not_there_links_one_that_is(client, path):
    for language in ("", "&lang=es"):
        page = client.get(path + language, headers=HTML)
        assert page.status_code in (400, 404)
        text = page.get_data(as_text=True)
        (address,) = re.findall(r'<p>[^<]*<a href="([^"]+)">[^<]+</a></p>', text)
        answer = client.get(html.unescape(address), headers=HTML)
        assert answer.status_code == 200
        assert answer.headers["Content-Language"] == ("es" if language else "en")
