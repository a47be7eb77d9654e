"""Laws of pages that Lighthouse judges alike on any machine; speed is measured by a benchmark."""

import pytest

from tests.browser.test_weight import served
from tests.lighthouse.audit import PAGES, audited, faults

pytestmark = [pytest.mark.browser, pytest.mark.release]


@pytest.fixture(scope="module")
def operated(bundled):
    with served(bundled.atlas) as base:
        yield base


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_full_marks_for_access_practice_and_being_found(operated, name):
    report = audited(operated + PAGES[name], "accessibility", "best-practices", "seo")
    assert faults(report) == []
