"""The demo's payouts: one paid, one that came back, one under way, one that waits for approval."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings

from alliance.demo.orders import CURRENCY
from alliance.demo.terms import FOREIGN_CURRENCY
from alliance.demo.world import AUTO, FITNESS, HOME, HOST, PROPERTY, SIGNED, actor_of
from alliance.kernel.actor import Actor, member_actor
from alliance.kernel.clock import utc_now
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from partners.models import Member
from partners.onboarding.domain.bank_details import BankAccountKind, BankDetails
from partners.onboarding.selectors import payable_account
from partners.onboarding.services.change_bank_account import change_bank_account
from partners.selectors import agreements_of
from settlements.models import Payout, PayoutBatch
from settlements.payouts.carrying_out import carry_out
from settlements.payouts.services.approve_batch import approve_batch
from settlements.payouts.services.decide_report import decide_report
from settlements.payouts.services.prepare_batch import NothingPayableError, WantedBatch, prepare_batch
from settlements.payouts.services.report_outcome import Outcome, report_outcome
from settlements.payouts.services.send_batch import send_batch

_PEOPLE: Final = ((FITNESS, "31"), (AUTO, "32"), (HOME, "33"), (PROPERTY, "34"))
_BY_HAND, _SANDBOX = "manual", "sandbox"


def ensure_payouts(alliance_id: UUID, *, now: datetime) -> None:
    """Bank accounts of the partners, and payouts in several states. Repeating it adds nothing."""
    for partner, digits in _PEOPLE:
        with organization_scope(partner.id):
            if payable_account(at=now) is None:
                details = BankDetails(
                    kind=BankAccountKind.CN_COMPANY,
                    holder_name=partner.name,
                    number=f"11009000000000{digits}",
                    bank_name="Demo Bank 示范银行",
                    branch="Demo branch 示范支行",
                )
                change_bank_account(actor=actor_of(partner), details=details, now=now)
    with organization_scope(HOST.id):
        if PayoutBatch.objects.exists():
            return
        agreements = {agreement.name: agreement.id for agreement in agreements_of(signed_only=True)}
        prepares, approves = person(Role.FINANCE), person(Role.OWNER)
    fitness, cars, home = (agreements[name] for name, _shares in SIGNED)
    desk = _Desk(alliance_id, prepares, approves, now)
    desk.pay_by_hand(fitness)
    desk.pay_by_hand(home)
    desk.pay_by_hand(home, FOREIGN_CURRENCY, is_paid=False)
    desk.send(cars, _SANDBOX if settings.PAYOUT_SANDBOX_URL else _BY_HAND)
    desk.prepare(None, _BY_HAND, FOREIGN_CURRENCY)  # what came back can be paid again


def person(role: Role) -> Actor:
    """The host's member with this role, with a second factor."""
    member = Member.objects.select_related("user").filter(role=role).order_by("pk").first()
    assert member is not None  # the demo's logins are members
    actor = member_actor(user_id=member.user_id, organization_id=HOST.id, role=role, label=str(member.user))
    return replace(actor, has_second_factor=True)


class _Desk:
    """Two people of the host."""

    def __init__(self, alliance_id: UUID, prepares: Actor, approves: Actor, now: datetime) -> None:
        self._alliance_id, self._now = alliance_id, now
        self._prepares, self._approves = prepares, approves

    def prepare(self, agreement_id: UUID | None, gateway: str, currency: str = CURRENCY) -> UUID | None:
        """A batch that waits; none where nobody is payable."""
        only = None if agreement_id is None else [agreement_id]
        wanted = WantedBatch(self._alliance_id, currency, gateway, agreement_ids=only)
        try:
            return self._in_scope(lambda: prepare_batch(actor=self._prepares, wanted=wanted, now=self._now))
        except NothingPayableError:
            return None

    def send(self, agreement_id: UUID, gateway: str, currency: str = CURRENCY) -> UUID | None:
        """A batch that is on its way."""
        batch_id = self.prepare(agreement_id, gateway, currency)
        if batch_id is None:
            return None
        with organization_scope(HOST.id):
            sha256 = PayoutBatch.objects.get(pk=batch_id).content_sha256
            approve_batch(actor=self._approves, batch_id=batch_id, content_sha256=sha256, now=self._now)
            send_batch(actor=self._approves, batch_id=batch_id, now=self._now)
        if gateway == _BY_HAND:
            carry_out(host_id=HOST.id)
        return batch_id

    def pay_by_hand(self, agreement_id: UUID, currency: str = CURRENCY, *, is_paid: bool = True) -> None:
        """What people read in the bank's records after it was sent: paid, or that the payment came back."""
        batch_id = self.send(agreement_id, _BY_HAND, currency)
        if batch_id is None:
            return
        with organization_scope(HOST.id):
            for payout in Payout.objects.filter(batch_id=batch_id).order_by("reference"):
                outcome = Outcome(
                    is_paid=is_paid,
                    bank_reference=f"DEMO-{payout.reference}",
                    reason="" if is_paid else "The account is closed 账户已销户",
                )
                report_id = report_outcome(actor=self._prepares, payout_id=payout.id, outcome=outcome, now=utc_now())
                decide_report(actor=self._approves, report_id=report_id, is_confirmed=True, now=utc_now())

    def _in_scope(self, service: Callable[[], UUID]) -> UUID:
        with organization_scope(HOST.id):
            return service()
