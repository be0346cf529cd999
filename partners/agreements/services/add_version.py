"""Write one proposed version; for the services that propose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Max, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, FieldRefusal, InvalidInputError
from partners.agreements.naming import named
from partners.agreements.services.sign_version import Signature, sign_version
from partners.agreements.services.tell_parties import tell_parties
from partners.domain.document import PartyName, VersionDocument
from partners.domain.end_rule import LONGEST_NOTICE, LONGEST_RENEWAL, AtEnd, EndRule, EndRuleError
from partners.domain.proposal import AgreementFrame, Proposal
from partners.domain.supplement import LONGEST_TEXT, AttachedFile, Paper, Supplement
from partners.domain.terms import Terms, TermsError, TermsProblem
from partners.events import AgreementProposed
from partners.models import Agreement, AgreementFile, TermsStatus, TermsVersion
from partners.sentences.problems import problem_sentence

_RULE_REASONS: Final[Mapping[str, Promise | str]] = {
    "notice_out_of_range": _("Give the notice period in days, from 0 to 730."),
    "no_end_to_act_at": _("Give the end at which this happens."),
    "renewal_unclear": _("Say by how many months the terms are renewed."),
    "renewal_out_of_range": _("Give the renewal in months, from 1 to 120."),
    "fallback_unclear": _("Say which earlier version applies again."),
    "fallback_not_earlier": _("Only an earlier version can apply again."),
}
assert (LONGEST_NOTICE, LONGEST_RENEWAL) == (730, 120)  # as the sentences say


class ImpossibleTermsError(InvalidInputError):
    """The terms can't be; `refusals` names each input with its reason."""

    code = "impossible_terms"
    sentence = _("These terms are not possible.")

    @classmethod
    def of(cls, problems: Sequence[TermsProblem]) -> "ImpossibleTermsError":
        """A sentence for each problem; the only one speaks for the whole."""
        refusals = [FieldRefusal(problem.field, problem.code, problem_sentence(problem)) for problem in problems]
        only = refusals[0].sentence if len(refusals) == 1 else None
        return cls(only, field=refusals[0].field, refusals=refusals)


class ImpossibleEndRuleError(InvalidInputError):
    """The rule for the end can't be; `field` names the input."""

    code = "impossible_end_rule"
    sentence = _("An agreement can't end in this way.")


class FallbackUnknownError(InvalidInputError):
    """The version to fall back to is no accepted version of this agreement."""

    code = "fallback_unknown"
    sentence = _("Choose a version of this agreement that every party has accepted.")


class TextTooLongError(InvalidInputError):
    """The legal text is longer than anybody reads."""

    code = "text_too_long"
    sentence = _("The text is longer than 100,000 characters. Attach it as a file.")


class AttachedFileUnknownError(InvalidInputError):
    """The file is not one that the proposer has uploaded, nor one of this agreement."""

    code = "attached_file_unknown"
    sentence = _("This file is no longer there. Choose it again.")


class BeginsAfterTheEndError(DomainError):
    """The agreement ends before these terms would begin."""

    code = "begins_after_the_end"
    sentence = _("The agreement ends before these terms would begin.")


@dataclass(frozen=True, slots=True)
class NewVersion:
    """One version to be proposed; `answers` is the open proposal that it answers."""

    proposal: Proposal
    paper: Paper = field(default_factory=Paper)
    answers: TermsVersion | None = None


def add_version(
    *, actor: Actor, agreement: Agreement, new: NewVersion, signature: Signature | None, now: datetime
) -> TermsVersion:
    """Write the next version of a locked agreement, let the proposer sign it if there is a `signature`, tell the parties.

    Raises `ImpossibleTermsError`, `ImpossibleEndRuleError`, `FallbackUnknownError`, `TextTooLongError`,
    `AttachedFileUnknownError`, `BeginsAfterTheEndError`, `SignerNameMissingError`.
    """
    version, document = _version(actor, agreement, new, now)
    version.save(force_insert=True)
    audit.record(actor, "agreement.proposed", version, now=now, after=document.to_json())
    proposed = AgreementProposed(
        proposed_by_id=str(actor.organization_id),
        answers_version_id=str(new.answers.id) if new.answers else "",
        **named(version),
    )
    tell_parties(proposed, agreement=agreement, now=now)
    if signature is not None:
        sign_version(actor=actor, version=version, signature=signature, now=now)
    return version


