"""What the finance home shows of the bank."""

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.kernel.permissions import Permission
from alliance.portal.templatetags.portal import day_name
from settlements.banking.matchable import open_entries
from settlements.banking.models import BankEntry, BankMatch, MatchState
from settlements.finance.queues import MOST_SHOWN, Desk, FinanceQueue, QueueAmount, QueueItem, register_finance_queue


def entries_to_explain(desk: Desk) -> FinanceQueue | None:
    """Bank entries that nobody takes for anything."""
    if not desk.actor.can(Permission.BANK_RECONCILE):
        return None
    rows = open_entries()
    return FinanceQueue(
        title=_("Bank entries to explain"),
        count=rows.count(),
        href=reverse("portal:bank_exceptions"),
        items=tuple(_entry(entry) for entry in rows.order_by("booked_on", "id")[:MOST_SHOWN]),
        tone="bad",
    )


def _entry(entry: BankEntry) -> QueueItem:
    href = reverse("portal:bank_entry", args=[entry.pk])
    detail = _("Booked on %(day)s") % {"day": day_name(entry.booked_on)}
    return QueueItem(_title(entry), href, detail, QueueAmount(entry.amount_minor, entry.currency, href))


def _title(entry: BankEntry) -> str:
    """What a person recognizes it by."""
    return entry.name or entry.text or entry.end_to_end_id or entry.bank_reference or day_name(entry.booked_on)


def matches_to_approve(desk: Desk) -> FinanceQueue | None:
    """Matches that wait for a second person."""
    if not desk.actor.can(Permission.BANK_RECONCILE):
        return None
    rows = BankMatch.objects.filter(state=MatchState.WAITING)
    shown = rows.select_related("payout", "entry").order_by("proposed_at", "id")[:MOST_SHOWN]
    sums = rows.values_list("currency").annotate(total=Sum("amount_minor")).order_by("currency")
    href = reverse("portal:bank_matches")
    return FinanceQueue(
        title=_("Bank matches"),
        count=rows.count(),
        href=href,
        amounts=tuple(QueueAmount(int(total), currency, href) for currency, total in sums),
        items=tuple(_match(match, desk) for match in shown),
    )


def _match(match: BankMatch, desk: Desk) -> QueueItem:
    href = reverse("portal:bank_match", args=[match.pk])
    own = match.proposed_by_id is not None and match.proposed_by_id == desk.actor.user_id
    warning = _("Yours: somebody else has to approve it") if own else ""
    title = f"{match.get_kind_display()} · {match.payout.reference if match.payout else _title(match.entry)}"
    return QueueItem(title, href, match.proposed_by, QueueAmount(match.amount_minor, match.currency, href), warning)


def register() -> None:
    """Called when the app is ready."""
    register_finance_queue("bank_exceptions", entries_to_explain, place=45)
    register_finance_queue("bank_matches", matches_to_approve, place=46)
