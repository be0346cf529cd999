"""One world for the permission matrix: a host with something of everything, its partner, a stranger, and keys."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.core.files.base import ContentFile
from django.test import Client
from django.urls import resolve

from alliance.kernel.actor import Actor
from alliance.kernel.clock import utc_now
from alliance.kernel.ids import new_id
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from campaigns.domain.mapping import Mapping
from campaigns.models import Conversion, Order, OrderImport
from campaigns.services.save_mapping import save_mapping
from partners.agreements.services.make_signed_copy import make_signed_copy
from partners.catalogue.domain.display import Effect
from partners.catalogue.domain.wanted_rule import WantedRule
from partners.catalogue.services.add_display_rule import add_display_rule
from partners.catalogue.services.add_item_picture import add_item_picture
from partners.drafts.services.start_draft import DraftStart, start_draft
from partners.models import AllianceMembership, ApplicationDocument, ItemImport, MailDomain, Member
from partners.onboarding.api import applying_examples as examples
from partners.services.found_partner import NewPartner, found_partner
from partners.services.invite_member import Invitee, invite_member
from settlements.answers.services.dispute_line import dispute_line
from settlements.invoices.eligibility import amounts_of
from settlements.invoices.services.submit_invoice import OwnInvoice, submit_invoice
from settlements.models import (
    Account,
    Accrual,
    AdjustmentKind,
    BankEntry,
    BankImport,
    BankMatch,
    BankStatement,
    ExportFormat,
    Journal,
    Period,
    PeriodClose,
    Statement,
)
from settlements.payouts.services.place_hold import place_hold
from settlements.payouts.services.report_outcome import Outcome, report_outcome
from settlements.rates.services.read_rate_file import read_rate_file
from settlements.services.create_export import create_export
from settlements.services.propose_adjustment import WantedAdjustment, propose_adjustment
from settlements.services.request_period_close import request_period_close
from settlements.services.schedule_exports import schedule_exports
from settlements.taxes.models import CertificateKind
from settlements.taxes.services.save_tax_profile import TaxAnswers, save_tax_profile
from settlements.taxes.services.submit_certificate import NewCertificate, submit_certificate
from tests import bank_files
from tests.adjustments import adjustment_of
from tests.agreements import offer_end
from tests.api import api_key
from tests.applicants import page_of, submitted
from tests.cast import NOW, Cast, full_cast, member_of, person, proposed_agreement, signed_agreement, signed_in
from tests.contract.campaigns.sheets import EVERYTHING, csv_bytes, imported
from tests.contract.partners.catalogue import files as item_files
from tests.contract.partners.catalogue.files import imported as imported_items
from tests.contract.partners.drafts.drafting import plain
from tests.documents import pdf_bytes, png_bytes
from tests.items import feed_with_file, item_of
from tests.jobs import run_all_jobs
from tests.outbox import deliver_all
from tests.payouts import Desk, bank_account_of
from tests.webhooks import endpoint_of, tell

ROLES = tuple(Role)
UNSIGNED = frozenset({"api:agreement_acceptances", "api:version_decline", "api:version_withdraw"})
SIGNED = frozenset({"portal:version_copy"})


@dataclass
class World:
    """Who calls, and the ids that stand in addresses. `ids` is keyed by the name in the route."""

    cast: Cast
    callers: dict[str, Client]
    ids: dict[str, object] = field(default_factory=dict)
    open_ids: dict[str, object] = field(default_factory=dict)
    ending_ids: dict[str, object] = field(default_factory=dict)

    def ids_of(self, route: str, names: frozenset[str]) -> dict[str, object]:
        """The values for a route's names: of the unsigned or the ending agreement where those are acted upon."""
        is_open = ("version_id" in names or route in UNSIGNED) and route not in SIGNED
        source = {**self.ids, **(self.open_ids if is_open else {})}
        if "ending_id" in names:
            source |= self.ending_ids
        return {name: source[name] for name in names}


def build_world() -> World:
    """Everything committed. The partner is a party of the agreement and shares what follows from it."""
    cast = full_cast()
    for role in (Role.MARKETER, Role.DEVELOPER, Role.ANALYST):
        member_of(cast.host, role)
    world = World(cast, _callers(cast))
    _partners(world)
    _agreements(world)
    _applications(world)
    _items(world)
    _orders(world)
    _settlements(world)
    _bank_account(world)
    _bank(world)
    _payouts(world)
    return world


