"""Laws of sprites: sound images, the same each time, none like another."""

import itertools
import struct
import zlib

import numpy as np
import pytest

from mapsvc.maps import sprite
from mapsvc.maps.theme import THEMES, colours, rgba
from mapsvc.model import Status


def read_png(data):
    """Decode what the encoder writes: RGBA of 8 bits, no filters, every checksum right."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, content = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack(">I", data[at + 8 + length : at + 12 + length])
        assert checksum == zlib.crc32(kind + content)
        chunks[kind] = content
        at += 12 + length
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    width, height, *form = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert form == [8, 6, 0, 0, 0]
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, 1 + 4 * width)
    assert not rows[:, 0].any()
    return rows[:, 1:].reshape(height, width, 4)


def images(theme, ratio):
    made = sprite.sprite(theme, ratio)
    sheet = read_png(made.png)
    return {
        name: sheet[at["y"] : at["y"] + at["height"], at["x"] : at["x"] + at["width"]]
        for name, at in made.index.items()
    }


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ratio", sprite.RATIOS)
def test_every_image_is_whole_and_unlike_the_others(theme, ratio):
    found = images(theme, ratio)
    assert found.keys() == sprite.DRAWINGS.keys()
    for name, image in found.items():
        side = ratio * sprite.DRAWINGS[name].side
        assert image.shape == (side, side, 4)
        assert image[..., 3].any()
        assert not image[..., 3].all()
    assert len({image.tobytes() for image in found.values()}) == len(found)


def test_each_status_without_a_value_has_a_hatch_and_a_mark():
    for status in (Status.NOT_REPORTED, Status.NOT_APPLICABLE, Status.SUPPRESSED):
        assert {str(status), f"mark-{status}"} <= sprite.DRAWINGS.keys()


def test_images_do_not_overlap():
    at = sprite.sprite("light", 2).index.values()
    ends = sorted((image["x"], image["x"] + image["width"]) for image in at)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(ends))


@pytest.mark.parametrize("theme", THEMES)
def test_a_hatch_has_the_ink_of_the_theme(theme):
    image = images(theme, 2)["suppressed"]
    solid = image[image[..., 3] == 255][:, :3]
    assert len(solid)
    assert (solid == rgba(colours(theme)["empty-mark"])[:3]).all()


def test_the_same_bytes_each_time():
    first = sprite.sprite("dark", 2).png
    sprite.sprite.cache_clear()
    assert sprite.sprite("dark", 2).png == first


def test_there_is_no_third_ratio():
    with pytest.raises(ValueError, match="not 3"):
        sprite.sprite("light", 3)
