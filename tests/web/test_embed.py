"""Laws of what other sites embed: addresses, code to paste, oEmbed, the script, the colours."""

import hashlib
import html
import json
import re
from html.parser import HTMLParser
from urllib.parse import parse_qs, quote, unquote, urlsplit

import pytest
from werkzeug.test import Client

from mapsvc import resources
from mapsvc.language import LANGUAGES
from mapsvc.release.store import CurrentRelease, open_release
from mapsvc.settings import Settings
from mapsvc.web.app import create_wsgi
from tests.synthetic_release import COUNT, RATE

HTML = {"Accept": "text/html"}
BASE = "http://localhost"
VIEWS = [
    {"layer": "agencies"},
    {"layer": "counties", "period": "2010-2014", "group": "black"},
    {"layer": "counties", "period": "2013", "group": "white", "jurisdiction": "06001"},
]


class Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))

    def of(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


def page(client, address):
    response = client.get(address, headers=HTML)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def query(view):
    return "&".join(f"{key}={value}" for key, value in view.items())


def configuration(text):
    return json.loads(re.search(r'id="map-configuration">(.*?)</script>', text, re.DOTALL)[1])


def told(client, url, **asked):
    address = f"/oembed?url={quote(url, safe='')}" + "".join(f"&{k}={v}" for k, v in asked.items())
    return client.get(address)


@pytest.fixture(scope="module")
def release_id(client):
    return client.get("/readyz").get_json()["release"]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("pinned", [False, True])
def test_the_way_to_the_full_map_keeps_the_whole_view(client, release_id, view, pinned):
    prefix = f"/r/{release_id}" if pinned else ""
    text = page(client, f"{prefix}/embed/{RATE}?{query(view)}&theme=dark")
    (back,) = [link["href"] for link in Tags(text).of("a") if "/maps/" in link["href"]][:1]
    assert urlsplit(back).path == f"{prefix}/maps/{RATE}"
    state = configuration(text)["indicator"]["state"]
    kept = {key: [value] for key, value in state.items() if value}
    kept = {key: value for key, value in kept.items() if value not in (["all"], ["values"])}
    assert parse_qs(urlsplit(back).query) == kept
    assert configuration(page(client, back))["indicator"]["state"] == state


def test_a_widget_is_told_of_the_view_it_shows_and_no_other(client):
    text = page(client, f"/embed/{RATE}?period=2013&group=black")
    indicator = configuration(text)["indicator"]
    whole = configuration(page(client, f"/maps/{RATE}?period=2013&group=black"))["indicator"]
    assert indicator["classes"] == {"black": whole["classes"]["black"]}
    source = whole["denominators"]["sources"][whole["denominators"]["of"]["2013"]["black"]]
    assert indicator["denominators"] == {"sources": [source], "of": {"2013": {"black": 0}}}
    assert len(text) < len(page(client, f"/maps/{RATE}"))


def test_a_widget_has_its_theme_from_its_address(client):
    def dark_sheets(theme):
        sheets = Tags(page(client, f"/embed/{RATE}?theme={theme}")).of("link")
        return [each.get("media") for each in sheets if "widget-dark" in each["href"]]

    assert dark_sheets("auto") == ["(prefers-color-scheme: dark)"]
    assert dark_sheets("dark") == [None]
    assert dark_sheets("light") == []
    refused = client.get(f"/embed/{RATE}?theme=sepia")
    assert refused.status_code == 400
    assert "auto, light, dark" in refused.get_data(as_text=True)


def properties(text):
    return dict(re.findall(r"^ +(--[a-z-]+): ([^;]+);", text, re.MULTILINE))


def test_the_colours_of_the_widget_are_those_of_the_pages():
    css = resources.static() / "css"
    pages = [(css / f"{name}.css").read_text("utf-8") for name in ("base", "map")]
    light = {k: v for text in pages for k, v in properties(text.partition("@media")[0]).items()}
    dark = {k: v for text in pages for k, v in properties(text.partition("@media")[2]).items()}
    widget = properties((css / "widget.css").read_text("utf-8"))
    assert len(widget) > 30
    assert widget == {key: light[key] for key in widget}
    assert {key for key in light if key.startswith("--map-")} <= set(widget)
    assert properties((css / "widget-dark.css").read_text("utf-8")) == {
        key: dark[key] for key in widget if key in dark
    }


@pytest.mark.parametrize("view", VIEWS)
def test_the_code_to_paste_leads_to_the_view_that_is_chosen(client, view):
    text = page(client, f"/maps/{RATE}/embed?{query(view)}&theme=dark&height=333")
    frame, link, component = (html.unescape(code) for code in re.findall(
        r'data-copy="([^"]*)"', text
    ))  # fmt: skip
    (pasted,) = Tags(frame).of("iframe")
    assert pasted["height"] == "333"
    assert pasted["title"]
    addresses = [
        pasted["src"],
        Tags(link).of("a")[0]["href"],
        Tags(component).of("jurisdiction-map")[0]["src"],
    ]
    for address in addresses:
        assert address.startswith(f"{BASE}/")
        asked = parse_qs(urlsplit(address).query)
        assert {key: value for (key, (value,)) in asked.items() if key in view} == view
        page(client, address.removeprefix(BASE))
    assert "theme=dark" in pasted["src"]
    assert 'data-theme="dark"' in link
    assert 'theme="dark"' in component
    for code in (link, component):
        assert Tags(code).of("script")[0]["src"] == f"{BASE}/embed.js"
    (preview,) = Tags(text).of("iframe")
    assert pasted["src"] == BASE + preview["src"]


def test_pinned_code_names_the_release_and_its_script_does_not(client, release_id):
    text = page(client, f"/maps/{RATE}/embed?follow=pinned")
    frame, link, component = map(html.unescape, re.findall(r'data-copy="([^"]*)"', text))
    for code in (frame, link, component):
        assert f"{BASE}/r/{release_id}/" in code
    assert f'"{BASE}/embed.js"' in link


def test_a_name_in_code_to_paste_cannot_break_out(hostile_client):
    text = page(hostile_client, f"/maps/{COUNT}/embed")
    for code in map(html.unescape, re.findall(r'data-copy="([^"]*)"', text)):
        tags = [tag for tag, _ in Tags(code).found]
        assert set(tags) <= {"iframe", "a", "jurisdiction-map", "script"}
        assert all(not each.get("onerror") for _, each in Tags(code).found)


@pytest.mark.parametrize(
    "wrong", ["height=10", "height=1e3", "height=9999", "follow=both", "theme=x", "height=٣٠٠"]
)
def test_the_builder_refuses_what_is_no_choice(client, wrong):
    assert client.get(f"/maps/{RATE}/embed?{wrong}").status_code == 400


def test_only_the_builder_may_hold_a_frame_and_no_one_may_frame_it(client, release_id):
    for prefix in ("", f"/r/{release_id}"):
        policy = client.get(f"{prefix}/maps/{RATE}/embed").headers["Content-Security-Policy"]
        assert "frame-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        other = client.get(f"{prefix}/maps/{RATE}").headers["Content-Security-Policy"]
        assert "frame-src" not in other


def test_a_pinned_widget_may_be_framed_by_those_whom_the_plain_one_lets(current, release_id):
    client = Client(create_wsgi(current, Settings(embed_origins=("https://a.example",))))
    for path in (f"/embed/{RATE}", f"/r/{release_id}/embed/{RATE}"):
        response = client.get(path)
        assert (
            "frame-ancestors 'self' https://a.example"
            in (response.headers["Content-Security-Policy"])
        )
        assert "X-Frame-Options" not in response.headers


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("kind", ["maps", "embed"])
@pytest.mark.parametrize("pinned", [False, True])
def test_oembed_gives_a_frame_of_the_view_that_is_asked_for(client, release_id, view, kind, pinned):
    prefix = f"/r/{release_id}" if pinned else ""
    answer = told(client, f"{BASE}{prefix}/{kind}/{RATE}?{query(view)}")
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    document = answer.get_json()
    assert document["version"] == "1.0"
    assert document["type"] == "rich"
    (frame,) = Tags(document["html"]).of("iframe")
    assert (frame["width"], frame["height"]) == (str(document["width"]), str(document["height"]))
    address = urlsplit(frame["src"])
    assert address.path == f"{prefix}/embed/{RATE}"
    asked = parse_qs(address.query)
    assert {key: value for (key, (value,)) in asked.items() if key in view} == view
    text = page(client, f"{address.path}?{address.query}")
    assert html.unescape(re.search("<title>(.*?) – ", text)[1]) == document["title"]


@pytest.mark.parametrize(("room", "size"), [
    ({}, (600, 480)),
    ({"maxwidth": 320}, (320, 480)),
    ({"maxwidth": 5000, "maxheight": 100}, (600, 100)),
])  # fmt: skip
def test_oembed_stays_within_the_room_that_there_is(client, room, size):
    document = told(client, f"{BASE}/maps/{RATE}", **room).get_json()
    assert (document["width"], document["height"]) == size


@pytest.mark.parametrize("url", [
    "https://elsewhere.example/maps/arrest-rate",
    f"{BASE}.elsewhere.example/maps/{RATE}",
    f"{BASE}@elsewhere.example/maps/{RATE}",
    f"https://localhost/maps/{RATE}",
    f"//localhost/maps/{RATE}",
    f"/maps/{RATE}",
    f"{BASE}/",
    f"{BASE}/data",
    f"{BASE}/maps/{RATE}/method",
    f"{BASE}/maps/nothing",
    f"{BASE}/maps/{RATE}?period=1066",
    f"{BASE}/r/000000000000/maps/{RATE}",
])  # fmt: skip
def test_oembed_knows_no_page_but_our_maps(client, url):
    answer = told(client, url)
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("format=json", 400),
        (f"url={BASE}/maps/{RATE}&maxwidth=0", 400),
        (f"url={BASE}/maps/{RATE}&maxheight=many", 400),
        (f"url={BASE}/maps/{RATE}&format=xml", 501),
        (f"url={BASE}/maps/{RATE}&format=json&dnt=1", 200),
    ],
)
def test_oembed_refuses_as_its_specification_says(client, asked, status):
    assert client.get(f"/oembed?{asked}").status_code == status


