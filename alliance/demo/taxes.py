"""The demo's tax settings, and a certificate that waits for the host."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.core.files.base import ContentFile
from fpdf import FPDF

from alliance.demo.world import AUTO, FITNESS, HOST, DemoOrganization, actor_of
from alliance.kernel.tenancy import organization_scope
from settlements.models import TaxCertificate, TaxProfile
from settlements.taxes.models import CertificateKind
from settlements.taxes.services.save_tax_profile import TaxAnswers, save_tax_profile
from settlements.taxes.services.submit_certificate import NewCertificate, submit_certificate

# The codes are made up; their check characters are right.
_ANSWERS: Final = (
    (HOST, TaxAnswers("Demo Academy 示范学堂", "1 Example Road, Shanghai 上海市示范路1号", "CN", "91310000MA00000012")),
    (
        FITNESS,
        TaxAnswers(
            "Demo Fitness 示范健身",
            "2 Example Road, Shanghai 上海市示范路2号",
            "CN",
            "91310000MA00000025",
            accepts_self_billing=True,
        ),
    ),
)


def ensure_taxes(*, today: date, now: datetime) -> UUID:
    """Tax settings of the host and a partner, and the certificate; its id. Repeating it adds nothing."""
    for organization, answers in _ANSWERS:
        with organization_scope(organization.id):
            if not TaxProfile.objects.exists():
                save_tax_profile(actor=actor_of(organization), answers=answers, now=now)
    with organization_scope(AUTO.id):
        found = TaxCertificate.objects.values_list("pk", flat=True).first()
        return found or _submit(AUTO, today, now)


def _submit(partner: DemoOrganization, today: date, now: datetime) -> UUID:
    return submit_certificate(
        actor=actor_of(partner),
        certificate=NewCertificate(
            HOST.id,
            CertificateKind.RESIDENCE,
            "DEMO-2026-17",
            today.replace(month=1, day=1),
            today.replace(month=12, day=31),
        ),
        content=ContentFile(_document("Certificate of tax residence (demo)")),
        name="residence.pdf",
        now=now,
    )


def _document(text: str) -> bytes:
    document = FPDF()
    document.add_page()
    document.set_font("helvetica", size=16)
    document.cell(text=text)
    return bytes(document.output())