def _callers(cast: Cast) -> dict[str, Client]:
    callers = {role.value: signed_in(cast.host.user(role), organization=cast.host) for role in ROLES}
    callers["anonymous"] = Client()
    callers["partner"] = signed_in(cast.north.owner, organization=cast.north)
    callers["stranger"] = signed_in(cast.stranger.owner, organization=cast.stranger)
    callers["neighbour"] = signed_in(cast.south.owner, organization=cast.south)
    callers["partner_viewer"] = signed_in(cast.north.viewer, organization=cast.north)
    callers["nobody"] = signed_in(person())
    callers["key"] = Client(headers={"Authorization": f"Bearer {api_key(cast.host)[0]}"})
    callers["weak_key"] = Client(headers={"Authorization": f"Bearer {api_key(cast.host, [])[0]}"})
    return callers


def _partners(world: World) -> None:
    cast = world.cast
    host = cast.host.actor()
    colleague = member_of(cast.host, Role.VIEWER)
    waiting = proposed_agreement(cast.alliance, [(cast.host, "70%"), (cast.north, "30%")], name="Waiting")
    with organization_scope(cast.host.id):
        founded = found_partner(actor=host, alliance_id=cast.alliance.id, partner=NewPartner("Founded"), now=NOW)
        invitation = invite_member(actor=host, invitee=Invitee("guest@example.org", Role.VIEWER), now=NOW)
        start = DraftStart(cast.alliance.id, "Draft", plain(cast.host, cast.north))
        world.ids |= {
            "draft_id": start_draft(actor=host, start=start, now=NOW),
            "place": 0,
            "section": "limits",
            "alliance_id": cast.alliance.id,
            "agreement_id": cast.agreement.id,
            "number": 1,
            "membership_id": AllianceMembership.objects.get(organization_id=cast.south.id).pk,
            "organization_id": founded,
            "member_id": Member.objects.get(user=colleague).pk,
            "invitation_id": invitation,
            "pk": 0,  # of nobody's passkey
            "domain_id": MailDomain.objects.create(
                organization_id=cast.host.id, name=f"{new_id().hex}.example", token="t", verified_at=NOW
            ).pk,
            "provider_id": new_id(),  # of nobody's provider
            "public_id": new_id(),  # of nobody's session
            "token": "no-such-token",
            "key": "no-such-key",
            "uidb36": "0",
        }
    world.ids["api_key_id"] = api_key(cast.host)[1]
    endpoint = endpoint_of(cast.host)
    tell(cast.host)
    world.ids |= {"endpoint_id": endpoint.id, "delivery_id": endpoint.deliveries()[0].pk}
    world.open_ids |= {"agreement_id": waiting.id, "version_id": waiting.version_id}


def _agreements(world: World) -> None:
    """A copy of what is signed, and an agreement that begins in years, whose end the partner proposes."""
    cast = world.cast
    world.ids["version_id"] = cast.agreement.version_id
    with organization_scope(cast.host.id):
        make_signed_copy(actor=cast.host.system, version_id=cast.agreement.version_id, now=NOW)
    far = signed_agreement(
        cast.alliance, [(cast.host, "50%"), (cast.north, "50%")], name="Far", effective_from=date(2035, 1, 1)
    )
    ending_id = offer_end(far, date(2034, 12, 31), by=cast.north, now=utc_now())
    world.ending_ids |= {"agreement_id": far.id, "ending_id": ending_id}


def _applications(world: World) -> None:
    """A company that is in nobody's alliance has applied to the host's."""
    page = page_of(world.cast.alliance)
    applied = submitted(page)
    world.callers["applicant"] = signed_in(applied.party.owner, organization=applied.party)
    with organization_scope(applied.party.id):
        document = ApplicationDocument.objects.filter(application_id=applied.id).order_by("pk").first()
    assert document is not None
    world.ids |= {
        "application_id": applied.id,
        "document_id": document.pk,
        "slug": page.slug,
        "step": "company",
    }


def _items(world: World) -> None:
    host = world.cast.host
    import_id = imported_items(world.callers["owner"], item_files.csv_bytes(item_files.EVERYTHING))
    with organization_scope(host.id):
        row = ItemImport.objects.get(pk=import_id)
    item_id = item_of(host)
    with organization_scope(host.id):
        rule = WantedRule(effect=Effect.DENY, item_id=item_id, partner_id=world.cast.south.id)
        content = ContentFile(png_bytes(), "a.png")
        world.ids["sha256"] = add_item_picture(
            actor=host.actor(), item_id=item_id, content=content, name="a.png", now=NOW
        )
        world.ids["display_rule_id"] = add_display_rule(actor=host.actor(), wanted=rule, now=NOW)
    world.ids |= {
        "item_id": item_id,
        "item_feed_id": feed_with_file(host.system),
        "item_file_id": row.item_file_id,
        "item_preview_id": row.preview_id,
        "item_import_id": row.pk,
        "kind": "csv",
    }


