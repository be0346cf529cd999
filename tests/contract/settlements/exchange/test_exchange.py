"""S35, S36: what is paid in another currency is exchanged when its period closes, to the cent, at a rate that stays."""

import csv
import dataclasses
import io
import json

import openpyxl
import pytest
from django.db.models import Sum
from django.urls import reverse
from pypdf import PdfReader

from alliance.kernel.tenancy import atomic, organization_scope
from settlements.checklist import checklist
from settlements.exchange.other_currencies import other_currencies
from settlements.exchange.services.exchange_balances import RateMissingError
from settlements.exports.csv_file import write_csv
from settlements.exports.json_file import write_json
from settlements.exports.pdf_file import write_pdf
from settlements.exports.reading import visible_statement
from settlements.exports.xlsx_file import write_xlsx
from settlements.ledger.selectors import find_book, trial_balance
from settlements.models import Adjustment, Entry, Exchange, ExchangeRate, Journal, Period, StatementLine
from settlements.payouts.models import Payout, PayoutState
from settlements.payouts.services.post_payout_journals import Movement, post_payout_journals
from settlements.proof.alliance_verify import follow, sha256, statement_text, verify
from settlements.rates.domain.quoting import Quote
from settlements.rates.services.send_rates import send_rates
from settlements.services.recompute_statement import recompute_statement
from tests.cast import host_organization, signed_in
from tests.contract.settlements.market import Market
from tests.contract.settlements.proof.evidence import evidence_of, seal, verdict
from tests.contract.settlements.proof.test_alliance_verify import browsers_verdicts
from tests.contract.settlements.test_closing_terms import SHARED, at, refund, sale
from tests.domain.partners.terms import written
from tests.payouts import Desk, bank_account_of

pytestmark = pytest.mark.django_db

IN_EUROS = [{"party": str(written.NORTH), "currency": "EUR"}]


def a_market(**terms):
    return Market([SHARED], currency="USD", **{"payouts": IN_EUROS, **terms})


def rate(market, text, day, *, base="USD", quote="EUR", source="ECB", corrects=False):
    with organization_scope(market.host.id):
        quotes = [Quote.parse(base=base, quote=quote, rate=text, valid_on=day)]
        send_rates(actor=market.host.system, source=source, quotes=quotes, corrects=corrects, now=at(1))


def dollars(amount, month=1, reference="", **more):
    return sale(amount, month, reference, currency="USD", **more)


def stands(market, kind, currency, party=None):
    """What an account holds, debits positive."""
    with organization_scope(market.host.id):
        rows = Entry.objects.filter(
            account__kind=kind,
            account__currency=currency,
            account__organization_id=(party or market.north).id,
            account__agreement_id=market.agreement.id,
        )
        return int(rows.aggregate(sum=Sum("amount_minor"))["sum"] or 0)


def exchanges(market):
    with organization_scope(market.north.id):
        return [(row.from_minor, row.to_minor, row.host_result_minor) for row in Exchange.objects.order_by("id")]


def figures(statement):
    return (
        statement.opening_minor,
        statement.current_minor + statement.prior_minor,
        statement.adjustments_minor,
        statement.closing_minor,
    )


def is_balanced(market):
    with organization_scope(market.host.id):
        return trial_balance(find_book(alliance_id=market.alliance.id).id).totals()


def test_a_sale_in_dollars_is_settled_in_euros(db):
    """S35: 40.00 USD at 0.9213 are 36.852, so 36.85 EUR; four legs, each currency sums to 0."""
    market = a_market()
    rate(market, "0.9213", "2026-01-30")
    market.sell(dollars(10000))
    market.close(at(1), now=at(2))
    assert exchanges(market) == [(4000, 3685, 0)]
    assert figures(market.statement(1)) == (0, 4000, -4000, 0)
    assert stands(market, "available", "USD") == 0
    assert stands(market, "available", "EUR") == -3685
    assert stands(market, "fx_clearing", "USD", market.host) == -4000
    assert stands(market, "fx_clearing", "EUR", market.host) == 3685
    assert is_balanced(market) == {"USD": 0, "EUR": 0}
    with organization_scope(market.host.id):
        adjustment = Adjustment.objects.get(kind="exchanged")
        journal = Journal.objects.get(key=f"adjustment:{adjustment.id}")
        assert sorted(journal.entries.values_list("currency", "amount_minor")) == [
            ("EUR", -3685),
            ("EUR", 3685),
            ("USD", -4000),
            ("USD", 4000),
        ]


