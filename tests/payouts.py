"""Partners who are payable, and batches as far as a test needs them."""

import base64
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from ipaddress import ip_network
from itertools import count
from threading import Thread

from django.db import connections

from alliance.demo.gateway import Options, serve
from alliance.kernel.actor import member_actor
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from partners.onboarding.domain.bank_details import BankAccountKind, BankDetails
from partners.onboarding.services.change_bank_account import change_bank_account
from settlements.payouts.carrying_out import carry_out
from settlements.payouts.models import Payout, PayoutBatch
from settlements.payouts.services.approve_batch import approve_batch
from settlements.payouts.services.prepare_batch import WantedBatch, prepare_batch
from settlements.payouts.services.send_batch import send_batch
from tests.applicants import BANK
from tests.cast import NOW, member_of

LONG_PAST = datetime(2026, 1, 1, tzinfo=UTC)
KEY, SECRET = "sandbox-key", "whsec_" + base64.b64encode(b"sandbox secret of the tests 32 b").decode()


@contextmanager
def sandbox(store, *, notify="", delay=0.0, lose=0):
    """The sandbox bank on a free port, in this process; `bank.go_on()` is called by the test."""
    server = serve(Options(store, KEY, SECRET, notify, delay, lose), 0)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    server.bank = server.RequestHandlerClass.bank
    server.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def use_sandbox(settings, server):
    """Have the installation pay through this sandbox."""
    settings.PAYOUT_SANDBOX_URL, settings.PAYOUT_SANDBOX_KEY = server.url, KEY
    settings.PAYOUT_SANDBOX_SECRET = SECRET
    settings.OUTGOING_HTTP_PLAIN = True
    settings.OUTGOING_HTTP_PORTS = frozenset({server.server_address[1]})
    settings.OUTGOING_HTTP_ALLOWED_NETWORKS = (ip_network("127.0.0.1/32"),)


_accounts = count(1)


def german_iban() -> str:
    """An account that nobody else has: what is committed is found by later tests of likeness."""
    account = f"37040044{next(_accounts):06d}3000"
    return f"DE{98 - int(account + '131400') % 97:02d}{account}"


def bank_account_of(party, *, now=NOW, actor=None, **values):
    """The party's own people enter an account; its id."""
    is_undone = connections["default"].in_atomic_block
    given = dict(BANK | ({} if is_undone else {"number": german_iban()}) | values)
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

    def send(self, batch_id, *, now, actor=None):
        with organization_scope(self.host.id):
            return send_batch(actor=actor or self.host.actor(), batch_id=batch_id, now=now)

    def sent(self, *, now, preparer=None):
        """A batch that was prepared, approved and sent; its id."""
        batch_id = self.prepare(now=now, actor=preparer)
        self.approve(batch_id, now=now)
        self.send(batch_id, now=now)
        return batch_id

    def carry_out(self):
        return carry_out(host_id=self.host.id)

    def look_now(self):
        """As if all pauses were over."""
        with organization_scope(self.host.id):
            Payout.objects.filter(look_at__isnull=False).update(look_at=LONG_PAST, lease_until=None)

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
