"""S37, S38: what is withheld of payouts, what is added on statements, certificates, tax settings."""

import hashlib
import json
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError
from django.urls import reverse

from alliance.kernel.errors import NotPermittedError
from alliance.kernel.permissions import Permission, Role
from alliance.kernel.tenancy import atomic, organization_scope
from settlements.models import Adjustment, Journal, Period, StatementLine, TaxCertificate, TaxProfile
from settlements.payouts.models import Payout, PayoutPart, PayoutState
from settlements.payouts.services.post_payout_journals import Movement, post_payout_journals
from settlements.services.close_period import close_period
from settlements.services.recompute_statement import recompute_statement
from settlements.taxes.models import CertificateKind
from settlements.taxes.selectors import taxpayer
from settlements.taxes.services.decide_certificate import (
    CertificateDecidedError,
    NoteMissingError,
    decide_certificate,
)
from settlements.taxes.services.save_tax_profile import TaxAnswers, VatNumberInvalidError, save_tax_profile
from settlements.taxes.services.submit_certificate import (
    CertificateDaysError,
    NewCertificate,
    NoSuchHostError,
    submit_certificate,
)
from tests.api import Caller, problem
from tests.cast import NOW, host_organization, partner_organization, signed_in
from tests.contract.settlements.market import Market
from tests.contract.settlements.proof.evidence import verdict
from tests.contract.settlements.test_closing_terms import SHARED, at, refund, sale
from tests.documents import pdf_bytes
from tests.domain.partners.terms import written
from tests.orders import OrderOf
from tests.payouts import Desk, bank_account_of

pytestmark = pytest.mark.django_db

WITHHELD = ({"party": str(written.NORTH), "rate": "30%", "reduced_rate": "15%", "name": "Withholding tax"},)
STANDARD = ({"party": str(written.NORTH), "treatment": "standard", "rate": "20%", "invoice": "self_billing"},)


def given_certificate(market, first=date(2026, 1, 1), last=None, *, decide=True, now=NOW):
    with organization_scope(market.north.id):
        new = NewCertificate(market.host.id, CertificateKind.TREATY, "T-1", first, last)
        id_ = submit_certificate(
            actor=market.north.actor(Role.FINANCE),
            certificate=new,
            content=ContentFile(pdf_bytes()),
            name="t.pdf",
            now=now,
        )
    if decide:
        with organization_scope(market.host.id):
            decide_certificate(actor=market.host.actor(Role.FINANCE), certificate_id=id_, is_accepted=True, now=now)
    return id_


class Paying:
    """A market whose partner has a bank account, and the desk that pays it."""

    def __init__(self, **terms) -> None:
        self.market = Market([SHARED], **terms)
        bank_account_of(self.market.north, now=datetime(2025, 12, 1, tzinfo=UTC))
        self.desk = Desk(self.market.host, self.market.alliance)

    def pay(self, month):
        batch = self.desk.prepare(now=at(month))
        self.desk.approve(batch, now=at(month))
        return self.desk.payouts(batch)[0]

    def arrived(self, payout, *, month):
        """The bank has paid it."""
        with organization_scope(self.market.host.id):
            rows = Payout.objects.filter(pk=payout.pk)
            rows.update(state=PayoutState.SENDING)
            post_payout_journals(payout, Movement.CONFIRMED, now=at(month))
            rows.update(state=PayoutState.CONFIRMED, confirmed_at=at(month))

    def parts(self):
        with organization_scope(self.market.host.id):
            rows = PayoutPart.objects.order_by("id")
            return [(row.gross_minor, row.withheld_minor) for row in rows]


