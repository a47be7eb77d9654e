"""Laws of the whole service: what protects its pages, its static files, its errors, its health."""

import json

import pytest
from werkzeug.test import Client

from mapsvc.basemap import read
from mapsvc.errors import NoReleaseError
from mapsvc.release.store import CurrentRelease
from mapsvc.settings import Settings
from mapsvc.web import assets
from mapsvc.web.app import create_app, create_wsgi
from mapsvc.web.front import RELEASE, Front
from mapsvc.web.tiles import Tiles
from tests.synthetic_release import write_release

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
EVERYWHERE = [
    "/",
    "/maps/arrest-rate",
    "/maps/nothing",
    "/embed/arrest-rate",
    "/jurisdictions/counties/06001",
    "/data",
    "/data/arrests",
    "/tiles",
    "/api/v1/indicators",
    "/healthz",
    "/static/js/missing.js",
    "/nothing",
]


def policy(response):
    text = response.headers["Content-Security-Policy"]
    return {part.split()[0]: part.split()[1:] for part in text.split("; ")}


@pytest.mark.parametrize("path", EVERYWHERE)
def test_nothing_from_elsewhere_runs_on_any_answer(client, path):
    response = client.get(path, headers=HTML)
    found = policy(response)
    assert found["default-src"] == ["'none'"]
    assert found["script-src"] == ["'self'"]
    assert found["style-src"] == ["'self'"]
    assert found["base-uri"] == ["'none'"]
    assert found["form-action"] == ["'self'"]
    assert "'unsafe-inline'" not in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"]
    assert response.headers["Permissions-Policy"]
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("path", EVERYWHERE)
def test_only_widgets_may_be_framed(client, path):
    response = client.get(path, headers=HTML)
    framed = path.startswith("/embed/")
    assert policy(response)["frame-ancestors"] == (["*"] if framed else ["'none'"])
    assert ("X-Frame-Options" in response.headers) is not framed


def test_configured_sites_alone_may_frame_a_widget(current):
    settings = Settings(embed_origins=("https://a.example", "https://b.example"))
    client = Client(create_wsgi(current, settings))
    assert policy(client.get("/embed/arrest-rate", headers=HTML))["frame-ancestors"] == [
        "'self'",
        "https://a.example",
        "https://b.example",
    ]


def test_a_named_background_is_open_to_map_pages_alone(current):
    client = Client(create_wsgi(current, Settings(basemap=read("OpenStreetMap.Mapnik"))))
    for path in EVERYWHERE:
        found = policy(client.get(path, headers=HTML))
        elsewhere = [each for each in found["img-src"] if each.startswith("https:")]
        named = ["https://tile.openstreetmap.org"] if path.startswith("/maps/") else []
        assert elsewhere == named
        assert not any(
            "openstreetmap" in each for key in found.keys() - {"img-src"} for each in found[key]
        )


@pytest.mark.parametrize("lang", ["en", "es"])
def test_a_map_page_says_whose_background_it_shows(current, lang):
    client = Client(create_wsgi(current, Settings(basemap=read("OpenStreetMap.Mapnik"))))
    text = client.get(f"/maps/arrest-rate?lang={lang}").text
    assert "tile.openstreetmap.org" in text
    assert 'href="https://www.openstreetmap.org/copyright"' in text
    for path in ("/", "/embed/arrest-rate"):
        assert "openstreetmap" not in client.get(path).text


def test_pages_are_not_open_to_other_sites(client):
    assert "Access-Control-Allow-Origin" not in client.get("/healthz").headers


