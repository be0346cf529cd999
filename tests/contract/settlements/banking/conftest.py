"""A signed agreement for every test of banking; files stay in the test's own directory."""

import pytest

from tests.cast import Cast, full_cast


@pytest.fixture
def cast(db) -> Cast:
    return full_cast()


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}},
    }
