"""Parties that sign at the same moment, on connections of their own."""

from collections.abc import Callable
from datetime import date
from threading import Barrier

from alliance.kernel.models import OutboxMessage
from alliance.kernel.tenancy import organization_scope
from partners.domain.proposal import Proposal
from partners.models import Acceptance, Agreement, TermsStatus, TermsVersion
from partners.services.accept_agreement import Signature, TermsOverlapError, accept_agreement
from partners.services.propose_version import propose_version
from tests.cast import (
    NOW,
    AllianceOf,
    Party,
    alliance_of,
    host_organization,
    join,
    partner_organization,
    proposed_agreement,
    signed_agreement,
)
from tests.races.together import together


def _sign(party: Party, version_id, sha256: str) -> Callable[[], bool]:
    actor = party.actor()

    def act() -> bool:
        with organization_scope(party.id):
            return accept_agreement(
                actor=actor, version_id=version_id, document_sha256=sha256, signature=Signature("N", "en"), now=NOW
            )

    return act


def _alliance() -> tuple[AllianceOf, Party, list[Party]]:
    host = host_organization()
    alliance, partners = alliance_of(host), [partner_organization(name=f"P{n}") for n in range(3)]
    for partner in partners:
        join(alliance, partner)
    return alliance, host, partners


def test_everybody_signs_at_once_and_exactly_one_signature_is_the_last(committed):
    alliance, host, partners = _alliance()
    parties = [host, *partners]
    for _ in range(3):
        agreement = proposed_agreement(alliance, [(party, "25") for party in parties])
        results = together(*(_sign(party, agreement.version_id, agreement.document_sha256) for party in parties))
        assert sorted(results) == [False, False, False, True]
        with organization_scope(host.id):
            assert Agreement.objects.get(pk=agreement.id).is_signed
            assert Acceptance.objects.filter(version_id=agreement.version_id).count() == 4


def test_one_party_clicks_twice_at_once(committed):
    alliance, host, partners = _alliance()
    agreement = proposed_agreement(alliance, [(host, "60"), (partners[0], "40")])
    sign = _sign(host, agreement.version_id, agreement.document_sha256)
    assert together(sign, sign) == [False, False]
    with organization_scope(host.id):
        assert Acceptance.objects.filter(version_id=agreement.version_id).count() == 1


def test_two_overlapping_versions_accepted_at_once_and_the_database_refuses_one(committed):
    alliance, host, partners = _alliance()
    north = partners[0]
    agreement = signed_agreement(alliance, [(host, "60"), (north, "40")], effective_to=date(2026, 1, 1))
    versions = []
    for begin, end in ((date(2026, 1, 1), date(2026, 3, 1)), (date(2026, 2, 1), date(2026, 4, 1))):
        with organization_scope(host.id):
            versions.append(
                propose_version(
                    actor=host.actor(),
                    agreement_id=agreement.id,
                    proposal=Proposal(((host.id, "50"), (north.id, "50")), begin, end),
                    signature=Signature("H", "en"),
                    now=NOW,
                )
            )
    results = together(*(_sign(north, v.version_id, v.document_sha256) for v in versions))
    assert [type(result) for result in results].count(TermsOverlapError) == 1
    assert results.count(True) == 1
    with organization_scope(host.id):
        accepted = TermsVersion.objects.filter(agreement_id=agreement.id, status=TermsStatus.ACCEPTED)
        assert accepted.count() == 2
        assert (
            Acceptance.objects.filter(version_id__in=[v.version_id for v in versions], organization_id=north.id).count()
            == 1
        )
    with organization_scope(north.id):
        told = OutboxMessage.objects.filter(topic="partners.AgreementSigned", payload__number__gt=1)
        assert told.count() == 1


def test_without_the_lock_both_would_think_the_other_is_missing(committed):
    """The control: the same steps without the agreement's lock leave a fully signed version open."""
    alliance, host, partners = _alliance()
    north = partners[0]
    agreement = proposed_agreement(alliance, [(host, "60"), (north, "40")])
    written, counted = Barrier(2), Barrier(2)

    def unguarded(party: Party) -> Callable[[], bool]:
        actor = party.actor()

        def act() -> bool:
            from partners.services.accept_agreement import _missing_signatures, sign_version

            with organization_scope(party.id):
                version = TermsVersion.objects.get(pk=agreement.version_id)
                sign_version(actor=actor, version=version, signature=Signature("N", "en"), now=NOW)
                written.wait(timeout=10)
                is_complete = not _missing_signatures(version)
                counted.wait(timeout=10)  # neither commits before both have looked
                return is_complete

        return act

    assert together(unguarded(host), unguarded(north)) == [False, False]
    with organization_scope(host.id):
        assert Acceptance.objects.filter(version_id=agreement.version_id).count() == 2
        assert TermsVersion.objects.get(pk=agreement.version_id).is_open