def test_the_line_says_rate_source_and_time(db):
    market = a_market()
    rate(market, "0.9213", "2026-01-30")
    market.sell(dollars(10000))
    market.close(at(1), now=at(2))
    with organization_scope(market.host.id):
        stored = ExchangeRate.objects.get()
    with organization_scope(market.north.id):
        line = StatementLine.objects.get(kind="exchanged")
        said = line.adjustment.details["rate"]
        statement = market.statement(1)
    with organization_scope(market.north.id):
        assert recompute_statement(statement).sha256() == statement.content_sha256
    assert (line.share_minor, line.reference) == (-4000, "USD → EUR")
    assert said["rates"] == [
        {
            "id": str(stored.id),
            "base": "USD",
            "quote": "EUR",
            "rate": "0.9213",
            "recorded_at": stored.recorded_at.isoformat(),
        }
    ]
    assert (said["source"], said["valid_on"], said["rate_text"], said["way"]) == (
        "ECB",
        "2026-01-30",
        "0.9213",
        "direct",
    )


def test_a_later_refund_takes_back_at_the_original_rate(db):
    """S36: 36.85 EUR at the original rate; 40.00 USD cost 38.00 EUR at 0.95, and the difference of 1.15 is the host's."""
    market = a_market()
    rate(market, "0.9213", "2026-01-30")
    rate(market, "0.95", "2026-02-27")
    market.sell(dollars(10000, reference="O-1"))
    market.close(at(1), now=at(2))
    market.sell(refund(10000, "O-1", 2, currency="USD"), now=at(2))
    market.close(at(2), now=at(3))
    assert exchanges(market) == [(4000, 3685, 0), (-4000, -3685, 115)]
    assert figures(market.statement(2)) == (0, -4000, 4000, 0)
    assert stands(market, "available", "EUR") + stands(market, "receivable", "EUR") == 0
    assert stands(market, "fx_result", "EUR", market.host) == 115
    assert stands(market, "fx_clearing", "EUR", market.host) == 3685 - 3800
    assert is_balanced(market) == {"USD": 0, "EUR": 0}
    with organization_scope(market.north.id):
        first, second = Exchange.objects.order_by("id")
        assert second.answers_id == first.id
        assert second.rate["rates"] == first.rate["rates"]


def test_g11_yen_paid_in_yuan_keep_their_amount_the_rate_and_its_time(db):
    """1580 JPY at 40% are 632 JPY; at 0.0487 they are 30.7784, so 30.78 CNY."""
    market = Market([SHARED], currency="JPY", payouts=[{"party": str(written.NORTH), "currency": "CNY"}])
    rate(market, "0.0487", "2026-01-30", base="JPY", quote="CNY")
    market.sell(sale(1580, currency="JPY"))
    market.close(at(1), now=at(2))
    with organization_scope(market.north.id):
        row = Exchange.objects.get()
    with organization_scope(market.host.id):
        stored = ExchangeRate.objects.get()
    assert (row.from_minor, row.from_currency, row.to_minor, row.to_currency) == (632, "JPY", 3078, "CNY")
    assert (row.rate["rates"][0]["id"], row.rate["rate_text"]) == (str(stored.id), "0.0487")
    assert row.rate["rates"][0]["recorded_at"] == stored.recorded_at.isoformat()


def test_refunds_in_parts_give_back_exactly_what_was_paid(db):
    market = a_market()
    rate(market, "0.9213", "2026-01-30")
    rate(market, "0.9213", "2026-02-27")
    rate(market, "0.9213", "2026-03-31")
    market.sell(dollars(999, reference="O-1"))
    market.close(at(1), now=at(2))
    market.sell(refund(333, "O-1", 2, currency="USD"), now=at(2))
    market.close(at(2), now=at(3))
    market.sell(refund(666, "O-1", 3, currency="USD"), now=at(3))
    market.close(at(3), now=at(4))
    assert [row[1] for row in exchanges(market)] == [369, -123, -246]
    assert stands(market, "fx_result", "EUR", market.host) == 0


