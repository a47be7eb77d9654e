"""Laws of finding a place: exact before likely, and every name leads there."""

import pytest
from werkzeug.test import Client

from mapsvc.maps.finding import LONGEST, MOST, find, fold
from mapsvc.release.store import CurrentRelease
from mapsvc.settings import Settings
from mapsvc.web.app import create_wsgi
from tests.synthetic_release import RATE, write_release

SEARCH = "/api/v1/search"


def results(client, query, **more):
    response = client.get(SEARCH, query_string={"q": query, **more})
    assert response.status_code == 200
    return response.json["results"]


def ids(client, query, **more):
    return [each["id"] for each in results(client, query, **more)]


@pytest.mark.parametrize(
    ("query", "first", "by"),
    [
        ("06001", "06001", "id"),
        ("ca0010100", "CA0010100", "id"),
        ("alder", "06001", "name"),
        ("harbor", "CA0010300", "word"),
        ("camp ald", "CA0010200", "word"),
        ("CA00101", "CA0010100", "id"),
        ("0017", "CA0010100", "alias"),
        ("ubertal", "06003", "alias"),
        ("Übertal", "06003", "alias"),
        ("alderton polcie", "CA0010100", "similar"),
        ("dogwod", "06007", "similar"),
    ],
)
def test_a_place_is_found_by_what_it_is_called(client, query, first, by):
    found = results(client, query)[0]
    assert (found["id"], found["matched"]["by"]) == (first, by)


def test_a_result_says_what_it_is_and_what_matched(client):
    assert results(client, "ubertal") == [
        {
            "layer": "counties",
            "id": "06003",
            "name": "Birch",
            "kind": "county",
            "kind_title": "County",
            "parent": None,
            "matched": {
                "by": "alias",
                "text": "Übertal",
                "scheme": "name",
                "valid_from": None,
                "valid_to": "1999-12-31",
            },
            "profile": "/jurisdictions/counties/06003",
        }
    ]
    assert results(client, "CA0010100")[0]["parent"] == "Alder"


def test_names_that_begin_so_come_before_words_and_the_shorter_first(client):
    assert ids(client, "alder") == ["06001", "CA0010300", "CA0010100", "CA0010200", "CA0010000"]
    assert ids(client, "ALDER ", layer="counties") == ["06001"]
    assert ids(client, "alder", limit="2") == ["06001", "CA0010300"]


def test_slips_are_allowed_only_where_nothing_fits(client):
    assert {each["matched"]["by"] for each in results(client, "elm")} == {"name"}
    assert results(client, "zzzzqqqq") == []


