"""Keys that are replaced, ended and used at the same moment, on connections of their own."""

from collections import Counter
from datetime import timedelta
from threading import Barrier

import pytest

from alliance.kernel.sealing import unseal
from alliance.kernel.tenancy import organization_scope
from partners.keys.selectors import find_api_key
from partners.keys.services.create_api_key import CreatedApiKey
from partners.keys.services.revoke_api_key import revoke_api_key
from partners.keys.services.rotate_api_key import ApiKeyEndedError, ApiKeyRotatedError, rotate_api_key
from partners.models import ApiKey, WebhookEndpoint
from partners.webhooks.services.rotate_secret import rotate_secret
from partners.webhooks.signing import secret_purpose
from tests.api import api_key
from tests.cast import NOW, Party, partner_organization
from tests.races.together import together
from tests.webhooks import endpoint_of

ROUNDS = 3


@pytest.fixture
def north(committed) -> Party:
    return partner_organization()


def _as(party: Party, service, **arguments):
    actor = party.actor()

    def act() -> object:
        with organization_scope(party.id):
            return service(actor=actor, now=NOW, **arguments)

    return act


def _rotation(party: Party, key_id):
    return _as(party, rotate_api_key, api_key_id=key_id, overlap=timedelta(hours=1))


def test_a_key_replaced_twice_at_once_has_one_successor(north):
    for _ in range(ROUNDS):
        _secret, key_id = api_key(north)
        results = together(*[_rotation(north, key_id)] * 3)
        assert Counter(map(type, results)) == {CreatedApiKey: 1, ApiKeyRotatedError: 2}
        with organization_scope(north.id):
            assert ApiKey.objects.filter(replaces=key_id).count() == 1


def test_a_key_replaced_and_ended_at_once_works_no_more(north):
    """Whichever comes first: the old key is dead; a successor exists only if the replacing came first."""
    for _ in range(ROUNDS):
        secret, key_id = api_key(north)
        rotated, _ended = together(_rotation(north, key_id), _as(north, revoke_api_key, api_key_id=key_id))
        assert not find_api_key(secret).is_usable_at(NOW)
        if isinstance(rotated, ApiKeyEndedError):
            continue
        assert find_api_key(rotated.secret).is_usable_at(NOW)


def test_without_the_lock_both_would_find_no_successor(north):
    """The control: who only looks for a successor before making one finds none."""
    _secret, key_id = api_key(north)
    looked = Barrier(2)

    def unguarded() -> object:
        with organization_scope(north.id):
            has_successor = ApiKey.objects.get(pk=key_id).successors.exists()
            looked.wait(timeout=10)
            return has_successor

    assert together(unguarded, unguarded) == [False, False]


def test_a_signing_secret_replaced_twice_at_once_leaves_the_last_two_alive(north):
    created = endpoint_of(north)
    secrets = together(*[_as(north, rotate_secret, endpoint_id=created.id)] * 2)
    with organization_scope(north.id):
        row = WebhookEndpoint.objects.get(pk=created.id)
    purpose = secret_purpose(row.id)
    alive = {unseal(row.sealed_secret, purpose=purpose), unseal(row.sealed_previous_secret, purpose=purpose)}
    assert alive == set(secrets)
