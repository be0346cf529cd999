"""What the database refuses about the life of agreements, whoever asks: tried as the runtime role."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, ProgrammingError, connections

from alliance.kernel.ids import new_id
from alliance.kernel.tenancy import organization_scope
from partners.domain.document import document_sha256
from partners.domain.endings import EndingDocument, EndingKind
from partners.models import (
    Acceptance,
    Agreement,
    AgreementStatus,
    Ending,
    EndingSignature,
    EndingStatus,
    Renewal,
    SignaturePurpose,
    TermsStatus,
    TermsVersion,
)
from tests.agreements import (
    THIRTY_DAYS,
    YEARLY,
    agree_to_end,
    answer,
    let_go_on,
    notice,
    offer_end,
    propose_next,
    sign_all,
    version_row,
)
from tests.cast import NOW, AgreementOf, Party, accept, signed_agreement

FAR = datetime(2026, 6, 1, tzinfo=UTC)


# --- Versions ---------------------------------------------------------------------------------


def _copy(version: TermsVersion, **changes: object) -> TermsVersion:
    """A second version with the same document, but for the number; some columns may say something else."""
    document = {**version.document, "number": version.number + 1}
    columns = {
        "agreement_id": version.agreement_id,
        "number": version.number + 1,
        "document": document,
        "document_sha256": document_sha256(document),
        "effective_from": version.effective_from,
        "effective_to": version.effective_to,
        "signed_until": version.signed_until,
        "at_end": version.at_end,
        "proposed_by_id": version.proposed_by_id,
    }
    return TermsVersion(**(columns | changes))


def test_a_faithful_copy_is_taken(cast, signed):
    with organization_scope(cast.host.id):
        _copy(version_row(signed)).save(force_insert=True)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"document_sha256": "0" * 64}, "the hash is not the document's"),
        ({"effective_from": FAR}, "do not say what the document says"),
        ({"signed_until": FAR}, "do not say what the document says"),
        ({"effective_to": FAR}, "do not say what the document says"),
        ({"at_end": "renew"}, "do not say what the document says"),
        ({"number": 7}, "do not say what the document says"),
    ],
)
def test_a_version_is_what_its_document_says(cast, signed, changes, constraint):
    with pytest.raises(IntegrityError, match=constraint), organization_scope(cast.host.id):
        _copy(version_row(signed), **changes).save(force_insert=True)


def test_nobody_proposes_for_another(cast, signed):
    copied = _copy(version_row(signed))
    with pytest.raises(IntegrityError, match="nobody proposes for another"), organization_scope(cast.south.id):
        copied.save(force_insert=True)


def test_a_signature_is_not_carried_over_to_other_content(cast, waiting):
    accept(waiting, cast.host)
    answered = answer(waiting, date(2026, 5, 1), by=cast.south)
    with organization_scope(cast.host.id):
        old = Acceptance.objects.get(version_id=waiting.version_id)
        assert not Acceptance.objects.filter(version_id=answered.version_id).exists()
    for sha256, version_id in (
        (waiting.document_sha256, answered.version_id),  # the old hash under the new content
        (waiting.document_sha256, waiting.version_id),  # the old content, which was answered
    ):
        carried = replace_signature(old, version_id=version_id, document_sha256=sha256)
        with pytest.raises(IntegrityError, match="not open under this hash"), organization_scope(cast.host.id):
            carried.save(force_insert=True)


def replace_signature(old: Acceptance, **changes: object) -> Acceptance:
    kept = ("agreement_id", "organization_id", "signer_name", "signer_role", "language", "accepted_at")
    return Acceptance(**({name: getattr(old, name) for name in kept} | changes))


@pytest.mark.parametrize(
    ("who", "change"),
    [
        ("south", {"status": TermsStatus.WITHDRAWN}),  # another's proposal
        ("host", {"status": TermsStatus.DECLINED, "close_reason": "no"}),  # one's own
        ("south", {"status": TermsStatus.DECLINED}),  # without a reason
        ("south", {"status": TermsStatus.REPLACED}),  # without an answer
        ("south", {"status": TermsStatus.LAPSED}),  # while the agreement lives
        ("south", {"status": TermsStatus.ACCEPTED}),
    ],
)
def test_a_waiting_version_is_closed_rightly_or_not_at_all(cast, waiting, who, change):
    party: Party = getattr(cast, who)
    with pytest.raises(IntegrityError), organization_scope(party.id):
        TermsVersion.objects.filter(pk=waiting.version_id).update(closed_at=NOW, closed_by=party.id, **change)


def test_nobody_declines_in_anothers_name(cast, waiting):
    change = {"status": TermsStatus.DECLINED, "close_reason": "no", "closed_at": NOW, "closed_by": cast.south.id}
    with pytest.raises(IntegrityError, match="not theirs to close"), organization_scope(cast.host.id):
        TermsVersion.objects.filter(pk=waiting.version_id).update(**change)


def test_what_was_closed_stays_closed(cast, waiting):
    answer(waiting, date(2026, 5, 1), by=cast.south)
    for change in ({"status": TermsStatus.PROPOSED}, {"close_reason": "otherwise"}, {"closed_by": cast.host.id}):
        with pytest.raises(IntegrityError), organization_scope(cast.host.id):
            TermsVersion.objects.filter(pk=waiting.version_id).update(**change)


# --- The end of an agreement ------------------------------------------------------------------


@pytest.mark.parametrize("change", [{"ends_at": FAR}, {"status": AgreementStatus.ENDED}])
def test_nobody_ends_an_agreement_by_an_update(cast, signed, change):
    with (
        pytest.raises(IntegrityError, match=r"by an ending that stands|nothing has ended"),
        organization_scope(cast.host.id),
    ):
        Agreement.objects.filter(pk=signed.id).update(**change)


@pytest.mark.parametrize("ends_at", [None, FAR, datetime(2027, 1, 1, tzinfo=UTC)])
def test_nobody_moves_the_end_that_stands(cast, signed, ends_at):
    notice(signed, by=cast.south)
    with pytest.raises(IntegrityError, match="by an ending that stands"), organization_scope(cast.south.id):
        Agreement.objects.filter(pk=signed.id).update(ends_at=ends_at)


def _ending(signed: AgreementOf, by: Party | None, kind: EndingKind, ends_at: datetime, **changes: object) -> Ending:
    ending_id = new_id()
    declared_at = changes.pop("declared_at", NOW)
    document = EndingDocument(
        ending_id=ending_id,
        agreement_id=signed.id,
        name="With notice",
        kind=kind,
        declared_by=by.id if by else None,
        declared_at=declared_at,
        ends_at=ends_at,
        time_zone="UTC",
        reason="because",
    )
    columns: dict[str, object] = {
        "id": ending_id,
        "agreement_id": signed.id,
        "kind": kind,
        "status": EndingStatus.PROPOSED if kind is EndingKind.MUTUAL else EndingStatus.STANDING,
        "version_id": signed.version_id if kind is EndingKind.NOTICE else None,
        "declared_by_id": by.id if by else None,
        "declared_at": declared_at,
        "ends_at": ends_at,
        "reason": "because",
        "document": document.to_json(),
        "document_sha256": document.sha256,
    }
    return Ending(**(columns | changes))


def _refused(party: Party, ending: Ending, match: str) -> None:
    with pytest.raises(IntegrityError, match=match), organization_scope(party.id):
        ending.save(force_insert=True)


def test_a_notice_keeps_its_period(cast, signed):
    earliest = datetime(2026, 4, 2, tzinfo=UTC)
    south = cast.south
    _refused(south, _ending(signed, south, EndingKind.NOTICE, earliest - timedelta(days=1)), "notice period")
    _refused(south, _ending(signed, south, EndingKind.NOTICE, earliest + timedelta(hours=1)), "notice period")
    with organization_scope(south.id):
        _ending(signed, south, EndingKind.NOTICE, earliest).save(force_insert=True)
        assert Agreement.objects.get(pk=signed.id).ends_at == earliest


def test_terms_without_notice_know_none(cast):
    silent = replace(cast.agreement, parties=(cast.host, cast.north))
    _refused(cast.host, _ending(silent, cast.host, EndingKind.NOTICE, FAR), "notice period")


def test_a_notice_relies_on_the_version_in_force(cast, signed):
    strict = sign_all(propose_next(signed, date(2026, 2, 1), paper=THIRTY_DAYS))
    assert strict.version_id != signed.version_id
    _refused(cast.host, _ending(signed, cast.host, EndingKind.NOTICE, FAR), "another version is in force")


def test_a_version_that_renews_itself_ends_with_a_term(cast):
    yearly = signed_agreement(
        cast.alliance,
        [(cast.host, "60"), (cast.south, "40")],
        name="With notice",
        effective_to=date(2027, 1, 1),
        paper=YEARLY,
    )
    for end in (datetime(2026, 6, 1, tzinfo=UTC), datetime(2027, 1, 2, tzinfo=UTC)):
        _refused(cast.host, _ending(yearly, cast.host, EndingKind.NOTICE, end), "ends with a term")
    with organization_scope(cast.host.id):
        _ending(yearly, cast.host, EndingKind.NOTICE, datetime(2028, 1, 1, tzinfo=UTC)).save(force_insert=True)


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"document_sha256": "0" * 64}, "hash is not"),
        ({"reason": "another"}, "do not say"),
        ({"status": EndingStatus.PROPOSED}, "begins as a proposal"),
        ({"version_id": None}, "notice period"),
    ],
)
def test_a_notice_is_what_its_document_says(cast, signed, changes, match):
    _refused(cast.south, _ending(signed, cast.south, EndingKind.NOTICE, FAR, **changes), match)


def test_nobody_ends_for_another_or_where_they_have_no_seat(cast, signed):
    _refused(cast.host, _ending(signed, cast.south, EndingKind.NOTICE, FAR), "nobody ends for another")
    with pytest.raises((IntegrityError, ProgrammingError)), organization_scope(cast.north.id):
        _ending(signed, cast.north, EndingKind.CAUSE, NOW).save(force_insert=True)


def test_an_ending_by_consent_begins_as_a_proposal_and_is_over_with_a_day(cast, signed):
    south = cast.south
    _refused(
        south, _ending(signed, south, EndingKind.MUTUAL, FAR, status=EndingStatus.STANDING), "begins as a proposal"
    )
    _refused(south, _ending(signed, south, EndingKind.MUTUAL, FAR + timedelta(hours=1)), "over with a day")


def test_a_cause_is_named_and_takes_effect_at_once(cast, signed):
    _refused(cast.south, _ending(signed, cast.south, EndingKind.CAUSE, NOW, reason=""), "do not say")
    _refused(cast.south, _ending(signed, cast.south, EndingKind.CAUSE, FAR), "ending_in_its_time")


def test_nothing_expires_that_has_not_run_out(cast, signed):
    past = datetime(2025, 1, 1, tzinfo=UTC)
    _refused(cast.host, _ending(signed, None, EndingKind.EXPIRY, past, declared_at=NOW), "has not run out")


def test_one_signature_does_not_end_for_all(cast, signed):
    ending_id = offer_end(signed, date(2026, 5, 31), by=cast.south)
    for who in (cast.south, cast.host):
        with pytest.raises(IntegrityError, match="does not change in this way"), organization_scope(who.id):
            Ending.objects.filter(pk=ending_id).update(status=EndingStatus.STANDING, settled_at=NOW)


def test_one_signature_does_not_revoke_for_all(cast, signed):
    ending_id = notice(signed, by=cast.south)
    let_go_on(ending_id, by=cast.south)
    for who in (cast.south, cast.host):
        with pytest.raises(IntegrityError, match="does not change in this way"), organization_scope(who.id):
            Ending.objects.filter(pk=ending_id).update(status=EndingStatus.REVOKED, settled_at=NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"ends_at": FAR},
        {"reason": "other"},
        {"document": {}},
        {"document_sha256": "0" * 64},
        {"settled_at": NOW},
        {"status": EndingStatus.LAPSED, "settled_at": NOW},
        {"status": EndingStatus.PROPOSED, "settled_at": NOW},
    ],
)
def test_an_ending_is_never_rewritten(cast, signed, change):
    ending_id = notice(signed, by=cast.south)
    with pytest.raises(IntegrityError), organization_scope(cast.south.id):
        Ending.objects.filter(pk=ending_id).update(**change)


def _signature(ending_id: UUID, party: Party, purpose: SignaturePurpose, sha256: str) -> EndingSignature:
    return EndingSignature(
        agreement_id=Ending.objects.values_list("agreement_id", flat=True).get(pk=ending_id),
        ending_id=ending_id,
        purpose=purpose,
        organization_id=party.id,
        signer_name="Forger",
        signer_role="owner",
        language="en",
        document_sha256=sha256,
        signed_at=NOW,
    )


def test_signatures_under_endings_bind_and_stay(cast, signed):
    ending_id = notice(signed, by=cast.south)
    with organization_scope(cast.host.id):
        sha256 = Ending.objects.get(pk=ending_id).document_sha256
    wrong = [
        (cast.host, SignaturePurpose.REVOKE, "0" * 64, IntegrityError),
        (cast.host, SignaturePurpose.END, sha256, IntegrityError),  # a notice is one party's alone
        (cast.south, SignaturePurpose.REVOKE, sha256, ProgrammingError),  # for another
    ]
    for party, purpose, hash_, refusal in wrong:
        with pytest.raises(refusal), organization_scope(cast.host.id):
            _signature(ending_id, party, purpose, hash_).save(force_insert=True)
    for sql in ("UPDATE partners_endingsignature SET signer_name = 'X'", "DELETE FROM partners_endingsignature"):
        with pytest.raises(ProgrammingError, match="permission denied"), organization_scope(cast.south.id):
            _execute(sql)


def test_no_version_is_accepted_beyond_the_end(cast, signed):
    later = propose_next(signed, date(2026, 6, 1))
    accept(later, cast.host)
    notice(signed, by=cast.south)
    with organization_scope(cast.south.id):
        _sign_directly(later, cast.south)
    with pytest.raises(IntegrityError, match="the agreement ends before"), organization_scope(cast.south.id):
        TermsVersion.objects.filter(pk=later.version_id).update(status=TermsStatus.ACCEPTED)


def _sign_directly(version: AgreementOf, party: Party) -> None:
    Acceptance.objects.create(
        agreement_id=version.id,
        version_id=version.version_id,
        organization_id=party.id,
        signer_name="N",
        signer_role="owner",
        language="en",
        document_sha256=version.document_sha256,
        accepted_at=NOW,
    )


def test_an_ended_agreement_stays_ended(cast, signed):
    agree_to_end(offer_end(signed, date(2026, 3, 2), by=cast.south), by=cast.host)
    with organization_scope(cast.host.id):
        Agreement.objects.filter(pk=signed.id).update(status=AgreementStatus.ENDED)
    for status in (AgreementStatus.SIGNED, AgreementStatus.PROPOSED):
        with pytest.raises(IntegrityError, match="does not go back"), organization_scope(cast.host.id):
            Agreement.objects.filter(pk=signed.id).update(status=status)
    with pytest.raises(IntegrityError, match="has ended"), organization_scope(cast.host.id):
        _copy(version_row(signed)).save(force_insert=True)
    _refused(cast.host, _ending(signed, cast.host, EndingKind.MUTUAL, FAR), "nothing to end")


def test_renewals_are_of_versions_that_renew_themselves(cast, signed):
    renewal = Renewal(agreement_id=signed.id, version_id=signed.version_id, term_from=NOW, term_to=FAR)
    with pytest.raises(IntegrityError, match="not renewed then"), organization_scope(cast.host.id):
        renewal.save(force_insert=True)


# --- Messages ---------------------------------------------------------------------------------

TELL = "SELECT partners_tell_party(gen_random_uuid(), %s, %s, %s, %s, now(), '{}', '{}', '{}')"


def _execute(sql: str, *arguments: object) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(sql, arguments)


@pytest.mark.parametrize(
    ("who", "whom", "topic", "about", "match"),
    [
        ("north", "south", "partners.NoticeGiven", "own", "only parties"),  # no party of it
        ("south", "north", "partners.NoticeGiven", "own", "only parties"),  # to nobody outside
        ("stranger", "host", "partners.NoticeGiven", "own", "only parties"),
        ("south", "host", "partners.NoticeGiven", "other", "of their agreement only"),
        ("south", "host", "partners.FirstOwnerInvited", "own", "of their agreement only"),
        ("south", "host", "campaigns.ConversionsRecorded", "own", "of their agreement only"),
    ],
)
def test_parties_tell_each_other_of_their_agreement_only(cast, signed, who, whom, topic, about, match):
    agreement_id = signed.id if about == "own" else cast.agreement.id
    payload = f'{{"agreement_id": "{agreement_id}"}}'
    with pytest.raises(ProgrammingError, match=match), organization_scope(getattr(cast, who).id):
        _execute(TELL, signed.id, getattr(cast, whom).id, topic, payload)


def test_nobody_tells_without_a_scope(cast, signed):
    with pytest.raises(ProgrammingError, match="only parties"):
        _execute(TELL, signed.id, cast.host.id, "partners.NoticeGiven", f'{{"agreement_id": "{signed.id}"}}')
