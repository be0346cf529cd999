"""Whether an item can be as somebody wants it, for every service that writes one."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from alliance.kernel.errors import FieldRefusal, InvalidInputError
from partners.catalogue.category_tree import CategoryTree
from partners.catalogue.domain.items import ItemDraft, ItemIssue, ItemStatus, issues_of, publishing_issues
from partners.catalogue.sentences import ISSUES


class ItemRefusedError(InvalidInputError):
    """The item can't be; `refusals` names each field with its reason."""

    code = "item_refused"
    sentence = _("The item can't be taken like this.")

    @classmethod
    def of(cls, issues: Sequence[ItemIssue]) -> "ItemRefusedError":
        """A sentence for each issue."""
        refusals = field_refusals(issues)
        return cls(field=refusals[0].field, refusals=refusals)


def field_refusals(issues: Sequence[ItemIssue]) -> list[FieldRefusal]:
    """The issues as sentences beside their fields."""
    return [FieldRefusal(issue.field, issue.code, ISSUES[issue.code]) for issue in issues]


def check_item(draft: ItemDraft, tree: CategoryTree, *, status: str) -> None:
    """Raise `ItemRefusedError` with everything that is wrong with the draft, or that keeps it from having this status."""
    issues = issues_of(draft, categories=tree.has_key)
    if status == ItemStatus.PUBLISHED:
        issues += publishing_issues(draft)
    if issues:
        raise ItemRefusedError.of(issues)