def test_new_earnings_and_old_refunds_of_one_period_go_each_at_its_rate(db):
    market = a_market()
    rate(market, "0.9213", "2026-01-30")
    rate(market, "0.95", "2026-02-27")
    market.sell(dollars(10000, reference="O-1"))
    market.close(at(1), now=at(2))
    market.sell(dollars(20000, 2), refund(5000, "O-1", 2, currency="USD"), now=at(2))
    market.close(at(2), now=at(3))
    assert sorted(exchanges(market)) == [(-2000, -1843, 57), (4000, 3685, 0), (8000, 7600, 0)]
    assert figures(market.statement(2)) == (0, 6000, -6000, 0)


def test_what_is_taken_back_beyond_everything_is_owed_in_euros(db):
    market = a_market()
    rate(market, "0.9213", "2026-01-30")
    rate(market, "0.9213", "2026-02-27")
    market.sell(dollars(10000, reference="O-1"))
    market.close(at(1), now=at(2))
    with organization_scope(market.host.id):
        pass
    market.sell(refund(10000, "O-1", 2, currency="USD"), now=at(2))
    market.close(at(2), now=at(3))
    assert (stands(market, "available", "EUR"), stands(market, "receivable", "EUR")) == (0, 0)
    assert (stands(market, "available", "USD"), stands(market, "receivable", "USD")) == (0, 0)


def test_without_a_rate_the_checklist_names_it_and_nothing_closes(db):
    market = a_market()
    market.sell(dollars(10000))
    with organization_scope(market.host.id):
        [check] = checklist(Period.objects.get())
        assert check.is_blocking
        assert "USD" in check.text
        assert "EUR" in check.text
    with pytest.raises(RateMissingError):
        market.close(at(1), now=at(2))
    with organization_scope(market.host.id):
        assert Period.objects.get().is_open
        assert not Adjustment.objects.exists()
    rate(market, "0.9213", "2026-01-24")
    with organization_scope(market.host.id):
        assert checklist(Period.objects.get()) == []
    market.close(at(1), now=at(2))
    assert exchanges(market) == [(4000, 3685, 0)]


def test_a_correction_counts_for_the_next_close_and_leaves_the_last_one(db):
    market = a_market()
    rate(market, "0.9213", "2026-01-30")
    market.sell(dollars(10000))
    market.close(at(1), now=at(2))
    rate(market, "0.9999", "2026-01-30", corrects=True)
    rate(market, "0.5", "2026-02-27")
    market.sell(dollars(10000, 2), now=at(2))
    market.close(at(2), now=at(3))
    assert exchanges(market) == [(4000, 3685, 0), (4000, 2000, 0)]


def test_the_terms_round_down_where_they_say_so(db):
    market = a_market(rounding={"earner": "down"})
    rate(market, "0.92149", "2026-01-30")  # 36.8596
    market.sell(dollars(10000))
    market.close(at(1), now=at(2))
    assert exchanges(market) == [(4000, 3685, 0)]


def test_who_is_paid_in_the_agreements_currency_is_not_exchanged(db):
    market = Market([SHARED], currency="USD", payouts=[{"currency": "USD"}])
    market.sell(dollars(10000))
    market.close(at(1), now=at(2))
    assert exchanges(market) == []
    assert market.statement(1).closing_minor == 4000


def test_a_cross_over_the_euro_names_both_rates(db):
    market = a_market(payouts=[{"currency": "CNY"}])
    rate(market, "1.0854", "2026-01-30", base="EUR", quote="USD")
    rate(market, "7.8104", "2026-01-30", base="EUR", quote="CNY")
    market.sell(dollars(10000))
    market.close(at(1), now=at(2))
    assert exchanges(market) == [(4000, 28783, 0)]  # 40.00 · 7.8104 / 1.0854 = 287.834…
    with organization_scope(market.north.id):
        assert len(Exchange.objects.get().rate["rates"]) == 2


def test_closing_again_exchanges_nothing_again(db):
    market = a_market()
    rate(market, "0.9213", "2026-01-30")
    market.sell(dollars(10000))
    market.close(at(1), now=at(2))
    market.close(at(1), now=at(2))
    assert exchanges(market) == [(4000, 3685, 0)]


def test_the_statement_shows_what_was_exchanged_and_at_which_rate(db):
    market = a_market()
    rate(market, "0.9213", "2026-01-30")
    market.sell(dollars(10000))
    market.close(at(1), now=at(2))
    path = reverse("portal:statement", args=[market.statement(1).id])
    page = signed_in(market.north.viewer).get(path, {"show": "exchanged"})
    assert page.context["sums"]["exchanged"] == -4000
    assert [row.to_minor for row in page.context["exchanges"]] == [3685]
    assert len(page.context["table"].page.object_list) == 1
    for said in (b"0.9213", b"ECB", b"36.85"):
        assert said in page.content
    with organization_scope(market.north.id):
        adjustment = Adjustment.objects.get(kind="exchanged")
    receipt = signed_in(market.north.viewer).get(reverse("portal:adjustment", args=[adjustment.id])).content.decode()
    assert "1 USD = 0.9213 EUR" in receipt