class TestWithholding:
    """S37."""

    def test_thirty_percent_go_to_the_tax_account_and_stand_on_the_statement(self, db):
        paying = Paying(withholding=WITHHELD)
        market = paying.market
        market.sell(sale(25000))
        market.close(at(1), now=at(2))
        payout = paying.pay(2)
        assert payout.amount_minor == 7000
        assert (market.balance("tax"), market.balance("in_transit", market.north)) == (-3000, -7000)
        assert market.balance("available", market.north) == 0
        with organization_scope(market.host.id):
            assert PayoutPart.objects.get().tax == {
                "rate": "3/10",
                "base_minor": 10000,
                "name": "Withholding tax",
                "certificate_id": None,
                "certificate_number": "",
            }
        paying.arrived(payout, month=2)
        market.close(at(2), now=at(3))
        statement = market.statement(2)
        assert (statement.withheld_minor, statement.paid_minor, statement.closing_minor) == (3000, 7000, 0)

    def test_an_accepted_certificate_lowers_what_is_paid_afterwards_and_nothing_before(self, db):
        paying = Paying(withholding=WITHHELD)
        market = paying.market
        market.sell(sale(25000))
        market.close(at(1), now=at(2))
        given_certificate(market, decide=False)
        assert paying.pay(2).amount_minor == 7000
        id_ = given_certificate(market)
        market.sell(sale(25000, 2), now=at(2))
        market.close(at(2), now=at(3))
        assert paying.pay(3).amount_minor == 8500
        assert paying.parts() == [(10000, 3000), (10000, 1500)]
        with organization_scope(market.host.id):
            last = PayoutPart.objects.order_by("-id")[0]
        assert (last.tax["certificate_id"], last.tax["certificate_number"]) == (str(id_), "T-1")

    def test_a_certificate_counts_from_its_first_day_on(self, db):
        paying = Paying(withholding=WITHHELD)
        given_certificate(paying.market, date(2026, 3, 1))
        paying.market.sell(sale(25000))
        paying.market.close(at(1), now=at(2))
        assert paying.pay(2).amount_minor == 7000

    def test_what_is_taken_back_of_a_payout_gives_back_its_tax_in_the_same_year(self, db):
        paying = Paying(withholding=WITHHELD)
        market = paying.market
        market.sell(sale(25000, reference="O-1"))
        market.close(at(1), now=at(2))
        payout = paying.pay(2)
        paying.arrived(payout, month=2)
        market.close(at(2), now=at(3))
        market.sell(refund(10000, "O-1", 3), now=at(3))
        market.close(at(3), now=at(4))
        statement = market.statement(3)
        assert (statement.prior_minor + statement.current_minor, statement.adjustments_minor) == (-4000, 1200)
        assert statement.closing_minor == -2800
        assert market.balance("receivable", market.north) == 2800
        market.sell(sale(25000, 4), now=at(4))
        market.close(at(4), now=at(5))
        with organization_scope(market.north.id):
            rows = Adjustment.objects.filter(kind="tax_reversed").order_by("id")
            assert [row.amount_minor for row in rows] == [1200, -1200]
        assert paying.pay(5).amount_minor == 4200  # 60.00 less 30%
        assert market.balance("tax") == -4800  # 30% of the 160.00 that it earned

    def test_tax_of_another_year_is_not_given_back_and_a_line_says_how_much_it_was(self, db):
        """Paid in November 2025 with 30.00 withheld; in January 40.00 of it are taken back, on which 12.00 were withheld."""
        paying = Paying(withholding=WITHHELD)
        market = paying.market
        november, december = datetime(2025, 11, 10, 12, tzinfo=UTC), datetime(2025, 12, 10, 12, tzinfo=UTC)
        market.sell(OrderOf(25000, reference="O-1", occurred_at=november), now=november)
        with organization_scope(market.host.id):
            close_period(actor=market.host.system, period_id=Period.objects.get().id, now=december)
        batch = paying.desk.prepare(now=december)
        paying.desk.approve(batch, now=december)
        [payout] = paying.desk.payouts(batch)
        with organization_scope(market.host.id):
            rows = Payout.objects.filter(pk=payout.pk)
            rows.update(state=PayoutState.SENDING)
            post_payout_journals(payout, Movement.CONFIRMED, now=december)
            rows.update(state=PayoutState.CONFIRMED, confirmed_at=december)
            december_period = Period.objects.get(starts_on="2025-12-01")
            close_period(actor=market.host.system, period_id=december_period.id, now=at(1))
        market.sell(refund(10000, "O-1", 1), now=at(1))
        market.close(at(1), now=at(2))
        statement = market.statement(1)
        assert (statement.prior_minor + statement.current_minor, statement.adjustments_minor) == (-4000, 0)
        assert statement.closing_minor == -4000
        with organization_scope(market.north.id):
            line = StatementLine.objects.get(statement_id=statement.id, kind="tax_unrecovered")
            assert (line.share_minor, line.adjustment.details["tax_minor"]) == (0, 1200)
            assert not Journal.objects.filter(key=f"adjustment:{line.adjustment_id}").exists()
            assert recompute_statement(statement).sha256() == statement.content_sha256
        assert verdict(market, statement) == ("same", [])
        receipt = signed_in(market.north.viewer).get(reverse("portal:adjustment", args=[line.adjustment_id]))
        assert "€12.00 of tax was withheld, in years before 2026" in receipt.content.decode().replace("\xa0", "")
        page = signed_in(market.north.viewer).get(reverse("portal:statement", args=[statement.id]), {"show": "tax"})
        assert [row.record.kind for row in page.context["table"].page] == ["tax_unrecovered"]
        market.sell(sale(25000, 2), now=at(2))
        market.close(at(2), now=at(3))
        with organization_scope(market.north.id):
            assert Adjustment.objects.filter(kind="tax_unrecovered").count() == 1


