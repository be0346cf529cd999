"""A company fills in its application: step by step, saved, gone on with elsewhere, checked as a whole, handed in."""

import pytest
from django.test import Client
from django.urls import reverse

from alliance.kernel.models import AuditEvent
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from partners.models import ApplicationDocument, BankAccount, Organization, PartnerApplication
from partners.onboarding.services.start_application import PartnersOnlyError, start_application
from tests.applicants import (
    AUDIENCE,
    BANK,
    BANK_NUMBER,
    COMPANY,
    CONTACTS,
    Applied,
    Page,
    begun,
    filled,
    page_of,
    row_of,
    submitted,
)
from tests.cast import NOW, alliance_of, host_organization, member_of, signed_in
from tests.documents import pdf_bytes, upload

STEPS = {"company": COMPANY, "audience": AUDIENCE, "contacts": CONTACTS, "bank": BANK}


@pytest.fixture
def applied(page: Page) -> Applied:
    return begun(page)


def step(applied: Applied, name: str) -> str:
    return reverse("portal:application_step", args=[applied.id, name])


def owner(applied: Applied) -> Client:
    """A browser of the owner's; each call another session, as from another device."""
    return signed_in(applied.party.owner)


def _upload(applied: Applied, kind: str, client: Client | None = None):
    data = {"kind": kind, "file": upload(pdf_bytes(), f"{kind}.pdf")}
    return (client or owner(applied)).post(step(applied, "documents"), data)


def test_each_step_is_saved_and_leads_on_to_the_next_from_any_device(applied):
    assert owner(applied).post(step(applied, "company"), COMPANY)["Location"] == step(applied, "audience")
    assert owner(applied).post(step(applied, "audience"), AUDIENCE)["Location"] == step(applied, "contacts")
    assert owner(applied).post(step(applied, "contacts"), CONTACTS)["Location"] == step(applied, "documents")
    assert owner(applied).get(step(applied, "company")).context["form"].initial["tax_id"] == COMPANY["tax_id"]
    for kind in ("business_licence", "bank_proof"):
        assert _upload(applied, kind)["Location"] == step(applied, "documents")
    overview = reverse("portal:application", args=[applied.id])
    assert owner(applied).post(step(applied, "bank"), BANK)["Location"] == overview
    page = owner(applied).get(overview)
    assert page.context["is_complete"]
    assert "business_licence.pdf" in page.content.decode()
    assert owner(applied).post(reverse("portal:application_submit", args=[applied.id])).status_code == 302
    assert row_of(applied).status == "submitted"


def test_the_home_page_leads_back_to_it(applied):
    page = owner(applied).get(reverse("portal:home")).content.decode()
    assert "Go on with the application" in page
    assert reverse("portal:own_applications") in page
    assert reverse("portal:agreements") not in page  # what is not open to applicants is not shown to them
    assert owner(applied).get(reverse("portal:agreements")).status_code == 403
    assert "Go on" in owner(applied).get(reverse("portal:own_applications")).content.decode()


def test_the_organization_is_what_it_says_it_is(applied):
    owner(applied).post(step(applied, "company"), COMPANY)
    owner(applied).post(step(applied, "audience"), AUDIENCE)
    with organization_scope(applied.party.id):
        own = Organization.objects.get(pk=applied.party.id)
    assert (own.name, own.country, own.industry, own.status) == ("示范健身", "DE", "fitness", "applying")


@pytest.mark.parametrize(
    ("name", "changes", "field"),
    [
        ("company", {"tax_id": "DE136695970"}, "tax_id"),
        ("company", {"name_zh": "", "name_en": ""}, "name_zh"),
        ("company", {"country": "XX"}, "country"),
        ("company", {"website": "no address"}, "website"),
        ("company", {"address": "x" * 301}, "address"),
        ("audience", {"description": "short"}, "description"),
        ("audience", {"industry": "alchemy"}, "industry"),
        ("contacts", {"email": "nobody"}, "email"),
        ("contacts", {"phone": "call me"}, "phone"),
        ("bank", {"number": "DE89370400440532013001"}, "number"),
        ("bank", {"kind": "shells"}, "kind"),
        ("bank", {"kind": "cn_card", "number": "1"}, "bank_name"),
    ],
)
def test_bad_input_is_said_beside_its_field_and_loses_nothing(applied, name, changes, field):
    given = STEPS[name] | changes
    response = owner(applied).post(step(applied, name), given)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    page = response.content.decode()
    assert f'id="error_1_id_{field}"' in page
    kept = next(value for key, value in STEPS[name].items() if key != field and key not in changes)
    assert kept in page
    assert getattr(row_of(applied), "company" if name == "bank" else name).get("tax_id", "") == ""