class TestTheOtherCurrency:
    """What became of the money after it was exchanged: on the statement too, to the cent, and its tax at the rate at which it was paid."""

    @pytest.fixture
    def market(self, db):
        """36.85 EUR were paid on 15 February, 11.06 of it withheld; in March the order is refunded whole, at another rate."""
        market = a_market(withholding=[{"party": str(written.NORTH), "rate": "30%", "name": "Tax"}])
        for text, day in (("0.9213", "2026-01-30"), ("0.95", "2026-02-27"), ("0.80", "2026-03-31")):
            rate(market, text, day)
        market.sell(dollars(10000, reference="O-1"))
        market.close(at(1), now=at(2))
        bank_account_of(market.north, now=at(1))
        desk = Desk(market.host, market.alliance, currency="EUR")
        batch = desk.prepare(now=at(2))
        desk.approve(batch, now=at(2))
        [payout] = desk.payouts(batch)
        with organization_scope(market.host.id):
            rows = Payout.objects.filter(pk=payout.pk)
            rows.update(state=PayoutState.SENDING)
            post_payout_journals(payout, Movement.CONFIRMED, now=at(2))
            rows.update(state=PayoutState.CONFIRMED, confirmed_at=at(2))
        return market

    def sides(self, market, month, party=None):
        statement = market.statement(month)
        with organization_scope((party or market.north).id):
            return [dataclasses.astuple(other) for other in other_currencies(statement)]

    def test_each_statement_goes_on_from_the_one_before(self, market):
        market.sell(dollars(5000, 2), now=at(2))
        market.close(at(2), now=at(3))
        assert self.sides(market, 1) == [("EUR", 0, 3685, 0, 0, 0, 3685)]
        assert self.sides(market, 2) == [("EUR", 3685, 1900, 0, 1106, 2579, 1900)]
        assert self.sides(market, 2, market.host) == self.sides(market, 2)
        statement = market.statement(2)
        with organization_scope(host_organization(name="Other").id):
            assert other_currencies(statement) == []

    def test_tax_goes_back_at_the_rate_at_which_it_was_paid(self, market):
        market.sell(refund(10000, "O-1", 3, currency="USD"), now=at(3))
        market.close(at(2), now=at(3))
        market.close(at(3), now=at(4))
        assert exchanges(market) == [(4000, 3685, 0), (-4000, -3685, -485)]
        assert self.sides(market, 3) == [("EUR", 0, -3685, 1106, 0, 0, -2579)]
        assert (stands(market, "receivable", "EUR"), stands(market, "tax", "EUR", market.host)) == (2579, 0)
        assert is_balanced(market) == {"USD": 0, "EUR": 0}
        statement = market.statement(3)
        assert figures(statement) == (0, -4000, 4000, 0)
        with organization_scope(market.north.id):
            line = StatementLine.objects.get(statement_id=statement.id, kind="tax_reversed")
            assert (line.share_minor, line.adjustment.details["into"]) == (0, {"currency": "EUR", "amount_minor": 1106})
            assert recompute_statement(statement).sha256() == statement.content_sha256
        assert verdict(market, statement) == ("same", [])

    def test_later_earnings_pay_the_debt_and_the_tax_counts_again(self, market):
        market.sell(refund(10000, "O-1", 2, currency="USD"), now=at(2))
        market.close(at(2), now=at(3))
        market.sell(dollars(12500, 3), now=at(3))
        market.close(at(3), now=at(4))
        assert self.sides(market, 3) == [("EUR", -2579, 4000, -1106, 0, 0, 315)]

    def test_the_statement_shows_it_with_its_payments_in_their_currency(self, market):
        market.close(at(2), now=at(3))
        page = signed_in(market.north.viewer).get(reverse("portal:statement", args=[market.statement(2).id]))
        text = page.content.decode()
        assert "This period in EUR" in text
        assert "25.79" in text
        assert "$25.79" not in text

    def test_its_files_say_it_and_its_hash_binds_it(self, market):
        """36.85 EUR stood there; 25.79 were paid and 11.06 withheld; 19.00 came, in a file as on the page."""
        market.sell(dollars(5000, 2), now=at(2))
        market.close(at(2), now=at(3))
        statement = market.statement(2)
        rows = [
            ("other_opening", "EUR", "36.85"),
            ("other_exchanged", "EUR", "19.00"),
            ("other_tax_reversed", "EUR", "0.00"),
            ("other_withheld", "EUR", "-11.06"),
            ("other_paid", "EUR", "-25.79"),
            ("other_closing", "EUR", "19.00"),
        ]

        def written_by(writer):
            file = io.BytesIO()
            with organization_scope(market.north.id), atomic():
                writer(visible_statement(statement.id), file)
            return file

        table = list(csv.DictReader(io.StringIO(written_by(write_csv).getvalue().decode("utf-8-sig"))))
        assert [(r["row"], r["currency"], r["share"]) for r in table if r["row"].startswith("other_")] == rows
        assert [r["currency"] for r in table if r["row"] in {"opening", "closing", "total"}] == ["USD"] * 3
        sheet = openpyxl.load_workbook(written_by(write_xlsx)).worksheets[0].iter_rows(values_only=True)
        found = [(row[0], row[10], f"{row[12]:.2f}") for row in sheet if str(row[0]).startswith("other_")]
        assert found == rows
        told = json.loads(written_by(write_json).getvalue())["statement"]
        assert told["other_currencies"] == [
            {
                "currency": "EUR",
                "opening_minor": 3685,
                "exchanged_minor": 1900,
                "tax_reversed_minor": 0,
                "withheld_minor": 1106,
                "paid_minor": 2579,
                "closing_minor": 1900,
                "opening": "36.85",
                "exchanged": "19.00",
                "tax_reversed": "0.00",
                "withheld": "11.06",
                "paid": "25.79",
                "closing": "19.00",
            }
        ]
        pages = PdfReader(written_by(write_pdf)).pages
        text = "".join(page.extract_text() for page in pages).replace("\0", "").replace("\n", " ")
        assert "This period in EUR" in text
        assert "-25.79 EUR" in text
        assert verdict(market, statement) == ("same", [])
        evidence = evidence_of(statement)
        for name in (
            "opening_minor",
            "exchanged_minor",
            "tax_reversed_minor",
            "withheld_minor",
            "paid_minor",
            "closing_minor",
        ):
            changed = json.loads(json.dumps(evidence))
            carried = json.loads(changed["statement"]["carried"])
            carried["other_currencies"][0][name] += 1
            changed["statement"]["carried"] = json.dumps(carried)
            changed["statement"]["content_sha256"] = sha256(statement_text(changed["statement"]))
            assert ("carried (EUR)", name if name != "opening_minor" else "closing_minor") in [
                (each.where, each.field) for each in verify(changed).differences
            ]
            assert browsers_verdicts([evidence, changed]) == ["same", "different"]
        before = evidence_of(market.statement(1))
        follows = verify(evidence)
        follow(follows, verify(before))
        assert follows.differences == []

    def test_statements_that_closed_before_keep_their_hash_and_their_files(self, market):
        """Without the words about other currencies in it, as it was written then."""
        statement = market.statement(1)
        carried = json.loads(statement.carried)
        del carried["other_currencies"]
        statement.carried = json.dumps(carried)
        with organization_scope(market.north.id), atomic():
            file = io.BytesIO()
            write_csv(statement, file)
        assert b"other_" not in file.getvalue()
        seal(market)
        evidence = evidence_of(market.statement(1))
        evidence["statement"]["carried"] = json.dumps(carried)
        evidence["statement"]["content_sha256"] = sha256(statement_text(evidence["statement"]))
        assert verify(evidence).differences == []
        assert browsers_verdicts([evidence]) == ["same"]

    def test_a_sum_in_another_currency_that_is_not_told_is_named(self, market):
        seal(market)
        evidence = evidence_of(market.statement(1))
        carried = json.loads(evidence["statement"]["carried"])
        carried["other_currencies"] = []
        evidence["statement"]["carried"] = json.dumps(carried)
        evidence["statement"]["content_sha256"] = sha256(statement_text(evidence["statement"]))
        assert [(each.where, each.field) for each in verify(evidence).differences] == [("carried", "other currencies")]
        assert browsers_verdicts([evidence]) == ["different"]
