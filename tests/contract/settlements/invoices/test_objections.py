"""An invoice that was objected to keeps payouts back as a missing one does, until a corrected one is accepted."""

import json

import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError
from django.urls import reverse

from alliance.kernel.tenancy import atomic, organization_scope
from settlements.models import Invoice
from settlements.payouts.domain.eligibility import Reason
from tests.api import Caller, problem
from tests.cast import host_organization, signed_in
from tests.contract.settlements.invoices.test_invoices import HOST_TAXES, NORTH_TAXES, says_its_taxes
from tests.contract.settlements.invoices.test_payouts_wait import closed_market, plan
from tests.contract.settlements.market import FEBRUARY
from tests.documents import pdf_bytes

pytestmark = pytest.mark.django_db

SELF_BILLING = {"treatment": "standard", "rate": "20%", "invoice": "self_billing"}
HELD_BACK = "An invoice was objected to; it waits until a corrected one is accepted"


def bring(market, number, *, net=4000, vat=0):
    file = ContentFile(pdf_bytes(), name="invoice.pdf")
    body = {"number": number, "issued_on": "2026-02-03", "currency": "EUR", "net_minor": net, "vat_minor": vat}
    path = f"/api/v1/statements/{market.statement(1).id}/own-invoices"
    return Caller(market.north).send("POST", path, {**body, "file": file})


def issue(market):
    return Caller(market.host).post(f"/api/v1/statements/{market.statement(1).id}/invoices")


def answer(party, invoice, *, is_accepted, reason="The address is missing"):
    given = {"is_accepted": is_accepted} | ({} if is_accepted else {"reason": reason})
    return Caller(party).post(f"/api/v1/invoices/{json.loads(invoice.content)['id']}/answers", given)


def said(market):
    """What both sides' pages and API say that the payout waits for."""
    found = set()
    for party in (market.host, market.north):
        page = signed_in(party.viewer).get(reverse("portal:payouts"))
        found.add(tuple((one.lack, one.statement.number) for one in page.context["without_invoice"]))
        balance = signed_in(party.viewer).get(reverse("portal:balance"), {"party": market.north.id})
        [seat] = balance.context["seats"]
        found.add(tuple((one.lack, one.statement.number) for one in seat.waiting))
        [standing] = json.loads(Caller(party).get(f"/api/v1/balance?organization_id={market.north.id}").content)
        found.add(tuple((one["lack"], one["statement_number"]) for one in standing["waiting_for_invoices"]))
    [same] = found
    return [lack for lack, number in same if number == market.statement(1).number]


def test_a_partners_own_invoice_that_the_host_objects_to_keeps_its_payout_back(db):
    market = closed_market()
    number = market.statement(1).number
    first = bring(market, "R-1")
    assert plan(market) == (4000, [])
    assert answer(market.host, first, is_accepted=False).status_code == 200
    assert plan(market) == (0, [(4000, Reason.INVOICE_OBJECTED, (number,))])
    assert said(market) == ["objected"]
    preview = signed_in(market.host.finance).get(
        reverse("portal:payout_batch_new"), {"pot": f"{market.alliance.id}:EUR"}
    )
    assert f"{HELD_BACK}: {number}" in preview.content.decode()
    problem(bring(market, "R-1"), 422, "invoice_number_used")
    corrected = bring(market, "R-2")
    body = json.loads(corrected.content)
    assert (body["state"], body["replaces_id"]) == ("issued", json.loads(first.content)["id"])
    assert plan(market) == (0, [(4000, Reason.INVOICE_OBJECTED, (number,))])
    assert said(market) == ["not_accepted"]
    problem(answer(market.north, corrected, is_accepted=True), 403, "not_permitted")
    assert json.loads(answer(market.host, corrected, is_accepted=True).content)["state"] == "accepted"
    assert plan(market) == (4000, [])
    assert said(market) == []