class TestValueAddedTax:
    """S38."""

    def test_the_standard_rate_is_added_and_paid(self, db):
        market = Market([SHARED], value_added_tax=STANDARD)
        market.sell(sale(10000))
        market.close(at(1), now=at(2))
        statement = market.statement(1)
        assert (statement.current_minor, statement.adjustments_minor, statement.closing_minor) == (4000, 800, 4800)
        assert market.balance("tax") == 800
        assert market.statement(1, market.host).adjustments_minor == 0
        with organization_scope(market.north.id):
            line = StatementLine.objects.get(kind="value_added_tax")
            assert line.adjustment.details == {"treatment": "standard", "rate": "1/5", "net_minor": 4000, "lines": 1}

    def test_each_line_rounds_by_itself(self, db):
        """S39 through the close: 0.43 and 4.84 at 15%."""
        all_of_it = written.clause(written.split((written.NORTH, "1")))
        rule = {"party": str(written.NORTH), "treatment": "standard", "rate": "15%"}
        market = Market([all_of_it], value_added_tax=[rule])
        market.sell(sale(43), sale(484))
        market.close(at(1), now=at(2))
        assert market.statement(1).closing_minor == 606

    def test_a_refund_takes_its_tax_back(self, db):
        market = Market([SHARED], value_added_tax=STANDARD)
        market.sell(sale(10000, reference="O-1"))
        market.close(at(1), now=at(2))
        market.sell(refund(10000, "O-1", 2), now=at(2))
        market.close(at(2), now=at(3))
        statement = market.statement(2)
        assert (statement.adjustments_minor, statement.closing_minor) == (-800, 0)
        assert market.balance("tax") == 0

    def test_it_stays_on_hold_as_long_as_what_it_was_added_to(self, db):
        market = Market([SHARED], value_added_tax=STANDARD, hold={"days": 30})
        market.sell(sale(10000, reference="O-1"), sale(500))
        market.close(at(1), now=at(2))
        assert [market.balance(kind, market.north) for kind in ("pending", "available")] == [-5040, 0]
        assert market.statement(1).closing_minor == 5040
        market.sell(sale(20000, 2), refund(2500, "O-1", 2), now=at(2))
        market.close(at(2), now=at(3))
        assert [market.balance(kind, market.north) for kind in ("pending", "available")] == [-9600, -3840]
        assert market.statement(2).closing_minor == 13440
        market.sell(sale(100, 3), now=at(3))
        market.close(at(3), now=at(4))
        assert [market.balance(kind, market.north) for kind in ("pending", "available")] == [-48, -13440]
        assert market.balance("tax") == 2240 + 8
        assert [verdict(market, market.statement(month)) for month in (1, 2, 3)] == [("same", [])] * 3

    @pytest.mark.parametrize("treatment", ["reverse_charge", "exempt", "unregistered"])
    def test_every_other_treatment_adds_nothing(self, db, treatment):
        rule = {"party": str(written.NORTH), "treatment": treatment}
        market = Market([SHARED], value_added_tax=[rule])
        market.sell(sale(10000))
        market.close(at(1), now=at(2))
        assert market.statement(1).closing_minor == 4000
        assert market.balance("tax") == 0

    def test_the_statement_shows_it_in_a_section_of_its_own(self, db):
        market = Market([SHARED], value_added_tax=STANDARD)
        market.sell(sale(10000))
        market.close(at(1), now=at(2))
        path = reverse("portal:statement", args=[market.statement(1).id])
        page = signed_in(market.north.viewer).get(path, {"show": "tax"})
        assert (page.context["sums"]["tax"], page.context["sums"]["adjusted"]) == (800, 0)
        assert [row.record.kind for row in page.context["table"].page] == ["value_added_tax"]


