"""Versions and endings as people read them, gathered once for a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from alliance.kernel.actor import Actor
from alliance.kernel.permissions import Permission
from partners.agreements.rich_text import rich_html
from partners.agreements.services.revoke_ending import is_revocable
from partners.agreements.signers import role_name, second_factor_name
from partners.domain.document import texts_of
from partners.domain.local_days import last_day
from partners.models import (
    Agreement,
    Ending,
    Organization,
    SignaturePurpose,
    SignedCopy,
    TermsVersion,
)
from partners.models.signatures import SignatureColumns
from partners.sentences import Section, sections_of
from partners.sentences.difference import TermsDifference
from partners.sentences.wording import exact_share
from partners.terms.comparing import basis_of, difference_between


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at an agreement, in which language: what is offered follows from it."""

    actor: Actor
    language: str
    seats: tuple[UUID, ...]
    names: Mapping[UUID, str]

    @property
    def own(self) -> UUID:
        """The organization that looks."""
        return self.actor.organization_id

    @property
    def is_party(self) -> bool:
        """Whether it has a seat."""
        return self.own in self.seats

    def may(self, permission: Permission) -> bool:
        """Whether the person may do something that parties do."""
        return self.is_party and self.actor.can(permission)

    def name(self, organization_id: UUID | None) -> str:
        """The name of an organization, empty for nobody."""
        return self.names.get(organization_id, "") if organization_id else ""


def reader_of(agreement: Agreement, *, actor: Actor, language: str) -> Reader:
    """The reader of one agreement."""
    seats = tuple(agreement.seats.order_by("rank").values_list("organization_id", flat=True))
    names = dict(Organization.objects.filter(id__in=agreement.parties).values_list("id", "name"))
    return Reader(actor, language, seats, names)


@dataclass(frozen=True, slots=True)
class ShareLine:
    """One party and its exact share."""

    party: str
    share: str


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One party and its signature, if it has signed."""

    party: str
    signature: SignatureColumns | None
    signed_at: datetime | None
    role: Promise | str
    second_factor: Promise | str


@dataclass(frozen=True, slots=True)
class Reading:
    """The terms as sentences and the legal text, in one language."""

    code: str
    name: str
    sections: tuple[Section, ...]
    text: SafeString | None


def _signature_line(party: str, signature: SignatureColumns | None, signed_at: datetime | None) -> SignatureLine:
    if signature is None:
        return SignatureLine(party, None, None, "", "")
    return SignatureLine(
        party, signature, signed_at, role_name(signature.signer_role), second_factor_name(signature.second_factor)
    )


class VersionView:
    """One version for one reader."""

    def __init__(self, version: TermsVersion, reader: Reader) -> None:
        self.version = version
        self.reader = reader

    @cached_property
    def _signed(self) -> dict[UUID, tuple[SignatureColumns, datetime]]:
        return {a.organization_id: (a, a.accepted_at) for a in self.version.acceptances.all()}

    @property
    def proposer(self) -> str:
        """Who proposed it."""
        return self.reader.name(self.version.proposed_by_id)

    @property
    def closer(self) -> str:
        """Who withdrew, declined or answered it."""
        return self.reader.name(self.version.closed_by_id)

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        """What it says in every language, the reader's first."""
        texts = texts_of(self.version.document)
        codes = sorted((code for code, _ in settings.LANGUAGES), key=lambda code: code != self.reader.language)
        return tuple(
            Reading(
                code,
                translation.get_language_info(code)["name_local"],
                sections_of(self.version, self.reader.names, language=code),
                rich_html(texts[code]) if code in texts else None,
            )
            for code in codes
        )

    @cached_property
    def basis(self) -> TermsVersion | None:
        """The version against which this one is read."""
        return basis_of(self.version)

    @cached_property
    def difference(self) -> TermsDifference | None:
        """What it changes, in the reader's language; `None` for the first one."""
        if self.basis is None:
            return None
        return difference_between(self.basis, self.version, self.reader.names, language=self.reader.language)

    @property
    def has_text(self) -> bool:
        """Whether there is a legal text in any language."""
        return bool(texts_of(self.version.document))

    @property
    def shares(self) -> tuple[ShareLine, ...]:
        """Who gets what of every sale, when that is all that the terms say."""
        plain = self.version.parsed().plain_shares or ()
        return tuple(ShareLine(self.reader.name(share.party), exact_share(share.share)) for share in plain)

    @property
    def signatures(self) -> tuple[SignatureLine, ...]:
        """Each party and its signature."""
        return tuple(
            _signature_line(self.reader.name(seat), *self._signed.get(seat, (None, None))) for seat in self.reader.seats
        )

    @property
    def signed_count(self) -> int:
        """How many parties have signed."""
        return len(self._signed)

    @property
    def waiting_for(self) -> tuple[str, ...]:
        """The parties without a signature."""
        return tuple(self.reader.name(seat) for seat in self.reader.seats if seat not in self._signed)

    @cached_property
    def copy(self) -> SignedCopy | None:
        """The PDF, once it is made."""
        return SignedCopy.objects.filter(version=self.version).first() if self.version.is_accepted else None

    @property
    def last_day(self) -> date | None:
        """The last day in force, by the row; `None` while it is open."""
        end = self.version.effective_to
        return last_day(end, self.version.agreement.time_zone) if end else None

    @property
    def is_cut_short(self) -> bool:
        """Whether a successor has ended it before its signed end."""
        version = self.version
        return version.effective_to is not None and version.effective_to != version.signed_until

    @property
    def is_mine_to_sign(self) -> bool:
        """Whether it waits for the reader's organization."""
        return self.version.is_open and self.reader.is_party and self.reader.own not in self._signed

    @property
    def may_sign(self) -> bool:
        """Whether the person may sign it."""
        return self.is_mine_to_sign and self.reader.may(Permission.AGREEMENT_ACCEPT)

    @property
    def may_withdraw(self) -> bool:
        """Whether the person may take it back."""
        return self.may_answer and self.version.proposed_by_id == self.reader.own

    @property
    def may_decline(self) -> bool:
        """Whether the person may decline it."""
        return self.may_answer and self.version.proposed_by_id != self.reader.own

    @property
    def may_answer(self) -> bool:
        """Whether the person may propose something else in its place."""
        return self.version.is_open and self.reader.may(Permission.AGREEMENT_PROPOSE)


