"""What a conversion earns whom: the split under its terms, with every step written down."""

from math import gcd
from typing import Final, NamedTuple
from uuid import UUID

from alliance.kernel.money.allocation import Allocation, Splitter
from partners.domain.timeline import TermsInForce

_NOBODY: Final = -1  # the host has no share: the policies that speak of the platform speak of nobody


class Evaluation(NamedTuple):
    """A base split by terms: `parts_minor` in the order of rank, with the sign of the base.

    The parts and `unassigned_minor` sum to `base_minor`; `explanation` is JSON on one line: terms, base, exact shares,
    floors, and who got the units that were left over.
    """

    base_minor: int
    parts_minor: tuple[int, ...]
    unassigned_minor: int
    explanation: str


class Evaluator:
    """One version of terms that are a plain split, made ready for many conversions. What never changes of an explanation is written once."""

    def __init__(self, version: TermsInForce, *, host_id: UUID) -> None:
        terms, shares = version.terms, version.terms.plain_shares
        if shares is None:
            message = "These terms say more than a plain split."
            raise ValueError(message)
        self.version = version
        self.host_id = host_id
        self.party_ids = tuple(share.party for share in shares)
        self._splitter = Splitter(
            [share.share for share in shares],
            policy=terms.rounding.remainder,
            platform=self.party_ids.index(host_id) if host_id in self.party_ids else _NOBODY,
        )
        self._head = (
            f'{{"terms":{{"version_id":"{version.version_id}","number":{version.number},'
            f'"sha256":"{version.document_sha256}"}},"currency":"{terms.currency}","base_minor":'
        )
        self._parties = tuple(
            f'{{"organization_id":"{share.party}","share":"{share.share}","exact":"' for share in shares
        )
        self._tail = f'],"remainder":{{"policy":"{terms.rounding.remainder}","units_minor":'

    def evaluate(self, base_minor: int) -> Evaluation:
        """Split a base by the version's shares. A negative one mirrors a positive one."""
        split = self._splitter.split(base_minor)
        unassigned = split.unassigned_minor
        return Evaluation(base_minor, split.parts, unassigned, self._explanation(split, unassigned))

    def _explanation(self, split: Allocation, unassigned: int) -> str:
        amount, total = split.amount_minor, self._splitter.total
        parties = ",".join(
            [
                f'{opening}{_fraction(amount * weight, total)}","floor_minor":{floor},"extra_minor":{part - floor},'
                f'"part_minor":{part}}}'
                for opening, weight, floor, part in zip(
                    self._parties, split.weights, split.floors, split.parts, strict=True
                )
            ]
        )
        receivers = ",".join([f'"{self.party_ids[i]}"' for i in split.receivers])
        return (
            f'{self._head}{amount},"parties":[{parties}{self._tail}{split.remainder_minor},"to":[{receivers}],'
            f'"unassigned_minor":{unassigned}}}}}'
        )


def _fraction(numerator: int, denominator: int) -> str:
    """The fraction in lowest terms, as `str(Fraction)` writes it."""
    common = gcd(numerator, denominator)
    return f"{numerator // common}" if denominator == common else f"{numerator // common}/{denominator // common}"
