"""A made-up state of six counties, small enough to work out by hand.

``write_miniature`` writes its two folders, as docs/formats.md has them, in plain GeoJSON and CSV:

- Counties Alder, Birch and Cedar lie in a southern row, Damson and Elder north of them, so that
  borders meet in a T twice; Fir is an enclave in a hole of Cedar.
- Agencies divide the counties: a sheriff each, and the police of a city in five of them. Firth, in
  Fir, contracts with its sheriff and has a code but no land. A campus has no geometry, a transit
  police only a point.
- Damson City has its own police since 2013; its agency number was the sheriff's until then.
- Birchfield's police served Birch Hill too, until the end of 2014; the sheriff's share of it since
  is unknown, as nobody counted the unincorporated land. The transit police work in two counties and
  say how much in each.
- Elderwood has no resident in 2013 and 2014, and an unknown number since.
- ``stops`` are rates by county with groups; Fir has no row for 2014 and half a year in 2015.
- ``incidents`` are a register by agency number and county name, some in no jurisdiction.
- ``crashes`` are points, one of them beyond the state.
"""

from __future__ import annotations

from pathlib import Path

from tests.miniature.records import write_datasets
from tests.miniature.territory import write_boundaries

__all__ = ["write_miniature"]


def write_miniature(folder: Path) -> tuple[Path, Path]:
    """Write the state into ``folder``; return its boundaries and datasets folders."""
    boundaries, datasets = folder / "boundaries", folder / "datasets"
    write_boundaries(boundaries)
    write_datasets(datasets)
    return boundaries, datasets
