"""Every action that the code records is explained to people, and nothing is explained that nobody records."""

import ast

import pytest
from django.apps import apps
from django.urls import get_resolver
from django.utils import translation

from alliance.kernel import audit_words
from alliance.kernel.audit_words import audit_actions, audit_sentence
from tests.architecture.sources import called_name, calls, python_sources

# Actions that are put together from a row's own words, and where.
PUT_TOGETHER = {
    "partners/access/services/change_second_factor_rule.py": {
        "organization.second_factor_required",
        "organization.second_factor_optional",
    },
    "partners/single_sign_on/services/change_single_sign_on.py": {"single_sign_on.enabled", "single_sign_on.disabled"},
    "partners/single_sign_on/services/change_single_sign_on_rule.py": {
        "organization.single_sign_on_required",
        "organization.single_sign_on_optional",
    },
    "partners/agreements/services/close_version.py": {"agreement.proposal_declined", "agreement.proposal_withdrawn"},
    "partners/agreements/services/declare_ending.py": {
        f"agreement.ending_{kind}" for kind in ("notice", "mutual", "cause", "expiry")
    },
    "partners/agreements/services/settle_ending.py": {
        f"agreement.ending_{status}" for status in ("standing", "revoked", "withdrawn", "declined", "lapsed")
    },
    "partners/onboarding/services/move_application.py": {
        f"application.{status}"
        for status in ("submitted", "in_review", "changes_requested", "approved", "rejected", "withdrawn")
    },
}


def recorded() -> dict[str, set[str]]:
    """Where each action is recorded; `""` for one that is put together."""
    found: dict[str, set[str]] = {}
    for source in python_sources():
        for call in calls(source):
            if called_name(call) == "record" and len(call.args) >= 3 and source.path != "alliance/kernel/audit.py":
                action = call.args[1]
                name = str(action.value) if isinstance(action, ast.Constant) else ""
                found.setdefault(name, set()).add(source.path)
    return found


def test_every_recorded_action_has_a_sentence():
    assert {name for name in recorded() if name} - audit_actions() == set(), "explain it in the app's audit_words.py"


def test_actions_that_are_put_together_are_listed_and_explained():
    assert recorded()[""] == set(PUT_TOGETHER)
    assert set().union(*PUT_TOGETHER.values()) - audit_actions() == set()


def test_nothing_is_explained_that_nobody_records():
    assert audit_actions() - set(recorded()) - set().union(*PUT_TOGETHER.values()) == set()


@pytest.mark.parametrize("action", sorted(audit_actions()))
def test_each_sentence_is_one_in_both_languages(action):
    english = audit_sentence(action)
    assert english[0].isupper()
    assert "." not in english
    with translation.override("zh-hans"):
        assert audit_sentence(action) != english


def test_pages_of_objects_are_pages_that_exist():
    routes = get_resolver().namespace_dict["portal"][1].reverse_dict
    for target_type, route in audit_words._pages.items():
        apps.get_model(target_type)
        assert route.removeprefix("portal:") in routes, route
