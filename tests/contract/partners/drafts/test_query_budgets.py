"""The pages of a draft ask few questions, however much it says."""

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cast import full_cast, signed_in
from tests.contract.partners.drafts.drafting import draft_of
from tests.domain.partners.terms.everything import unfinished_terms

BUDGET = 14


@pytest.mark.django_db
def test_pages_of_a_draft_stay_within_their_budget():
    cast = full_cast()
    draft_id = draft_of(cast, unfinished_terms(cast.host.id, cast.north.id, cast.south.id))
    client = signed_in(cast.host.owner)
    pages = {"draft": [], "draft_clause": [1], "draft_section": ["settling"], "draft_json": [], "draft_propose": []}
    addresses = [reverse(f"portal:{name}", args=[draft_id, *more]) for name, more in pages.items()]
    counts = {}
    for address in [*addresses, reverse("portal:drafts")]:
        with CaptureQueriesContext(connections["default"]) as queries:
            assert client.get(address).status_code == 200
        counts[address] = len(queries)
    assert {address: count for address, count in counts.items() if count > BUDGET} == {}
