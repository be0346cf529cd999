"""One refusal, four faces: the form, the API, the console, the log."""

import json

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.test import RequestFactory
from django.utils.translation import override

from alliance.kernel.error_log import log_fields
from alliance.kernel.errors import DomainError, InvalidInputError, NotFoundError
from alliance.kernel.http.errors import add_admin_message, add_form_error
from alliance.kernel.http.problems import problem_response


class TooLateError(DomainError):
    code = "too_late"
    sentence = "It is too late."


class NameForm(forms.Form):
    name = forms.CharField()


@pytest.mark.parametrize(("field", "place"), [("name", "name"), ("elsewhere", "__all__"), (None, "__all__")])
def test_a_form_shows_it_beside_the_input_or_above_the_form(field, place):
    form = NameForm({"name": "x"})
    assert form.is_valid()

    add_form_error(form, TooLateError(field=field))

    assert dict(form.errors) == {place: ["It is too late."]}


def test_the_console_shows_it_as_a_message():
    request = RequestFactory().get("/admin/")
    request._messages = CookieStorage(request)

    add_admin_message(request, TooLateError())

    assert [(m.level_tag, m.message) for m in get_messages(request)] == [("error", "It is too late.")]


def test_the_log_keeps_code_field_and_english_sentence():
    with override("zh-hans"):
        kept = log_fields(NotFoundError(field="order"))

    assert kept == {
        "error_code": "not_found",
        "error_field": "order",
        "error_detail": "There is no such thing, or it is not yours.",
    }


def test_the_api_answers_a_problem_with_the_field_it_is_about():
    response = problem_response(InvalidInputError(field="shares"), {})

    body = json.loads(json.dumps(response.data))
    assert (response.status_code, body["code"]) == (422, "invalid_input")
    assert body["errors"] == [{"field": "shares", "code": "invalid_input", "detail": "This value is not valid."}]
    assert response.content_type == "application/problem+json"