class EndingView:
    """One ending for one reader."""

    def __init__(self, ending: Ending, reader: Reader, now: datetime) -> None:
        self.ending = ending
        self.reader = reader
        self.now = now

    @cached_property
    def _signed(self) -> dict[tuple[str, UUID], tuple[SignatureColumns, datetime]]:
        return {(s.purpose, s.organization_id): (s, s.signed_at) for s in self.ending.signatures.all()}

    @property
    def declarer(self) -> str:
        """Who declared it, empty for an expiry."""
        return self.reader.name(self.ending.declared_by_id)

    @property
    def settler(self) -> str:
        """Who declined or withdrew it."""
        return self.reader.name(self.ending.settled_by_id)

    @property
    def last_day(self) -> date:
        """The last day of the agreement under it."""
        return last_day(self.ending.ends_at, self.ending.agreement.time_zone)

    @property
    def signatures(self) -> tuple[SignatureLine, ...]:
        """Who signs that it ends: every party, or the one that declared it."""
        seats = self.reader.seats if self.ending.kind == "mutual" else (self.ending.declared_by_id,)
        return self._lines(SignaturePurpose.END, tuple(seat for seat in seats if seat))

    @property
    def going_on(self) -> tuple[SignatureLine, ...]:
        """Who agrees that the agreement goes on; empty while nobody has asked for it."""
        is_asked = any(purpose == SignaturePurpose.REVOKE for purpose, _ in self._signed)
        return self._lines(SignaturePurpose.REVOKE, self.reader.seats) if is_asked else ()

    def _lines(self, purpose: str, seats: tuple[UUID, ...]) -> tuple[SignatureLine, ...]:
        return tuple(
            _signature_line(self.reader.name(seat), *self._signed.get((purpose, seat), (None, None))) for seat in seats
        )

    @property
    def waiting_for(self) -> tuple[str, ...]:
        """The parties whose signature it waits for."""
        lines = self.signatures if self.ending.is_open else self.going_on if self.ending.is_standing else ()
        return tuple(line.party for line in lines if line.signature is None)

    @property
    def is_mine_to_sign(self) -> bool:
        """Whether it waits for the reader's organization to end."""
        return self.ending.is_open and self._lacks(SignaturePurpose.END)

    @property
    def is_mine_to_let_go_on(self) -> bool:
        """Whether others have asked the reader's organization to let the agreement go on."""
        return bool(self.going_on) and self.is_revocable and self._lacks(SignaturePurpose.REVOKE)

    @property
    def is_revocable(self) -> bool:
        """Whether the parties can still withdraw it."""
        return is_revocable(self.ending, now=self.now)

    @property
    def may_sign(self) -> bool:
        """Whether the person may sign it."""
        return self.is_mine_to_sign and self.reader.may(Permission.AGREEMENT_ACCEPT)

    @property
    def may_let_go_on(self) -> bool:
        """Whether the person may agree that the agreement goes on."""
        return (
            self.is_revocable and self._lacks(SignaturePurpose.REVOKE) and self.reader.may(Permission.AGREEMENT_ACCEPT)
        )

    @property
    def may_withdraw(self) -> bool:
        """Whether the person may take the proposal back."""
        return self._may_close and self.ending.declared_by_id == self.reader.own

    @property
    def may_decline(self) -> bool:
        """Whether the person may decline the proposal."""
        return self._may_close and self.ending.declared_by_id != self.reader.own

    @property
    def _may_close(self) -> bool:
        return self.ending.is_open and self.reader.may(Permission.AGREEMENT_ACCEPT)

    def _lacks(self, purpose: str) -> bool:
        return self.reader.is_party and (purpose, self.reader.own) not in self._signed
