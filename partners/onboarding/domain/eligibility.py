"""Who may come in without being looked at, who is looked at, who is turned away: rules of one alliance, all of which count."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

_DOMAIN: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z][a-z0-9-]*[a-z0-9]")
_MOST_VALUES: Final = 300


class Subject(StrEnum):
    """What a rule looks at."""

    COUNTRY = "country"
    INDUSTRY = "industry"
    EMAIL_DOMAIN = "email_domain"


class Outcome(StrEnum):
    """What becomes of an application."""

    APPROVE = "approve"
    REVIEW = "review"
    REFUSE = "refuse"


class RuleInvalidError(ValueError):
    """A rule that names nothing, names it wrongly, or a second rule about the same thing."""


@dataclass(frozen=True, slots=True)
class Applicant:
    """What is known of the company; what is not known is empty. `email` is proven to be the person's own."""

    country: str = ""
    industry: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """`subject` is one of `values`; or none of them, when `excludes`."""

    subject: Subject
    values: tuple[str, ...]
    excludes: bool = False

    def __post_init__(self) -> None:
        values = tuple(dict.fromkeys(_spelled(self.subject, value) for value in self.values))
        if not values or len(values) > _MOST_VALUES:
            raise RuleInvalidError
        object.__setattr__(self, "values", values)

    def is_met_by(self, applicant: Applicant) -> bool:
        """Whether the applicant fits. Who does not say what the rule looks at does not fit, whichever way it turns."""
        if self.subject is Subject.EMAIL_DOMAIN:
            domain = email_domain(applicant.email)
            is_named = any(matches_domain(domain, pattern) for pattern in self.values)
            return bool(domain) and is_named != self.excludes
        said = applicant.country.upper() if self.subject is Subject.COUNTRY else applicant.industry
        return bool(said) and (said in self.values) != self.excludes


@dataclass(frozen=True, slots=True)
class EligibilityRules:
    """Every rule must be met. Who meets them is looked at, or approved where `approves`; who doesn't is looked at or refused.

    Raises `RuleInvalidError` for two rules about one subject.
    """

    rules: tuple[Rule, ...] = ()
    approves: bool = False
    refuses: bool = False

    def __post_init__(self) -> None:
        subjects = [rule.subject for rule in self.rules]
        if len(set(subjects)) != len(subjects):
            raise RuleInvalidError

    @classmethod
    def from_json(cls, values: Mapping[str, object]) -> Self:
        """The rules as they were kept."""
        rules = values.get("rules") or []
        assert isinstance(rules, Sequence)
        return cls(
            tuple(Rule(Subject(r["subject"]), tuple(r["values"]), bool(r["excludes"])) for r in rules),
            approves=bool(values.get("approves")),
            refuses=bool(values.get("refuses")),
        )

    def to_json(self) -> dict[str, object]:
        """The rules as they are kept."""
        rules = [{"subject": r.subject.value, "values": list(r.values), "excludes": r.excludes} for r in self.rules]
        return {"rules": rules, "approves": self.approves, "refuses": self.refuses}

    def unmet(self, applicant: Applicant) -> Iterator[Subject]:
        """What the applicant does not fit."""
        return (rule.subject for rule in self.rules if not rule.is_met_by(applicant))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say, and which of them were not met."""

    outcome: Outcome
    unmet: tuple[Subject, ...] = ()


def judge(rules: EligibilityRules, applicant: Applicant, *, is_complete: bool) -> Verdict:
    """What becomes of the applicant. `is_complete`: every document is there and no automatic check found anything.

    Nobody is approved by rules that do not exist: without any rule a person decides.
    """
    unmet = tuple(rules.unmet(applicant))
    if unmet:
        return Verdict(Outcome.REFUSE if rules.refuses else Outcome.REVIEW, unmet)
    is_approved = rules.approves and bool(rules.rules) and is_complete
    return Verdict(Outcome.APPROVE if is_approved else Outcome.REVIEW)


def email_domain(email: str) -> str:
    """The domain of an address in lower case; empty for what is no address."""
    name, at, domain = email.strip().lower().rpartition("@")
    return domain if name and at and _DOMAIN.fullmatch(domain) else ""


def matches_domain(domain: str, pattern: str) -> bool:
    """Whether a domain fits a pattern: `acme.com` is only itself, `*.acme.com` any sub-domain and not the root."""
    if pattern.startswith("*."):
        return domain.endswith(pattern[1:]) and len(domain) > len(pattern) - 1
    return domain == pattern


def _spelled(subject: Subject, value: str) -> str:
    text = value.strip()
    if subject is Subject.COUNTRY:
        return _checked(re.fullmatch(r"[A-Z]{2}", text.upper()), text.upper())
    if subject is Subject.INDUSTRY:
        return _checked(re.fullmatch(r"[a-z_]{2,40}", text), text)
    pattern = text.lower().removeprefix("@")
    return _checked(_DOMAIN.fullmatch(pattern.removeprefix("*.")), pattern)


def _checked(match: object, value: str) -> str:
    if match is None:
        raise RuleInvalidError(value)
    return value