def test_a_self_billing_invoice_that_the_partner_objects_to_is_issued_anew_and_accepted(db):
    market = closed_market(**SELF_BILLING)
    says_its_taxes(market.host, HOST_TAXES)
    says_its_taxes(market.north, NORTH_TAXES)
    first = issue(market)
    assert plan(market) == (4800, [])
    problem(answer(market.host, first, is_accepted=False), 403, "not_permitted")
    answer(market.north, first, is_accepted=False)
    assert said(market) == ["objected"]
    corrected = issue(market)
    first, second = json.loads(first.content), json.loads(corrected.content)
    assert (second["number"], second["total_minor"], second["replaces_id"]) == ("SB-2026-000002", 4800, first["id"])
    assert json.loads(issue(market).content)["id"] == second["id"]
    assert plan(market)[0] == 0
    answer(market.north, corrected, is_accepted=True)
    assert plan(market) == (4800, [])


def test_another_objection_keeps_it_back_again(db):
    market = closed_market()
    answer(market.host, bring(market, "R-1"), is_accepted=False)
    answer(market.host, bring(market, "R-2"), is_accepted=False)
    assert said(market) == ["objected"]
    third = bring(market, "R-3")
    problem(bring(market, "R-4"), 409, "invoice_there")
    answer(market.host, third, is_accepted=True)
    assert plan(market) == (4000, [])
    problem(answer(market.host, third, is_accepted=False), 409, "invoice_answered")


def test_a_batch_is_not_approved_after_an_objection(db):
    market = closed_market()
    first = bring(market, "R-1")
    batch_id = market.desk.prepare(now=FEBRUARY)
    answer(market.host, first, is_accepted=False)
    approved = market.desk.approve(batch_id, now=FEBRUARY)
    assert [reason for _, reason in approved.changed] == [
        "An invoice was objected to, and no corrected one is accepted"
    ]
    assert market.balance("in_transit", market.north) == 0


def test_where_payouts_wait_for_nothing_an_objection_keeps_nothing_back(db):
    market = closed_market(payout=None)
    answer(market.host, bring(market, "R-1"), is_accepted=False)
    assert plan(market) == (4000, [])
    assert said(market) == []


def test_people_object_correct_and_accept_on_the_pages(db):
    market = closed_market()
    host, north = signed_in(market.host.finance), signed_in(market.north.finance)
    first = reverse("portal:invoice", args=[json.loads(bring(market, "R-1").content)["id"]])
    assert not north.get(first).context["may_answer"]
    assert not signed_in(market.host.viewer).get(first).context["may_answer"]
    assert 'id="accept-invoice"' not in host.get(first).content.decode()
    host.post(f"{first}answer/", {"answer": "object", "reason": "No VAT number on it"})
    statement = north.get(reverse("portal:statement", args=[market.statement(1).id])).content.decode()
    assert "Submit the corrected invoice" in statement
    form = north.get(reverse("portal:invoice_submit", args=[market.statement(1).id])).content.decode()
    assert "It replaces R-1, which was objected to: No VAT number on it" in form
    second = reverse("portal:invoice", args=[json.loads(bring(market, "R-2").content)["id"]])
    assert "R-1" in host.get(second).content.decode()
    assert "R-2" in north.get(first).content.decode()
    host.post(f"{second}answer/", {"answer": "accept"})
    assert plan(market) == (4000, [])
    stranger = signed_in(host_organization(name="Other").finance)
    assert stranger.post(f"{second}answer/", {"answer": "object", "reason": "x"}).status_code == 404


def test_nobody_replaces_by_hand_what_was_not_objected_to(db):
    market = closed_market()
    first = json.loads(bring(market, "R-1").content)["id"]
    with organization_scope(market.north.id):
        copy = Invoice.objects.get(pk=first)
        for change in ({"state": "matched"}, {"state": "accepted"}, {"state": "issued", "replaces_id": first}):
            fresh = {field.attname: getattr(copy, field.attname) for field in Invoice._meta.concrete_fields}
            fresh |= {"number": "R-9", **change}
            del fresh["id"]
            with pytest.raises(DatabaseError), atomic():
                Invoice.objects.create(**fresh)
        with pytest.raises(DatabaseError), atomic():
            Invoice.objects.filter(pk=first).update(state="objected")
