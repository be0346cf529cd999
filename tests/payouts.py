"""Partners who are payable, and batches as far as a test needs them."""

from dataclasses import dataclass, replace

from alliance.kernel.actor import member_actor
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from partners.onboarding.domain.bank_details import BankAccountKind, BankDetails
from partners.onboarding.services.change_bank_account import change_bank_account
from settlements.payouts.models import Payout, PayoutBatch
from settlements.payouts.services.approve_batch import approve_batch
from settlements.payouts.services.prepare_batch import WantedBatch, prepare_batch
from tests.applicants import BANK
from tests.cast import NOW, member_of


def bank_account_of(party, *, now=NOW, actor=None, **values):
    """The party's own people enter an account; its id."""
    given = dict(BANK | values)
    details = BankDetails(kind=BankAccountKind(given.pop("kind")), **given)
    with organization_scope(party.id):
        return change_bank_account(actor=actor or party.actor(Role.FINANCE), details=details, now=now)


@dataclass(frozen=True)
class Desk:
    """The host's people who pay: finance prepares, owner and a second finance person approve."""

    host: object
    alliance: object
    currency: str = "EUR"
    gateway: str = "manual"

    def prepare(self, *, now, actor=None, **more):
        wanted = WantedBatch(self.alliance.id, self.currency, self.gateway, **more)
        with organization_scope(self.host.id):
            return prepare_batch(actor=actor or self.host.actor(Role.FINANCE), wanted=wanted, now=now)

    def approve(self, batch_id, *, now, actor=None, content_sha256=None):
        content_sha256 = content_sha256 or self.batch(batch_id).content_sha256
        with organization_scope(self.host.id):
            return approve_batch(
                actor=actor or self.host.actor(), batch_id=batch_id, content_sha256=content_sha256, now=now
            )

    def another(self, role=Role.FINANCE):
        """One more person of the host, acting."""
        return acting(self.host, member_of(self.host, role), role)

    def batch(self, batch_id):
        with organization_scope(self.host.id):
            return PayoutBatch.objects.get(pk=batch_id)

    def payouts(self, batch_id=None):
        with organization_scope(self.host.id):
            rows = Payout.objects.filter(host_id=self.host.id).order_by("reference")
            return list(rows.filter(batch_id=batch_id) if batch_id else rows)

    def steps(self, payout):
        with organization_scope(self.host.id):
            return [step.kind for step in payout.steps.order_by("id")]


def acting(party, user, role):
    """This member of the party, with a second factor."""
    return replace(
        member_actor(user_id=user.pk, organization_id=party.id, role=role, label=str(user)), has_second_factor=True
    )
