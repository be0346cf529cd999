"""Private uploads: taken in by content, scanned, kept under an unguessable name, handed out as downloads only."""

import hashlib
import io
import socket
import struct
import zipfile
import zlib
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject

from alliance.kernel.files import (
    FileActiveError,
    FileEmptyError,
    FileGoneError,
    FileInfectedError,
    FileKind,
    FileKindRefusedError,
    FileSuspiciousError,
    FileTooLargeError,
    ScannerUnavailableError,
    UploadRules,
    active_pdf,
    copied_file,
    forget_file,
    private_file_response,
    received_file,
)
from alliance.kernel.files.receiving import safe_name
from tests.clamd import clamd, finds
from tests.documents import changed_pdf, jpeg_bytes, opens_with, pdf_action, pdf_bytes, png_bytes, upload

ANY = UploadRules(frozenset(FileKind), 100_000)
ORGANIZATION = uuid4()


def _taken(body, name="licence.pdf", rules=ANY):
    with received_file(upload(body, name), name=name, rules=rules, organization_id=ORGANIZATION) as received:
        return received


def _zip() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("payload.txt", "x")
    return written.getvalue()


@pytest.mark.parametrize(
    ("body", "kind"), [(pdf_bytes(), "pdf"), (png_bytes(), "png"), (jpeg_bytes(), "jpeg")], ids=["pdf", "png", "jpeg"]
)
def test_what_it_is_says_the_content(body, kind):
    received = _taken(body, "renamed.exe")
    assert (received.kind, received.size_bytes) == (kind, len(body))
    assert received.sha256 == hashlib.sha256(body).hexdigest()
    assert received.name.startswith("renamed.")
    with default_storage.open(received.stored_as) as stored:
        assert stored.read() == body


def test_it_lies_in_the_organizations_folder_under_a_name_nobody_guesses(settings):
    first, second = _taken(pdf_bytes()), _taken(pdf_bytes())
    folder, organization, key = first.stored_as.split("/")
    assert (folder, organization) == ("private", str(ORGANIZATION))
    assert len(key) == 48
    assert first.stored_as != second.stored_as
    stored = Path(default_storage.path(first.stored_as))
    assert stored.stat().st_mode & 0o077 == 0
    assert not stored.is_relative_to(settings.STATIC_ROOT)
    assert default_storage.base_url in ("", None, "/")


OTHERS = {
    "an executable": b"MZ\x90\x00" + bytes(400),
    "an ELF": b"\x7fELF" + bytes(200),
    "a script": b"#!/bin/sh\nrm -rf /\n",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
    "html": b"<!doctype html><script>1</script>",
    "a zip": _zip(),
    "gif": b"GIF89a" + bytes(40),
    "text": b"just a text",
    "pdf not at the beginning": b"junk\n" + pdf_bytes(),
}


@pytest.mark.parametrize("body", OTHERS.values(), ids=OTHERS)
def test_other_kinds_are_refused_whatever_they_are_called(body):
    with pytest.raises((FileKindRefusedError, FileSuspiciousError)):
        _taken(body, "licence.pdf")


def _with_mark_in_head(body: bytes, mark: bytes) -> bytes:
    """A JPEG whose comment holds `mark`."""
    return body[:2] + b"\xff\xfe" + (len(mark) + 2).to_bytes(2, "big") + mark + body[2:]


DOUBLES = {
    "pdf and zip": pdf_bytes() + _zip(),
    "png and zip": png_bytes() + _zip(),
    "jpeg and zip": jpeg_bytes() + _zip(),
    "jpeg and film": jpeg_bytes() + b"\x00\x00\x00\x18ftypmp42",
    "pdf and script": b"%PDF-1.4\n%<script>alert(1)</script>\n" + pdf_bytes()[9:],
    "jpeg and html": _with_mark_in_head(jpeg_bytes(), b"<HTML><script>"),
    "jpeg and pdf": _with_mark_in_head(jpeg_bytes(), b"%PDF-1.4"),
    "zip in a pdf": pdf_bytes()[:-7] + _zip() + b"%%EOF\n",
    "rar in a png": png_bytes()[:-12] + b"\0\0\0\7teXtRar!\x1a\x07\x00\0\0\0\0" + png_bytes()[-12:],
    "pdf cut off": pdf_bytes()[:-40],
    "png cut off": png_bytes()[:-6],
    "png without header": png_bytes()[:8] + png_bytes()[33:],
    "jpeg cut off": jpeg_bytes()[:-2],
    "jpeg cut in a segment": jpeg_bytes()[:30],
    "jpeg with an empty segment": jpeg_bytes()[:2] + b"\xff\xe1\x00\x00" + jpeg_bytes()[2:],
    "text behind a pdf": pdf_bytes() + b"and more",
}


