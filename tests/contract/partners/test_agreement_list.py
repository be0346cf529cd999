"""The list of agreements: search, filter, order, pages, and nobody else's."""

import pytest
from django.urls import reverse

from tests.cast import Cast, full_cast, proposed_agreement, signed_in

LIST = "portal:agreements"


@pytest.fixture
def cast(db) -> Cast:
    cast = full_cast()
    for number in range(27):
        proposed_agreement(cast.alliance, [(cast.host, "60"), (cast.south, "40")], name=f"Season {number:02}")
    return cast


def _page(person, query: str = "") -> str:
    response = signed_in(person).get(reverse(LIST) + query)
    assert response.status_code == 200
    return response.content.decode()


def test_pages(cast):
    assert "Season 26" not in _page(cast.host.viewer)
    assert "Season 26" in _page(cast.host.viewer, "?page=2")


def test_order(cast):
    assert "Season 26" in _page(cast.host.viewer, "?sort=-name")


def test_search_by_name_and_by_party(cast):
    assert "Season 07" in _page(cast.host.viewer, "?q=season+07")
    found = _page(cast.host.viewer, "?q=north")
    assert "Revenue split" in found
    assert "Season" not in found


def test_filter_by_status(cast):
    signed = _page(cast.host.viewer, "?status=signed")
    assert "Revenue split" in signed
    assert "Season" not in signed
    wrong = _page(cast.host.viewer, "?status=no-such-status")  # said beside the field, and filters nothing
    assert "Select a valid choice" in wrong
    assert "Revenue split" in wrong


def test_each_sees_its_own(cast):
    assert "Season" not in _page(cast.north.viewer)
    assert "Season 01" in _page(cast.south.viewer)
    assert "No agreement yet" in _page(cast.stranger.viewer)


def test_wrong_method(cast):
    assert signed_in(cast.host.owner).post(reverse(LIST)).status_code == 405