class TestCertificates:
    @pytest.fixture
    def market(self, db):
        return Market([SHARED])

    def test_partner_and_host_see_it_and_nobody_else(self, market):
        id_ = given_certificate(market)
        for party, found in ((market.north, 1), (market.host, 1), (host_organization(name="Other"), 0)):
            with organization_scope(party.id):
                assert TaxCertificate.objects.filter(pk=id_).count() == found

    def test_only_the_host_decides_and_only_once(self, market):
        id_ = given_certificate(market, decide=False)
        with organization_scope(market.north.id), pytest.raises(NotPermittedError):
            decide_certificate(actor=market.north.actor(), certificate_id=id_, is_accepted=True, now=NOW)
        with organization_scope(market.host.id):
            host = market.host.actor(Role.FINANCE)
            with pytest.raises(NotPermittedError):
                decide_certificate(actor=market.host.actor(Role.MANAGER), certificate_id=id_, is_accepted=True, now=NOW)
            with pytest.raises(NoteMissingError):
                decide_certificate(actor=host, certificate_id=id_, is_accepted=False, now=NOW)
            decide_certificate(actor=host, certificate_id=id_, is_accepted=False, note="Expired", now=NOW)
            with pytest.raises(CertificateDecidedError):
                decide_certificate(actor=host, certificate_id=id_, is_accepted=True, now=NOW)

    def test_the_database_refuses_what_services_would_not_do(self, market):
        id_ = given_certificate(market, decide=False)
        with organization_scope(market.north.id):
            rows = TaxCertificate.objects.filter(pk=id_)
            for values in ({"state": "accepted", "decided_at": NOW}, {"valid_from": date(2020, 1, 1)}):
                with pytest.raises(DatabaseError), atomic():
                    rows.update(**values)

    def test_it_is_for_a_host_that_pays_and_its_days_are_in_order(self, market):
        actor, other = market.north.actor(), host_organization(name="Other")
        with organization_scope(market.north.id):
            for host_id, last, error in (
                (other.id, None, NoSuchHostError),
                (market.host.id, date(2025, 1, 1), CertificateDaysError),
            ):
                new = NewCertificate(host_id, CertificateKind.TREATY, "T-1", date(2026, 1, 1), last)
                with pytest.raises(error):
                    submit_certificate(
                        actor=actor, certificate=new, content=ContentFile(pdf_bytes()), name="t.pdf", now=NOW
                    )

    def test_it_goes_through_the_pages(self, market):
        partner, host = signed_in(market.north.finance), signed_in(market.host.finance)
        upload = BytesIO(pdf_bytes())
        upload.name = "treaty.pdf"
        given = {"host": market.host.id, "kind": "treaty", "number": "T-9", "valid_from": "2026-01-01", "file": upload}
        response = partner.post(reverse("portal:certificate_new"), given)
        assert response.status_code == 302, response.context["form"].errors
        assert host.get(response.url).context["may_decide"]
        assert b"".join(host.get(f"{response.url}file/").streaming_content) == pdf_bytes()
        host.post(f"{response.url}decide/", {"decision": "accept"})
        [row] = json.loads(Caller(market.north).get("/api/v1/tax-certificates").content)["results"]
        assert (row["number"], row["state"]) == ("T-9", "accepted")
        assert not host.get(response.url).context["may_decide"]

    def test_programs_give_it_with_its_document(self, market):
        path, upload = "/api/v1/tax-certificates", BytesIO(pdf_bytes())
        upload.name = "treaty.pdf"
        said = {"host_id": str(market.host.id), "kind": "treaty", "number": "T-3", "valid_from": "2026-01-01"}
        answer = Caller(market.north).send("POST", path, {**said, "file": upload})
        body = json.loads(answer.content)
        assert (answer.status_code, body["state"], body["valid_until"]) == (201, "submitted", None)
        assert body["sha256"] == hashlib.sha256(pdf_bytes()).hexdigest()
        [seen] = json.loads(Caller(market.host).get(path).content)["results"]
        assert seen == body
        for change, code in (
            ({"host_id": str(host_organization(name="X").id)}, "no_such_host"),
            ({"valid_until": "2025-12-31"}, "certificate_days"),
            ({"kind": "other"}, "invalid_input"),
        ):
            upload.seek(0)
            problem(Caller(market.north).send("POST", path, {**said, "file": upload, **change}), 422, code)
        upload.seek(0)
        reader = Caller(market.north, [Permission.STATEMENT_READ])
        problem(reader.send("POST", path, {**said, "file": upload}), 403, "not_permitted")

    def test_programs_decide(self, market):
        path = f"/api/v1/tax-certificates/{given_certificate(market, decide=False)}/decisions"
        problem(Caller(market.north).post(path, {"is_accepted": True}), 403, "not_permitted")
        problem(
            Caller(market.host, [Permission.STATEMENT_READ]).post(path, {"is_accepted": True}), 403, "not_permitted"
        )
        problem(Caller(host_organization(name="X")).post(path, {"is_accepted": True}), 404, "not_found")
        problem(Caller(market.host).post(path, {"is_accepted": False}), 422, "note_missing")
        assert json.loads(Caller(market.host).post(path, {"is_accepted": True}).content)["state"] == "accepted"


