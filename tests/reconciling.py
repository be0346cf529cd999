"""A host whose payout is on its way, and what its bank says about it."""

import io
from datetime import date

from django.core.files import File

from alliance.demo.bank_statements import AccountStatement, Movement, camt053
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from settlements.banking.domain.matching import WhyOpen
from settlements.banking.matchable import open_entries, suggestions_for
from settlements.banking.models import MatchKinds
from settlements.banking.services.approve_matches import approve_matches
from settlements.banking.services.confirm_bank_import import confirm_bank_import
from settlements.banking.services.preview_bank_import import preview_bank_import
from settlements.banking.services.propose_match import WantedMatch, propose_match
from settlements.banking.services.reject_match import reject_match
from settlements.banking.services.upload_bank_file import upload_bank_file
from settlements.ledger.models import Entry
from settlements.ledger.selectors import trial_balance
from settlements.models import BankEntry, BankMatch, Book
from settlements.payouts.gateways import Report, ReportStatus
from settlements.payouts.models import Payout
from settlements.payouts.services.settle_payout import settle_payout
from tests.bank_files import IBAN
from tests.contract.settlements.market import FEBRUARY, JANUARY, MARCH, Market
from tests.domain.partners.terms import written
from tests.jobs import run_all_jobs
from tests.orders import OrderOf
from tests.payouts import Desk, bank_account_of

SHARED = written.clause(written.split((written.HOST, "60%"), (written.NORTH, "40%")))
PAYEE = "DE89370400440532013000"


class Bank:
    """North is owed 40% of what was sold, and a payout of it is on its way. Finance imports and proposes, the owner approves."""

    iban = PAYEE

    def __init__(self, *, own_account: dict[str, str] | None = None, sold_minor: int = 10000) -> None:
        self.sold_minor = sold_minor
        self.market = Market([SHARED])
        self.host = self.market.host
        self.finance, self.owner = self.host.actor(Role.FINANCE), self.host.actor()
        bank_account_of(self.market.north, now=JANUARY)
        if own_account is not None:
            bank_account_of(self.host, now=JANUARY, **own_account)
        self.desk = Desk(self.host, self.market.alliance)
        self._earns(JANUARY, FEBRUARY, "O-1")
        self._pays(FEBRUARY)
        self.clearing = self.balance("clearing")

    def _earns(self, month, now, reference) -> None:
        self.market.sell(OrderOf(self.sold_minor, reference=reference, occurred_at=month), now=month)
        self.market.close(month, now=now)

    def _pays(self, now) -> None:
        self.desk.approve(self.desk.prepare(now=now), now=now)
        with organization_scope(self.host.id):
            for state in ("sending", "accepted"):
                Payout.objects.filter(state__in=["reserved", "sending"]).update(state=state)

    def pays_again(self) -> None:
        """Another 40.00, by PO-000002-001."""
        self._earns(FEBRUARY, MARCH, "O-2")
        self._pays(MARCH)

    def payout(self, reference="PO-000001-001") -> Payout:
        with organization_scope(self.host.id):
            return Payout.objects.get(reference=reference)

    def reports(self, status: ReportStatus) -> None:
        """What a gateway says of the payout."""
        with organization_scope(self.host.id):
            settle_payout(actor=self.host.system, payout_id=self.payout().id, report=Report(status), now=FEBRUARY)

    def imports(self, *movements: Movement, reference="S-1", currency="EUR", all_open=False, opening_minor=0):
        """The bank's statement comes in; the matches that wait for it, or all entries that are open then."""
        days = (date(2026, 2, 1), date(2026, 2, 28))
        content = camt053(AccountStatement(reference, IBAN, currency, opening_minor, movements, *days))
        with organization_scope(self.host.id):
            file_id = upload_bank_file(
                actor=self.finance,
                alliance_id=self.market.alliance.id,
                name="bank.xml",
                content=File(io.BytesIO(content)),
                now=FEBRUARY,
            )
            preview_id = preview_bank_import(actor=self.finance, file_id=file_id, now=FEBRUARY)
            import_id = confirm_bank_import(actor=self.finance, preview_id=preview_id, now=FEBRUARY)
        run_all_jobs(self.host.id)
        if all_open:
            return self.open()
        return [match for match in self.waiting() if match.entry.statement.bank_import_id == import_id]

    def waiting(self):
        with organization_scope(self.host.id):
            rows = BankMatch.objects.filter(state="waiting").select_related("entry__statement", "payout")
            return list(rows.order_by("entry__line"))

    def open(self):
        with organization_scope(self.host.id):
            return list(open_entries().order_by("line"))

    def why_open(self, entry: BankEntry) -> WhyOpen:
        with organization_scope(self.host.id):
            return suggestions_for([entry], alliance_id=self.market.alliance.id, now=FEBRUARY)[entry.pk].exception

    def owes(self) -> None:
        """The payout has arrived, and in February everything is taken back: from the close on north owes what it was paid."""
        self.reports(ReportStatus.PAID)
        back = OrderOf(-self.sold_minor, kind="refund", refund_of="O-1", partner_code="", occurred_at=FEBRUARY)
        self.market.sell(back, now=FEBRUARY)
        self.market.close(FEBRUARY, now=MARCH)

    def proposes(self, entry: BankEntry, kind: str, *, actor=None, of_payout=True, **more) -> BankMatch:
        is_of_payout = of_payout and kind in {"payout", "return"}
        wanted = WantedMatch(entry.pk, MatchKinds(kind), self.payout().id if is_of_payout else None, **more)
        with organization_scope(self.host.id):
            match_id = propose_match(actor=actor or self.finance, wanted=wanted, now=FEBRUARY)
            return BankMatch.objects.select_related("entry").get(pk=match_id)

    def approve(self, *matches: BankMatch, actor=None, now=FEBRUARY) -> None:
        with organization_scope(self.host.id):
            approve_matches(actor=actor or self.owner, match_ids=[match.pk for match in matches], now=now)

    def rejects(self, match: BankMatch) -> None:
        with organization_scope(self.host.id):
            reject_match(actor=self.finance, match_id=match.pk, note="No", now=FEBRUARY)

    def balance(self, kind: str) -> int:
        """All of the host's accounts of a kind, debit positive."""
        with organization_scope(self.host.id):
            rows = Entry.objects.filter(account__kind=kind, account__organization_id=self.host.id)
            return sum(rows.values_list("amount_minor", flat=True))

    def holds(self) -> None:
        """The books balance."""
        with organization_scope(self.host.id):
            assert trial_balance(book_id=Book.objects.get().pk).is_balanced
