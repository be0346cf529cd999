"""Find payouts of a batch that could not be paid any more as they were prepared. A step of approving."""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from partners.onboarding.payees import payee_accounts
from partners.selectors import inactive_among
from settlements.payouts.domain.eligibility import Reason
from settlements.payouts.models import Payout, PayoutBatch, PayoutHold, PayoutState
from settlements.payouts.services.find_positions import find_positions


def find_changes(batch: PayoutBatch, *, now: datetime) -> list[tuple[Payout, str]]:
    """Each payout whose account, standing or balance changed since it was prepared, with the reason in words."""
    payouts = list(Payout.objects.select_for_update().filter(batch=batch, state=PayoutState.PREPARED).order_by("id"))
    partners = [payout.organization_id for payout in payouts]
    accounts, inactive = payee_accounts(partners, at=now), inactive_among(partners)
    held = set(PayoutHold.objects.filter(lifted_at__isnull=True).values_list("organization_id", flat=True))
    spendable, owed, waiting = _balances(batch, now)
    changes = []
    for payout in payouts:
        partner = payout.organization_id
        account = accounts.get(partner)
        if account is None or account.sha256 != payout.account_sha256:
            changes.append((payout, _("The bank account has changed")))
        elif partner in held:
            changes.append((payout, _("Payouts to this partner are on hold")))
        elif partner in inactive:
            changes.append((payout, _("The organization is not active")))
        elif lacks := {waiting[key] for part in payout.parts.all() if (key := (partner, part.agreement_id)) in waiting}:
            changes.append((payout, _lacking(lacks)))
        elif _falls_short(payout, spendable, owed[partner]):
            changes.append((payout, _("The balance does not cover it any more")))
    return changes


def _balances(
    batch: PayoutBatch, now: datetime
) -> tuple[dict[tuple[UUID, UUID], int], defaultdict[UUID, int], dict[tuple[UUID, UUID], Reason]]:
    """What is spendable by partner and agreement, what each partner owes, and where an invoice is missing or objected to."""
    spendable: dict[tuple[UUID, UUID], int] = {}
    owed: defaultdict[UUID, int] = defaultdict(int)
    waiting: dict[tuple[UUID, UUID], Reason] = {}
    for partner, positions in find_positions(alliance_id=batch.alliance_id, currency=batch.currency, now=now).items():
        for position in positions:
            spendable[partner, position.agreement_id] = position.spendable_minor
            owed[partner] += position.owed_minor
            for reason in (Reason.INVOICE_OBJECTED, Reason.NO_INVOICE):
                if position.waits_for(reason):
                    waiting[partner, position.agreement_id] = reason
    return spendable, owed, waiting


def _lacking(lacks: set[Reason]) -> str:
    if Reason.NO_INVOICE in lacks:
        return _("An invoice is missing that it waits for by the agreement")
    return _("An invoice was objected to, and no corrected one is accepted")


def _falls_short(payout: Payout, spendable: dict[tuple[UUID, UUID], int], owed_minor: int) -> bool:
    """Whether an agreement has less than its part, or the partner's debts eat into the whole."""
    parts = list(payout.parts.all())
    partner = payout.organization_id
    if any(spendable.get((partner, part.agreement_id), 0) < part.gross_minor for part in parts):
        return True
    there = sum(amount for (owner, _agreement), amount in spendable.items() if owner == partner)
    return sum(part.gross_minor for part in parts) + owed_minor > there