def test_a_place_comes_once(client):
    for query in ("a", "0", "CA", "alder"):
        found = [(each["layer"], each["id"]) for each in results(client, query)]
        assert len(found) == len(set(found)) <= MOST


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("", "q"),
        ("?q=", "q"),
        ("?q=%20.%20", "q"),
        ("?q=" + "a" * (LONGEST + 1), "q"),
        ("?q=a&limit=0", "limit"),
        ("?q=a&limit=21", "limit"),
        ("?q=a&limit=%C2%B2", "limit"),
        ("?q=a&page=2", "page"),
        ("?q=a&q=b", "q"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(client, query, named):
    response = client.get(SEARCH + query)
    assert response.status_code == 400
    assert response.content_type == "application/problem+json"
    assert named in response.json["detail"]


def test_an_unknown_layer_is_404(client):
    assert client.get(f"{SEARCH}?q=a&layer=towns").status_code == 404


def test_case_accents_and_punctuation_make_no_difference():
    assert fold("Doña  Ana's") == fold("DONA ANAS") == "dona anas"
    assert fold("Straße") == fold("STRASSE")


def test_every_place_is_found_by_its_id_names_and_codes(miniature):
    release = miniature.release
    for layer in release.layer_keys:
        table = release.layer(layer)
        for row, name in enumerate(table.names):
            assert find(release, table.ids[row])[0].row == row
            assert row in [each.row for each in find(release, name, layer)]
    for layer, listed in release.aliases.items():
        for each in listed:
            found = {
                release.layer(layer).ids[hit.row] for hit in find(release, each["alias"], layer)
            }
            assert each["id"] in found


def test_the_page_lists_the_same_without_script(client):
    text = client.get("/search?q=ubertal").get_data(as_text=True)
    assert '<a href="/jurisdictions/counties/06003">Birch</a>' in text
    assert "also Übertal until 1999-12-31" in text
    assert 'value="ubertal"' in text
    empty = client.get("/search")
    assert empty.status_code == 200
    assert 'action="/search"' in empty.get_data(as_text=True)
    assert "or like it" in client.get("/search?q=zzzzqqqq").get_data(as_text=True)


def test_what_is_typed_is_text_and_never_markup(client):
    text = client.get("/search", query_string={"q": '"><script>x</script>'}).get_data(as_text=True)
    assert "<script>x" not in text


@pytest.mark.parametrize("path", ["/", "/jurisdictions/counties/06001"])
def test_pages_have_the_form(client, path):
    text = client.get(path).get_data(as_text=True)
    assert 'role="search" action="/search" method="get"' in text


def test_neighbours_are_links_of_a_profile_and_in_its_answer(client):
    text = client.get("/jurisdictions/counties/06001").get_data(as_text=True)
    for key, name in (("06003", "Birch"), ("06007", "Dogwood")):
        assert f'<a href="/jurisdictions/counties/{key}">{name}</a>' in text
    document = client.get("/api/v1/jurisdictions/counties/06001").json
    assert document["neighbours"] == [
        {"layer": "counties", "id": "06003", "name": "Birch"},
        {"layer": "counties", "id": "06007", "name": "Dogwood"},
    ]
    campus = client.get("/api/v1/jurisdictions/agencies/CA0010200").json
    assert campus["neighbours"] == []


def test_neighbours_of_a_layer_are_positions_in_its_ids(client):
    document = client.get("/api/v1/neighbours/counties").json
    assert document["ids"][0] == "06001"
    beside = [[document["ids"][at] for at in each] for each in document["neighbours"]]
    assert beside[0] == ["06003", "06007"]
    assert document["lon"][0] == pytest.approx(-121.5)
    agencies = client.get("/api/v1/neighbours/agencies").json
    assert agencies["lon"][3] is agencies["lat"][3] is None
    assert client.get("/api/v1/neighbours/towns").status_code == 404
    assert client.get("/api/v1/neighbours/counties?x=1").status_code == 400


def test_a_release_from_before_has_no_neighbours_and_is_searched_by_name(tmp_path):
    write_release(tmp_path, finding=False)
    old = Client(create_wsgi(CurrentRelease(tmp_path), Settings(atlas=tmp_path)))
    assert ids(old, "birch") == ["06003"]
    assert old.get("/api/v1/neighbours/counties").json["neighbours"] == [[]] * 6
    assert "Neighbours" not in old.get("/jurisdictions/counties/06001").get_data(as_text=True)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/maps/arrest-rate", True),
        ("/maps/arrest-rate/method", False),
        ("/embed/arrest-rate", False),
        ("/", False),
        ("/search", False),
    ],
)
def test_only_a_map_page_may_ask_where_it_is(client, path, allowed):
    policy = client.get(path).headers["Permissions-Policy"]
    assert ("geolocation=(self)" in policy) is allowed
    assert ("geolocation=()" in policy) is not allowed


@pytest.mark.parametrize("name", ["Birch", "birch", "Übertal", "ubertal"])
def test_a_map_that_is_asked_for_a_place_by_a_name_goes_to_its_id(client, name):
    given = {"jurisdiction": name, "period": "2013", "lang": "es"}
    answer = client.get(f"/maps/{RATE}", query_string=given)
    assert answer.status_code == 302
    assert answer.location == f"/maps/{RATE}?period=2013&jurisdiction=06003&lang=es"


def test_a_part_of_a_name_is_no_name(client):
    answer = client.get(f"/maps/{RATE}", query_string={"jurisdiction": "bir"})
    assert answer.status_code == 404


def test_a_form_lists_few_places_and_asks_the_name_where_there_are_many(client, monkeypatch):
    field = '<{} id="jurisdiction" name="jurisdiction"'
    assert field.format("select") in client.get(f"/maps/{RATE}").text
    monkeypatch.setattr("mapsvc.maps.choropleth._LISTED", 2)
    assert field.format("input") in client.get(f"/maps/{RATE}").text
