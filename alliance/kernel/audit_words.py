"""What the actions of the audit trail mean, for people, and where the page of an object is.

Each app says it for its own actions and objects, from `AppConfig.ready()`. A test holds the words against the code:
every action that is recorded has a sentence.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.apps import apps
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

_sentences: dict[str, str | Promise] = {}
_pages: dict[str, str] = {}


class AuditWordsTakenError(RuntimeError):
    """Two apps explain one action or object differently."""


@dataclass(frozen=True, slots=True)
class AuditArea:
    """Actions that belong together, for a list to choose from."""

    name: str
    actions: tuple[tuple[str, str | Promise], ...]


def register_audit_words(sentences: Mapping[str, str | Promise], *, pages: Mapping[str, str] | None = None) -> None:
    """Explain actions (`agreement.signed` to a sentence without its subject) and name the pages of objects.

    `pages` maps an object's label (`partners.agreement`) to the route that takes its id. Raises `AuditWordsTakenError`.
    """
    for action, sentence in sentences.items():
        if _sentences.setdefault(action, sentence) != sentence:
            raise AuditWordsTakenError(action)
    for target_type, route in (pages or {}).items():
        if _pages.setdefault(target_type, route) != route:
            raise AuditWordsTakenError(target_type)


def audit_actions() -> frozenset[str]:
    """Every action that has a sentence."""
    return frozenset(_sentences)


def audit_areas() -> list[AuditArea]:
    """The actions by the part of their names before the dot, both in order."""
    areas: dict[str, list[tuple[str, str | Promise]]] = {}
    for action in sorted(_sentences):
        areas.setdefault(action.partition(".")[0], []).append((action, _sentences[action]))
    return [AuditArea(name, tuple(actions)) for name, actions in areas.items()]


def audit_sentence(action: str) -> str:
    """What was done, in the reader's language; the action itself when nobody explains it any more."""
    return str(_sentences.get(action, action))


def object_kind(target_type: str) -> str:
    """What sort of thing an object is, in the reader's language."""
    try:
        return str(apps.get_model(target_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return target_type


def object_page(target_type: str, target_id: str) -> str:
    """The address of the object's page in the portal; empty for an object without one."""
    route = _pages.get(target_type)
    if route is None:
        return ""
    try:
        return reverse(route, args=[target_id])
    except NoReverseMatch:
        return ""
