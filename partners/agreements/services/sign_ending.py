"""Write one party's signature under an ending; for the services that end agreements and let them go on."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError
from partners.agreements.seats import seats_of
from partners.agreements.services.sign_version import Signature, signature_columns
from partners.models import Ending, EndingSignature, SignaturePurpose


class EndingChangedError(DomainError):
    """The signature is for another ending than this one."""

    code = "ending_changed"
    sentence = _("This is not the ending that you have read. Read it again, then sign.")


def sign_ending(
    *, actor: Actor, ending: Ending, purpose: SignaturePurpose, signature: Signature, now: datetime
) -> bool:
    """Write the signature, bound to the ending's hash; `True` when every party has signed for this purpose.

    Signing again changes nothing. Raises `SignerNameMissingError`.
    """
    signatures = EndingSignature.objects.filter(ending=ending, purpose=purpose)
    signed = set(signatures.values_list("organization_id", flat=True))
    if actor.organization_id not in signed:
        row = EndingSignature.objects.create(
            **signature_columns(actor, signature),
            agreement_id=ending.agreement_id,
            ending=ending,
            purpose=purpose,
            document_sha256=ending.document_sha256,
            signed_at=now,
        )
        after = {"purpose": purpose, "document_sha256": ending.document_sha256, "signer_name": row.signer_name}
        audit.record(actor, "agreement.ending_signed", row, now=now, after=after)
    return signed | {actor.organization_id} >= set(seats_of(ending.agreement_id))


def require_same(ending: Ending, document_sha256: str) -> None:
    """Refuse with `EndingChangedError` a signature for other content."""
    if ending.document_sha256 != document_sha256:
        raise EndingChangedError
