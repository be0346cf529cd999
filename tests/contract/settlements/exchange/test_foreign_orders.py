"""Orders in another currency than their agreement's: at the stored rate of their day, refunds at the order's, or named as waiting."""

import csv
import io
import json

import openpyxl
from django.db.models import Sum
from django.urls import reverse

from alliance.kernel.tenancy import atomic, organization_scope
from campaigns.models import Conversion
from settlements.checklist import checklist
from settlements.exports.csv_file import write_csv
from settlements.exports.json_file import write_json
from settlements.exports.reading import visible_statement
from settlements.exports.xlsx_file import write_xlsx
from settlements.models import Accrual, Adjustment, ExchangeRate, Period, SuspenseItem
from settlements.proof.alliance_verify import event_sha256, root_of, sha256, statement_text, verify
from settlements.services.accrue_waiting import accrue_all_waiting, accrue_waiting
from tests.api import Caller
from tests.cast import host_organization, signed_in
from tests.contract.settlements.exchange.test_exchange import is_balanced, rate, stands
from tests.contract.settlements.market import Market
from tests.contract.settlements.proof.evidence import evidence_of, seal, verdict
from tests.contract.settlements.proof.test_alliance_verify import browsers_verdicts
from tests.contract.settlements.test_closing_terms import SHARED, at, refund, sale
from tests.contract.settlements.test_rerating import amended, rerated, shared
from tests.domain.partners.terms import written
from tests.orders import OrderOf
from tests.outbox import deliver_all


def dollars(amount, reference="O-1", month=1, **more):
    return sale(amount, month, reference=reference, currency="USD", **more)


def back(amount, of="O-1", month=1, **more):
    return refund(amount, of, month, currency="USD", **more)


def a_market(clauses=(SHARED,), **terms):
    market = Market(list(clauses), **terms)
    rate(market, "0.9213", "2026-01-14")
    rate(market, "0.80", "2026-02-13")
    return market


def accrued(market):
    """Currency, amount and north's share of each accrual, in their order."""
    with organization_scope(market.host.id):
        return [
            (row.currency, row.gross_minor, row.shares.get(organization_id=market.north.id).share_minor)
            for row in Accrual.objects.order_by("id")
        ]


def waiting(market):
    with organization_scope(market.host.id):
        rows = SuspenseItem.objects.filter(released_at__isnull=True).order_by("occurred_at", "id")
        return [(row.reason, row.currency, row.amount_minor) for row in rows]


def test_a_sale_in_dollars_accrues_in_euros_at_the_rate_of_its_day(db):
    """100.00 USD at 0.9213 are 92.13 EUR, of which 40% are 36.852, so 36.85."""
    market = a_market()
    [conversion_id] = market.sell(dollars(10000))
    assert accrued(market) == [("EUR", 9213, 3685)]
    assert waiting(market) == []
    with organization_scope(market.north.id):
        row = Accrual.objects.get(conversion_id=conversion_id)
    told = row.explanation["facts"]["exchanged"]
    assert (told["currency"], told["amount_minor"]) == ("USD", 10000)
    assert (told["rate"]["rate_text"], told["rate"]["source"], told["rate"]["valid_on"]) == (
        "0.9213",
        "ECB",
        "2026-01-14",
    )
    [stored] = told["rate"]["rates"]
    assert stored["id"]
    assert stored["recorded_at"]
    assert is_balanced(market) == {"USD": 0, "EUR": 0}
    assert stands(market, "clearing", "USD", market.host) == 10000
    assert stands(market, "clearing", "EUR", market.host) == 0
    market.close(at(1), now=at(2))
    assert market.statement(1).closing_minor == 3685
    assert verdict(market, market.statement(1)) == ("same", [])


def test_refunds_go_back_at_the_orders_rate_to_the_cent(db):
    """At 0.80 in February it would be 80.00 EUR; all of it gives back exactly 92.13, in three parts."""
    market = a_market()
    market.sell(dollars(10000))
    market.close(at(1), now=at(2))
    market.sell(back(3333, month=2), back(3333, month=2), now=at(2))
    market.sell(back(3334, month=2), now=at(2))
    assert [row[1] for row in accrued(market)] == [9213, -3071, -3070, -3072]
    assert sum(row[1] for row in accrued(market)) == sum(row[2] for row in accrued(market)) == 0
    assert stands(market, "clearing", "USD", market.host) == 0
    assert stands(market, "fx_clearing", "EUR", market.host) == 0
    assert is_balanced(market) == {"USD": 0, "EUR": 0}
    market.close(at(2), now=at(3))
    assert market.statement(2).closing_minor == 0
    assert [verdict(market, market.statement(month)) for month in (1, 2)] == [("same", [])] * 2