def checked_terms(proposal: Proposal, frame: AgreementFrame) -> Terms:
    """The exact terms of a proposal; raises `ImpossibleTermsError` that names every input and its reason."""
    wrong_days = proposal.period_problems()
    try:
        terms = proposal.terms(frame)
    except TermsError as error:
        raise ImpossibleTermsError.of([*error.problems, *wrong_days]) from error
    if wrong_days:
        raise ImpossibleTermsError.of(wrong_days)
    return terms


def _version(
    actor: Actor, agreement: Agreement, new: NewVersion, now: datetime
) -> tuple[TermsVersion, VersionDocument]:
    effective_from, signed_until = new.proposal.instants(agreement.time_zone)
    if agreement.is_over_by(effective_from):
        raise BeginsAfterTheEndError(field="effective_on")
    number = (TermsVersion.objects.filter(agreement=agreement).aggregate(last=Max("number"))["last"] or 0) + 1
    rule = _checked_rule(new.paper.end_rule, number=number, has_end=signed_until is not None)
    attached = _attached(agreement, new.paper.file_id)
    document = VersionDocument(
        agreement_id=agreement.id,
        name=agreement.name,
        number=number,
        terms=checked_terms(new.proposal, AgreementFrame(agreement.name, agreement.currency, agreement.time_zone)),
        effective_from=effective_from,
        effective_to=signed_until,
        parties=_parties(agreement),
        supplement=_supplement(new.paper, attached),
        takes_over_from=_cut_short(agreement, effective_from),
    )
    version = TermsVersion(
        agreement=agreement,
        number=number,
        document=document.to_json(),
        document_sha256=document.sha256,
        effective_from=effective_from,
        effective_to=None if rule.at_end is AtEnd.RENEW else signed_until,
        signed_until=signed_until,
        at_end=rule.at_end,
        fallback=_fallback(agreement, rule),
        answers=new.answers,
        attached=attached,
        proposed_by_id=actor.organization_id,
        created_at=now,
    )
    return version, document


def _checked_rule(rule: EndRule, *, number: int, has_end: bool) -> EndRule:
    try:
        rule.check(has_end=has_end, number=number)
    except EndRuleError as error:
        raise ImpossibleEndRuleError(_RULE_REASONS.get(error.code), field=error.field) from error
    return rule


def _supplement(paper: Paper, attached: AgreementFile | None) -> Supplement:
    for language, text in paper.texts.items():
        if len(text) > LONGEST_TEXT:
            raise TextTooLongError(field=f"text_{language.replace('-', '_')}")
    named = AttachedFile(attached.id, attached.file_name, attached.sha256, attached.size_bytes) if attached else None
    return Supplement(paper.end_rule, paper.texts, named)


def _attached(agreement: Agreement, file_id: UUID | None) -> AgreementFile | None:
    """The file, which belongs to the agreement from now on."""
    if file_id is None:
        return None
    file = AgreementFile.objects.filter(Q(agreement=None) | Q(agreement=agreement), pk=file_id).first()
    if file is None:
        raise AttachedFileUnknownError(field="file")
    if file.agreement_id is None:
        AgreementFile.objects.filter(pk=file_id).update(agreement=agreement)
    return file


def _fallback(agreement: Agreement, rule: EndRule) -> TermsVersion | None:
    if rule.fallback_number is None:
        return None
    accepted = TermsVersion.objects.filter(agreement=agreement, status=TermsStatus.ACCEPTED)
    found = accepted.filter(number=rule.fallback_number).first()
    if found is None:
        raise FallbackUnknownError(field="fallback_number")
    return found


def _parties(agreement: Agreement) -> tuple[PartyName, ...]:
    seats = agreement.seats.select_related("organization").order_by("rank")
    return tuple(PartyName(seat.organization_id, seat.organization.name) for seat in seats)


def _cut_short(agreement: Agreement, begin: datetime) -> int | None:
    """The number of the accepted version whose own, signed end comes after `begin`; an open one needs no naming."""
    accepted = TermsVersion.objects.filter(agreement=agreement, status=TermsStatus.ACCEPTED)
    covering = accepted.filter(effective_from__lt=begin, effective_to__gt=begin).first()
    return covering.number if covering else None
