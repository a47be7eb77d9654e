"""What an operator shows under the figures in place of the ground: raster tiles from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from mapsvc.basemap import Basemap
from mapsvc.maps.elements import Part


class Background(Part):
    """Raster tiles for light pages and for dark ones."""

    key = "basemap"


def background(basemaps: Sequence[Basemap]) -> Background:
    """Return the part of one background, or of one for light and one for dark."""
    shown = [
        {
            "url": each.url,
            "subdomains": each.subdomains,
            "maxZoom": each.max_zoom,
            "tileSize": each.tile_size,
            "attribution": each.attribution,
        }
        for each in basemaps
    ]
    return Background(light=shown[0], dark=shown[-1])
