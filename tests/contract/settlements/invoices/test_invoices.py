"""S38: self-billing invoices and credit notes, the partner's own invoices, and what is refused."""

import hashlib
import io
import json
from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from django.urls import reverse
from pypdf import PdfReader

from alliance.kernel.errors import NotPermittedError
from alliance.kernel.files.serving import open_stored
from alliance.kernel.permissions import Permission, Role
from alliance.kernel.tenancy import atomic, organization_scope
from settlements.invoices.domain.matching import InvoiceAmounts
from settlements.invoices.eligibility import Obstacle
from settlements.invoices.services.answer_invoice import (
    InvoiceAnsweredError,
    ObjectionUnexplainedError,
    answer_invoice,
)
from settlements.invoices.services.issue_invoice import InvoiceKeptBackError, issue_invoice
from settlements.invoices.services.submit_invoice import (
    InvoiceMismatchError,
    InvoiceNotExpectedError,
    InvoiceNumberUsedError,
    InvoiceThereError,
    OwnInvoice,
    submit_invoice,
)
from settlements.invoices.writing import invoice_bytes
from settlements.models import Invoice, InvoiceFile, InvoiceSeries
from settlements.taxes.services.save_tax_profile import TaxAnswers, save_tax_profile
from tests.api import Caller, fields, problem
from tests.cast import NOW, host_organization, signed_in
from tests.contract.settlements.market import Market
from tests.contract.settlements.taxes.test_taxes import STANDARD
from tests.contract.settlements.test_closing_terms import SHARED, at, refund, sale
from tests.documents import pdf_bytes
from tests.domain.partners.terms import written
from tests.outbox import deliver_all

pytestmark = pytest.mark.django_db

HOST_TAXES = TaxAnswers("Host GmbH", "Platz 1, Berlin", "DE", "DE136695976")
NORTH_TAXES = TaxAnswers("North GmbH 北方", "Weg 2, Bonn", "DE", "DE136695976", accepts_self_billing=True)


def says_its_taxes(party, answers):
    with organization_scope(party.id):
        save_tax_profile(actor=party.actor(Role.FINANCE), answers=answers, now=NOW)


def a_market(rule=STANDARD, *, host=HOST_TAXES, north=NORTH_TAXES):
    market = Market([SHARED], value_added_tax=rule)
    if host:
        says_its_taxes(market.host, host)
    if north:
        says_its_taxes(market.north, north)
    return market


def closed(market, month=1, *orders):
    market.sell(*(orders or [sale(10000, month, reference=f"O-{month}")]), now=at(month))
    market.close(at(month), now=at(month + 1))


def invoices(market):
    with organization_scope(market.host.id):
        return list(Invoice.objects.order_by("issued_at", "id"))


def issue(market, month=1, role=Role.FINANCE):
    statement_id = market.statement(month).id
    with organization_scope(market.host.id):
        return issue_invoice(actor=market.host.actor(role), statement_id=statement_id, now=at(month + 1))


def treated(treatment, invoice="self_billing"):
    return [{"party": str(written.NORTH), "treatment": treatment, "invoice": invoice}]


def text_of(invoice, market):
    with organization_scope(market.north.id):
        file = InvoiceFile.objects.get(invoice_id=invoice.id)
        with open_stored(file) as stored:
            body = stored.read()
    assert hashlib.sha256(body).hexdigest() == file.sha256
    reader = PdfReader(io.BytesIO(body))
    return "".join(page.extract_text() for page in reader.pages).replace("\0", "").replace("\n", " "), reader


