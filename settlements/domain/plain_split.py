"""Terms that are a plain split of every sale: the quickest way through, for most agreements are just that."""

from collections.abc import Sequence
from math import gcd
from typing import Final
from uuid import UUID

from alliance.kernel.money.allocation import Allocation, Splitter
from partners.domain.evaluation import Part
from partners.domain.terms import PartyShare
from partners.domain.timeline import TermsInForce
from settlements.domain.outcomes import Outcome
from settlements.domain.taking_back import Given

_NOBODY: Final = -1  # the host has no share: the policies that speak of the platform speak of nobody


class PlainSplit:
    """One version of such terms, made ready for many conversions. What never changes of an explanation is written once."""

    def __init__(self, version: TermsInForce, shares: Sequence[PartyShare], *, host_id: UUID) -> None:
        terms = version.terms
        self.party_ids = tuple(share.party for share in shares)
        self._splitter = Splitter(
            [share.share for share in shares],
            policy=terms.rounding.remainder,
            platform=self.party_ids.index(host_id) if host_id in self.party_ids else _NOBODY,
        )
        self._head = (
            f'{{"terms":{terms_named(version)},"evaluation":{{"step":"conversion","currency":"{terms.currency}",'
            f'"precedence":"{terms.precedence}","amount_minor":'
        )
        self._clause = f',"because":[{{"step":"clause","clause":"{terms.clauses[0].id}","base_minor":'
        self._parties = tuple(
            f'{{"step":"share","party":"{share.party}","purpose":"{share.purpose}","share":"{share.share}","exact":"'
            for share in shares
        )
        self._tail = f',{{"step":"remainder","policy":"{terms.rounding.remainder}","units_minor":'

    def outcome(self, amount_minor: int) -> Outcome:
        """Split an amount by the version's shares. A negative one mirrors a positive one."""
        split = self._splitter.split(amount_minor)
        shares = tuple(zip(self.party_ids, split.parts, strict=True))
        unassigned = amount_minor - sum(split.parts)
        return Outcome(amount_minor, amount_minor, shares, unassigned, self._explanation(split))

    def given(self, amount_minor: int) -> Given:
        """What an amount gave, for its refunds."""
        split = self._splitter.split(amount_minor)
        parts = tuple(
            Part(party, "share", part, exact)
            for party, part, exact in zip(self.party_ids, split.parts, split.exact, strict=True)
        )
        return Given(amount_minor, (), parts, split.unassigned_minor)

    def _explanation(self, split: Allocation) -> str:
        amount, total = split.amount_minor, self._splitter.total
        steps = ",".join(
            [
                f'{opening}{_fraction(amount * weight, total)}","amount_minor":{part},"extra_minor":{part - floor}}}'
                for opening, weight, floor, part in zip(
                    self._parties, split.weights, split.floors, split.parts, strict=True
                )
            ]
        )
        return (
            f'{self._head}{amount}{self._clause}{amount},"because":[{{"step":"split","base_minor":{amount},'
            f'"because":[{steps}{self._tail}{split.remainder_minor}}}]}}]}}]}}}}'
        )


def terms_named(version: TermsInForce) -> str:
    """The version as every explanation names it, as JSON."""
    return (
        f'{{"version_id":"{version.version_id}","number":{version.number},"sha256":"{version.document_sha256}",'
        f'"remainder":"{version.terms.rounding.remainder}"}}'
    )


def _fraction(numerator: int, denominator: int) -> str:
    """The fraction in lowest terms, as `str(Fraction)` writes it."""
    common = gcd(numerator, denominator)
    return f"{numerator // common}" if denominator == common else f"{numerator // common}/{denominator // common}"