@pytest.mark.parametrize("body", DOUBLES.values(), ids=DOUBLES)
def test_files_that_are_damaged_or_two_things_at_once_are_refused(body):
    with pytest.raises(FileSuspiciousError):
        _taken(body)


def _link(kind: str, **more: str):
    def change(writer: PdfWriter) -> None:
        link = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Annot"),
                NameObject("/Subtype"): NameObject("/Link"),
                NameObject("/Rect"): ArrayObject([FloatObject(0)] * 4),
                NameObject("/A"): pdf_action(writer, kind, **more),
            }
        )
        writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(link)])

    return change


ACTIVE = {
    "a script when it opens": opens_with("/JavaScript", JS="app.alert(1)"),
    "a program when it opens": opens_with("/Launch", F="calc.exe"),
    "a link that starts a program": _link("/Launch", F="calc.exe"),
    "a form that is sent away": _link("/SubmitForm", F="https://example.com"),
    "another file in it": lambda writer: writer.add_attachment("more.html", b"more"),
    "a script that no page leads to": lambda writer: writer._add_object(pdf_action(writer, "/JavaScript", JS="1")),
    "a password": lambda writer: writer.encrypt("secret"),
    "a script behind a lock against changes": lambda writer: (
        opens_with("/JavaScript", JS="1")(writer),
        writer.encrypt("", "owner"),
    ),
}


@pytest.mark.parametrize("change", ACTIVE.values(), ids=ACTIVE)
def test_a_pdf_that_can_do_more_than_be_read_is_refused(change):
    with pytest.raises(FileActiveError) as refusal:
        _taken(changed_pdf(change))
    assert refusal.value.field == "file"


PLAIN = {
    "nothing": lambda writer: writer.root_object,
    "a link to the web": _link("/URI", URI="https://example.com"),
    "a page to open at": opens_with("/GoTo"),
    "an outline": lambda writer: writer.add_outline_item(title="Annex", page_number=0),
    "a lock against changes": lambda writer: writer.encrypt("", "owner"),
    "compressed": lambda writer: [page.compress_content_streams() for page in writer.pages],
}


@pytest.mark.parametrize("change", PLAIN.values(), ids=PLAIN)
def test_a_pdf_that_is_only_read_is_taken(change):
    assert _taken(changed_pdf(change)).kind is FileKind.PDF


def _pdf_of_an_object_stream(catalog: bytes) -> bytes:
    """A PDF whose catalog stands in an object stream, where no search of the bytes would find it."""
    bodies = [catalog, b"<< /Type /Pages /Kids [] /Count 0 >>"]
    heads = f"1 0 2 {len(bodies[0]) + 1} ".encode()
    packed = zlib.compress(heads + b" ".join(bodies))
    head = b"%PDF-1.5\n"
    stream = (
        b"3 0 obj << /Type /ObjStm /N 2 /First %d /Filter /FlateDecode /Length %d >> stream\n%s\nendstream endobj\n"
        % (len(heads), len(packed), packed)
    )
    at = len(head) + len(stream)
    rows = [(0, 0, 0), (2, 3, 0), (2, 3, 1), (1, len(head), 0), (1, at, 0)]
    table = b"".join(struct.pack(">BHB", *row) for row in rows)
    end = b"4 0 obj << /Type /XRef /Size 5 /W [1 2 1] /Root 1 0 R /Length %d >> stream\n%s\nendstream endobj\n" % (
        len(table),
        table,
    )
    return head + stream + end + b"startxref\n%d\n%%%%EOF\n" % at


def test_an_object_stream_hides_nothing():
    assert _taken(_pdf_of_an_object_stream(b"<< /Type /Catalog /Pages 2 0 R >>")).kind is FileKind.PDF
    script = b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (1) >> >>"
    with pytest.raises(FileActiveError):
        _taken(_pdf_of_an_object_stream(script))


def test_a_pdf_of_too_many_parts_is_refused(monkeypatch):
    monkeypatch.setattr(active_pdf, "_MOST_OBJECTS", 3)
    with pytest.raises(FileActiveError):
        _taken(pdf_bytes())


def test_several_pictures_in_a_row_are_what_phones_write():
    assert _taken(jpeg_bytes() + jpeg_bytes(colour="red") + bytes(16)).kind is FileKind.JPEG