class TestTaxSettings:
    answers = TaxAnswers("North GmbH", "Street 1\n10115 Berlin", "DE", "de 136695976", accepts_self_billing=True)

    def save(self, party, answers=None, role=Role.FINANCE):
        with organization_scope(party.id):
            save_tax_profile(actor=party.actor(role), answers=answers or self.answers, now=NOW)

    def test_the_number_is_checked_and_written_one_way(self, db):
        north = partner_organization()
        self.save(north)
        with organization_scope(north.id):
            assert TaxProfile.objects.get().vat_number == "DE136695976"
        wrong = TaxAnswers("North GmbH", "Street 1", "DE", "DE136695977")
        with pytest.raises(VatNumberInvalidError):
            self.save(north, wrong)

    def test_its_hosts_read_it_and_no_stranger(self, db):
        market = Market([SHARED])
        self.save(market.north)
        with organization_scope(market.host.id):
            assert taxpayer(market.north.id).legal_name == "North GmbH"
            assert not TaxProfile.objects.exists()
        with organization_scope(host_organization(name="Other").id):
            assert taxpayer(market.north.id) is None

    def test_finance_changes_it_and_a_viewer_reads(self, db):
        north = partner_organization()
        with pytest.raises(NotPermittedError):
            self.save(north, role=Role.MANAGER)
        given = {"legal_name": "N", "address": "A", "country": "DE", "vat_number": "1"}
        refused = signed_in(north.finance).post(reverse("portal:tax_profile_edit"), given)
        assert refused.status_code == 422
        assert refused.context["form"].errors["vat_number"]
        signed_in(north.finance).post(reverse("portal:tax_profile_edit"), {**given, "vat_number": "DE136695976"})
        assert b"DE136695976" in signed_in(north.viewer).get(reverse("portal:tax_settings")).content

    def test_programs_save_it(self, db):
        north = partner_organization()
        caller = Caller(north)
        problem(caller.get("/api/v1/tax-profile"), 404, "not_found")
        body = {"legal_name": "N", "address": "A", "country": "DE", "vat_number": "DE136695977"}
        problem(caller.put("/api/v1/tax-profile", body), 422, "vat_number_invalid")
        saved = json.loads(caller.put("/api/v1/tax-profile", {**body, "vat_number": "DE136695976"}).content)
        assert saved["vat_number"] == "DE136695976"
