"""Two organizations that verify one domain at the same moment."""

from collections.abc import Callable
from uuid import UUID, uuid4

from django.db import IntegrityError

from alliance.kernel.tenancy import organization_scope
from partners.models import MailDomain
from partners.single_sign_on.selectors import verified_domains
from partners.single_sign_on.services.add_domain import add_domain
from partners.single_sign_on.services.verify_domain import DomainTakenError, verify_domain
from tests.cast import NOW, Party, partner_organization
from tests.races.together import together


def everything_is_shown(_domain: str, _proof: str) -> bool:
    """A checker that believes everybody."""
    return True


def _added(party: Party, name: str) -> UUID:
    with organization_scope(party.id):
        return add_domain(actor=party.actor(), name=name, now=NOW)


def _verifying(party: Party, domain_id: UUID) -> Callable[[], object]:
    actor = party.actor()

    def act() -> object:
        with organization_scope(party.id):
            return verify_domain(actor=actor, domain_id=domain_id, now=NOW)

    return act


def test_one_of_them_gets_it(committed, settings):
    settings.DOMAIN_CHECKER = f"{__name__}.everything_is_shown"
    for _ in range(5):
        north, south, name = partner_organization(), partner_organization(), f"{uuid4().hex}.example"
        results = together(*(_verifying(party, _added(party, name)) for party in (north, south)))
        assert sorted(type(result).__name__ for result in results) == [DomainTakenError.__name__, "NoneType"]
        owners = 0
        for party in (north, south):
            with organization_scope(party.id):
                owners += len(verified_domains())
        assert owners == 1


def test_it_is_the_database_that_decides(committed):
    """The control: each alone sees no other; only the unique index does."""
    north, south, name = partner_organization(), partner_organization(), f"{uuid4().hex}.example"

    def writing(party: Party) -> Callable[[], object]:
        domain_id = _added(party, name)

        def act() -> object:
            with organization_scope(party.id):
                others = MailDomain.objects.filter(name=name).exclude(pk=domain_id).count()
                assert others == 0
                return MailDomain.objects.filter(pk=domain_id).update(verified_at=NOW)

        return act

    results = together(writing(north), writing(south))
    assert sorted(map(type, results), key=str) == sorted([int, IntegrityError], key=str)
