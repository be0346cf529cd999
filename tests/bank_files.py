"""Bank statements as files, and the way from a file to entries through the portal."""

from datetime import date
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import resolve, reverse

from alliance.demo.bank_statements import AccountStatement, Movement, camt053
from tests.jobs import run_all_jobs

IBAN = "DE89370400440532013000"
DAY = date(2026, 3, 31)
UNKNOWN = Movement(DAY, 12345, name="Somebody", text="who knows", bank_reference="B-9")


def camt(*movements: Movement, reference: str = "S-1", opening_minor: int = 0, version: str = "08") -> bytes:
    """One statement in euro of March 2026."""
    days = (date(2026, 3, 1), DAY)
    return camt053(AccountStatement(reference, IBAN, "EUR", opening_minor, movements, *days), version=version)


def uploaded(client: Client, alliance_id: UUID, content: bytes, name: str = "bank.xml"):
    data = {"alliance": str(alliance_id), "file": SimpleUploadedFile(name, content)}
    return client.post(reverse("portal:bank_upload"), data)


def previewed(client: Client, alliance_id: UUID, content: bytes) -> UUID:
    """Upload a CAMT.053 and have it read; the preview's id."""
    response = uploaded(client, alliance_id, content)
    assert response.status_code == 302, response.content.decode()
    run_all_jobs()
    return UUID(str(resolve(response.url).kwargs["bank_preview_id"]))


def imported(client: Client, alliance_id: UUID, content: bytes) -> UUID:
    """Upload, preview, confirm, run; the import's id."""
    response = client.post(reverse("portal:bank_confirm", args=[previewed(client, alliance_id, content)]))
    assert response.status_code == 302
    run_all_jobs()
    return UUID(str(resolve(response.url).kwargs["bank_import_id"]))
