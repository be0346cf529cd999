"""Whether the forms can hold some JSON: all of it would be shown, and come back when nobody changes anything."""

from collections.abc import Mapping, Sequence
from typing import Final

from partners.drafts.shapes.clause import CLAUSE
from partners.drafts.shapes.declared import Offered, OneOf, Shape
from partners.drafts.shapes.reading import read, share_text
from partners.drafts.shapes.sections import SECTION_FORMS
from partners.drafts.shapes.showing import show

_FIXED: Final = {"schema", "currency", "time_zone"}
_SILENT: Final[tuple[object, ...]] = (None, False, "", [], {})


class _Sent(dict[str, list[str]]):
    def getlist(self, name: str) -> Sequence[str]:
        """What a browser would send under a name."""
        return self.get(name, [])


def is_held_by_forms(written: Mapping[str, object], offered: Offered) -> bool:
    """Whether nothing of `written` would be lost by opening and saving every form."""
    clauses = written.get("clauses", [])
    if not isinstance(clauses, list) or not all(isinstance(clause, dict) for clause in clauses):
        return False
    known = _FIXED | {"clauses"} | {name for form in SECTION_FORMS.values() for name in form.fields}
    if not set(written) <= known or not all(isinstance(written.get(name, ""), str | int) for name in _FIXED):
        return False
    return all(_comes_back(CLAUSE, clause, offered) for clause in clauses) and all(
        _comes_back(form.shape, {name: written[name] for name in form.fields if name in written}, offered)
        for form in SECTION_FORMS.values()
    )


def _comes_back(shape: Shape | OneOf, value: object, offered: Offered) -> bool:
    sent = _Sent(show(shape, value, offered).posted)
    return _is_within(value, read(shape, sent))


def _is_within(wanted: object, found: object) -> bool:
    """Whether everything that `wanted` says stands in `found` too; shares may be written in another way."""
    if wanted in _SILENT:
        return True
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(_is_within(value, found.get(key)) for key, value in wanted.items())
    if isinstance(wanted, list):
        return (
            isinstance(found, list)
            and len(wanted) == len(found)
            and all(_is_within(one, other) for one, other in zip(wanted, found, strict=True))
        )
    return str(wanted) == str(found) or (isinstance(wanted, str) and share_text(wanted) == found)