@pytest.fixture
def static(tmp_path, monkeypatch):
    for name, text in {
        "js/app.js": "export const one = 1;\n" * 50,
        "css/site.css": "body { margin: 0 }",
        "js/.hidden.js": "no",
        "node_modules/left-pad/index.js": "no",
        "package.json": "{}",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr("mapsvc.resources.static", lambda: tmp_path)
    return tmp_path


def test_a_static_file_with_its_hash_may_be_kept_for_good(client, static):
    address = assets.static_url("js/app.js")
    assert "?v=" in address
    response = client.get(address)
    assert response.data == (static / "js/app.js").read_bytes()
    assert response.content_type == "text/javascript; charset=utf-8"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("query", ["", "?v=000000000000"])
def test_a_static_file_without_its_hash_is_revalidated(client, static, query):
    response = client.get(f"/static/js/app.js{query}")
    assert response.headers["Cache-Control"] == "public, no-cache"
    again = client.get("/static/js/app.js", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_a_changed_static_file_has_another_address(static):
    before = assets.static_url("css/site.css")
    (static / "css/site.css").write_text("body { margin: 1px }")
    assert assets.static_url("css/site.css") != before


def test_modules_may_be_kept_for_good_until_one_of_them_changes(client, static):
    address = assets.module_url("js/app.js")
    (static / "js/other.js").write_text("export const one = 1;")
    assert assets.module_url("js/app.js") != address
    assert "immutable" not in client.get(address).headers["Cache-Control"]
    response = client.get(assets.module_url("js/app.js"))
    assert response.status_code == 200
    assert "immutable" in response.headers["Cache-Control"]
    assert client.get("/static/@/js/app.js").headers["Cache-Control"] == "public, no-cache"
    assert client.get("/static/@x/@y/js/app.js").status_code == 404


def test_an_address_that_may_be_kept_for_good_gives_what_it_gave(client, static):
    addresses = assets.module_url("js/app.js"), assets.static_url("css/site.css")
    before = [client.get(address).data for address in addresses]
    (static / "js/app.js").write_text("export const one = 2;")
    (static / "css/site.css").write_text("body { margin: 1px }")
    assert [client.get(address).data for address in addresses] == before
    assert client.get(assets.module_url("js/app.js")).data == b"export const one = 2;"
    assert client.get("/static/css/site.css").data == b"body { margin: 1px }"


def test_a_file_is_sent_in_whichever_coding_is_asked_for(client, static):
    for coding in ("gzip", "br", "zstd", "gzip", "br;q=0, gzip"):
        response = client.get("/static/js/app.js", headers={"Accept-Encoding": coding})
        assert response.headers["Content-Encoding"] == coding.split()[-1]
        assert int(response.headers["Content-Length"]) == len(response.data) < 100
    for coding in ("identity", "*;q=0"):
        response = client.get("/static/js/app.js", headers={"Accept-Encoding": coding})
        assert "Content-Encoding" not in response.headers
        assert response.data == (static / "js/app.js").read_bytes()


def test_a_file_that_is_no_script_is_protected_as_a_page_is(client, static):
    (static / "icons").mkdir()
    (static / "icons/icon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    assert "Content-Security-Policy" in client.get("/static/icons/icon.svg").headers
    script = client.get("/static/js/app.js").headers
    assert "Content-Security-Policy" not in script
    assert script["X-Content-Type-Options"] == "nosniff"


def test_head_of_a_file_is_its_get_without_a_body_and_nothing_is_written(client, static):
    told = client.get("/static/js/app.js", headers={"Accept-Encoding": "gzip"})
    head = client.head("/static/js/app.js", headers={"Accept-Encoding": "gzip"})
    assert (head.data, list(head.headers)) == (b"", list(told.headers))
    assert client.post("/static/js/app.js").status_code == 405
    assert "GET" in client.options("/static/js/app.js").headers["Allow"]


def test_a_missing_static_file_has_a_plain_address(static):
    assert assets.static_url("js/none.js") == "/static/js/none.js"


@pytest.mark.parametrize(
    "name",
    [
        "package.json",
        "js/.hidden.js",
        "node_modules/left-pad/index.js",
        "js/../package.json",
        "js/%2e%2e/package.json",
        "../pyproject.toml",
        "js/%00.js",
        "js",
        "js/",
        "x" * 5000,
    ],
)
def test_only_the_front_end_is_served(client, static, name):
    assert client.get(f"/static/{name}").status_code == 404


def test_static_files_are_compressed(client, static):
    response = client.get("/static/js/app.js", headers={"Accept-Encoding": "br, gzip"})
    assert response.headers["Content-Encoding"] == "br"
    assert "Accept-Encoding" in response.headers["Vary"]


@pytest.mark.parametrize("path", ["/nothing", "/static/js/none.js", "/maps/nothing"])
def test_people_get_a_page_for_an_error_and_programs_a_problem(client, path):
    page = client.get(path, headers=HTML)
    assert page.status_code == 404
    assert page.content_type == "text/html; charset=utf-8"
    for accept in ({}, {"Accept": "*/*"}, {"Accept": "application/json"}):
        told = client.get(path, headers=accept)
        assert told.status_code == 404
        assert told.content_type == "application/problem+json"
        assert told.headers["Cache-Control"] == page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/tiles/nothing", "/tiles/", "/api/"])
def test_addresses_of_programs_answer_problems_to_browsers_too(client, path):
    response = client.get(path, headers=HTML)
    assert response.status_code == 404
    assert response.content_type == "application/problem+json"
    assert json.loads(response.data)["detail"]


@pytest.fixture
def failing(current):
    tiles = Tiles(1_000_000)
    app = create_app(current, Settings(), tiles)
    app.wsgi_app = Front(current, Settings(), app.wsgi_app, tiles)

    def fail():
        raise RuntimeError("the password is hunter2")

    app.add_url_rule("/fail", view_func=fail)
    app.add_url_rule("/api/fail", endpoint="api-fail", view_func=fail)
    return app


@pytest.mark.parametrize("path", ["/fail", "/api/fail"])
def test_an_unforeseen_error_is_logged_under_the_id_that_the_reader_sees(failing, caplog, path):
    response = failing.test_client().get(path, headers=HTML)
    assert response.status_code == 500
    assert response.headers["Cache-Control"] == "no-store"
    assert b"hunter2" not in response.data
    (record,) = caplog.records
    assert record.getMessage().split()[-1] in response.get_data(as_text=True)
    assert "hunter2" in str(record.exc_info[1])


def test_where_the_page_of_an_error_fails_its_words_come_as_json(failing, caplog, monkeypatch):
    monkeypatch.setattr(
        "mapsvc.web.errors.render_template", lambda *_, **__: (_ for _ in ()).throw(KeyError("x"))
    )
    response = failing.test_client().get("/nothing", headers=HTML)
    assert response.status_code == 404
    assert response.content_type == "application/problem+json"
    assert caplog.records


def test_the_service_is_alive_and_ready_with_its_release(client, current):
    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.headers["Cache-Control"] == "no-store"
    assert json.loads(ready.data)["release"] == current.get().id


def test_without_a_release_the_service_is_not_ready_and_its_pages_are_503(caplog):
    class Gone:
        fault = None

        def get(self):
            raise NoReleaseError("There is no release yet in 'atlas'. Run `mapsvc build` first.")

    client = Client(create_wsgi(Gone(), Settings()))
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert "mapsvc build" in json.loads(ready.data)["fault"]
    for path in ("/api/v1/indicators", "/tiles/counties.json"):
        assert client.get(path).status_code == 503
    assert caplog.records


def test_a_damaged_successor_is_told_and_the_old_release_serves_on(tmp_path):
    first = write_release(tmp_path)
    current = CurrentRelease(tmp_path, interval=0)
    client = Client(create_wsgi(current, Settings(atlas=tmp_path)))
    second = write_release(tmp_path, hostile=True)
    (tmp_path / "releases" / second / "report.json").write_text("{}")
    document = json.loads(client.get("/readyz").data)
    assert document["release"] == first
    assert second in document["fault"]
    assert client.get("/api/v1/report").status_code == 200


def test_a_request_sees_one_release_from_its_first_line_to_its_last(tmp_path):
    first = write_release(tmp_path)
    current = CurrentRelease(tmp_path, interval=0)
    seen = []

    def following(environ, start_response):
        seen.append(environ[RELEASE].id)
        second = write_release(tmp_path, hostile=True)
        assert current.get().id == second != first
        seen.append(environ[RELEASE].id)
        start_response("200 OK", [])
        return []

    client = Client(Front(current, Settings(atlas=tmp_path), following, Tiles(1_000_000)))
    client.get("/")
    assert seen == [first, first]