def test_oembed_names_the_configured_address_alone(atlas):
    settings = Settings(atlas=atlas, public_url="https://maps.example")
    client = Client(create_wsgi(CurrentRelease(atlas), settings))
    assert told(client, f"{BASE}/maps/{RATE}").status_code == 404
    document = told(client, f"https://maps.example/maps/{RATE}").get_json()
    assert f'src="https://maps.example/embed/{RATE}?' in document["html"]


@pytest.mark.parametrize("view", VIEWS)
def test_a_map_page_leads_to_its_own_oembed_answer(client, view):
    text = page(client, f"/maps/{RATE}?{query(view)}")
    (link,) = [
        each for each in Tags(text).of("link") if each.get("type") == "application/json+oembed"
    ]
    assert link["rel"] == "alternate"
    document = client.get(link["href"].removeprefix(BASE)).get_json()
    assert html.unescape(re.search("<title>(.*?) – ", text)[1]) == document["title"]
    assert all(f"{key}={value}" in unquote(link["href"]) for key, value in view.items())


def test_the_script_may_be_kept_for_good_only_under_its_hash(client):
    plain = client.get("/embed.js")
    assert plain.status_code == 200
    assert plain.content_type.startswith("text/javascript")
    assert plain.headers["Cache-Control"] == "public, no-cache"
    assert plain.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    again = client.get("/embed.js", headers={"If-None-Match": plain.headers["ETag"]})
    assert again.status_code == 304
    digest = hashlib.sha256(plain.data).hexdigest()[:12]
    named = client.get(f"/embed.js?v={digest}")
    assert named.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    wrong = client.get("/embed.js?v=000000000000")
    assert wrong.headers["Cache-Control"] == "public, no-cache"
    link = re.search(
        r'src="[^"]*(/embed\.js[^"]*)"', html.unescape(page(client, f"/maps/{RATE}/embed"))
    )
    assert client.get(link[1]).data == plain.data


