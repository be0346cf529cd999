"""The signed copy: made once, the same for every party, and checked by anybody."""

import io
import json
import zlib
from dataclasses import replace
from datetime import date

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from pypdf import PdfReader, PdfWriter

from alliance.kernel.errors import NotFoundError
from alliance.kernel.tenancy import organization_scope
from partners.agreements.copies.checking import difference_within, read_copy
from partners.agreements.copies.content import copy_content
from partners.agreements.copies.writing import copy_bytes
from partners.agreements.services.attach_file import attach_file
from partners.agreements.services.make_signed_copy import make_signed_copy
from partners.domain.end_rule import AtEnd, EndRule
from partners.domain.evidence import Evidence
from partners.domain.supplement import Paper
from partners.models import SignedCopy, TermsVersion
from tests.cast import (
    NOW,
    AgreementOf,
    alliance_of,
    host_organization,
    join,
    partner_organization,
    proposed_agreement,
    signed_agreement,
)
from tests.documents import pdf_bytes, pdf_words, upload
from tests.outbox import deliver_all

pytestmark = pytest.mark.usefixtures("committed")
TEXTS = {
    "en": "# Scope\n\nThe parties sell **courses** and kits. \U0001f600\n\n1. One\n2. Two\n\n| A | B |\n|---|---|\n| 1 | 2 |",
    "zh-hans": "# 范围\n\n双方共同销售课程与器材，“分成”按本协议计算。\n\n- 第一\n- 第二",
}


@pytest.fixture(scope="module")
def signed(django_db_setup, django_db_blocker) -> AgreementOf:
    with django_db_blocker.unblock():
        host, partner = host_organization(), partner_organization(name="示范健身 Fitness", time_zone="Asia/Shanghai")
        alliance = alliance_of(host)
        join(alliance, partner)
        with organization_scope(host.id):
            file_id = attach_file(
                actor=host.actor(), content=upload(pdf_bytes("Annex")), name="Annex & more.pdf", now=NOW
            )
        return signed_agreement(
            alliance,
            [(host, "62.5"), (partner, "37.5")],
            name="Fitness courses 健身课程",
            time_zone="Asia/Shanghai",
            effective_to=date(2027, 1, 1),
            paper=Paper(EndRule(30, AtEnd.RENEW, renewal_months=12), TEXTS, file_id),
        )


def _copy(signed: AgreementOf) -> SignedCopy:
    deliver_all(signed.parties[0].id, copies=True)
    with organization_scope(signed.parties[1].id):
        return SignedCopy.objects.get(version_id=signed.version_id)


def _body(signed: AgreementOf) -> bytes:
    with default_storage.open(_copy(signed).stored_as) as stored:
        return stored.read()


def _check(tmp_path, body: bytes, *, offline: bool = False) -> str:
    """What the command says; raises `CommandError` when it would exit with 1."""
    file, said = tmp_path / "copy.pdf", io.StringIO()
    file.write_bytes(body)
    call_command("verify_agreement_pdf", str(file), offline=offline, stdout=said)
    return said.getvalue()


def test_the_copy_is_made_when_the_last_party_accepts_and_only_once(signed):
    copy = _copy(signed)
    host = signed.parties[0]
    with organization_scope(host.id):
        again = make_signed_copy(actor=host.system, version_id=signed.version_id, now=NOW)
        assert (again, SignedCopy.objects.filter(version_id=signed.version_id).count()) == (copy.id, 1)
    assert copy.file_name == "Fitness courses 健身课程 v1.pdf"
    body = _body(signed)
    assert (len(body), copy.host_id) == (copy.size_bytes, host.id)


def test_nothing_is_copied_that_nobody_has_signed(signed):
    host, partner = signed.parties
    waiting = proposed_agreement(signed.alliance, [(host, "60"), (partner, "40")])
    with organization_scope(host.id), pytest.raises(NotFoundError):
        make_signed_copy(actor=host.system, version_id=waiting.version_id, now=NOW)


def test_it_says_everything_in_both_languages(signed):
    words = pdf_words(_body(signed))
    for sentence in (
        "Fitness courses 健身课程",
        "示范健身 Fitness",
        "30 days' notice",
        "62.5%",
        "Scope",
        "The parties sell courses and kits.",
        "范围",
        "Signatures · 签名",
        "Annex & more.pdf",
        signed.document_sha256,
        "(Asia/Shanghai)",
        "192.0.2.0/24",
    ):
        assert sentence in words, sentence
    assert "双方共同销售课程与器材" in words.replace(" ", "")


def test_it_is_an_archive_with_its_evidence_inside(signed):
    body = _body(signed)
    reader = PdfReader(io.BytesIO(body))
    metadata = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in metadata
    assert "健身课程" in metadata
    assert reader.trailer["/Root"]["/OutputIntents"]
    assert set(reader.attachments) == {"agreement.json", "Annex & more.pdf"}
    assert reader.attachments["Annex & more.pdf"] == [pdf_bytes("Annex")]
    evidence = json.loads(reader.attachments["agreement.json"][0])
    with organization_scope(signed.parties[0].id):
        version = TermsVersion.objects.get(pk=signed.version_id)
    assert evidence["document"] == version.document
    assert [record["signer_name"] for record in evidence["acceptances"]] == [
        str(party.owner) for party in signed.parties
    ]


