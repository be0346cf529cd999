"""The filter of the trail."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import ActorKind
from alliance.kernel.audit_query import AuditQuery
from alliance.kernel.audit_words import audit_areas
from alliance.kernel.http.filters import FilterForm, choice_field, day_field, search_field

ACTOR_KINDS = [
    (ActorKind.MEMBER.value, _("Member")),
    (ActorKind.API_KEY.value, _("API key")),
    (ActorKind.SYSTEM.value, _("The system")),
    (ActorKind.OPERATOR.value, _("Operator")),
]


class AuditFilter(FilterForm):
    """Which events: what was done, by what sort of actor, by whom, to what, in which local days (both included)."""

    def __init__(self, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # a query string
        actions = [choice for area in audit_areas() for choice in area.actions]
        self.fields["action"] = choice_field(_("What was done"), actions)
        self.fields["kind"] = choice_field(_("By"), ACTOR_KINDS)
        self.fields["actor"] = search_field(_("Person or key"), max_length=160)
        self.fields["target"] = search_field(_("Object"), max_length=200)
        self.fields["from"] = day_field(_("From"))
        self.fields["to"] = day_field(_("To"))

    def query(self, zone: str) -> AuditQuery:
        """What is asked; a value that is wrong asks nothing."""
        return AuditQuery(
            action=self.value("action") or "",
            actor_kind=self.value("kind") or "",
            actor=self.value("actor") or "",
            target=self.value("target") or "",
            since=_midnight(self.value("from"), zone),
            until=_midnight(self.value("to"), zone, after=1),
        )


def _midnight(day: date | None, zone: str, *, after: int = 0) -> datetime | None:
    """The instant at which a local day begins, so many days later."""
    if day is None or not date.min < day < date.max:
        return None
    return datetime.combine(day + timedelta(days=after), time(), ZoneInfo(zone)).astimezone(UTC)