def _orders(world: World) -> None:
    cast = world.cast
    import_id = imported(world.callers["owner"], cast, csv_bytes(EVERYTHING))
    deliver_all(cast.host.id, cast.north.id)
    mapping = Mapping(
        order_id="a",
        quantity="b",
        unit_price="c",
        occurred_at="d",
        partner="e",
        time_format="%Y-%m-%d",
        time_zone="UTC",
        currency="EUR",
    )
    with organization_scope(cast.host.id):
        row = OrderImport.objects.get(pk=import_id)
        sale = Order.objects.get(reference="1001")
        world.ids |= {
            "import_id": row.pk,
            "file_id": row.order_file_id,
            "preview_id": row.preview_id,
            "mapping_id": save_mapping(actor=cast.host.actor(), mapping_id=None, name="Mine", mapping=mapping, now=NOW),
            "order_id": sale.pk,
            "conversion_id": Conversion.objects.get(order=sale).pk,
        }


def _bank_account(world: World) -> None:
    """A changed account of the host that nobody has confirmed."""
    host = world.cast.host
    bank_account_of(host, actor=host.system)
    world.ids["bank_account_id"] = bank_account_of(host, actor=host.system, number="DE02120300000000202051")


def _payouts(world: World) -> None:
    """A batch that waits, one whose outcome was entered, and a hold."""
    cast, late = world.cast, NOW.replace(month=6)
    bank_account_of(cast.north, actor=cast.north.system)
    desk = Desk(cast.host, cast.alliance, currency="EUR")
    sent = desk.sent(now=late, preparer=cast.host.system)
    desk.carry_out()
    [payout] = desk.payouts(sent)
    finance = cast.host.actor(Role.FINANCE)
    with organization_scope(cast.host.id):
        outcome = Outcome(is_paid=True, bank_reference="ST-0001")
        report_id = report_outcome(actor=finance, payout_id=payout.id, outcome=outcome, now=late)
        hold_id = place_hold(actor=finance, organization_id=cast.south.id, reason="Disputed", now=late)
    world.ids |= {"batch_id": sent, "payout_id": payout.id, "report_id": report_id, "hold_id": hold_id, "gateway": "no"}


def _settlements(world: World) -> None:
    cast = world.cast
    host = cast.host.actor()
    with organization_scope(cast.host.id):
        accrual = Accrual.objects.get(conversion_id=world.ids["conversion_id"])
        late = NOW.replace(month=6)
        close_id = request_period_close(actor=host, period_id=accrual.period_id, now=late, with_earlier=True)
    run_all_jobs(cast.host.id)
    with organization_scope(cast.host.id):
        statement = Statement.objects.get(organization_id=cast.north.id, period_id=accrual.period_id)
        export_id = create_export(
            actor=host, file_format=ExportFormat.CSV, statement_id=statement.pk, now=NOW.replace(year=2036)
        )
    run_all_jobs(cast.host.id)
    certificate_id, invoice_id = _certificate(cast), _own_invoice(cast, statement.pk)
    with organization_scope(cast.host.id):
        save_tax_profile(actor=host, answers=TaxAnswers("Host Ltd", "1 Street", "DE"), now=NOW)
        account = Account.objects.filter(organization_id=cast.north.id).order_by("id").first()
        journal = Journal.objects.filter(entries__account=account).order_by("id").first()
        assert account is not None
        assert journal is not None
        world.ids |= {
            "accrual_id": accrual.pk,
            "proposal_id": propose_adjustment(
                actor=cast.host.system,
                wanted=WantedAdjustment(
                    AdjustmentKind.CORRECTION, cast.agreement.id, cast.north.id, -100, "Counted twice"
                ),
                now=late,
            ),
            "version": 2,
            "dispute_id": dispute_line(
                actor=host, statement_id=statement.pk, line_number=1, reason="Sold twice", now=late
            ),
            "line_number": 1,
            "adjustment_id": adjustment_of(cast.agreement, cast.north, 500, now=late),
            "period_id": Period.objects.get(pk=accrual.period_id).pk,
            "close_id": PeriodClose.objects.get(pk=close_id).pk,
            "certificate_id": certificate_id,
            "invoice_id": invoice_id,
            "rate_import_id": _waiting_rates(host),
            "statement_id": statement.pk,
            "export_id": export_id,
            "schedule_id": schedule_exports(actor=host, file_format=ExportFormat.CSV, now=late),
            "account_id": account.pk,
            "journal_id": journal.pk,
        }