def test_without_a_rate_it_waits_and_the_checklist_names_it(db):
    market = a_market()
    market.sell(dollars(10000, month=3), sale(5000, 3), now=at(3))
    market.sell(back(2500, month=3), now=at(3))
    assert waiting(market) == [("rate_missing", "USD", 10000), ("rate_missing", "USD", -2500)]
    assert accrued(market) == [("EUR", 5000, 2000)]
    assert stands(market, "suspense", "USD", market.host) == 0  # the agreement's own has none: it stands on the book's
    with organization_scope(market.host.id):
        period = Period.objects.get(starts_on__month=3)
        [check] = [check for check in checklist(period) if "exchange rate" in check.text]
    assert check.text == "2 orders in another currency wait for an exchange rate of their day."
    queue = signed_in(market.host.finance).get(check.href)
    assert "No exchange rate of its day" in queue.content.decode()
    assert len(queue.context["table"].page) == 2
    stranger = signed_in(market.north.finance).get(reverse("portal:suspense"))
    assert stranger.status_code in {403, 404} or not len(stranger.context["table"].page)


def test_once_a_rate_is_stored_it_accrues_by_itself(db):
    market = a_market()
    market.sell(dollars(10000, month=3), now=at(3))
    market.sell(back(2500, month=3), now=at(3))
    rate(market, "0.90", "2026-03-14")
    deliver_all()
    assert waiting(market) == []
    assert [row[1:] for row in accrued(market)] == [(9000, 3600), (-2250, -900)]
    assert is_balanced(market) == {"USD": 0, "EUR": 0}
    rate(market, "0.10", "2026-03-14", corrects=True)
    deliver_all()
    assert [row[1:] for row in accrued(market)] == [(9000, 3600), (-2250, -900)]


def test_the_clock_finds_what_was_held_while_a_rate_came(committed):
    market = a_market()
    market.sell(dollars(10000, month=3), now=at(3))
    rate(market, "0.90", "2026-03-14")
    accrue_all_waiting(now=at(3))
    assert (accrued(market), waiting(market)) == ([("EUR", 9000, 3600)], [])
    accrue_all_waiting(now=at(3))
    assert len(accrued(market)) == 1


def test_after_the_close_it_stands_on_the_next_statement(db):
    market = a_market()
    market.sell(sale(5000, 3), dollars(10000, month=3), now=at(3))
    market.close(at(3), now=at(4))
    rate(market, "0.90", "2026-03-14")
    with organization_scope(market.host.id):
        assert accrue_waiting(actor=market.host.system, now=at(4)).accrued == 1
    market.close(at(4), now=at(5))
    statement = market.statement(4)
    assert (statement.current_minor, statement.prior_minor) == (0, 3600)
    assert verdict(market, statement) == ("same", [])


def test_another_hosts_rates_do_not_count(db):
    market = Market([SHARED])
    other = Market([SHARED])
    rate(other, "0.9213", "2026-01-14")
    market.sell(dollars(10000))
    assert waiting(market) == [("rate_missing", "USD", 10000)]


def test_items_and_reported_fees_are_exchanged_too_and_sum_to_the_order(db):
    clause = written.clause(
        written.split((written.HOST, "60%"), (written.NORTH, "40%")), deductions=[{"kind": "payment_fee"}]
    )
    market = a_market([clause])
    market.sell(dollars(10000, reported=(("payment_fee", 300),)))
    with organization_scope(market.host.id):
        [row] = Accrual.objects.all()
    assert (row.gross_minor, row.deducted_minor, row.base_minor) == (9213, 276, 8937)
    market.close(at(1), now=at(2))
    assert verdict(market, market.statement(1)) == ("same", [])


def test_the_api_takes_them_and_the_partner_sees_both_amounts(db):
    market = a_market()
    given = {
        "alliance_id": str(market.alliance.id),
        "reference": "API-1",
        "occurred_at": "2026-01-15T12:00:00Z",
        "currency": "USD",
        "partner_code": "north",
        "lines": [{"item": "LAMP", "quantity": "1", "unit_price": "100.00"}],
    }
    answer = Caller(market.host).post("/api/v1/orders", given)
    assert answer.status_code in {200, 201}, answer.content
    deliver_all()
    assert accrued(market) == [("EUR", 9213, 3685)]
    with organization_scope(market.north.id):
        conversion = Conversion.objects.get(reference="API-1")
    page = signed_in(market.north.viewer).get(reverse("portal:accrual", args=[conversion.id])).content.decode()
    for said in ("100.00", "0.9213", "ECB", "36.85"):
        assert said in page
    assert (
        signed_in(host_organization(name="X").finance).get(reverse("portal:accrual", args=[conversion.id])).status_code
        == 404
    )


