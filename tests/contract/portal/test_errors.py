"""What went wrong, said in the person's language, with the id of the request."""

import pytest
from django.test import Client, RequestFactory

from alliance.portal.errors import server_error
from tests.cast import host_organization, signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_unknown_address_is_a_page_with_the_request_id(is_signed_in):
    client = signed_in(host_organization().owner) if is_signed_in else Client()
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404
    assert answer.headers["X-Request-ID"] in answer.content.decode()


def test_unknown_address_in_chinese():
    answer = Client(headers={"accept-language": "zh-hans"}).get("/no-such-page/")
    assert answer.headers["Content-Language"] == "zh-hans"
    assert "这里什么都没有" in answer.content.decode()


def test_expired_form_says_that_nothing_typed_is_lost():
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x"})
    assert answer.status_code == 403
    assert "This form has expired" in answer.content.decode()


def test_failure_page_asks_no_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert b"Something went wrong on our side" in answer.content
