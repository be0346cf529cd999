"""Remind parties of what waits for them and of days to come, once each; by the clock."""

from datetime import datetime

from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import across_organizations, organization_scope
from partners.agreements.reminding import DueReminder, due_reminders
from partners.domain.reminders import ReminderKind
from partners.mails import page_address
from partners.models import Reminder
from partners.telling import tell_members

_TEMPLATES = {
    ReminderKind.SIGN_VERSION: "agreement_waits_still",
    ReminderKind.SIGN_ENDING: "agreement_ending_waits_still",
    ReminderKind.BEGINS: "agreement_begins",
    ReminderKind.ENDS: "agreement_ends_soon",
    ReminderKind.NOTICE_DEADLINE: "agreement_notice_deadline",
}


def remind_parties(*, now: datetime) -> int:
    """Mail each due reminder to those who sign for the party, and keep that it was sent; how many were.

    Runs outside any scope; repeating it sends nothing again.
    """
    with across_organizations(reason="the clock reminds parties of every organization"):
        due = list(due_reminders(now))
    return sum(_remind(reminder, now) for reminder in due)


def _remind(due: DueReminder, now: datetime) -> bool:
    with organization_scope(due.organization_id):
        _row, is_new = Reminder.objects.get_or_create(
            organization_id=due.organization_id,
            kind=due.kind,
            subject_id=due.subject_id,
            on=due.point.on,
            days=due.point.days,
            defaults={"agreement_id": due.agreement_id, "sent_at": now},
        )
        if is_new:
            facts = {
                "agreement": due.agreement_name,
                "number": str(due.number),
                "day": due.point.on.isoformat(),
                "days": str(due.point.days),
                "link": page_address("agreement", due.agreement_id),
            }
            tell_members(template=_TEMPLATES[due.kind], permission=Permission.AGREEMENT_ACCEPT, facts=facts, now=now)
    return is_new
