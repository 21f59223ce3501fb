"""The estate, written once to each file of tests."""

from __future__ import annotations

import pytest

from tests.estate import plans_of, write_estate


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("estate") / "config"
    write_estate(folder)
    return folder


@pytest.fixture(scope="module")
def plans(folder):
    return plans_of(folder)