def test_a_step_asks_for_its_own_fields_only(applied):
    assert owner(applied).post(step(applied, "contacts"), CONTACTS).status_code == 302
    assert row_of(applied).contacts["email"] == CONTACTS["email"]


def test_saving_the_same_again_records_nothing(applied):
    for _ in range(2):
        owner(applied).post(step(applied, "company"), COMPANY)
        owner(applied).post(step(applied, "bank"), BANK)
    with organization_scope(applied.party.id):
        assert AuditEvent.objects.filter(action="application.saved").count() == 1
        assert BankAccount.objects.count() == 1


def test_submitting_names_every_step_at_fault_and_links_to_it(applied):
    owner(applied).post(step(applied, "company"), COMPANY)
    response = owner(applied).post(reverse("portal:application_submit", args=[applied.id]))
    assert response.status_code == 422
    assert [fault.value for fault, _name in response.context["faults"]] == ["audience", "contacts", "documents", "bank"]
    for name in ("audience", "contacts", "documents", "bank"):
        assert step(applied, name) in response.content.decode()
    assert row_of(applied).status == "draft"


def test_a_required_document_is_required(cast, page):
    applied = filled(page)
    page_of(cast.alliance, slug=page.slug, required_documents=("business_licence", "tax_certificate"))
    response = owner(applied).post(reverse("portal:application_submit", args=[applied.id]))
    assert [fault.value for fault, _name in response.context["faults"]] == ["documents"]
    assert _upload(applied, "tax_certificate").status_code == 302
    for _ in range(2):  # repeating is harmless
        assert owner(applied).post(reverse("portal:application_submit", args=[applied.id])).status_code == 302
    with organization_scope(applied.party.id):
        assert AuditEvent.objects.filter(action="application.submitted").count() == 1


def test_what_the_host_has_in_hand_is_not_changed(page):
    applied = submitted(page)
    before = row_of(applied).company
    for name, answers in STEPS.items():
        assert owner(applied).post(step(applied, name), answers).status_code == 409
        assert owner(applied).get(step(applied, name)).status_code == 302
    assert _upload(applied, "other").status_code == 409
    assert row_of(applied).company == before


def test_a_draft_may_be_withdrawn_and_begun_anew(page, applied, mailoutbox):
    withdraw = reverse("portal:application_withdraw", args=[applied.id])
    for _ in range(2):
        assert owner(applied).post(withdraw).status_code == 302
    assert row_of(applied).status == "withdrawn"
    assert owner(applied).post(reverse("portal:application_submit", args=[applied.id])).status_code == 302
    assert row_of(applied).status == "withdrawn"
    again = owner(applied).post(reverse("portal:application_start", args=[page.slug]))
    assert again["Location"] != reverse("portal:application", args=[applied.id])
    assert mailoutbox == []


@pytest.mark.parametrize("name", ["company", "audience", "contacts", "documents", "bank"])
def test_who_may(cast, applied, name):
    address = step(applied, name)
    for party in (cast.host, cast.north, cast.stranger):
        assert signed_in(party.owner).get(address).status_code == 404
        assert signed_in(party.owner).post(address, STEPS.get(name, {})).status_code == 404
    viewer = signed_in(member_of(applied.party, Role.VIEWER))
    assert viewer.get(address).status_code == 403
    assert viewer.post(address).status_code == 403
    assert "/login/" in Client().get(address)["Location"]
    assert owner(applied).delete(address).status_code == 405
    assert owner(applied).get(step(applied, "no-such-step")).status_code == 404


