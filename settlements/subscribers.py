"""What settlements hears and works on: conversions as they come, closes of months; registered when the app starts."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.actor import system_actor
from alliance.kernel.events import subscribe
from alliance.kernel.jobs import register_job
from campaigns.events import ConversionsMatched, ConversionsRecorded
from partners.events import AgreementSigned
from settlements import audit_words, webhook_types
from settlements.answers import subscribers as answers
from settlements.answers import webhook_types as answer_types
from settlements.auditing import queue as auditing_queue
from settlements.banking import audit_words as bank_words
from settlements.banking import queues as bank_queues
from settlements.banking.services.read_bank_file import read_bank_file
from settlements.events import RatesRecorded
from settlements.exports import audit_words as export_words
from settlements.exports import telling as export_telling
from settlements.finance import own_queues
from settlements.invoices import subscribers as invoice_subscribers
from settlements.models import BankImport, Export, PeriodClose
from settlements.payouts import finance_queues as payout_queues
from settlements.payouts import mails as payout_mails
from settlements.payouts import webhook_types as payout_webhook_types
from settlements.services.accrue_conversions import accrue_conversions
from settlements.services.accrue_waiting import accrue_waiting
from settlements.services.rerate_accruals import rerate_accruals
from settlements.services.run_export import run_export
from settlements.services.run_period_close import run_period_close


def on_conversions_recorded(event: ConversionsRecorded, /, *, organization_id: UUID, now: datetime) -> None:
    """Accrue what was recorded, or hold it in suspense."""
    accrue_conversions(actor=system_actor(organization_id), conversion_ids=event.conversion_ids, now=now)


def on_conversions_matched(event: ConversionsMatched, /, *, organization_id: UUID, now: datetime) -> None:
    """Accrue what an agreement explains now, out of suspense."""
    accrue_conversions(actor=system_actor(organization_id), conversion_ids=event.conversion_ids, now=now)


def on_agreement_signed(event: AgreementSigned, /, *, organization_id: UUID, now: datetime) -> None:
    """Work out anew what accrued in a time for which other terms hold now; in the host's scope alone."""
    if str(organization_id) == event.host_id:
        actor = system_actor(organization_id, label="terms signed for past conversions")
        rerate_accruals(actor=actor, agreement_id=UUID(event.agreement_id), version_id=UUID(event.version_id), now=now)


def on_rates_recorded(event: RatesRecorded, /, *, organization_id: UUID, now: datetime) -> None:  # noqa: ARG001  whichever they are
    """Accrue orders in other currencies that waited for a rate."""
    accrue_waiting(actor=system_actor(organization_id, label="a stored rate"), now=now)


def register() -> None:
    """Called once from `AppConfig.ready()`."""
    subscribe(ConversionsRecorded, on_conversions_recorded, name="settlements.accrue_recorded", queue="money")
    subscribe(ConversionsMatched, on_conversions_matched, name="settlements.accrue_matched", queue="money")
    subscribe(AgreementSigned, on_agreement_signed, name="settlements.rerate_accruals", queue="money")
    subscribe(RatesRecorded, on_rates_recorded, name="settlements.accrue_waiting", queue="money")
    register_job(PeriodClose, run_period_close, queue="money")
    register_job(Export, run_export, queue="reports")
    register_job(BankImport, read_bank_file, queue="money")
    invoice_subscribers.register()
    audit_words.register()
    bank_words.register()
    export_telling.register()
    export_words.register()
    webhook_types.register()
    payout_webhook_types.register()
    payout_mails.register()
    payout_queues.register()
    own_queues.register()
    answers.register()
    answer_types.register()
    auditing_queue.register()
    bank_queues.register()