def test_the_same_content_gives_the_same_bytes(signed):
    with organization_scope(signed.parties[0].id):
        version = TermsVersion.objects.select_related("agreement", "attached").get(pk=signed.version_id)
        assert copy_bytes(copy_content(version)) == _body_in_scope(signed)


def _body_in_scope(signed: AgreementOf) -> bytes:
    with default_storage.open(SignedCopy.objects.get(version_id=signed.version_id).stored_as) as stored:
        return stored.read()


@pytest.mark.parametrize("offline", [False, True])
def test_an_untouched_copy_is_the_same(signed, tmp_path, offline):
    assert f"same: Fitness courses 健身课程, version 1, {signed.document_sha256}" in _check(
        tmp_path, _body(signed), offline=offline
    )


@pytest.mark.parametrize("place", [0, 400, 20_000, -2])
def test_one_changed_byte_is_found(signed, tmp_path, place):
    body = bytearray(_body(signed))
    body[place] ^= 1
    with pytest.raises(CommandError, match="different"):
        _check(tmp_path, bytes(body))


def _with_evidence(body: bytes, evidence: bytes, *, annex: bytes | None = None) -> bytes:
    """The copy with another file inside, as somebody who knows PDF would make it."""
    writer = PdfWriter()
    for page in PdfReader(io.BytesIO(body)).pages:
        writer.add_page(page)
    writer.add_attachment("agreement.json", evidence)
    writer.add_attachment("Annex & more.pdf", annex or pdf_bytes("Annex"))
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def _forged(signed: AgreementOf, change) -> bytes:
    body = _body(signed)
    content = json.loads(PdfReader(io.BytesIO(body)).attachments["agreement.json"][0])
    change(content)
    return _with_evidence(body, json.dumps(content).encode())


FORGERIES = {
    "the share": lambda c: c["document"]["terms"]["clauses"][0]["pays"]["shares"][0].update(share="99/100"),
    "the text": lambda c: c["document"]["texts"].update(en="Nothing is owed."),
    "the notice": lambda c: c["document"]["end_rule"].update(notice_days=365),
    "the hash": lambda c: c.update(document_sha256="0" * 64),
    "one signature's hash": lambda c: c["acceptances"][1].update(document_sha256="0" * 64),
    "a party less": lambda c: c["acceptances"].pop(),
    "another signer": lambda c: c["acceptances"][1].update(organization_id="0" * 32),
}


@pytest.mark.parametrize("what", FORGERIES)
def test_a_forged_field_is_named_even_offline(signed, tmp_path, what):
    with pytest.raises(CommandError, match=r"different: (document_sha256|acceptances|parties)") as caught:
        _check(tmp_path, _forged(signed, FORGERIES[what]), offline=True)
    assert caught.value.returncode == 1


def _rehash(content: dict) -> None:
    """A careful forger hashes the forged document anew, everywhere."""
    from partners.domain.document import document_sha256

    content["document"]["end_rule"]["notice_days"] = 365
    content["document_sha256"] = document_sha256(content["document"])
    for record in content["acceptances"]:
        record["document_sha256"] = content["document_sha256"]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (_rehash, "acceptances.0.document_sha256"),
        (lambda c: c["acceptances"][0].update(signer_name="Somebody Else"), "acceptances.0.signer_name"),
        (lambda c: c["acceptances"][1].update(accepted_at="2020-01-01T00:00:00+00:00"), "acceptances.1.accepted_at"),
        (lambda _content: None, "sha256 of the file"),
    ],
)
def test_a_careful_forgery_differs_from_what_is_kept(signed, tmp_path, change, where):
    forged = _forged(signed, change)
    assert "same" in _check(tmp_path, forged, offline=True)
    with pytest.raises(CommandError, match=f"different: {where}"):
        _check(tmp_path, forged)


def test_another_annex_is_found_offline(signed, tmp_path):
    body = _body(signed)
    evidence = PdfReader(io.BytesIO(body)).attachments["agreement.json"][0]
    with pytest.raises(CommandError, match="different: attached"):
        _check(tmp_path, _with_evidence(body, evidence, annex=pdf_bytes("Another annex")), offline=True)


def test_an_invented_agreement_is_unknown(signed, tmp_path):
    copy = read_copy(_body(signed))
    document = {**copy.evidence.document, "number": 77}
    from partners.domain.document import document_sha256

    sha256 = document_sha256(document)
    acceptances = tuple(replace(record, document_sha256=sha256) for record in copy.evidence.acceptances)
    invented = Evidence(document, sha256, acceptances, copy.evidence.accepted_at)
    with pytest.raises(CommandError, match="no such accepted version"):
        _check(tmp_path, _with_evidence(_body(signed), invented.to_bytes()))


@pytest.mark.parametrize("body", [b"", b"not a PDF", pdf_bytes("no evidence"), zlib.compress(b"x")])
def test_other_files_are_no_copies(tmp_path, body):
    with pytest.raises(CommandError, match="different"):
        _check(tmp_path, body, offline=True)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(CommandError) as caught:
        call_command("verify_agreement_pdf", str(tmp_path / "none.pdf"))
    assert caught.value.returncode == 2


def test_evidence_contradicts_itself_nowhere(signed):
    assert difference_within(read_copy(_body(signed))) is None
