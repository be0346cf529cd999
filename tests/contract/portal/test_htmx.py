"""Fragments and pages of one address are kept apart; messages and sign-in reach fragments."""

import json

import pytest
from django.contrib import messages
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpResponse
from django.test import Client, RequestFactory

from alliance.portal.headers import HtmxMiddleware

pytestmark = pytest.mark.django_db


def test_answers_vary_by_the_htmx_header_and_are_private():
    answer = Client().get("/accounts/login/")
    assert "HX-Request" in answer.headers["Vary"]
    assert "private" in answer.headers["Cache-Control"]


def test_expired_session_leads_the_whole_page_to_sign_in_and_back():
    answer = Client().get(
        "/agreements/", headers={"hx-request": "true", "hx-current-url": "http://testserver/agreements/?page=2"}
    )
    assert answer.status_code == 200
    assert answer.headers["HX-Redirect"] == "/accounts/login/?next=/agreements/%3Fpage%3D2"


def _fragment(status, headers=None):
    def view(request):
        messages.success(request, "Saved 已保存")
        return HttpResponse(status=status)

    request = RequestFactory().get("/", headers=headers or {})
    stack = SessionMiddleware(MessageMiddleware(HtmxMiddleware(view)))
    return stack(request)


def test_message_travels_with_a_fragment():
    answer = _fragment(200, {"hx-request": "true"})
    told = json.loads(answer.headers["HX-Trigger"])["portal:messages"]["messages"]
    assert told == [{"text": "Saved 已保存", "level": "success"}]


def test_message_waits_for_the_page_after_a_redirect():
    assert "HX-Trigger" not in _fragment(302, {"hx-request": "true"}).headers


def test_message_of_a_page_stays_in_the_page():
    assert "HX-Trigger" not in _fragment(200).headers
