"""Take a file of exchange rates in and read it. Nothing counts before somebody has looked."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.core.files import File
from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import InvalidInputError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.rates.domain.reading import Fault, read_rates
from settlements.rates.models import RateImport
from settlements.rates.sentences import fault_text

MOST_BYTES: Final = 4 * 1024 * 1024
_SHOWN: Final = 5
_ECB: Final = "ECB"


class RateFileRefusedError(InvalidInputError):
    """Something in the file is wrong; nothing of it is taken in. `faults` has every problem with its line."""

    code = "rate_file_refused"
    sentence = _("The file can't be read as exchange rates.")

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        shown = [fault_text(fault) for fault in faults[:_SHOWN]]
        super().__init__(" ".join(shown) if shown else None, field="file")


class RateFileTooLargeError(InvalidInputError):
    """It is larger than a file of rates ever is."""

    code = "rate_file_too_large"
    sentence = _("The file is too large: at most 4 MB are read. Take the rates of the last 90 days.")


class RateSourceMissingError(InvalidInputError):
    """Nobody could tell later whose rates they are."""

    code = "rate_source_missing"
    sentence = _("Say who quotes the rates, such as ECB or the name of your bank.")


def read_rate_file(
    *,
    actor: Actor,
    source: str,
    name: str,
    content: File,  # type: ignore[type-arg]
    now: datetime,
) -> UUID:
    """The id of the import that holds what the file says, for `record_rates` or `discard_rates`.

    A file of the European Central Bank needs no source. Raises `RateFileRefusedError` with every problem,
    `RateFileTooLargeError`, `RateSourceMissingError`, `NotPermittedError`.
    """
    actor.require(Permission.EXCHANGE_RATE_IMPORT)
    content.seek(0)
    body = bytes(content.read(MOST_BYTES + 1))
    if len(body) > MOST_BYTES:
        raise RateFileTooLargeError(field="file")
    reading = read_rates(body)
    if reading.faults:
        raise RateFileRefusedError(reading.faults)
    source = source.strip() or (_ECB if reading.file_format == "ecb_xml" else "")
    if not source:
        raise RateSourceMissingError(field="source")
    with atomic():
        row = RateImport.objects.create(
            organization_id=actor.organization_id,
            source=source[:40],
            file_format=reading.file_format,
            file_name=name[:120],
            sha256=hashlib.sha256(body).hexdigest(),
            quotes=[quote.to_json() for quote in reading.quotes],
            rate_count=len(reading.quotes),
            uploaded_by=actor.label[:160],
            uploaded_at=now,
        )
        record(actor, "rates.read", row, now=now, after={"source": row.source, "rates": row.rate_count})
    return row.id