class TestSelfBilling:
    def test_a_close_issues_the_invoice_under_the_next_number_and_makes_its_pdf(self, db):
        market = a_market()
        closed(market)
        deliver_all()
        [invoice] = invoices(market)
        assert (invoice.number, invoice.net_minor, invoice.vat_minor, invoice.total_minor) == (
            "SB-2026-000001",
            4000,
            800,
            4800,
        )
        text, reader = text_of(invoice, market)
        for said in (
            "Self-billing",
            "SB-2026-000001",
            "North GmbH 北方",
            "Host GmbH",
            "40.00 EUR",
            "20%",
            "8.00 EUR",
            "48.00 EUR",
        ):
            assert said in text
        assert "pdfaid:part>3" in reader.xmp_metadata.stream.get_data().decode()
        with organization_scope(market.host.id):
            assert invoice_bytes(invoice) == invoice_bytes(invoice)

    def test_numbers_follow_each_other_without_a_gap(self, db):
        market = a_market()
        for month in (1, 2, 3):
            closed(market, month)
        january, finance = market.statement(1).id, market.host.actor(Role.FINANCE)

        def issued_and_lost():
            with atomic():
                issue_invoice(actor=finance, statement_id=january, now=at(2))
                raise ZeroDivisionError

        with organization_scope(market.host.id), pytest.raises(ZeroDivisionError):
            issued_and_lost()
        for month in (1, 2, 3):
            issue(market, month)
        assert [invoice.number[-3:] for invoice in invoices(market)] == ["001", "002", "003"]
        with organization_scope(market.host.id):
            assert InvoiceSeries.objects.get().last_number == 3

    def test_issuing_again_answers_the_same(self, db):
        market = a_market()
        closed(market)
        assert issue(market) == issue(market)
        deliver_all()
        assert len(invoices(market)) == 1

    def test_s38_e17_what_is_taken_back_becomes_a_credit_note_that_names_its_invoice(self, db):
        market = a_market()
        closed(market)
        issue(market)
        closed(market, 2, refund(10000, "O-1", 2))
        issue(market, 2)
        deliver_all()
        first, second = invoices(market)
        assert (second.net_minor, second.vat_minor, second.credits_id) == (-4000, -800, first.id)
        text, _reader = text_of(second, market)
        assert "Credit note" in text
        assert first.number in text

    @pytest.mark.parametrize(
        ("treatment", "said"), [("reverse_charge", "Article 196"), ("exempt", "Exempt from value-added tax")]
    )
    def test_without_tax_the_invoice_says_why(self, db, treatment, said):
        market = a_market(treated(treatment))
        closed(market)
        deliver_all()
        [invoice] = invoices(market)
        assert (invoice.net_minor, invoice.vat_minor) == (4000, 0)
        text, _reader = text_of(invoice, market)
        assert said in text

    @pytest.mark.parametrize(
        ("terms", "host", "north", "obstacle"),
        [
            (treated("standard", "partner"), HOST_TAXES, NORTH_TAXES, Obstacle.NOT_AGREED),
            (STANDARD, HOST_TAXES, None, Obstacle.SUPPLIER_UNKNOWN),
            (STANDARD, None, NORTH_TAXES, Obstacle.RECEIVER_UNKNOWN),
            (STANDARD, HOST_TAXES, TaxAnswers("N", "A", "DE", "DE136695976"), Obstacle.NOT_ACCEPTED),
            (STANDARD, HOST_TAXES, TaxAnswers("N", "A", "DE", accepts_self_billing=True), Obstacle.NO_VAT_NUMBER),
        ],
    )
    def test_what_keeps_it_back_is_named_and_the_close_goes_on(self, db, terms, host, north, obstacle):
        terms = [{**terms[0], "rate": "20%"}] if terms[0]["treatment"] == "standard" else terms
        market = a_market(terms, host=host, north=north)
        closed(market)
        deliver_all()
        assert invoices(market) == []
        with pytest.raises(InvoiceKeptBackError) as refused:
            issue(market)
        assert refused.value.obstacle is obstacle

    def test_it_never_changes_and_nobody_numbers_it_by_hand(self, db):
        market = a_market()
        closed(market)
        invoice_id = issue(market)
        for party in (market.host, market.north):
            with organization_scope(party.id):
                rows = Invoice.objects.filter(pk=invoice_id)
                for change in (lambda rows=rows: rows.update(net_minor=1), lambda rows=rows: rows.update(number="X")):
                    with pytest.raises(DatabaseError), atomic():
                        change()
        with organization_scope(market.host.id), pytest.raises(DatabaseError), atomic():
            Invoice.objects.filter(pk=invoice_id).update(state="accepted", answered_at=NOW)
        with organization_scope(market.host.id), pytest.raises(DatabaseError), atomic():
            InvoiceSeries.objects.update(last_number=0)

    def test_its_supplier_answers_once(self, db):
        market = a_market()
        closed(market)
        invoice_id = issue(market)
        with organization_scope(market.host.id), pytest.raises(NotPermittedError):
            answer_invoice(actor=market.host.actor(), invoice_id=invoice_id, is_accepted=True, now=NOW)
        with organization_scope(market.north.id):
            finance = market.north.actor(Role.FINANCE)
            with pytest.raises(ObjectionUnexplainedError):
                answer_invoice(actor=finance, invoice_id=invoice_id, is_accepted=False, now=NOW)
            answer_invoice(actor=finance, invoice_id=invoice_id, is_accepted=False, reason="Wrong rate", now=NOW)
            with pytest.raises(InvoiceAnsweredError):
                answer_invoice(actor=finance, invoice_id=invoice_id, is_accepted=True, now=NOW)
            with pytest.raises(NotPermittedError):
                answer_invoice(actor=market.north.actor(Role.MANAGER), invoice_id=invoice_id, is_accepted=True, now=NOW)

    def test_people_issue_and_answer_on_the_pages(self, db):
        market = a_market()
        closed(market)
        path = reverse("portal:statement", args=[market.statement(1).id])
        host, north = signed_in(market.host.finance), signed_in(market.north.finance)
        assert host.get(path).context["may_invoice"]
        response = host.post(f"{path}invoice/issue/")
        deliver_all()
        assert north.get(response.url).context["may_answer"]
        assert b"".join(north.get(f"{response.url}file/").streaming_content).startswith(b"%PDF")
        north.post(f"{response.url}answer/", {"answer": "accept"})
        assert invoices(market)[0].state == "accepted"
        assert north.get(reverse("portal:invoices")).context["table"].page.paginator.count == 1
        other = signed_in(host_organization(name="Other").finance)
        assert other.get(response.url).status_code == 404
        assert other.get(f"{response.url}file/").status_code == 404

    def test_programs_read_issue_and_answer(self, db):
        market = a_market()
        closed(market)
        path = f"/api/v1/statements/{market.statement(1).id}/invoices"
        problem(Caller(market.north).post(path), 403, "not_permitted")
        issued = Caller(market.host).post(path)
        assert issued.status_code == 201
        body = json.loads(issued.content)
        assert (body["number"], body["total_minor"], body["file_sha256"]) == ("SB-2026-000001", 4800, "")
        deliver_all()
        [row] = json.loads(Caller(market.north).get("/api/v1/invoices").content)["results"]
        assert len(row["file_sha256"]) == 64
        answers = f"/api/v1/invoices/{body['id']}/answers"
        problem(
            Caller(market.north, [Permission.STATEMENT_READ]).post(answers, {"is_accepted": True}), 403, "not_permitted"
        )
        problem(Caller(market.north).post(answers, {"is_accepted": False}), 422, "objection_unexplained")
        assert json.loads(Caller(market.north).post(answers, {"is_accepted": True}).content)["state"] == "accepted"
        problem(Caller(market.north).post(answers, {"is_accepted": True}), 409, "invoice_answered")
        problem(Caller(host_organization(name="X")).get(f"/api/v1/invoices/{body['id']}"), 404, "not_found")