def _certificate(cast: Cast) -> UUID:
    """North's, which waits for the host."""
    new = NewCertificate(cast.host.id, CertificateKind.TREATY, "T-1", date(2026, 1, 1))
    with organization_scope(cast.north.id):
        content = ContentFile(pdf_bytes(), name="treaty.pdf")
        return submit_certificate(
            actor=cast.north.actor(), certificate=new, content=content, name="treaty.pdf", now=NOW
        )


def _own_invoice(cast: Cast, statement_id: UUID) -> UUID:
    """North's, for its statement."""
    with organization_scope(cast.north.id):
        said = OwnInvoice("R-1", date(2026, 6, 1), amounts_of(Statement.objects.get(pk=statement_id)))
        content = ContentFile(pdf_bytes(), name="invoice.pdf")
        return submit_invoice(
            actor=cast.north.actor(),
            statement_id=statement_id,
            invoice=said,
            content=content,
            name="invoice.pdf",
            now=NOW,
        )


def _waiting_rates(host: Actor) -> UUID:
    file = ContentFile(b"date,base,quote,rate\n2026-03-02,USD,EUR,0.9213\n", name="rates.csv")
    return read_rate_file(actor=host, source="Bank", name="rates.csv", content=file, now=NOW)


def _bank(world: World) -> None:
    cast, finance = world.cast, world.callers["finance"]
    table = bank_files.uploaded(finance, cast.alliance.id, b"Date,Amount\n2026-03-31,1.00\n", "bank.csv")
    import_id = bank_files.imported(finance, cast.alliance.id, bank_files.camt(bank_files.UNKNOWN))
    with organization_scope(cast.host.id):
        row = BankImport.objects.get(pk=import_id)
        world.ids |= {
            "bank_file_id": resolve(table.url).kwargs["bank_file_id"],
            "bank_preview_id": row.preview_id,
            "bank_import_id": row.pk,
            "bank_statement_id": BankStatement.objects.get(bank_import=row).pk,
            "entry_id": BankEntry.objects.get(statement__bank_import=row).pk,
            "match_id": BankMatch.objects.get(entry__statement__bank_import=row).pk,
        }


def body_of(route: str, world: World) -> dict[str, object]:
    """What a POST says where an empty one would be refused before the object is looked at."""
    signer = {"signer_name": "A. Person"}
    stale = {"document_sha256": "0" * 64, **signer}
    bodies: dict[str, dict[str, object]] = {
        "portal:draft_clause_act": {"act": "copy", "revision": "1"},
        "portal:export_create": {"file_format": "csv"},
        "portal:book_export_create": {"file_format": "hledger"},
        "api:statement_exports": {"file_format": "csv"},
        "api:ledger_exports": {"file_format": "hledger", "alliance_id": str(world.ids["alliance_id"])},
        "api:agreement_acceptances": {"version_id": str(world.open_ids["version_id"]), **stale},
        "api:agreement_notice": {"ends_at": "2035-01-01T00:00:00Z", **signer},
        "api:application_company": examples.COMPANIES["A company in Germany"],
        "api:application_contacts": examples.CONTACTS,
        "api:application_audience": examples.AUDIENCE,
        "api:application_bank_account": examples.BANKS["An IBAN"],
        "api:application_ticks": {"item": "company_exists"},
        "api:application_notes": {"text": "A note."},
        "api:alliance_partners": {"name": "A company"},
        "api:alliance_partner": {"partner_code": "code"},
        "api:draft": {"revision": 1, "name": "Another"},
        "api:draft_proposal": {"revision": 1, "effective_on": "2035-01-01"},
        "api:endings": {"last_on": "2034-06-30", **signer},
        "api:ending_signatures": stale,
        "api:ending_revocations": stale,
        "api:ending_decline": {"reason": "We go on."},
        "api:statement_comments": {"text": "Is it right?"},
        "api:statement_disputes": {"line_number": 99, "reason": "Twice"},
        "api:acceptance": {"content_sha256": "0" * 64},
        "api:dispute_settlement": {"note": "It stands."},
        "api:dispute_corrections": {"note": "It was less.", "corrected_minor": 1},
        "api:member": {"role": "viewer"},
        "api:api_key_rotations": {"overlap_hours": 1},
        "api:webhook_resends": {"since": "2026-01-01T00:00:00Z"},
    }
    default: dict[str, object] = {} if route.startswith("api:") else {"csrfmiddlewaretoken": "t" * 64}
    return bodies.get(route, default)
