"""What the demo has no example of, made through the services: a key, an invitation, files with errors, exports."""

import io
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.files import File

from alliance.demo.orders import TIME_ZONE, demo_order_file
from alliance.demo.rates import ensure_rates
from alliance.demo.seed import MAPPING
from alliance.demo.taxes import ensure_taxes
from alliance.demo.world import FITNESS, HOST, SIGNED, actor_of
from alliance.kernel.actor import member_actor
from alliance.kernel.clock import local_date
from alliance.kernel.ids import new_id
from alliance.kernel.inline import work_off
from alliance.kernel.permissions import Permission, Role
from alliance.kernel.tenancy import organization_scope
from campaigns.services.preview_import import preview_import
from campaigns.services.upload_order_file import upload_order_file
from partners.agreements.services.propose_ending import propose_ending
from partners.drafts.services.start_draft import DraftStart, start_draft
from partners.invitation_tokens import invitation_token
from partners.keys.services.create_api_key import NewApiKey, create_api_key
from partners.models import Member, TermsVersion
from partners.selectors import agreements_of, hosted_alliances, partners_in
from partners.services.accept_agreement import Signature
from partners.services.found_partner import NewPartner, found_partner
from partners.services.invite_member import Invitee, invite_member
from partners.webhooks.models import WebhookEndpoint
from partners.webhooks.services.claim_due import Claim
from partners.webhooks.services.create_endpoint import EndpointSettings, create_endpoint
from partners.webhooks.services.record_attempt import AttemptMade, record_attempt
from partners.webhooks.services.send_test import send_test
from settlements.models import AdjustmentKind, ExportFormat, Statement
from settlements.services.approve_adjustment import approve_adjustment
from settlements.services.create_export import create_export
from settlements.services.propose_adjustment import WantedAdjustment, propose_adjustment
from settlements.services.schedule_exports import schedule_exports
from tests.domain.partners.terms.everything import unfinished_terms


@dataclass(frozen=True)
class Extras:
    """Parameters that only these have. The statement is one that was restated. `token` stays open for the page; `token_to_use` is a test's to use up."""

    api_key_id: UUID
    proposal_id: UUID
    certificate_id: UUID
    rate_import_id: UUID
    statement_id: UUID
    version: int
    endpoint_id: UUID
    delivery_id: UUID
    invitation_id: UUID
    token: str
    token_to_use: str
    export_id: UUID
    schedule_id: UUID
    preview_id: UUID
    organization_id: UUID
    agreement_id: UUID
    version_id: UUID
    ending_id: UUID
    draft_id: UUID
    place: int = 0
    line_number: int = 2
    section: str = "limits"


def _ending(agreement_id: UUID, now: datetime) -> UUID:
    """A partner's proposal to end an agreement in a quarter of a year; it waits for the host."""
    partner = actor_of(FITNESS)
    last_on = local_date(now, "UTC") + timedelta(days=90)
    with organization_scope(FITNESS.id):
        return propose_ending(
            actor=partner, agreement_id=agreement_id, last_on=last_on, signature=Signature("F. Itness", "en"), now=now
        )


def _file_with_errors(today: date) -> bytes:
    lines = demo_order_file(today=today).splitlines(keepends=True)[:40]
    broken = lines[1].replace(b"1", b"x")
    return b"".join([*lines, broken])


def _preview(alliance_id: UUID, now: datetime) -> UUID:
    content = File(io.BytesIO(_file_with_errors(local_date(now, "UTC"))), name="with-errors.csv")
    file_id = upload_order_file(actor=actor_of(HOST), name="with-errors.csv", content=content, now=now)
    return preview_import(actor=actor_of(HOST), file_id=file_id, alliance_id=alliance_id, mapping=MAPPING, now=now)


def _webhook(now: datetime) -> tuple[UUID, UUID]:
    """An endpoint that answered once with an error, and the delivery of it."""
    host = actor_of(HOST)
    wanted = EndpointSettings("https://hooks.example/in", ("conversion.recorded", "statement.closed"), "Order desk")
    created = create_endpoint(actor=host, wanted=wanted, now=now, resolve=lambda _name, _port: ["93.184.215.14"])
    delivery_id = send_test(actor=host, endpoint_id=created.id, now=now)
    claim = Claim(
        new_id(), delivery_id, created.id, HOST.id, new_id(), body="{}", url="https://hooks.example/in",
        sealed_secret="", sealed_previous_secret="", previous_secret_until=None,
    )  # fmt: skip
    WebhookEndpoint.objects.filter(pk=created.id).update(busy_token=claim.token)
    made = AttemptMade(
        now, claim.url, {"webhook-id": "msg_1"}, 84, 500, {"content-type": "text/html"}, b"<h1>Oops</h1>", is_cut=True
    )
    record_attempt(actor=host, claim=claim, made=made, chance=0.5, now=now)
    return created.id, delivery_id


