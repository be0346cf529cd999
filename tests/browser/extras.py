"""What the demo has no example of, made through the services: a key, an invitation, files with errors, exports."""

import io
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.files import File

from alliance.demo.orders import demo_order_file
from alliance.demo.seed import MAPPING
from alliance.demo.world import HOST, actor_of
from alliance.kernel.clock import local_date
from alliance.kernel.inline import work_off
from alliance.kernel.permissions import Permission, Role
from alliance.kernel.tenancy import organization_scope
from campaigns.services.preview_import import preview_import
from campaigns.services.upload_order_file import upload_order_file
from partners.invitation_tokens import invitation_token
from partners.models import AgreementStatus, TermsVersion
from partners.selectors import agreements_of, hosted_alliances
from partners.services.create_api_key import NewApiKey, create_api_key
from partners.services.found_partner import NewPartner, found_partner
from partners.services.invite_member import Invitee, invite_member
from settlements.models import ExportFormat, Statement
from settlements.services.create_export import create_export


@dataclass(frozen=True)
class Extras:
    """Parameters that only these have. `token` stays open for the page; `token_to_use` is a test's to use up."""

    api_key_id: UUID
    invitation_id: UUID
    token: str
    token_to_use: str
    export_id: UUID
    preview_id: UUID
    organization_id: UUID
    agreement_id: UUID
    version_id: UUID


def _file_with_errors(today: date) -> bytes:
    lines = demo_order_file(today=today).splitlines(keepends=True)[:40]
    broken = lines[1].replace(b"1", b"x")
    return b"".join([*lines, broken])


def _preview(alliance_id: UUID, now: datetime) -> UUID:
    content = File(io.BytesIO(_file_with_errors(local_date(now, "UTC"))), name="with-errors.csv")
    file_id = upload_order_file(actor=actor_of(HOST), name="with-errors.csv", content=content, now=now)
    return preview_import(actor=actor_of(HOST), file_id=file_id, alliance_id=alliance_id, mapping=MAPPING, now=now)


def build_extras(now: datetime) -> Extras:
    """Make them all in the host's scope, and work off the jobs they start."""
    host = actor_of(HOST)
    with organization_scope(HOST.id):
        alliance_id = hosted_alliances()[0].id
        key = create_api_key(actor=host, key=NewApiKey("Shop server", frozenset({Permission.ORDER_IMPORT})), now=now)
        invitation_id = invite_member(actor=host, invitee=Invitee("colleague@demo.example", Role.ANALYST), now=now)
        to_use_id = invite_member(actor=host, invitee=Invitee("newcomer@demo.example", Role.ANALYST), now=now)
        statement_id = Statement.objects.order_by("pk").values_list("pk", flat=True).first()
        export_id = create_export(actor=host, file_format=ExportFormat.CSV, statement_id=statement_id, now=now)
        preview_id = _preview(alliance_id, now)
        organization_id = found_partner(
            actor=host, alliance_id=alliance_id, partner=NewPartner("Demo Travel 示范旅行"), now=now
        )
        signed = next(a for a in agreements_of() if a.status == AgreementStatus.SIGNED)
        version_id = TermsVersion.objects.filter(agreement_id=signed.id).values_list("pk", flat=True)[0]
    work_off(HOST.id)
    return Extras(
        api_key_id=key.id,
        invitation_id=invitation_id,
        token=invitation_token(invitation_id),
        token_to_use=invitation_token(to_use_id),
        export_id=export_id,
        preview_id=preview_id,
        organization_id=organization_id,
        agreement_id=signed.id,
        version_id=version_id,
    )
