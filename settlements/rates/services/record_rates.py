"""Record exchange rates that somebody has looked at."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.rates.changes import RateChanges
from settlements.rates.models import RateImport
from settlements.rates.services.record_rate_import import record_rate_import


class RateImportDecidedError(DomainError):
    """It was recorded or discarded before."""

    code = "rate_import_decided"
    sentence = _("This import is recorded or discarded already.")


def record_rates(*, actor: Actor, import_id: UUID, corrects: bool = False, now: datetime) -> RateChanges:
    """Record what the import says. What is known already is passed over; what differs is a correction, a further row.

    Raises `RatesDifferError` unless `corrects`, `RateImportDecidedError`, `NotFoundError`, `NotPermittedError`.
    """
    actor.require(Permission.EXCHANGE_RATE_IMPORT)
    with atomic():
        row = RateImport.objects.select_for_update().filter(pk=import_id).first()
        if row is None:
            raise NotFoundError
        if not row.is_waiting:
            raise RateImportDecidedError
        return record_rate_import(actor=actor, rate_import=row, corrects=corrects, now=now)
