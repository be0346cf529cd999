"""Operators look at applications in the console, see who resembles whom, and decide through the host's own services."""

import pytest
from django.test import Client
from django.urls import reverse

from alliance.kernel.models import AuditEvent
from alliance.kernel.tenancy import organization_scope
from partners.models import AllianceMembership, ApplicationDocument, ReviewNote
from tests.applicants import BANK_NUMBER, Applied, page_of, row_of, submitted
from tests.cast import Party, alliance_of, host_organization, signed_in
from tests.documents import pdf_bytes
from tests.operators import at_console, operator
from tests.outbox import deliver_all


@pytest.fixture
def host(committed) -> Party:
    return host_organization(name="Lectern")


@pytest.fixture
def page(host):
    return page_of(alliance_of(host))


@pytest.fixture
def console(committed) -> Client:
    return at_console(operator())


def _address(page: str, applied: Applied) -> str:
    return reverse(f"admin:partners_partnerapplication_{page}", args=[applied.id])


def test_they_see_everything_but_the_number_and_which_company_it_resembles(page, console):
    first, second = submitted(page, company={"name_zh": "保密公司"}), submitted(page, name="Second")
    text = console.get(_address("change", second)).content.decode()
    assert "保密公司" in text
    assert reverse("admin:partners_organization_change", args=[first.party.id]) in text
    assert "DE136695976" in text
    assert BANK_NUMBER not in text
    account = console.get(reverse("admin:partners_bankaccount_changelist"), {"q": str(second.party.id)})
    assert "DE•••• 3000" in account.content.decode()
    assert BANK_NUMBER not in account.content.decode()


def test_they_decide_as_the_host_may(host, page, console, mailoutbox):
    applied = submitted(page)
    assert _address("approve", applied) in console.get(_address("change", applied)).content.decode()
    asked = console.post(_address("ask_for_changes", applied), {"company": "The address is missing"})
    assert asked.status_code == 302
    assert row_of(applied).requested_changes == {"company": "The address is missing"}
    assert console.get(_address("approve", applied)).status_code == 403  # not while the applicant has it
    other = submitted(page, name="Other", company={"tax_id": "DE129273398"})
    assert console.post(_address("approve", other), {"partner_code": "OTH"}).status_code == 302
    assert row_of(other).status == "approved"
    with organization_scope(host.id):
        assert AllianceMembership.objects.get(organization_id=other.party.id).partner_code == "OTH"
        acts = AuditEvent.objects.filter(action__startswith="application.").values_list("action", "actor_kind")
        assert set(acts) == {("application.changes_requested", "operator"), ("application.approved", "operator")}
    deliver_all(other.party.id, applied.party.id)
    assert {mail.to[0] for mail in mailoutbox if "Welcome" in mail.subject} == {other.party.owner.email}


def test_a_refusal_is_said_beside_the_field(host, page, console):
    applied = submitted(page)
    assert console.post(_address("reject", applied), {"reason": ""}).status_code == 422
    assert console.post(_address("ask_for_changes", applied), {}).status_code == 422
    console.post(_address("approve", submitted(page, name="First")), {"partner_code": "SAME"})
    taken = console.post(_address("approve", applied), {"partner_code": "SAME"})
    assert taken.status_code == 422
    assert "Another partner of this alliance has this code" in taken.content.decode()
    assert row_of(applied).status == "submitted"
    assert console.post(_address("reject", applied), {"reason": "No"}).status_code == 302
    assert console.post(_address("reject", applied), {"reason": "No"}).status_code == 403
    assert row_of(applied).status == "rejected"


def test_their_notes_stay_with_them(host, page, console):
    applied = submitted(page)
    assert console.post(_address("note", applied), {"text": "Known from elsewhere"}).status_code == 302
    assert console.post(_address("note", applied), {"text": " "}).status_code == 422
    assert "Known from elsewhere" in console.get(_address("change", applied)).content.decode()
    with organization_scope(host.id):
        assert not ReviewNote.objects.exists()
    review = reverse("portal:application_review", args=[applied.id])
    assert "Known from elsewhere" not in signed_in(host.owner).get(review).content.decode()


def test_they_open_documents_and_nobody_else_does_there(host, page, console):
    applied = submitted(page)
    with organization_scope(applied.party.id):
        document = ApplicationDocument.objects.get(kind="bank_proof")
    address = reverse("admin:partners_applicationdocument_file", args=[document.pk])
    response = console.get(address)
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert b"".join(response) == pdf_bytes("bank_proof of a company")
    assert (
        address
        in console.get(reverse("admin:partners_applicationdocument_change", args=[document.pk])).content.decode()
    )
    assert console.get(reverse("admin:partners_applicationdocument_file", args=[host.id])).status_code == 404
    for person in (host.owner, applied.party.owner):
        assert signed_in(person).get(address, follow=True).status_code == 404
    for name in ("approve", "reject", "note"):
        assert signed_in(host.owner).post(_address(name, applied), {"reason": "x"}, follow=True).status_code == 404
