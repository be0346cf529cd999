"""Write many items by their codes: new ones are created, others changed where they differ."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from alliance.kernel.actor import Actor
from alliance.kernel.arrays import one_of_texts
from alliance.kernel.bulk import BulkInsert, BulkUpdate, Column, Constant, text_array
from alliance.kernel.ids import new_id
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.catalogue.category_tree import CategoryTree
from partners.catalogue.columns import item_columns
from partners.catalogue.domain.content import content_hash
from partners.catalogue.domain.items import ItemDraft, ItemIssue, ItemStatus, issues_of
from partners.catalogue.domain.upserting import Defaults, Judgement, Outcome, Present, Wanted, judge
from partners.catalogue.models import Item
from partners.catalogue.services.announce_items import Announced, Standing, announce_items

_DRAFTED: Final = (
    Column("code", "text", is_text=True),
    Column("kind", "text"),
    Column("title_zh", "text", is_text=True),
    Column("title_en", "text", is_text=True),
    Column("description_zh", "text", is_text=True),
    Column("description_en", "text", is_text=True),
    Column("category_id", "uuid"),
    Column("tags", "text", is_text=True, cast="varchar[]"),
    Column("price_minor", "bigint"),
    Column("currency", "text", is_text=True),
    Column("image_urls", "text", is_text=True, cast="varchar[]"),
    Column("page_url", "text", is_text=True),
    Column("available_from", "timestamptz"),
    Column("available_until", "timestamptz"),
    Column("stock", "integer"),
    Column("level", "text", is_text=True),
    Column("duration_minutes", "integer"),
    Column("brand", "text", is_text=True),
    Column("minimum_age", "smallint"),
    Column("licence", "text", is_text=True),
    Column("disclosure_zh", "text", is_text=True),
    Column("disclosure_en", "text", is_text=True),
    Column("attributes", "jsonb", is_text=True),
    Column("content_sha256", "text"),
    Column("words", "text", is_text=True, cast="text[]"),
)
_PLACED: Final = (Column("status", "text"), Column("visibility_id", "uuid"))
_CHANGED_AT: Final = (Column("item_import_id", "uuid"), Column("updated_at", "timestamptz"))
_INSERT: Final = BulkInsert(
    table="partners_item",
    constants=(
        Column("organization_id", "uuid"),
        Column("version", "integer"),
        Column("archived_as_missing", "boolean"),
        Column("created_at", "timestamptz"),
        *_CHANGED_AT,
    ),
    columns=(Column("id", "uuid"), *_DRAFTED, *_PLACED),
    order_by="code",  # two batches of the same codes then wait for each other instead of deadlocking
    ending="ON CONFLICT (organization_id, code) DO NOTHING RETURNING id",
)
_UPDATE: Final = BulkUpdate(
    table="partners_item",
    constants=(Column("archived_as_missing", "boolean"), *_CHANGED_AT),
    columns=(*_DRAFTED[1:], *_PLACED),
    also="version = old.version + 1",
)
_PRESENT: Final = ("code", "id", "content_sha256", "status", "visibility_id", "archived_as_missing", "version")
_TRIES: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SentItem:
    """One item to be written. Status and visibility None: as the item has them, or the defaults for a new one."""

    draft: ItemDraft
    status: ItemStatus | None = None
    visibility_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Upserted:
    """What became of one item. `id` and `version` are None and 0 for one that is refused and not there."""

    code: str
    outcome: Outcome
    id: UUID | None = None
    version: int = 0
    issues: tuple[ItemIssue, ...] = ()


class CodesRacedError(RuntimeError):
    """Somebody else created the same codes again and again while they were being written."""


def judge_items(
    *, organization_id: UUID, sent: Sequence[SentItem], defaults: Defaults, tree: CategoryTree
) -> list[tuple[Judgement, Present | None]]:
    """What `upsert_items` would do to each, in order, without doing it. Codes are distinct."""
    there = _present(organization_id, [item.draft.code for item in sent])
    checked = [_checked(item, tree) for item in sent]
    return [(_judged(one, present, defaults), present) for one in checked for present in [there.get(one.draft.code)]]


def upsert_items(
    *,
    actor: Actor,
    sent: Sequence[SentItem],
    defaults: Defaults,
    import_id: UUID | None = None,
    now: datetime,
) -> list[Upserted]:
    """Create or change the items, whose codes are distinct, and publish what changed; the outcome of each, in order.

    Repeating it is harmless, also at the same time: an item with the same content, status and visibility is left
    alone, without a lock. Visibilities belong to the actor's organization: the database refuses others. Raises
    `NotPermittedError`.
    """
    actor.require(Permission.ITEM_WRITE)
    tree = CategoryTree.read()
    with atomic():
        writer = _Writer(actor, [_checked(item, tree) for item in sent], defaults, tree, import_id, now)
        left: Sequence[int] = range(len(sent))
        for _ in range(_TRIES):
            left = writer.write(left)
            if not left:
                break
        else:
            raise CodesRacedError
        writer.publish()
    return [writer.done[index] for index in range(len(sent))]


def _present(organization_id: UUID, codes: Sequence[str], *, lock: bool = False) -> dict[str, Present]:
    rows = Item.objects.filter(organization_id=organization_id, code__in=one_of_texts(codes)).order_by("code")
    if lock:
        rows = rows.select_for_update()
    return {
        code: Present(
            id=pk,
            content_sha256=sha256,
            status=status,
            visibility_id=place,
            archived_as_missing=missing,
            version=version,
        )
        for code, pk, sha256, status, place, missing, version in rows.values_list(*_PRESENT)
    }


@dataclass(frozen=True, slots=True)
class _Checked:
    """One item with what is wrong with it in itself, and the hash of what it says."""

    wanted: Wanted
    issues: tuple[ItemIssue, ...]

    @property
    def draft(self) -> ItemDraft:
        return self.wanted.draft


def _checked(item: SentItem, tree: CategoryTree) -> _Checked:
    wanted = Wanted(
        draft=item.draft,
        content_sha256=content_hash(item.draft),
        status=item.status,
        visibility_id=item.visibility_id,
    )
    return _Checked(wanted, issues_of(item.draft, categories=tree.has_key))


def _judged(one: _Checked, present: Present | None, defaults: Defaults) -> Judgement:
    if one.issues:
        place = defaults.visibility_id
        return Judgement(outcome=Outcome.REFUSED, status="", visibility_id=place, issues=one.issues)
    return judge(one.wanted, present, defaults)


class _Writer:
    """One transaction's writing of a batch."""

    def __init__(
        self,
        actor: Actor,
        items: Sequence[_Checked],
        defaults: Defaults,
        tree: CategoryTree,
        import_id: UUID | None,
        now: datetime,
    ) -> None:
        self._actor, self._items, self._defaults, self._tree = actor, items, defaults, tree
        self._import_id, self._now = import_id, now
        self._changes: list[Announced] = []
        self.done: dict[int, Upserted] = {}

    def write(self, indexes: Sequence[int]) -> list[int]:
        """Deal with these of the items; which are left because somebody else has just created their codes."""
        judged = self._judge(indexes, lock=False)
        changing = [index for index, (judgement, _) in judged.items() if judgement.outcome is Outcome.CHANGED]
        if changing:
            judged |= self._judge(changing, lock=True)
        for index, (judgement, present) in judged.items():
            if judgement.outcome in {Outcome.UNCHANGED, Outcome.REFUSED}:
                self._settle(index, judgement, present)
        self._change({i: j for i, j in judged.items() if j[0].outcome is Outcome.CHANGED})
        return self._create({i: j[0] for i, j in judged.items() if j[0].outcome is Outcome.CREATED})

    def publish(self) -> None:
        """Tell what has changed, in messages of bounded size."""
        announce_items(owner_id=self._actor.organization_id, changes=self._changes, now=self._now)

    def _judge(self, indexes: Sequence[int], *, lock: bool) -> dict[int, tuple[Judgement, Present | None]]:
        codes = [self._items[index].draft.code for index in indexes]
        there = _present(self._actor.organization_id, codes, lock=lock)
        found = ((index, there.get(self._items[index].draft.code)) for index in indexes)
        return {index: (_judged(self._items[index], present, self._defaults), present) for index, present in found}

    def _settle(self, index: int, judgement: Judgement, present: Present | None) -> None:
        self.done[index] = Upserted(
            code=self._items[index].draft.code,
            outcome=judgement.outcome,
            id=present.id if present else None,
            version=present.version if present else 0,
            issues=judgement.issues,
        )

    def _change(self, judged: Mapping[int, tuple[Judgement, Present | None]]) -> None:
        rows = []
        for index, (judgement, present) in judged.items():
            assert present is not None
            rows.append((present.id, *self._values(index, _UPDATE.columns, judgement)))
            code, version = self._items[index].draft.code, present.version + 1
            self.done[index] = Upserted(code=code, outcome=judgement.outcome, id=present.id, version=version)
            before = Standing(
                content_sha256=present.content_sha256, status=present.status, visibility_id=present.visibility_id
            )
            self._changes.append(Announced(item_id=present.id, before=before, after=self._standing(index, judgement)))
        _UPDATE.run(rows, [False, self._import_id, self._now])

    def _create(self, judged: Mapping[int, Judgement]) -> list[int]:
        ids = {index: new_id() for index in judged}
        rows = [(ids[i], *self._values(i, _INSERT.columns[1:], judgement)) for i, judgement in judged.items()]
        constants: list[Constant] = [self._actor.organization_id, 1, False, self._now, self._import_id, self._now]
        created = {UUID(str(row[0])) for row in _INSERT.run(rows, constants)}
        for index, pk in ids.items():
            if pk in created:
                code = self._items[index].draft.code
                self.done[index] = Upserted(code=code, outcome=Outcome.CREATED, id=pk, version=1)
                after = self._standing(index, judged[index])
                self._changes.append(Announced(item_id=pk, before=None, after=after))
        return [index for index, pk in ids.items() if pk not in created]

    def _standing(self, index: int, judgement: Judgement) -> Standing:
        sha256 = self._items[index].wanted.content_sha256
        return Standing(content_sha256=sha256, status=judgement.status, visibility_id=judgement.visibility_id)

    def _values(self, index: int, columns: Sequence[Column], judgement: Judgement) -> list[object]:
        one = self._items[index]
        values = item_columns(
            one.draft, self._tree, organization_id=self._actor.organization_id, sha256=one.wanted.content_sha256
        )
        values |= {"status": judgement.status, "visibility_id": judgement.visibility_id}
        return [_written(values[column.name], column) for column in columns]


def _written(value: object, column: Column) -> object:
    if column.type == "jsonb":
        return json.dumps(value, ensure_ascii=False)
    if column.cast:
        assert isinstance(value, list)
        return text_array(value)
    return value
