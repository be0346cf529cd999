"""Documents of an application: who sees which, what is refused, what is deleted and what only marked."""

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from partners.models import ApplicationDocument
from partners.onboarding.domain.steps import Step
from partners.onboarding.services.request_changes import request_changes
from partners.onboarding.services.upload_document import MOST_DOCUMENTS
from tests.applicants import Applied, Page, add_document, begun, filled, submit, submitted
from tests.cast import NOW, member_of, signed_in
from tests.clamd import clamd, finds
from tests.documents import jpeg_bytes, pdf_bytes, png_bytes, upload


@pytest.fixture
def applied(page: Page) -> Applied:
    return begun(page)


def _upload(applied: Applied, body: bytes, name: str = "licence.pdf", kind: str = "business_licence"):
    address = reverse("portal:application_step", args=[applied.id, "documents"])
    return signed_in(applied.party.owner).post(address, {"kind": kind, "file": upload(body, name)})


def _documents(applied: Applied) -> list[ApplicationDocument]:
    with organization_scope(applied.party.id):
        return list(ApplicationDocument.objects.filter(application_id=applied.id))


def _body(response) -> bytes:
    return b"".join(response)  # read to its end, the test client closes it


@pytest.mark.parametrize(
    ("body", "name", "kept"),
    [
        (pdf_bytes(), "营业执照.pdf", "营业执照.pdf"),
        (png_bytes(), "scan.png", "scan.png"),
        (jpeg_bytes(), "IMG_1.JPEG", "IMG_1.jpg"),
        (pdf_bytes(), "../../licence.exe", "licence.pdf"),
    ],
)
def test_what_is_taken_comes_back_as_a_harmless_download(applied, body, name, kept):
    assert _upload(applied, body, name).status_code == 302
    [document] = _documents(applied)
    assert document.file_name == kept
    response = signed_in(applied.party.owner).get(
        reverse("portal:application_document", args=[applied.id, document.pk])
    )
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert _body(response) == body


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"MZ\x90\x00" + bytes(400), "The content counts, not the name"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "The content counts, not the name"),
        (b"<!doctype html><script>1</script>", "The content counts, not the name"),
        (pdf_bytes()[:-40], "damaged"),
        (b"", "The file is empty"),
    ],
)
def test_what_is_refused_is_said_beside_the_field_and_not_kept(applied, body, said):
    response = _upload(applied, body)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert response.context["form"].errors["file"]
    assert _documents(applied) == []


def test_too_large(applied, settings):
    settings.UPLOAD_MAX_BYTES = len(pdf_bytes()) - 1
    response = _upload(applied, pdf_bytes())
    assert response.status_code == 422
    assert "too large" in response.content.decode()


def test_an_application_takes_so_many_and_no_more(applied, monkeypatch):
    monkeypatch.setattr("partners.onboarding.services.upload_document.MOST_DOCUMENTS", 2)
    assert [_upload(applied, pdf_bytes()).status_code for _ in range(3)] == [302, 302, 422]
    assert MOST_DOCUMENTS == 20


def test_the_scanner_is_asked_and_no_answer_means_no_upload(applied, settings):
    with clamd(finds(b"%PDF")) as (address, _bodies):
        settings.FILE_SCANNER = address
        assert "virus scanner refused" in _upload(applied, pdf_bytes()).content.decode()
        assert _upload(applied, png_bytes(), "a.png").status_code == 302
    response = _upload(applied, png_bytes(), "b.png")
    assert response.status_code == 422
    assert "checked for viruses" in response.content.decode()
    assert [document.file_name for document in _documents(applied)] == ["a.png"]


def test_the_host_sees_documents_once_they_are_submitted(cast, page):
    applied = filled(page)
    [first, *_rest] = _documents(applied)
    host_address = reverse("portal:application_review_document", args=[applied.id, first.pk])
    own_address = reverse("portal:application_document", args=[applied.id, first.pk])
    host = signed_in(cast.host.manager)
    assert host.get(host_address).status_code == 404
    submit(applied)
    assert _body(host.get(host_address)) == _body(signed_in(applied.party.owner).get(own_address))
    with organization_scope(cast.host.id):
        request_changes(actor=cast.host.system, application_id=applied.id, remarks={Step.DOCUMENTS: "x"}, now=NOW)
    with organization_scope(applied.party.id):
        later = add_document(applied, kind="other")
    late_address = reverse("portal:application_review_document", args=[applied.id, later])
    assert host.get(late_address).status_code == 404
    submit(applied)
    assert _body(host.get(late_address)) == pdf_bytes("other of a company")


def test_nobody_else_sees_them(cast, page):
    applied = submitted(page)
    [document, *_rest] = _documents(applied)
    addresses = [
        reverse(name, args=[applied.id, document.pk])
        for name in ("portal:application_document", "portal:application_review_document")
    ]
    for party in (cast.stranger, cast.north):
        assert [signed_in(party.owner).get(address).status_code for address in addresses] in ([404, 403], [404, 404])
    own, review = addresses
    assert signed_in(cast.host.owner).get(own).status_code == 404  # the host's way is another
    assert signed_in(cast.host.viewer).get(review).status_code == 403
    assert signed_in(member_of(applied.party, Role.VIEWER)).get(own).status_code == 403
    other = submitted(page, name="Other", company={"tax_id": "DE129273398"})
    assert signed_in(other.party.owner).get(own).status_code == 404


def _remove(applied: Applied, document: ApplicationDocument):
    address = reverse("portal:application_document_remove", args=[applied.id, document.pk])
    return signed_in(applied.party.owner).post(address)


def test_what_the_host_never_saw_is_deleted_with_its_file(page, django_capture_on_commit_callbacks):
    applied = filled(page)
    [document, *rest] = _documents(applied)
    with django_capture_on_commit_callbacks(execute=True):
        assert _remove(applied, document).status_code == 302
    assert _documents(applied) == rest
    assert not default_storage.exists(document.stored_as)
    assert _remove(applied, document).status_code == 404


def test_what_the_host_saw_is_only_marked(cast, page, django_capture_on_commit_callbacks):
    applied = submitted(page)
    [document, *_rest] = _documents(applied)
    assert _remove(applied, document).status_code == 302  # refused: the host has the application
    assert _documents(applied)[0].removed_at is None
    with organization_scope(cast.host.id):
        request_changes(actor=cast.host.system, application_id=applied.id, remarks={Step.DOCUMENTS: "x"}, now=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            assert _remove(applied, document).status_code == 302
    assert _documents(applied)[0].removed_at is not None
    assert default_storage.exists(document.stored_as)
    review = signed_in(cast.host.owner).get(reverse("portal:application_review", args=[applied.id])).content.decode()
    assert "no longer valid" in review
    assert (
        signed_in(applied.party.owner).post(reverse("portal:application_submit", args=[applied.id])).status_code == 422
    )


def test_removing_is_for_the_applicant(cast, page):
    applied = filled(page)
    [document, *_rest] = _documents(applied)
    address = reverse("portal:application_document_remove", args=[applied.id, document.pk])
    for party in (cast.host, cast.stranger):
        assert signed_in(party.owner).post(address).status_code == 404
    assert signed_in(applied.party.owner).get(address).status_code == 405
    assert len(_documents(applied)) == 2
