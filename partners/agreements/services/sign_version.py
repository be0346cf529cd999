"""Write one party's signature under a version; for the proposer's own and for `accept_agreement`."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import InvalidInputError
from partners.models import Acceptance, TermsVersion


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs: name and position as typed, in which language the person read, and what is known of the session.

    `browser` is the family of the person's program, `second_factor` the kind given at sign-in; empty where not known.
    """

    name: str
    language: str
    title: str = ""
    browser: str = ""
    second_factor: str = ""


class SignerNameMissingError(InvalidInputError):
    """A signature has a name."""

    code = "signer_name_missing"
    sentence = _("Type your full name to sign.")


def signature_columns(actor: Actor, signature: Signature) -> dict[str, object]:
    """What every signature keeps of its signer; raises `SignerNameMissingError`."""
    name = signature.name.strip()
    if not name:
        raise SignerNameMissingError(field="signer_name")
    return {
        "organization_id": actor.organization_id,
        "user_id": actor.user_id,
        "signer_name": name,
        "signer_title": signature.title.strip(),
        "signer_role": str(actor.role or actor.kind),
        "language": signature.language,
        "ip_prefix": actor.ip_prefix,
        "browser": signature.browser,
        "second_factor": signature.second_factor,
    }


def sign_version(*, actor: Actor, version: TermsVersion, signature: Signature, now: datetime) -> None:
    """Write the acceptance row, bound to the version's hash. The agreement is locked.

    Raises `SignerNameMissingError`.
    """
    acceptance = Acceptance.objects.create(
        **signature_columns(actor, signature),
        agreement_id=version.agreement_id,
        version=version,
        document_sha256=version.document_sha256,
        accepted_at=now,
    )
    after = {
        "version": version.number,
        "document_sha256": version.document_sha256,
        "signer_name": acceptance.signer_name,
        "signer_title": acceptance.signer_title,
    }
    audit.record(actor, "agreement.accepted", acceptance, now=now, after=after)
