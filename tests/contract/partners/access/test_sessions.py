"""A person sees where they are signed in, and signs out what they like."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.test import Client
from django.urls import reverse

from alliance.kernel.clock import utc_now
from alliance.kernel.permissions import Role
from partners.access.services.forget_sessions import forget_sessions
from partners.models import Session, User
from tests.cast import Party, partner_organization, person, signed_in

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Safari/604.1"


@pytest.fixture
def north(db) -> Party:
    return partner_organization(name="North")


def _open(user: User, user_agent: str = FIREFOX, address: str = "198.51.100.77") -> Client:
    client = signed_in(user, client=Client(HTTP_USER_AGENT=user_agent, REMOTE_ADDR=address))
    assert client.get(reverse("portal:sessions")).status_code == 200
    return client


def _is_in(client: Client) -> bool:
    return client.get(reverse("portal:members")).status_code == 200


def _rows(user: User) -> list[Session]:
    return list(Session.objects.filter(user=user).order_by("started_at"))


def _end(client: Client, row: Session):
    return client.post(reverse("portal:session_end", args=[row.public_id]), follow=True)


def test_each_session_is_shown_with_device_network_and_time(north):
    here, _there = _open(north.owner), _open(north.owner, IPHONE, "203.0.113.9")
    page = re.sub(r"\s+", " ", here.get(reverse("portal:sessions")).content.decode())
    assert "Firefox on Linux" in page
    assert "Safari on iPhone" in page
    assert "198.51.100.0/24" in page
    assert "203.0.113.0/24" in page
    assert "198.51.100.77" not in page
    assert page.count("this browser") == 1


def test_only_the_own_sessions_are_shown(north):
    _open(north.finance, IPHONE)
    assert "iPhone" not in _open(north.owner).get(reverse("portal:sessions")).content.decode()


def test_a_browser_that_is_signed_out_is_out_with_its_next_request(north):
    here, there = _open(north.owner), _open(north.owner, IPHONE)
    assert "signed out" in _end(here, _rows(north.owner)[1]).content.decode()
    assert not _is_in(there)
    assert there.get("/api/v1/organization").status_code == 401
    assert _is_in(here)


def test_ending_it_again_is_harmless(north):
    here, _there = _open(north.owner), _open(north.owner)
    row = _rows(north.owner)[1]
    _end(here, row)
    assert "has ended already" in _end(here, row).content.decode()


def test_nobody_ends_the_sessions_of_others(north):
    theirs = _open(north.finance)
    _end(_open(north.owner), _rows(north.finance)[0])
    assert _is_in(theirs)


def test_all_others_at_once(north):
    here, *others = [_open(north.owner) for _ in range(3)]
    theirs = _open(north.finance)
    said = here.post(reverse("portal:sessions_end"), follow=True).content.decode()
    assert "2 other sessions have ended" in said
    assert [_is_in(client) for client in (here, *others, theirs)] == [True, False, False, True]


def test_a_session_that_was_ended_does_not_come_back_by_a_request_under_way(north):
    """What a request under way writes at its end must not make the row again."""
    client = _open(north.owner)
    late = client.session
    late["language"] = "en"
    Session.objects.filter(user=north.owner).delete()
    with pytest.raises(UpdateError):
        late.save()
    assert not _is_in(client)


def test_use_is_noted_every_few_minutes_and_not_undone_by_what_the_request_saves(north):
    client = _open(north.owner)
    long_ago = utc_now() - timedelta(minutes=6)
    Session.objects.filter(user=north.owner).update(last_seen_at=long_ago)
    session = client.session  # loaded before the use is noted …
    _is_in(client)
    [row] = _rows(north.owner)
    assert row.last_seen_at > long_ago
    session["something"] = 1
    session.save()  # … and saved after it
    [again] = _rows(north.owner)
    assert (again.last_seen_at, again.browser, again.public_id) == (row.last_seen_at, "Firefox", row.public_id)
    noted = row.last_seen_at
    _is_in(client)
    assert _rows(north.owner)[0].last_seen_at == noted


def test_a_new_role_leaves_no_session_behind(north):
    theirs = _open(north.finance)
    member = signed_in(north.owner).get(reverse("portal:members")).context["members"]
    member_id = next(m.id for m, *_ in member if m.user_id == north.finance.pk)
    signed_in(north.owner).post(reverse("portal:member_role", args=[member_id]), {"role": Role.VIEWER.value})
    assert _rows(north.finance) == []
    assert not _is_in(theirs)


def test_visitors_have_sessions_of_nobody_and_are_sent_to_sign_in(db, client):
    assert client.get(reverse("portal:sessions"))["Location"].startswith(reverse("account_login"))
    assert client.post(reverse("portal:sessions_end"))["Location"].startswith(reverse("account_login"))
    assert signed_in(person()).get(reverse("portal:sessions_end")).status_code == 405


def test_a_person_without_organization_sees_theirs_too(db):
    assert "this browser" in _open(person()).get(reverse("portal:sessions")).content.decode()


def test_sessions_past_their_end_are_forgotten(north):
    client = _open(north.owner)
    assert forget_sessions(now=utc_now()) == 0
    assert forget_sessions(now=utc_now() + timedelta(days=15)) >= 1
    assert not _is_in(client)
