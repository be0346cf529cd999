"""The demo at the bank: the host's account and a statement, of which some entries are in the books, some wait, one is open."""

import io
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.core.files import File

from alliance.demo.bank_statements import AccountStatement, Movement, camt053
from alliance.demo.orders import CURRENCY, TIME_ZONE
from alliance.demo.payouts import person
from alliance.demo.world import HOST, actor_of
from alliance.kernel.clock import local_date
from alliance.kernel.inline import work_off
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from partners.onboarding.domain.bank_details import BankAccountKind, BankDetails
from partners.onboarding.selectors import payable_account
from partners.onboarding.services.change_bank_account import change_bank_account
from settlements.banking.services.approve_matches import approve_matches
from settlements.banking.services.confirm_bank_import import confirm_bank_import
from settlements.banking.services.preview_bank_import import preview_bank_import
from settlements.banking.services.upload_bank_file import upload_bank_file
from settlements.models import BankMatch, BankStatement, Payout
from settlements.payouts.models import PayoutState

_ACCOUNT: Final = "1100900000000030"
_OPENING_MINOR: Final = 500_000_00
_FEE_MINOR, _UNKNOWN_MINOR, _OPEN_MINOR = -12_50, 8_888_00, -1_299_00
_GONE: Final = (PayoutState.ACCEPTED, PayoutState.CONFIRMED)


def ensure_bank(alliance_id: UUID, *, now: datetime) -> None:
    """The host's own account, and one statement of it. Repeating it adds nothing."""
    with organization_scope(HOST.id):
        if payable_account(at=now) is None:
            details = BankDetails(
                kind=BankAccountKind.CN_COMPANY,
                holder_name=HOST.name,
                number=_ACCOUNT,
                bank_name="Demo Bank 示范银行",
                branch="Head office 总行营业部",
            )
            change_bank_account(actor=actor_of(HOST), details=details, now=now)
        if BankStatement.objects.exists():
            return
        imports, approves = person(Role.FINANCE), person(Role.OWNER)
        content = File(io.BytesIO(_statement(now)), name="demo-statement.xml")
        file_id = upload_bank_file(
            actor=imports, alliance_id=alliance_id, name="demo-statement.xml", content=content, now=now
        )
        preview_id = preview_bank_import(actor=imports, file_id=file_id, now=now)
        confirm_bank_import(actor=imports, preview_id=preview_id, now=now)
    work_off(HOST.id)
    with organization_scope(HOST.id):
        paid = BankMatch.objects.filter(state="waiting", payout__state=PayoutState.CONFIRMED)
        if match_ids := list(paid.values_list("pk", flat=True)):
            approve_matches(actor=approves, match_ids=match_ids, now=now)


def _statement(now: datetime) -> bytes:
    """What left for payouts, a fee, money that nobody knows, and a debit that somebody has to explain."""
    today = local_date(now, TIME_ZONE)
    payouts = Payout.objects.filter(state__in=_GONE, currency=CURRENCY).order_by("reference")
    movements = [
        Movement(
            today,
            -payout.amount_minor,
            payout.reference,
            payout.account_holder,
            text=payout.reference,
            bank_reference=f"DEMO-{payout.reference}",
        )
        for payout in payouts
    ]
    movements += [
        Movement(today, _FEE_MINOR, text="Transfer fees 转账手续费", bank_reference="DEMO-FEE", is_charge=True),
        Movement(today, _UNKNOWN_MINOR, name="Sunrise Trading 朝阳商贸", text="Deposit 来款", bank_reference="DEMO-IN"),
        Movement(today, _OPEN_MINOR, name="Cloud Host 云主机", text="Subscription 订阅", bank_reference="DEMO-OUT"),
    ]
    span = (today - timedelta(days=6), today)
    reference = f"{today:%Y}-{today:%j}"
    return camt053(AccountStatement(reference, _ACCOUNT, CURRENCY, _OPENING_MINOR, movements, *span))