def test_beginning_and_withdrawing_over_and_over_comes_to_an_end(page, applied):
    client = owner(applied)
    start = reverse("portal:application_start", args=[page.slug])
    # The first start finds the draft of the fixture, which is older than a month; five more begin one each.
    for _ in range(6):
        client.post(reverse("portal:application_withdraw", args=[_id_in(client.post(start)["Location"])]))
    assert "five times within a month" in client.post(start, follow=True).content.decode()


def test_an_applicant_sends_no_invitations(applied):
    client = owner(applied)
    assert client.get(reverse("portal:members")).status_code == 200
    data = {"email": "someone@example.org", "role": "viewer", "language": "en"}
    assert client.post(reverse("portal:member_invite"), data).status_code == 403


# --- Another alliance -----------------------------------------------------------------------------------------------


@pytest.fixture
def second_page(db) -> Page:
    return page_of(alliance_of(host_organization(name="Second host"), name="Second alliance"))


def test_a_partner_applies_to_another_alliance_with_everything_filled_in(page, second_page):
    first = submitted(page)
    client = owner(first)
    start = reverse("portal:application_start", args=[second_page.slug])
    assert "Second alliance" in client.get(start).content.decode()
    address = client.post(start)["Location"]
    second = Applied(first.party, _id_in(address))
    one, two = row_of(first), row_of(second)
    assert (two.company, two.contacts, two.bank_account_id) == (one.company, one.contacts, one.bank_account_id)
    assert two.status == "draft"
    with organization_scope(first.party.id):
        files = list(ApplicationDocument.objects.values_list("application_id", "kind", "sha256", "stored_as"))
    copies = [(kind, sha256) for application, kind, sha256, _key in files if application == second.id]
    assert copies == [(kind, sha256) for application, kind, sha256, _key in files if application == first.id]
    assert len({key for *_rest, key in files}) == len(files)  # each has a file of its own
    assert client.post(start)["Location"] == address  # beginning again goes on with it


def _id_in(address: str):
    return PartnerApplication._meta.pk.to_python(address.rstrip("/").rsplit("/", 1)[1])


def test_who_is_a_member_does_not_apply(cast, page):
    said = signed_in(cast.north.owner).post(reverse("portal:application_start", args=[page.slug]), follow=True)
    assert "is already in the alliance" in said.content.decode()


def test_a_host_does_not_apply(cast, page):
    with organization_scope(cast.host.id), pytest.raises(PartnersOnlyError):
        start_application(actor=cast.host.actor(), slug=page.slug, now=NOW)


def test_a_closed_page_takes_nobody_but_who_is_in_its_hands(cast, page, applied):
    waiting = submitted(page, name="Waiting")
    page_of(cast.alliance, slug=page.slug, is_open=False)
    start = reverse("portal:application_start", args=[page.slug])
    said = signed_in(cast.stranger.owner).post(start, follow=True).content.decode()
    assert "takes no applications at present" in said
    assert owner(waiting).get(reverse("portal:application", args=[waiting.id])).status_code == 200
    assert signed_in(cast.stranger.owner).post(reverse("portal:application_start", args=["no-such"])).status_code == 404


# --- The account number ----------------------------------------------------------------------------------------------


def test_the_account_number_is_written_down_nowhere(page, caplog):
    applied = begun(page)
    owner(applied).post(step(applied, "bank"), BANK | {"holder_name": ""})
    owner(applied).post(step(applied, "bank"), BANK)
    with organization_scope(applied.party.id):
        account = BankAccount.objects.get()
        trail = str(list(AuditEvent.objects.values("before", "after", "target_label")))
    shown = owner(applied).get(reverse("portal:application", args=[applied.id])).content.decode()
    form = owner(applied).get(step(applied, "bank")).content.decode()
    for text in (
        account.sealed_number,
        str(account),
        str(row_of(applied).bank_details),
        trail,
        caplog.text,
        shown,
        form,
    ):
        assert BANK_NUMBER not in text
        assert BANK_NUMBER[4:18] not in text
    assert account.masked in shown
