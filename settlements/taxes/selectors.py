"""What closes, payouts and invoices ask of taxes, in the host's scope."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connections

from alliance.kernel.clock import local_date
from alliance.kernel.tenancy import database_alias
from partners.selectors import accepted_terms, agreements_of
from settlements.taxes.domain.value_added import vat_rate_of
from settlements.taxes.domain.withholding import ValidCertificate, Withheld, withheld
from settlements.taxes.models import CertificateState, TaxCertificate


@dataclass(frozen=True, slots=True)
class Taxpayer:
    """What stands on invoices. `vat_number` may be empty."""

    legal_name: str
    address: str
    country: str
    vat_number: str
    is_small: bool
    accepts_self_billing: bool


def taxpayer(organization_id: UUID) -> Taxpayer | None:
    """What the organization says of itself: in its own scope, or that of a host of its alliances. `None`: nothing yet."""
    with connections[database_alias()].cursor() as cursor:
        cursor.execute("SELECT * FROM settlements_tax_profile(%s)", [organization_id])
        row = cursor.fetchone()
    return Taxpayer(*row) if row else None


def withheld_taxes(
    *, alliance_id: UUID, due: Mapping[UUID, Collection[tuple[UUID, int]]], now: datetime
) -> dict[tuple[UUID, UUID], Withheld]:
    """By agreement and partner: the tax withheld of what is paid now, where the terms in force ask for any.

    `due` says how much each partner is paid out of which agreements. A certificate that a host accepts counts for payouts
    prepared afterwards.
    """
    if not due:
        return {}
    timeline = accepted_terms(alliance_id=alliance_id)
    zones = {agreement.id: agreement.time_zone for agreement in agreements_of(alliance_id=alliance_id)}
    certificates = _accepted(list(due))
    found = {}
    for partner, amounts in due.items():
        for agreement_id, gross_minor in amounts:
            version = timeline.last_of_agreement(agreement_id, now)
            rules = [rule for rule in version.terms.withholding if rule.party == partner] if version else []
            if version is not None and rules:
                found[agreement_id, partner] = withheld(
                    rules[0],
                    gross_minor=gross_minor,
                    vat_rate=vat_rate_of(version.terms, partner),
                    on=local_date(now, zones[agreement_id]),
                    certificates=certificates[partner],
                )
    return found


def _accepted(partners: Collection[UUID]) -> defaultdict[UUID, list[ValidCertificate]]:
    """The certificates that this host has accepted."""
    found: defaultdict[UUID, list[ValidCertificate]] = defaultdict(list)
    rows = TaxCertificate.objects.filter(organization_id__in=partners, state=CertificateState.ACCEPTED)
    for row in rows:
        found[row.organization_id].append(ValidCertificate(row.id, row.number, row.valid_from, row.valid_until))
    return found