class TestOwnInvoices:
    """Where the agreement does not provide for self-billing, the partner brings its own."""

    rule = ({"party": str(written.NORTH), "treatment": "standard", "rate": "20%", "invoice": "partner"},)

    @pytest.fixture
    def market(self, db):
        market = a_market(self.rule)
        closed(market)
        return market

    def submit(self, market, *, month=1, number="R-17", currency="EUR", net=4000, vat=800, role=Role.FINANCE):
        statement_id = market.statement(month).id
        with organization_scope(market.north.id):
            return submit_invoice(
                actor=market.north.actor(role),
                statement_id=statement_id,
                invoice=OwnInvoice(number, date(2026, 2, 3), InvoiceAmounts(currency, net, vat)),
                content=ContentFile(pdf_bytes()),
                name="invoice.pdf",
                now=at(month + 1),
            )

    def test_one_that_matches_is_kept_with_its_document(self, market):
        self.submit(market)
        [invoice] = invoices(market)
        assert (invoice.number, invoice.total_minor, invoice.state, invoice.sequence) == ("R-17", 4800, "matched", None)
        with organization_scope(market.host.id):
            assert InvoiceFile.objects.get().sha256 == hashlib.sha256(pdf_bytes()).hexdigest()
            assert not InvoiceSeries.objects.exists()

    @pytest.mark.parametrize(
        ("said", "fields"),
        [
            ({"net": 3999}, {"net"}),
            ({"vat": 0}, {"vat"}),
            ({"currency": "USD"}, {"currency"}),
            ({"net": 4001, "vat": 799}, {"net", "vat"}),
        ],
    )
    def test_one_that_differs_is_refused_field_by_field(self, market, said, fields):
        with pytest.raises(InvoiceMismatchError) as refused:
            self.submit(market, **said)
        assert {refusal.field for refusal in refused.value.refusals} == fields
        assert "EUR" in str(refused.value.refusals[0].sentence)
        assert invoices(market) == []

    def test_programs_bring_it_with_its_document(self, market):
        path = f"/api/v1/statements/{market.statement(1).id}/own-invoices"

        def sent(party=market.north, **said):
            file = ContentFile(pdf_bytes(), name="invoice.pdf")
            body = {"number": "R-17", "issued_on": "2026-02-03", "currency": "EUR", "net_minor": 4000, "vat_minor": 800}
            return Caller(party).send("POST", path, {**body, **said, "file": file})

        refused = problem(sent(net_minor=3999, vat_minor=801), 422, "invoice_mismatch")
        assert fields(refused) == {"net_minor": "invoice_mismatch", "vat_minor": "invoice_mismatch"}
        problem(sent(market.host), 403, "not_permitted")
        problem(sent(host_organization(name="X")), 404, "not_found")
        answer = sent()
        body = json.loads(answer.content)
        assert (answer.status_code, body["state"], body["total_minor"]) == (201, "matched", 4800)
        assert body["file_sha256"] == hashlib.sha256(pdf_bytes()).hexdigest()
        problem(sent(number="R-18"), 409, "invoice_there")
        assert len(invoices(market)) == 1

    def test_a_number_is_used_once_by_its_issuer(self, market):
        self.submit(market)
        closed(market, 2)
        with pytest.raises(InvoiceNumberUsedError):
            self.submit(market, month=2)
        self.submit(market, month=2, number="R-18")

    def test_one_statement_has_one_invoice(self, market):
        self.submit(market)
        with pytest.raises(InvoiceThereError):
            self.submit(market, number="R-18")

    def test_it_is_not_expected_where_the_host_issues(self, db):
        market = a_market()
        closed(market)
        with pytest.raises(InvoiceNotExpectedError):
            self.submit(market)

    def test_others_bring_none(self, market):
        with pytest.raises(NotPermittedError):
            self.submit(market, role=Role.VIEWER)
        statement_id = market.statement(1).id
        with organization_scope(market.host.id), pytest.raises(NotPermittedError):
            submit_invoice(
                actor=market.host.actor(),
                statement_id=statement_id,
                invoice=OwnInvoice("R-1", date(2026, 2, 3), InvoiceAmounts("EUR", 4000, 800)),
                content=ContentFile(pdf_bytes()),
                name="invoice.pdf",
                now=NOW,
            )

    def test_a_person_submits_it_on_the_page(self, market):
        path = reverse("portal:invoice_submit", args=[market.statement(1).id])
        north = signed_in(market.north.finance)
        assert north.get(path).context["form"].initial == {"currency": "EUR", "net": "40.00", "vat": "8.00"}

        def send(net):
            file = SimpleUploadedFile("invoice.pdf", pdf_bytes())
            given = {
                "number": "R-1",
                "issued_on": "2026-02-03",
                "currency": "eur",
                "net": net,
                "vat": "8.00",
                "file": file,
            }
            return north.post(path, given)

        refused = send("39.99")
        assert refused.status_code == 422
        assert "40.00 EUR" in refused.context["form"].errors["net"][0]
        assert send("4,0").status_code == 422
        assert send("40.00").status_code == 302
        assert signed_in(market.host.finance).get(path).status_code == 404
