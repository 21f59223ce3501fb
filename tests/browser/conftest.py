"""One browser to a file of tests, and one set of pages for all of them.

A browser's event loop runs until it is closed, and no other test may run beside one.
"""

from __future__ import annotations

import pytest

from tests.browser.browsing import launched, write_large_pages, write_pages


@pytest.fixture(scope="module")
def browser():
    with launched() as found:
        yield found


@pytest.fixture(scope="session")
def pages(tmp_path_factory):
    large = write_large_pages(tmp_path_factory.mktemp("large"))
    return write_pages(tmp_path_factory.mktemp("report")) | large
