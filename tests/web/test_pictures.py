"""Laws of pictures over HTTP: bounded, cached, the same bytes, and the colours of the map."""

import gzip
import re
import struct
import xml.etree.ElementTree as ET
import zlib
from html import unescape
from urllib.parse import urlsplit

import numpy as np
import pytest

from mapsvc.maps import choropleth, picture
from mapsvc.maps.typeset import Frame
from mapsvc.tiles.sketch import FINENESS
from mapsvc.web.pictures import rasterised
from tests.synthetic_release import COUNT, RATE

NS = "{http://www.w3.org/2000/svg}"
ADDRESSES = [
    f"/maps/{RATE}.svg",
    f"/maps/{RATE}.png?width=400&theme=dark",
    f"/maps/{RATE}.svg?layer=agencies&period=2010-2014",
    f"/maps/{COUNT}.png?width=1200&height=630",
    f"/jurisdictions/counties/06001/{RATE}.svg?width=500",
    f"/jurisdictions/counties/06001/{RATE}.png?theme=dark",
]


def pixels(png):
    """Decode a PNG of 8 bits a channel: (height, width, 4). W3C PNG, third edition, 9.2."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at, data, head = 8, b"", None
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, content = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        head = struct.unpack(">IIBBBBB", content) if kind == b"IHDR" else head
        data += content if kind == b"IDAT" else b""
        at += length + 12
    width, height, depth, colour, *_ = head
    assert (depth, colour) == (8, 6)
    rows = np.frombuffer(zlib.decompress(data), np.uint8).reshape(height, 1 + 4 * width)
    image = np.zeros((height + 1, width + 1, 4), int)
    for y, row in enumerate(rows):
        kind, line = row[0], row[1:].reshape(width, 4).astype(int)
        for x in range(width):
            left, up, corner = image[y + 1, x], image[y, x + 1], image[y, x]
            guess = left + up - corner
            near = np.abs(np.stack([left, up, corner]) - guess).argmin(axis=0)
            paeth = np.choose(near, [left, up, corner])
            add = (0, left, up, (left + up) // 2, paeth)[kind]
            image[y + 1, x + 1] = (line[x] + add) % 256
    return image[1:, 1:]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_pixel_in_a_county_has_the_colour_of_its_class(client, current, theme):
    table = current.get().layer("counties")
    seen = set()
    for group in ("all", "black"):
        asked = f"?width=320&period=2010-2014&group={group}&theme={theme}"
        root = ET.fromstring(client.get(f"/maps/{RATE}.svg{asked}").data)
        image = pixels(client.get(f"/maps/{RATE}.png{asked}").data)
        assert image.shape[:2] == (int(root.get("height")), 320)
        (area,) = (each for each in root.iter(f"{NS}g") if each.get("id") == "places")
        left, top, scale = (float(n) for n in re.findall(r"[\d.]+", area.get("transform")))
        for look in area:
            if not look.get("fill").startswith("#"):
                continue
            for path in look:
                at = table.sketch_points[table.row(path.get("data-id"))]
                x, y = at * FINENESS * scale + (left, top)
                red, green, blue, _ = image[int(y), int(x)]
                assert f"#{red:02x}{green:02x}{blue:02x}" == look.get("fill")
                seen.add(look.get("fill"))
    assert seen


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_is_read_from_anywhere_revalidated_and_the_same_each_time(client, address):
    response = client.get(address)
    assert response.status_code == 200
    kind = "image/png" if ".png" in address else "image/svg+xml"
    assert response.content_type.startswith(kind)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response.headers["Cache-Control"] == "public, no-cache"
    assert client.get(address).data == response.data
    again = client.get(address, headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    head = client.head(address)
    assert (head.status_code, head.data) == (200, b"")


def test_each_coding_is_the_same_picture_under_a_tag_of_its_own(client):
    plain = client.get(ADDRESSES[0])
    coded = client.get(ADDRESSES[0], headers={"Accept-Encoding": "gzip"})
    assert coded.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in coded.headers["Vary"]
    assert gzip.decompress(coded.data) == plain.data
    assert coded.headers["ETag"] != plain.headers["ETag"]


def test_below_a_release_it_is_for_good(client, current):
    response = client.get(f"/r/{current.get().id}{ADDRESSES[0]}")
    assert response.status_code == 200
    assert "immutable" in response.headers["Cache-Control"]
    assert response.data == client.get(ADDRESSES[0]).data


@pytest.mark.parametrize(
    ("address", "status", "word"),
    [
        (f"/maps/{RATE}.svg?width=319", 400, "320 to 1600"),
        (f"/maps/{RATE}.png?width=1601", 400, "320 to 1600"),
        (f"/maps/{RATE}.png?height=100", 400, "240 to 1200"),
        (f"/maps/{RATE}.png?width=4e2", 400, "320 to 1600"),
        (f"/maps/{RATE}.svg?width=320&height=240", 400, "or more"),
        (f"/maps/{RATE}.svg?theme=sepia", 400, "light or dark"),
        (f"/maps/{RATE}.svg?colour=red", 400, "width"),
        (f"/maps/{RATE}.svg?width=400&width=500", 400, "once"),
        (f"/maps/{RATE}.svg?period=1999", 404, "2014"),
        (f"/maps/{RATE}.svg?group=nobody", 404, "black"),
        (f"/maps/{RATE}.svg?denominator=nothing", 404, ""),
        ("/maps/nothing.svg", 404, RATE),
        (f"/maps/{RATE}.gif", 404, ""),
        (f"/jurisdictions/counties/06001/{RATE}.svg?period=2014", 400, "width"),
        (f"/jurisdictions/counties/06001/{RATE}.svg?width=1", 400, "320 to 1600"),
        (f"/jurisdictions/counties/99999/{RATE}.svg", 404, "06001"),
        ("/jurisdictions/counties/06001/nothing.svg", 404, RATE),
    ],
)
def test_what_is_not_there_is_a_problem_that_says_what_is(client, address, status, word):
    response = client.get(address)
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert word in response.get_data(as_text=True)


@pytest.mark.parametrize(
    ("path", "word"),
    [
        (f"/maps/{RATE}?period=2014&group=black", "lack"),
        (f"/maps/{RATE}/method", "2014"),
        ("/jurisdictions/counties/06001", "Alder"),
        ("/", ""),
        ("/data", ""),
    ],
)
def test_a_page_names_the_card_that_a_link_to_it_is_shown_with(client, path, word):
    page = client.get(path).get_data(as_text=True)
    found = dict(
        re.findall(r'<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)"', page)
    )
    image = unescape(found["og:image"])
    assert image.startswith("http://localhost/")
    parts = urlsplit(image)
    card = client.get(f"{parts.path}?{parts.query}")
    assert card.status_code == 200
    size = struct.unpack(">II", card.data[16:24])
    assert size == (int(found["og:image:width"]), int(found["og:image:height"])) == (1200, 630)
    assert found["twitter:card"] == "summary_large_image"
    assert word in found["og:title"]
    assert found["og:image:alt"]
    assert found["og:description"]


def test_a_picture_of_one_shape_a_look_shows_what_that_of_single_places_shows(current):
    """Both are drawn into pixels: no more than edges differ."""
    release = current.get()
    seen = choropleth.view(release, RATE)
    each, joined = (
        pixels(rasterised(picture.draw(release, seen, Frame(400, separate=separate)).svg))
        for separate in (True, False)
    )
    differs = (np.abs(each - joined).max(axis=2) > 24).mean()
    assert differs < 0.01


@pytest.mark.parametrize("path", [f"/maps/{RATE}", f"/embed/{RATE}", f"/maps/{COUNT}"])
def test_without_script_there_is_a_picture_in_both_themes(client, path):
    page = client.get(path).get_data(as_text=True)
    inside = re.search(r"<noscript>(.*?)</noscript>", page, re.DOTALL)[1]
    addresses = [unescape(each) for each in re.findall(r'(?:src|srcset)="([^"]+)"', inside)]
    assert len(addresses) == 2
    assert "Map of" in re.search(r'alt="([^"]+)"', inside)[1]
    assert ["theme=dark" in each for each in addresses] == [True, False]
    for address in addresses:
        assert client.get(address).status_code == 200


def test_names_that_attack_stay_text(hostile_client):
    response = hostile_client.get(f"/maps/{RATE}.svg")
    assert response.status_code == 200
    assert b"<script" not in response.data
    ET.fromstring(response.data)
