"""Laws of settings: flags win over variables, variables over the file, and all errors are told."""

from dataclasses import fields
from pathlib import Path

import pytest

from mapsvc.errors import InputError
from mapsvc.settings import SETTINGS, Settings, load


def test_the_table_names_every_setting_with_its_default_and_meaning():
    assert [setting.name for setting in SETTINGS] == [field.name for field in fields(Settings)]
    for setting in SETTINGS:
        assert setting.default == getattr(Settings(), setting.name)
        assert setting.help


def test_without_anything_given_the_defaults_hold():
    assert load({}, {}, None) == Settings()


def test_flags_win_over_variables_and_variables_over_the_file(tmp_path):
    file = tmp_path / "mapsvc.toml"
    file.write_text('port = 1\nworkers = 2\nhost = "::1"\nembed_origins = ["https://a.example"]')
    variables = {"MAPSVC_PORT": "3", "MAPSVC_WORKERS": "4", "MAPSVC_ATLAS": ""}
    assert load({"port": 5, "workers": None}, variables, file) == Settings(
        port=5, workers=4, host="::1", embed_origins=("https://a.example",)
    )


def test_every_problem_is_told_with_where_it_is_and_what_is_right(tmp_path):
    file = tmp_path / "mapsvc.toml"
    file.write_text('prot = 1\nhost = ""')
    with pytest.raises(InputError) as caught:
        load({"port": "http"}, {"MAPSVC_WORKERS": "0", "MAPSVC_PUBLIC_URL": "ftp://x"}, file)
    text = str(caught.value)
    assert len(caught.value.problems) == 5
    for word in ("--port", "MAPSVC_WORKERS", "MAPSVC_PUBLIC_URL", "'prot'", "Give", "Known"):
        assert word in text


def test_a_file_that_is_not_toml_is_told(tmp_path):
    file = tmp_path / "mapsvc.toml"
    file.write_text("port: 8000")
    with pytest.raises(InputError, match="TOML"):
        load({}, {}, file)


@pytest.mark.parametrize(
    "text", ["https://a.example/", "http://10.0.0.1:8080", "https://[::1]:8443"]
)
def test_a_public_address_is_scheme_and_host(text):
    assert load({"public_url": text}, {}, None).public_url == text.rstrip("/")


@pytest.mark.parametrize(
    "text",
    ["a.example", "https://a.example/maps", "https://a.example?x", "https://u:p@a.example",
     "javascript:alert(1)", "https://a b", "https://a;b", "https://a:99999", "https://", "*"],
)  # fmt: skip
def test_what_could_not_stand_in_a_header_or_an_address_is_refused(text):
    with pytest.raises(InputError):
        load({"public_url": text}, {}, None)
    with pytest.raises(InputError):
        load({"embed_origins": text}, {}, None)


def test_origins_are_separated_by_spaces_or_commas():
    found = load({}, {"MAPSVC_EMBED_ORIGINS": "https://a.example, https://b.example"}, None)
    assert found.embed_origins == ("https://a.example", "https://b.example")


@pytest.mark.parametrize("raw", ["65536", "0", "-1", "8e3", "٨٠", True, 80.5, "9" * 40])
def test_a_port_is_a_whole_number_in_range(raw):
    with pytest.raises(InputError):
        load({"port": raw}, {}, None)


def test_a_path_may_be_a_path():
    assert load({"atlas": Path("there")}, {}, None).atlas == Path("there")
