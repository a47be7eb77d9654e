"""Laws of the archive addresses: a PMTiles file to be read by its parts (RFC 9110, 14)."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ARCHIVE = "/tiles/counties.pmtiles"


@pytest.fixture(scope="module")
def whole(atlas):
    return (atlas / "current/tiles/counties.pmtiles").read_bytes()


def test_without_a_range_the_whole_file_is_sent(client, whole):
    response = client.get(ARCHIVE, headers={"Accept-Encoding": "gzip, br"})
    assert response.status_code == 200
    assert response.content_type == "application/vnd.pmtiles"
    assert response.data == whole
    assert response.headers["Accept-Ranges"] == "bytes"
    assert int(response.headers["Content-Length"]) == len(whole)
    # Ranges count the bytes of the file: it has no coding, whatever is accepted.
    assert "Content-Encoding" not in response.headers
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Content-Range" in response.headers["Access-Control-Expose-Headers"]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.integers(0, 10**7), length=st.integers(1, 10**7))
def test_a_range_is_these_bytes_of_the_file(client, whole, first, length):
    first %= len(whole)
    last = first + length - 1
    response = client.get(ARCHIVE, headers={"Range": f"bytes={first}-{last}"})
    assert response.status_code == 206
    end = min(last, len(whole) - 1)
    assert response.headers["Content-Range"] == f"bytes {first}-{end}/{len(whole)}"
    assert response.data == whole[first : last + 1]
    assert int(response.headers["Content-Length"]) == len(response.data)


@pytest.mark.parametrize("size", [1, 500, 10**9])
def test_a_suffix_is_the_end_of_the_file(client, whole, size):
    response = client.get(ARCHIVE, headers={"Range": f"bytes=-{size}"})
    assert response.status_code == 206
    assert response.data == whole[-size:]


def test_an_open_range_goes_to_the_end(client, whole):
    response = client.get(ARCHIVE, headers={"Range": "bytes=100-"})
    assert response.status_code == 206
    assert response.data == whole[100:]


@pytest.mark.parametrize("asked", ["bytes={size}-", "bytes=-0", "bytes={size}-{size}9"])
def test_a_range_beyond_the_end_is_416_with_the_size(client, whole, asked):
    response = client.get(ARCHIVE, headers={"Range": asked.format(size=len(whole))})
    assert response.status_code == 416
    assert response.headers["Content-Range"] == f"bytes */{len(whole)}"
    assert json.loads(response.data)["status"] == 416


@pytest.mark.parametrize("asked", ["bytes=5-2", "lines=0-1", "bytes=a-b", "bytes=0-1,5-6", "x"])
def test_a_range_that_cannot_be_answered_is_ignored(client, whole, asked):
    response = client.get(ARCHIVE, headers={"Range": asked})
    assert response.status_code == 200
    assert response.data == whole


def test_if_range_holds_for_the_same_file_only(client, whole):
    tag = client.get(ARCHIVE).headers["ETag"]
    same = client.get(ARCHIVE, headers={"Range": "bytes=0-9", "If-Range": tag})
    assert (same.status_code, same.data) == (206, whole[:10])
    for other in ('"other"', f"W/{tag}", "Sun, 22 Nov 2026 10:00:00 GMT"):
        response = client.get(ARCHIVE, headers={"Range": "bytes=0-9", "If-Range": other})
        assert (response.status_code, response.data) == (200, whole)


def test_head_tells_the_size_and_ignores_the_range(client, whole):
    response = client.head(ARCHIVE, headers={"Range": "bytes=0-9"})
    assert response.status_code == 200
    assert response.data == b""
    assert int(response.headers["Content-Length"]) == len(whole)


def test_a_known_entity_tag_is_304(client):
    tag = client.get(ARCHIVE).headers["ETag"]
    response = client.get(ARCHIVE, headers={"If-None-Match": tag, "Range": "bytes=0-9"})
    assert response.status_code == 304
    assert response.data == b""


def test_the_ground_has_an_archive_and_what_is_no_layer_has_none(client):
    assert client.get("/tiles/context.pmtiles").data.startswith(b"PMTiles")
    response = client.get("/tiles/county.pmtiles")
    assert response.status_code == 404
    assert "counties" in json.loads(response.data)["known"]
    assert client.get("/tiles/..%2fcounties.pmtiles").status_code == 404
