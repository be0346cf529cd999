"""Who sits at an agreement, and holding it still while something is decided."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.errors import NotFoundError, NotPermittedError
from partners.models import Agreement, AgreementParty, Ending, TermsVersion


def seats_of(agreement_id: UUID) -> list[UUID]:
    """The organizations with a seat, in the order of rank."""
    seats = AgreementParty.objects.filter(agreement_id=agreement_id).order_by("rank")
    return list(seats.values_list("organization_id", flat=True))


def require_seat(actor: Actor, agreement: Agreement) -> None:
    """Refuse with `NotPermittedError` whoever sees the agreement without being a party of it."""
    if actor.organization_id not in seats_of(agreement.id):
        raise NotPermittedError(_("Only the parties of an agreement do this."))


def locked_agreement(agreement_id: UUID) -> Agreement:
    """The agreement, locked against every other change of its life until the transaction ends; raises `NotFoundError`."""
    agreement = Agreement.objects.select_for_update().filter(pk=agreement_id).first()
    if agreement is None:
        raise NotFoundError
    return agreement


def locked_version(version_id: UUID) -> TermsVersion:
    """The version, with its agreement locked; raises `NotFoundError`."""
    agreement_id = TermsVersion.objects.filter(pk=version_id).values_list("agreement_id", flat=True).first()
    if agreement_id is None:
        raise NotFoundError
    agreement = locked_agreement(agreement_id)
    version = TermsVersion.objects.get(pk=version_id)
    version.agreement = agreement
    return version


def locked_ending(ending_id: UUID) -> Ending:
    """The ending, with its agreement locked; raises `NotFoundError`."""
    agreement_id = Ending.objects.filter(pk=ending_id).values_list("agreement_id", flat=True).first()
    if agreement_id is None:
        raise NotFoundError
    agreement = locked_agreement(agreement_id)
    ending = Ending.objects.get(pk=ending_id)
    ending.agreement = agreement
    return ending