def test_widgets_of_the_bundled_atlas_have_small_pages(bundled):
    release = open_release(bundled.atlas)
    client = Client(create_wsgi(CurrentRelease(bundled.atlas), Settings(atlas=bundled.atlas)))
    for entry in release.catalogue["indicators"]:
        for layer in entry["layers"]:
            assert len(page(client, f"/embed/{entry['slug']}?layer={layer}")) < 20_000


def test_the_builder_gives_a_widget_in_another_language_than_its_own(client):
    for page, widget in (("en", "es"), ("es", "en"), ("es", "es")):
        built = client.get(f"/maps/{RATE}/embed?lang={page}&language={widget}").text
        assert f'<html lang="{page}">' in built
        source = html.unescape(re.search(r'<iframe class="preview" src="([^"]+)"', built)[1])
        assert ("lang=es" in source) == (widget == "es")
        codes = [html.unescape(each) for each in re.findall(r'data-copy="([^"]+)"', built)]
        assert len(codes) == 3
        for code in codes:
            assert ("lang=es" in code) == (widget == "es")
    assert client.get(f"/maps/{RATE}/embed?language=xx").status_code == 400


def test_oembed_answers_in_the_language_of_the_address(client):
    address = f"http://localhost/maps/{RATE}?lang=es"
    found = client.get("/oembed", query_string={"url": address}).json
    assert "lang=es" in found["html"]
    assert "condado" in found["title"] or " por " in found["title"]


def test_the_script_knows_the_languages_of_widgets():
    script = (resources.static() / "js/embed.js").read_text("utf-8")
    named = re.search(r"UNTITLED = \{(.*?)\}", script)[1]
    assert re.findall(r"(\w+): \"", named) == list(LANGUAGES)