def test_a_forged_rate_or_amount_is_named(db):
    market = a_market()
    market.sell(dollars(10000))
    market.close(at(1), now=at(2))
    seal(market)
    evidence = evidence_of(market.statement(1))
    assert browsers_verdicts([evidence]) == ["same"]
    for name, value in (("amount_minor", 10001), ("rate", "47/50")):
        changed = json.loads(json.dumps(evidence))
        event = changed["events"][0]
        facts = json.loads(event["facts"])
        if name == "rate":
            facts["exchanged"]["rate"]["rate"] = value
        else:
            facts["exchanged"][name] = value
        event["facts"] = json.dumps(facts)
        said = changed["statement"]
        said["events_sha256"] = root_of([bytes.fromhex(event_sha256(each)) for each in changed["events"]])
        said["content_sha256"] = sha256(statement_text(said))
        assert verify(changed).differences[0].where == "event 1"
        assert browsers_verdicts([changed]) == ["different"]


def test_plain_orders_in_the_agreements_currency_say_nothing_of_it(db):
    market = a_market()
    market.sell(OrderOf(10000, reference="O-1", occurred_at=at(1)))
    with organization_scope(market.host.id):
        [row] = Accrual.objects.all()
    assert "facts" not in row.explanation
    market.close(at(1), now=at(2))
    assert b"order_currency" not in written_by(market, market.statement(1), write_csv).getvalue()


def written_by(market, statement, writer):
    file = io.BytesIO()
    with organization_scope(market.north.id), atomic():
        writer(visible_statement(statement.id), file)
    return file


def test_each_line_says_what_the_order_was_and_the_rate_with_its_id_source_and_time(db):
    market = a_market()
    market.sell(dollars(10000), sale(5000, reference="O-2"), back(2500))
    market.close(at(1), now=at(2))
    statement = market.statement(1)
    with organization_scope(market.host.id):
        stored = ExchangeRate.objects.get(valid_on="2026-01-14")
    rows = list(csv.DictReader(io.StringIO(written_by(market, statement, write_csv).getvalue().decode("utf-8-sig"))))
    told = {row["amount"]: row for row in rows if row["row"] == "line"}
    first, second = told["92.13"], told["-23.03"]
    assert (first["order_currency"], first["order_amount"], first["exchange_rate"]) == ("USD", "100.00", "0.9213")
    assert (first["rate_source"], first["rate_day"], first["rate_ids"]) == ("ECB", "2026-01-14", str(stored.id))
    assert first["rate_recorded_at"].startswith(stored.recorded_at.date().isoformat())
    assert (second["order_amount"], second["exchange_rate"], second["rate_ids"]) == ("-25.00", "0.9213", str(stored.id))
    assert told["50.00"]["order_currency"] == ""
    lines = json.loads(written_by(market, statement, write_json).getvalue())["lines"]
    assert [line.get("order_amount") for line in lines] == [
        row["order_amount"] or None for row in rows if row["row"] == "line"
    ]
    sheet = openpyxl.load_workbook(written_by(market, statement, write_xlsx)).worksheets[0]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    place = cells[0].index("order_amount")
    assert [row[place] for row in cells if row[0] == "line"] == [line.get("order_amount") for line in lines]
    page = signed_in(market.north.viewer).get(reverse("portal:statement", args=[statement.id])).content.decode()
    assert "0.9213, ECB" in page


def test_items_sum_to_the_order_and_later_terms_rule_them_at_the_same_rate(db):
    lamps = written.clause(
        written.commission("30%"), id="lamps", when=[{"all_of": [{"field": "item", "value": ["LAMP"]}]}]
    )
    market = a_market([lamps, SHARED])
    market.sell(dollars(10001, items=(("LAMP", 3333), ("DESK", 6668))))
    with organization_scope(market.host.id):
        [row] = Accrual.objects.all()
    assert (row.gross_minor, [part["amount_minor"] for part in row.explanation["facts"]["of"]]) == (9214, [6143, 3071])
    version = amended(market, [shared("50%", "50%")], since=at(1, 1), now=at(2, 1))
    deliver_all()
    rerated(market, version)
    market.close(at(1), now=at(2))
    with organization_scope(market.north.id):
        adjusted = Adjustment.objects.filter(kind="rerated").aggregate(sum=Sum("amount_minor"))["sum"]
    [(_, _, share)] = accrued(market)
    assert share + adjusted == 4607
