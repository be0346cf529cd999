"""One form of a draft: opened, rearranged, saved. What was typed is kept, whatever is wrong with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import DomainError, NotFoundError, NotPermittedError
from alliance.kernel.http.requests import MemberRequest
from partners.domain.terms import TermsProblem
from partners.drafts.pages.draft_page import DraftPage, draft_page
from partners.drafts.services.change_draft import DraftChange, DraftChangedError, change_draft
from partners.drafts.shapes.acts import READ, SAVE, place_after, rearranged
from partners.drafts.shapes.declared import Offered, Shape
from partners.drafts.shapes.reading import read
from partners.drafts.shapes.showing import Shown, show

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Editing:
    """What a form writes: its inputs, what stands in them, its problems, and the terms with another value in its place."""

    shape: Shape
    value: Mapping[str, object]
    problems: Callable[[DraftPage], list[TermsProblem]]
    placed: Callable[[Json], Json]
    offered: Offered


@dataclass(frozen=True, slots=True)
class Edited:
    """A form after a request. `is_done`: saved, and nothing is wrong with it; `is_refused`: shown again with reasons.

    `is_read`: somebody wants to read what is typed in words.
    """

    page: DraftPage
    shown: Shown
    value: Mapping[str, object]
    refusal: str = ""
    is_done: bool = False
    is_refused: bool = False
    is_read: bool = False
    seen_revision: str = ""

    @property
    def revision(self) -> str:
        """What the next save is about: while nothing is saved, the revision with which the form was opened."""
        return self.seen_revision or str(self.page.draft.revision)

    @property
    def is_unsaved(self) -> bool:
        """Whether the form was only rearranged."""
        return bool(self.seen_revision)

    @property
    def status(self) -> int:
        """422 where something is wrong."""
        return 422 if self.is_refused else 200


def edited(request: MemberRequest, page: DraftPage, editing: Editing) -> Edited:
    """Open the form, rearrange it, or save it into the draft."""
    if request.method != "POST":
        shown = show(editing.shape, editing.value, editing.offered, editing.problems(page))
        return Edited(page, shown, editing.value)
    act = request.POST.get("do", SAVE)
    if act != SAVE:
        value = rearranged(read(editing.shape, request.POST, keeps_blank=True), act)
        shown = show(editing.shape, value, editing.offered, focus=place_after(value, act))
        return Edited(page, shown, value, is_read=act == READ, seen_revision=request.POST.get("revision", "0"))
    return _saved(request, page, editing, read(editing.shape, request.POST))


def _saved(request: MemberRequest, page: DraftPage, editing: Editing, value: Json) -> Edited:
    try:
        keep(request, page, editing.placed(value))
    except (NotFoundError, NotPermittedError):
        raise
    except DomainError as error:
        shown = show(editing.shape, value, editing.offered)
        return Edited(page, shown, value, refusal=str(error), is_refused=True)
    fresh = draft_page(page.draft.pk)
    problems = editing.problems(fresh)
    if not problems:
        messages.success(request, _("The draft is saved."))
        return Edited(fresh, show(editing.shape, value, editing.offered), value, is_done=True)
    return Edited(fresh, show(editing.shape, value, editing.offered, problems), value, is_refused=True)


def is_fragment(request: MemberRequest) -> bool:
    """Whether only the form is wanted, without the page around it."""
    return request.method == "POST" and bool(getattr(request, "htmx", False))


def keep(request: MemberRequest, page: DraftPage, terms: Json) -> None:
    """Save the terms at the revision that the form was opened with; raises what `change_draft` raises."""
    revision = request.POST.get("revision", "")
    if not revision.isdecimal():
        raise DraftChangedError
    change = DraftChange(terms=terms)
    change_draft(actor=request.actor, draft_id=page.draft.pk, revision=int(revision), change=change, now=utc_now())


def problems_sentence(count: int) -> str:
    """How many problems are left, in a sentence."""
    text = ngettext(
        "Saved in the draft. %(count)s thing is not right yet.",
        "Saved in the draft. %(count)s things are not right yet.",
        count,
    )
    return text % {"count": count}
