"""Refunds and corrections are taxed as the statement was on which stands what they take back, whatever the rate is now."""

import io
import json

import pytest
from django.urls import reverse
from pypdf import PdfReader

from alliance.kernel.tenancy import atomic, organization_scope
from settlements.exports.csv_file import write_csv
from settlements.exports.reading import visible_statement
from settlements.invoices.writing import invoice_bytes
from settlements.models import Adjustment, AdjustmentKind, Invoice, StatementLine
from tests.api import Caller
from tests.cast import signed_in
from tests.contract.settlements.answers.tens import corrected, disputed
from tests.contract.settlements.invoices.test_invoices import HOST_TAXES, NORTH_TAXES, says_its_taxes
from tests.contract.settlements.market import Market
from tests.contract.settlements.proof.evidence import verdict
from tests.contract.settlements.test_closing_terms import SHARED, at, refund, sale
from tests.contract.settlements.test_proposals import approved, proposed
from tests.contract.settlements.test_rerating import amended
from tests.domain.partners.terms import written
from tests.outbox import deliver_all

pytestmark = pytest.mark.django_db


def rule(rate="19%", treatment="standard", **more):
    rated = {"rate": rate} if treatment == "standard" else {}
    return {"party": str(written.NORTH), "treatment": treatment, "invoice": "self_billing", **rated, **more}


def changed(before=None, after=None, **terms):
    """100.00 sold in January under one rule, another one from February on; everybody can be invoiced."""
    market = Market([SHARED], value_added_tax=[before or rule()], **terms)
    says_its_taxes(market.host, HOST_TAXES)
    says_its_taxes(market.north, NORTH_TAXES)
    market.sell(sale(10000, reference="O-1"))
    market.close(at(1), now=at(2, 1))
    amended(market, [SHARED], since=at(2, 1), now=at(2, 1), value_added_tax=[after or rule("16%")], **terms)
    deliver_all()
    return market


def closed(market, month, *orders):
    market.sell(*orders, now=at(month))
    market.close(at(month), now=at(month + 1))
    deliver_all()
    return market.statement(month)


def taxes(market, month):
    """Rate, net and tax of each line of value-added tax on the month's statement."""
    with organization_scope(market.north.id):
        rows = Adjustment.objects.filter(kind="value_added_tax", period__starts_on__month=month)
        return [(row.details["rate"], row.details["net_minor"], row.amount_minor) for row in rows.order_by("id")]


def test_a_refund_takes_back_the_tax_that_was_added(db):
    market = changed()
    assert market.statement(1).closing_minor == 4760
    statement = closed(market, 2, sale(5000, 2), refund(10000, "O-1", 2))
    assert taxes(market, 2) == [("4/25", 2000, 320), ("19/100", -4000, -760)]
    assert (statement.adjustments_minor, statement.closing_minor) == (-440, 4760 - 2000 - 440)
    assert market.balance("tax") == 320
    assert [verdict(market, market.statement(month)) for month in (1, 2)] == [("same", [])] * 2


def test_the_credit_note_reverses_at_the_rate_of_the_invoice(db):
    market = changed()
    statement = closed(market, 2, refund(10000, "O-1", 2))
    with organization_scope(market.host.id):
        first, note = Invoice.objects.order_by("sequence")
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(invoice_bytes(note))).pages)
    text = text.replace("\0", "").replace("\n", "")
    assert (note.net_minor, note.vat_minor, note.rate, note.credits_id) == (-4000, -760, "19/100", first.id)
    [part] = note.by_rate
    assert (part["goes_back_to"], part["invoice_number"]) == (market.statement(1).number, first.number)
    assert "19%" in text
    assert first.number in text
    assert statement.closing_minor == 0


def test_an_invoice_says_rate_by_rate_what_it_comes_to(db):
    market = changed()
    statement = closed(market, 2, sale(30000, 2), refund(2500, "O-1", 2))
    [_, invoice] = json.loads(Caller(market.north).get("/api/v1/invoices").content)["results"][::-1]
    assert (invoice["net_minor"], invoice["vat_minor"]) == (11000, 1920 - 190)
    told = [(part["rate"], part["net_minor"], part["vat_minor"], part["goes_back_to"]) for part in invoice["by_rate"]]
    assert told == [("4/25", 12000, 1920, ""), ("19/100", -1000, -190, market.statement(1).number)]
    page = signed_in(market.north.viewer).get(reverse("portal:invoice", args=[invoice["id"]])).content.decode()
    assert "19%" in page
    assert "16%" in page
    with organization_scope(market.north.id), atomic():
        file = io.BytesIO()
        write_csv(visible_statement(statement.id), file)
    assert f"VAT 19% {market.statement(1).number}" in file.getvalue().decode("utf-8-sig")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (rule(), rule(treatment="reverse_charge"), [("19/100", -1000, -190)]),
        (rule(treatment="reverse_charge"), rule("16%"), [("4/25", 4000, 640), ("0/1", -1000, 0)]),
    ],
)
def test_the_treatment_is_the_originals_too(db, before, after, told):
    market = changed(before, after)
    closed(market, 2, sale(10000, 2), refund(2500, "O-1", 2))
    assert taxes(market, 2) == told
    assert [verdict(market, market.statement(month)) for month in (1, 2)] == [("same", [])] * 2


def test_corrections_are_taxed_as_what_they_correct(db):
    market = changed()
    told = {"kind": AdjustmentKind.RESTATEMENT, "statement_id": market.statement(1).id}
    approved(market, proposed(market, -300, now=at(2), **told), now=at(2))
    closed(market, 2, refund(2500, "O-1", 2), sale(10000, 2, reference="O-2"))
    assert taxes(market, 2) == [("4/25", 4000, 640), ("19/100", -1300, -247)]
    with organization_scope(market.north.id):
        line = StatementLine.objects.get(statement_id=market.statement(2).id, kind="refund").line_number
    corrected(market, disputed(market, line=line, month=2, now=at(3)), -500, now=at(3))
    closed(market, 3)
    assert taxes(market, 3) == [
        ("19/100", 500, 95)
    ]  # of a refund line in February: it goes back to January all the same
    assert verdict(market, market.statement(3)) == ("same", [])


def test_what_is_on_hold_is_held_with_its_own_tax(db):
    market = changed(hold={"days": 40})
    closed(market, 2, refund(2500, "O-1", 2), sale(10000, 2))
    assert [market.balance(kind, market.north) for kind in ("pending", "available")] == [-4640, -3570]
    assert [verdict(market, market.statement(month)) for month in (1, 2)] == [("same", [])] * 2


def test_terms_signed_later_change_no_tax_that_was_added(db):
    """16% from January on, signed in February: January keeps the 19% of its statement, and so does what takes back of it."""
    market = Market([SHARED], value_added_tax=[rule()])
    market.sell(sale(10000, reference="O-1"))
    market.close(at(1), now=at(2, 1))
    amended(market, [SHARED], since=at(1, 1), now=at(2, 1), value_added_tax=[rule("16%")])
    closed(market, 2, refund(10000, "O-1", 2))
    assert taxes(market, 2) == [("19/100", -4000, -760)]
    assert market.balance("tax") == 0


def test_a_late_order_is_taxed_where_it_stands(db):
    """An order of January that comes in February stands on February's statement; so its refund goes back at 16%."""
    market = changed()
    closed(market, 2, sale(10000, 1, reference="O-9"))
    assert taxes(market, 2) == [("4/25", 4000, 640)]
    closed(market, 3, refund(10000, "O-9", 3))
    assert taxes(market, 3) == [("4/25", -4000, -640)]
    assert verdict(market, market.statement(3)) == ("same", [])
