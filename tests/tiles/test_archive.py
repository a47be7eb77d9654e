"""The laws of archives: what goes in comes out, and the same input gives the same bytes."""

import gzip
import random
import time

import pytest
from pmtiles.reader import MemorySource, Reader, all_tiles

from mapsvc.errors import DamagedReleaseError
from mapsvc.tiles.archive import TileArchive, write_pmtiles

BOUNDS = (-124.5, 32.5, -114.1, 42.0)
CENTER = (-119.0, 37.0, 5)
METADATA = {"attribution": "Census", "vector_layers": [{"id": "counties", "fields": {}}]}


def write(path, tiles):
    write_pmtiles(path, tiles, bounds=BOUNDS, center=CENTER, metadata=METADATA)
    return path


def everywhere(zooms):
    """Every tile of the first zooms, none like another in content or length."""
    rng = random.Random(1)
    return [
        (z, x, y, f"{z}/{x}/{y} ".encode() + rng.randbytes(rng.randrange(200)))
        for z in range(zooms)
        for x in range(1 << z)
        for y in range(1 << z)
    ]


@pytest.fixture(scope="module")
def whole_world(tmp_path_factory):
    """Zooms 0 to 7, every tile: enough for directories with leaves."""
    return write(tmp_path_factory.mktemp("archive") / "world.pmtiles", everywhere(8))


def test_every_tile_comes_out_as_it_went_in(whole_world):
    with TileArchive(whole_world) as archive:
        assert archive.header["leaf_directory_length"] > 0
        for z, x, y, tile in everywhere(8):
            assert gzip.decompress(archive.get(z, x, y)) == tile
        assert {(z, x, y, gzip.decompress(tile)) for z, x, y, tile in archive.tiles()} == set(
            everywhere(8)
        )


def test_pmtiles_own_reader_reads_the_same(whole_world):
    source = MemorySource(whole_world.read_bytes())
    theirs = {(*place, tile) for place, tile in all_tiles(source)}
    with TileArchive(whole_world) as archive:
        assert theirs == set(archive.tiles())
        assert Reader(source).metadata() == archive.metadata == METADATA
        assert Reader(source).header() == archive.header
        assert Reader(source).get(6, 11, 25) == archive.get(6, 11, 25)


def test_the_header_says_where_and_what(whole_world):
    with TileArchive(whole_world) as archive:
        header = archive.header
    assert (header["min_zoom"], header["max_zoom"]) == (0, 7)
    assert [
        header[f"{side}_e7"] / 1e7 for side in ("min_lon", "min_lat", "max_lon", "max_lat")
    ] == [*BOUNDS]
    assert (header["center_lon_e7"], header["center_lat_e7"]) == (-1_190_000_000, 370_000_000)
    assert header["center_zoom"] == 5
    assert header["clustered"]
    assert header["tile_type"].name == "MVT"
    assert header["tile_compression"].name == header["internal_compression"].name == "GZIP"


def test_no_byte_tells_when_or_in_which_order_it_was_written(tmp_path, monkeypatch):
    tiles = everywhere(4)
    monkeypatch.setattr(time, "time", lambda: 1_000_000_000.0)
    first = write(tmp_path / "first", tiles).read_bytes()
    monkeypatch.setattr(time, "time", lambda: 1_700_000_000.0)
    assert write(tmp_path / "second", reversed(tiles)).read_bytes() == first


def test_equal_tiles_are_stored_once(tmp_path):
    tiles = [(z, x, y, b"same") for z, x, y, _ in everywhere(4)]
    with TileArchive(write(tmp_path / "a", tiles)) as archive:
        assert archive.header["tile_contents_count"] == 1
        assert archive.header["addressed_tiles_count"] == len(tiles)
        assert len(list(archive.tiles())) == len(tiles)


@pytest.mark.parametrize(
    "place", [(1, 0, 0), (3, 7, 7), (4, 0, 0), (2, 4, 0), (2, 0, -1), (-1, 0, 0), (40, 0, 0)]
)
def test_where_there_is_no_tile_there_is_none(tmp_path, place):
    tiles = [(0, 0, 0, b"a"), (2, 1, 1, b"b"), (3, 3, 3, b"c")]
    with TileArchive(write(tmp_path / "a", tiles)) as archive:
        assert archive.get(*place) is None
        assert archive.get(2, 1, 1) is not None


@pytest.mark.parametrize("tiles", [[], [(0, 0, 0, b"a"), (0, 0, 0, b"b")]])
def test_no_tile_and_two_for_one_place_are_errors(tmp_path, tiles):
    with pytest.raises(ValueError, match="one tile for a place"):
        write(tmp_path / "a", tiles)


@pytest.mark.parametrize(
    "content",
    [b"", b"PMTiles", b"not an archive at all" * 10, b"PMTiles\x02" + bytes(120)],
    ids=["empty", "short", "other", "version"],
)
def test_what_is_not_an_archive_is_a_damaged_release(tmp_path, content):
    path = tmp_path / "a.pmtiles"
    path.write_bytes(content)
    with pytest.raises(DamagedReleaseError, match=r"a\.pmtiles is"):
        TileArchive(path)


@pytest.mark.parametrize("share", [0.0001, 0.002, 0.02, 0.999])
def test_an_archive_that_was_cut_short_is_a_damaged_release(tmp_path, whole_world, share):
    path = tmp_path / "cut.pmtiles"
    content = whole_world.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(DamagedReleaseError, match=r"cut\.pmtiles is not a whole"):
        TileArchive(path)