def test_a_place_takes_only_the_kinds_it_names():
    with pytest.raises(FileKindRefusedError):
        _taken(pdf_bytes(), rules=UploadRules(frozenset({FileKind.PNG}), 100_000))


def test_empty_and_too_large():
    with pytest.raises(FileEmptyError):
        _taken(b"")
    size = len(pdf_bytes())
    assert _taken(pdf_bytes(), rules=UploadRules(frozenset(FileKind), size)).size_bytes == size
    with pytest.raises(FileTooLargeError) as refusal:
        _taken(pdf_bytes(), rules=UploadRules(frozenset(FileKind), size - 1))
    assert refusal.value.field == "file"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("licence.exe", "licence.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Documents\\营业执照.PDF", "营业执照.pdf"),
        ("bill\u202efdp.exe", "billfdp.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("", "document.pdf"),
        ("...", "document.pdf"),
        ("x" * 400 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_names_are_made_harmless(given, kept):
    assert safe_name(given, FileKind.PDF) == kept


def _files() -> int:
    try:
        return len(default_storage.listdir(f"private/{ORGANIZATION}")[1])
    except FileNotFoundError:
        return 0


def _fail_to_write_the_row() -> None:
    with received_file(upload(pdf_bytes()), name="a.pdf", rules=ANY, organization_id=ORGANIZATION) as received:
        assert default_storage.exists(received.stored_as)
        raise RuntimeError


def test_a_file_whose_row_is_not_written_is_not_kept():
    before = _files()
    with pytest.raises(RuntimeError):
        _fail_to_write_the_row()
    assert _files() == before


def _row(received) -> SimpleNamespace:
    return SimpleNamespace(**received.columns())


def _content(response) -> bytes:
    body = b"".join(response)
    response.close()
    return body


def test_it_is_handed_out_as_a_download_that_runs_nothing():
    response = private_file_response(_row(_taken(pdf_bytes(), "营业执照.pdf")))
    assert _content(response) == pdf_bytes()
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''%E8%90%A5")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "private, no-store"


def test_a_copy_outlives_its_original(db, django_capture_on_commit_callbacks):
    original = _taken(png_bytes(), "logo.png")
    other = uuid4()
    with copied_file(_row(original), organization_id=other) as copy:
        assert copy.stored_as.startswith(f"private/{other}/")
    with django_capture_on_commit_callbacks(execute=True):
        forget_file(original.stored_as)
        assert default_storage.exists(original.stored_as)
    assert not default_storage.exists(original.stored_as)
    assert _content(private_file_response(_row(copy))) == png_bytes()
    with pytest.raises(FileGoneError):
        private_file_response(_row(original))


# --- The scanner ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_unix", [False, True])
def test_clamd_is_asked_about_every_byte(settings, tmp_path, is_unix):
    path = str(tmp_path / "clamd.ctl") if is_unix else ""
    with clamd(finds(b"Wanted"), unix_path=path) as (address, bodies):
        settings.FILE_SCANNER = address
        _taken(pdf_bytes())
        before = _files()
        with pytest.raises(FileInfectedError):
            _taken(_with_mark_in_head(jpeg_bytes(), b"Wanted"))
    assert bodies[0] == pdf_bytes()
    assert _files() == before


def test_a_large_file_goes_in_chunks(settings):
    body = _with_mark_in_head(jpeg_bytes(), b"x" * 60_000) * 3
    with clamd(finds(b"Wanted")) as (address, bodies):
        settings.FILE_SCANNER = address
        _taken(body, rules=UploadRules(frozenset(FileKind), 1_000_000))
    assert bodies == [body]


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR", b"", b"stream: OK maybe", b"x" * 9000])
def test_without_a_clear_verdict_nothing_is_taken_in(settings, answer):
    with clamd(lambda _body: answer) as (address, _bodies):
        settings.FILE_SCANNER = address
        with pytest.raises(ScannerUnavailableError):
            _taken(pdf_bytes())


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_scanner_that_can_not_be_reached_closes_the_door(settings, tmp_path):
    before = _files()
    for address in (f"clamd://127.0.0.1:{_closed_port()}", f"clamd://{tmp_path}/none.ctl", "no.such.scanner", "typo"):
        settings.FILE_SCANNER = address
        with pytest.raises(ScannerUnavailableError):
            _taken(pdf_bytes())
    assert _files() == before


def finds_everything(_body: bytes) -> str:
    return "Everything"


def test_a_function_of_ones_own_may_scan(settings):
    settings.FILE_SCANNER = "tests.contract.kernel.test_files.finds_everything"
    with pytest.raises(FileInfectedError):
        _taken(pdf_bytes())