def _draft(alliance_id: UUID, now: datetime) -> UUID:
    """A draft with something of everything, and a few things that are not right."""
    parties = [HOST.id, *sorted(m.organization_id for m in partners_in(alliance_id=alliance_id) if not m.is_host)]
    start = DraftStart(alliance_id, "Courses with kits", unfinished_terms(*parties[:3]))
    return start_draft(actor=actor_of(HOST), start=start, now=now)


def _proposals(now: datetime) -> tuple[UUID, UUID]:
    """A correction that waits, and a partner's statement that was restated."""
    host = actor_of(HOST)
    statement = Statement.objects.exclude(organization_id=HOST.id).order_by("pk")[0]

    def propose(kind: AdjustmentKind, statement_id: UUID | None) -> UUID:
        wanted = WantedAdjustment(
            kind, statement.agreement_id, statement.organization_id, -1250, "Counted twice 重复计算", statement_id
        )
        return propose_adjustment(actor=host, wanted=wanted, now=now)

    owner = Member.objects.get(organization_id=HOST.id, role=Role.OWNER)
    person = replace(
        member_actor(user_id=owner.user_id, organization_id=HOST.id, role=Role.OWNER, label="Owner"),
        has_second_factor=True,
    )
    restatement_id = propose(AdjustmentKind.RESTATEMENT, statement.id)
    approve_adjustment(actor=person, proposal_id=restatement_id, now=now)
    return propose(AdjustmentKind.CORRECTION, None), statement.id


def build_extras(now: datetime) -> Extras:
    """Make them all in the host's scope, and work off the jobs they start."""
    host = actor_of(HOST)
    with organization_scope(HOST.id):
        alliance_id = hosted_alliances()[0].id
        key = create_api_key(actor=host, key=NewApiKey("Shop server", frozenset({Permission.ORDER_IMPORT})), now=now)
        endpoint_id, delivery_id = _webhook(now)
        invitation_id = invite_member(actor=host, invitee=Invitee("colleague@demo.example", Role.ANALYST), now=now)
        to_use_id = invite_member(actor=host, invitee=Invitee("newcomer@demo.example", Role.ANALYST), now=now)
        statement_id = Statement.objects.order_by("pk").values_list("pk", flat=True).first()
        export_id = create_export(actor=host, file_format=ExportFormat.CSV, statement_id=statement_id, now=now)
        schedule_id = schedule_exports(actor=host, file_format=ExportFormat.XLSX, now=now)
        preview_id = _preview(alliance_id, now)
        organization_id = found_partner(
            actor=host, alliance_id=alliance_id, partner=NewPartner("Demo Travel 示范旅行"), now=now
        )
        signed = next(a for a in agreements_of() if a.name == SIGNED[0][0])
        draft_id = _draft(alliance_id, now)
        version_id = TermsVersion.objects.filter(agreement_id=signed.id).values_list("pk", flat=True)[0]
        proposal_id, restated_id = _proposals(now)
    work_off(HOST.id)
    return Extras(
        proposal_id=proposal_id,
        certificate_id=ensure_taxes(today=local_date(now, TIME_ZONE), now=now),
        rate_import_id=ensure_rates(today=local_date(now, TIME_ZONE), now=now),
        statement_id=restated_id,
        version=2,
        api_key_id=key.id,
        endpoint_id=endpoint_id,
        delivery_id=delivery_id,
        invitation_id=invitation_id,
        token=invitation_token(invitation_id),
        token_to_use=invitation_token(to_use_id),
        export_id=export_id,
        schedule_id=schedule_id,
        preview_id=preview_id,
        organization_id=organization_id,
        agreement_id=signed.id,
        version_id=version_id,
        ending_id=_ending(signed.id, now),
        draft_id=draft_id,
    )
