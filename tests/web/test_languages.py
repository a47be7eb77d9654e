"""Laws of the languages: every page in each of them, whole, and none spoken to the wrong reader."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from mapsvc import language
from mapsvc.language import DEFAULT, LANGUAGES
from tests.synthetic_release import COUNT, HOSTILE, RATE

HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def page(client):
    def get(address, **headers):
        return client.get(address, headers={**HTML, **headers})

    return get


SHOWN = [
    f"/maps/{RATE}?period=2014&group=black",
    f"/maps/{RATE}/method?jurisdiction=06001",
    f"/maps/{RATE}/embed?theme=dark",
    f"/maps/{COUNT}",
    f"/embed/{RATE}?period=2013",
    "/",
    "/jurisdictions",
    "/jurisdictions/counties/06001",
    "/data",
    "/data/arrests",
    "/search?q=alder",
    "/tiles?layer=counties",
    "/ogc/collections/counties/items",
]
_TEXT = re.compile(r"<[^>]*>")


def words_of(answer):
    return " ".join(unescape(_TEXT.sub(" ", answer.get_data(as_text=True))).split())


def spoken(address, code="es"):
    return f"{address}{'&' if '?' in address else '?'}lang={code}"


@pytest.mark.parametrize("address", SHOWN)
def test_a_page_says_its_language(page, address):
    for code in LANGUAGES:
        answer = page(spoken(address, code))
        assert answer.status_code == 200
        assert answer.headers["Content-Language"] == code
        assert f'<html lang="{code}"' in answer.get_data(as_text=True)
    assert page(address).headers["Content-Language"] == DEFAULT


@pytest.mark.parametrize("address", SHOWN)
def test_no_link_to_a_page_drops_the_language(page, client, address):
    """Whatever is a page in English, is linked to in Spanish; data have no language."""
    text = page(spoken(address)).get_data(as_text=True)
    switches = re.findall(r'<(?:a|link)[^>]* hreflang="[^"]*"[^>]*>', text)
    rest = re.sub(r'<(?:a|link)[^>]* hreflang="[^"]*"[^>]*>', "", text)
    assert len(switches) == (0 if address.startswith("/embed") else 4)
    links = {unescape(link) for link in re.findall(r'<a[^>]* href="([^"]+)"', rest)}
    links = {link for link in links if link.startswith("/")}
    assert links
    for link in links:
        asked = parse_qs(urlsplit(link).query).get("lang")
        if asked is None:
            assert page(link).mimetype != "text/html", link
        else:
            assert asked == ["es"]
            assert page(link).status_code == 200, link


@pytest.mark.parametrize("address", SHOWN)
def test_no_form_drops_the_language(page, address):
    for code, fields in (("es", ["es"]), ("en", [])):
        for form in re.findall(r"<form.*?</form>", page(spoken(address, code)).text, re.DOTALL):
            assert re.findall(r'name="lang" value="(\w+)"', form) == fields


@pytest.mark.parametrize("address", [each for each in SHOWN if not each.startswith("/embed/")])
def test_the_switch_shows_the_same_view_in_the_other_language(page, address):
    there = re.search(r'<a href="([^"]+)" lang="es" hreflang="es">', page(address).text)[1]
    there = unescape(there)
    asked, given = (parse_qs(urlsplit(each).query) for each in (address, there))
    assert given == {**asked, "lang": ["es"]}
    assert urlsplit(there).path == urlsplit(address).path
    back = re.search(r'<a href="([^"]+)" lang="en" hreflang="en">', page(there).text)[1]
    assert page(unescape(back)).get_data() == page(address).get_data()


def test_the_switch_stays_with_a_release_that_is_named(page, current):
    pinned = f"/r/{current.get().id}"
    text = page(f"{pinned}/maps/{RATE}?period=2014&lang=es").text
    assert f'href="{pinned}/maps/{RATE}?period=2014" lang="en"' in text
    assert f'href="{pinned}/?lang=es"' in text


def test_other_languages_are_named_for_machines(page):
    text = page(f"/maps/{RATE}?period=2014&lang=es").text
    found = dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)"', text))
    base = f"http://localhost/maps/{RATE}?period=2014"
    assert found == {"en": base, "es": f"{base}&amp;lang=es", "x-default": base}


@pytest.mark.parametrize("asked", ["fr", "ES", "", "es-MX", "es%00", "../es"])
def test_a_language_that_is_not_there_is_refused_with_those_that_are(page, asked):
    answer = page(f"/maps/{RATE}?period=2014&lang={asked}")
    assert answer.status_code == 400
    for code in LANGUAGES:
        assert f'lang="{code}" hreflang="{code}"' in answer.text
    assert f'href="/maps/{RATE}?period=2014"' in answer.text
    found = page(f"/maps/{RATE}?lang={asked}", Accept="application/json").json
    assert found["known"] == list(LANGUAGES)


def test_a_language_is_given_once(page):
    assert page("/?lang=es&lang=en").status_code == 400
    assert page("/ogc/?lang=es&lang=es").status_code == 400


def test_data_have_no_language(client):
    """An answer that has no words for readers refuses one."""
    for address in (
        "/api/v1/indicators",
        "/api/v1/neighbours/counties",
        "/tiles/counties.json",
        "/styles/counties.json",
    ):
        assert client.get(address).status_code == 200
        assert client.get(spoken(address)).status_code == 400


def test_what_the_api_says_stays_as_it_is(client):
    answer = client.get(f"/maps/{RATE}?layer=nowhere&lang=es", headers={"Accept": "*/*"})
    assert answer.mimetype == "application/problem+json"
    assert "There is no layer" in answer.json["detail"]
    assert answer.json["title"] == "Not Found"


def test_an_error_is_told_in_the_language_of_the_page(page):
    text = words_of(page(f"/maps/{RATE}?layer=countes&lang=es"))
    assert "No existe 'countes' como capa. ¿Quiso decir 'counties'?" in text
    assert "No encontrado" in text
    assert "No hay nada en esta dirección." in words_of(page("/nothing/here?lang=es"))
    filtered = page("/ogc/collections/counties/items?filter=name%20=&lang=es")
    assert filtered.status_code == 400
    assert "El filtro no se puede leer en la columna" in words_of(filtered)


def test_a_request_never_hears_the_language_of_another(client):
    """The same threads answer in turn; each page is the one of its address."""
    asked = [f"/maps/{RATE}", f"/maps/{RATE}?lang=es", "/nothing", "/?lang=es", "/?lang=xx"] * 8
    alone = {address: client.get(address, headers=HTML).data for address in set(asked)}
    with ThreadPoolExecutor(3) as pool:
        heard = list(pool.map(lambda each: client.get(each, headers=HTML).data, asked))
    assert heard == [alone[address] for address in asked]
    assert language.language() == DEFAULT


def test_each_language_is_kept_under_its_own_tag(page):
    tags = {page(spoken(f"/maps/{RATE}", code)).headers["ETag"] for code in LANGUAGES}
    assert len(tags) == len(LANGUAGES)
    for code in LANGUAGES:
        first = page(spoken(f"/maps/{RATE}", code))
        again = page(spoken(f"/maps/{RATE}", code), **{"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304
    pictures = {page(spoken(f"/maps/{RATE}.svg", code)).data for code in LANGUAGES}
    assert len(pictures) == len(LANGUAGES)


def test_a_map_reads_as_spanish(page):
    text = words_of(page(f"/maps/{RATE}?period=2014&lang=es"))
    for said in (
        "Acerca de estas cifras",
        "Qué se cuenta",
        "Cómo se calcula",
        "Intervalo del 95 %",
        "Retenido (número pequeño)",
        "No informado",
        "Usar con precaución",
        "Buscar un lugar",
    ):
        assert said in text
    title = re.search("<title>(.*?)</title>", page(f"/maps/{RATE}?period=2014&lang=es").text)[1]
    assert re.search(" por .*, 2014", title)


def test_a_profile_reads_as_spanish(page):
    text = words_of(page("/jurisdictions/counties/06001?lang=es"))
    assert "Junto a los demás" in text
    assert re.search("la tasa de los demás lugares (con cifra )?\\(", text)
    assert re.search(r"\(razón [\d.]+, intervalo del 95 %: [\d.]+ a [\d.]+\)", text)


def test_a_method_reads_as_spanish(page):
    text = words_of(page(f"/maps/{RATE}/method?jurisdiction=06001&lang=es"))
    assert "Cómo se calcula" in text
    assert "Los casos también dependen del azar" in text
    assert "no es confiable; menos de 20 casos debe usarse con precaución." in text
    assert "Cómo citar" in text
    citation = page(f"/maps/{RATE}/citation.bib?lang=es")
    assert "calculado a partir de" in citation.text
    assert "computed from" in page(f"/maps/{RATE}/citation.bib").text


def test_no_text_gets_out_of_a_translation_as_markup(hostile_client):
    """What the data say is escaped in every language, inside a message as beside it."""
    for address in (
        f"/maps/{RATE}",
        "/",
        f"/maps/{RATE}/method",
        "/data",
        "/tiles",
        "/search?q=<b>",
    ):
        text = hostile_client.get(spoken(address), headers=HTML).text
        assert "<script>alert" not in text
        assert "<b>" not in text
        assert not [each for each in HOSTILE if "<" in each and each in text]


def test_an_embedded_map_keeps_its_language(client):
    address = f"http://localhost/maps/{RATE}?period=2014&lang=es"
    found = client.get("/oembed", query_string={"url": address}).json
    assert "lang=es" in found["html"]
    assert " por " in found["title"]
    page = client.get(f"/maps/{RATE}/embed?lang=es", headers=HTML).text
    codes = unescape(unescape(page))
    assert re.search(rf'src="http://localhost/embed/{RATE}\?[^"]*lang=es"', codes)


def test_the_configuration_of_the_script_speaks_too(page):
    text = page(f"/maps/{RATE}?lang=es").text
    found = json.loads(re.search(r'id="map-configuration">(.*?)</script>', text, re.DOTALL)[1])
    assert found["words"]["suppressed"]["title"] == "Retenido (número pequeño)"
    assert found["layer"]["profiles"] == "/jurisdictions/counties/{id}?lang=es"
    assert "lang" not in found["layer"]["tiles"]
    assert "lang" not in found["indicator"]["columns"]
