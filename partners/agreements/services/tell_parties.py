"""Publish what has happened to an agreement in the scope of each of its parties, whoever caused it."""

from datetime import datetime

from alliance.kernel.events import publish
from alliance.kernel.tenancy import require_organization_id
from partners.events import AgreementEvent
from partners.messages import TELL_PARTY, leave_message
from partners.models import Agreement, AgreementParty


def tell_parties(event: AgreementEvent, *, agreement: Agreement, now: datetime) -> None:
    """Write `event` into the outbox of every party and of the host, in the caller's transaction.

    Its subscribers run in each of these scopes; one that does a thing once compares the scope with `host_id`. Only the
    parties of this agreement may call: the database refuses everybody else.
    """
    own = require_organization_id()
    seats = AgreementParty.objects.filter(agreement=agreement).values_list("organization_id", flat=True)
    for party_id in sorted({*seats, agreement.host_id}):
        if party_id == own:
            publish(event, now=now)
        else:
            leave_message(TELL_PARTY, [agreement.id, party_id], event, organization_id=party_id, now=now)
