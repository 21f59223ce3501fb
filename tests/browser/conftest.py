"""One browser, and one set of pages, for every test of this folder."""

from __future__ import annotations

import pytest

from tests.browser.browsing import launched, write_large_pages, write_pages


@pytest.fixture(scope="package")
def browser():
    with launched() as found:
        yield found


@pytest.fixture(scope="package")
def pages(tmp_path_factory):
    large = write_large_pages(tmp_path_factory.mktemp("large"))
    return write_pages(tmp_path_factory.mktemp("report")) | large
