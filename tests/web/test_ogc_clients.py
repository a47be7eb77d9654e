"""GIS clients read the OGC API of a running server: GDAL's own driver, and geopandas."""

import geopandas as gpd
import pyogrio
import pytest
import shapely

from tests import synthetic_release
from tests.web.test_server import serving


@pytest.fixture(scope="module")
def base(atlas):
    """The address of the OGC API, in a process of its own: GDAL holds this one while it waits."""
    with serving(atlas, 1) as (_, port, _):
        yield f"http://127.0.0.1:{port}/ogc/"


def test_gdal_lists_every_collection(base, client):
    known = [each["id"] for each in client.get("/ogc/collections").json["collections"]]
    assert [name for name, _ in pyogrio.list_layers(f"OAPIF:{base}")] == known


def test_gdal_reads_every_collection_whole(base, client):
    for each in client.get("/ogc/collections").json["collections"]:
        frame = gpd.read_file(f"OAPIF:{base}", layer=each["id"])
        answer = client.get(f"/ogc/collections/{each['id']}/items").json
        assert len(frame) == answer["numberMatched"]
        there = [told["geometry"] is not None for told in answer["features"]]
        assert frame.geometry.notna().tolist() == there
        for told, (_, row) in zip(answer["features"], frame.iterrows(), strict=True):
            assert told["properties"]["id"] == row["id"]
            assert told["properties"]["name"] == row["name"]
        assert frame.crs.to_authority() in (("OGC", "CRS84"), ("EPSG", "4326"))


def test_gdal_has_the_service_filter_by_attribute(base):
    where = "period = '2013' AND \"group\" = 'black'"
    frame = gpd.read_file(f"OAPIF:{base}", layer="arrest-rate.counties", where=where)
    assert len(frame) == 6
    assert set(frame["period"]) == {"2013"}
    assert set(frame["group"]) == {"black"}


def test_gdal_has_the_service_filter_by_box(base):
    frame = gpd.read_file(f"OAPIF:{base}", layer="counties", bbox=(-121.9, 36.1, -121.5, 36.5))
    assert list(frame["id"]) == ["06001"]


def test_geopandas_reads_the_address_of_features(base):
    frame = gpd.read_file(f"{base}collections/counties/items?name=Alder")
    square = synthetic_release.counties()[0].shape
    assert shapely.equals(frame.geometry.iloc[0], square)


def test_gdal_reads_features_in_another_reference_system(base):
    options = {"CRS": "EPSG:3857"}
    frame = gpd.read_file(f"OAPIF:{base}", layer="counties", **options)
    plain = gpd.read_file(f"OAPIF:{base}", layer="counties").to_crs(3857)
    assert frame.crs.to_epsg() == 3857
    there = plain.geometry.notna()
    distances = frame.geometry[there].hausdorff_distance(plain.geometry[there])
    assert distances.max() < 0.02
