"""Feeds and the fetches of them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.kernel.clock import utc_now
from alliance.kernel.jobs import JobRow
from alliance.kernel.tenancy import PrivateModel, Tenancy
from alliance.kernel.tenancy.classes import private
from partners.catalogue.feeds.domain import INTERVALS, FetchOutcome
from partners.catalogue.feeds.words import OUTCOME_CHOICES, PAUSE_CHOICES
from partners.catalogue.models.imports import ItemFile, ItemImport


class ItemFeed(PrivateModel):
    """An address where the owner keeps a file of its items.

    `mapping` says how to read the file; empty until a member has said so, looking at the first file. `etag` and
    `last_modified` are those of the file that was taken last, `content_sha256` and `row_count` are of its bytes: asked with
    them, a server that has nothing new says so. `is_forced_next`: a member waits for the next fetch, which is then forced. `failures` counts fetches in a row that came to nothing.
    """

    organization = models.ForeignKey(
        "partners.Organization", models.PROTECT, related_name="+", editable=False, verbose_name=_("owner")
    )
    name = models.CharField(_("name"), max_length=80)
    url = models.CharField(_("address"), max_length=2048)
    every_hours = models.PositiveSmallIntegerField(_("fetched every so many hours"))
    mapping = models.JSONField(_("columns and rules"), default=dict)
    is_active = models.BooleanField(_("is fetched"), default=True)
    paused_because = models.CharField(_("reason"), max_length=10, choices=PAUSE_CHOICES, blank=True, editable=False)
    next_fetch_at = models.DateTimeField(_("next fetch"), default=utc_now, editable=False)
    etag = models.CharField(max_length=200, blank=True, editable=False)
    last_modified = models.CharField(max_length=200, blank=True, editable=False)
    content_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    row_count = models.PositiveIntegerField(default=0, editable=False)
    is_forced_next = models.BooleanField(default=False, editable=False)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    succeeded_at = models.DateTimeField(_("last success"), null=True, editable=False)
    removed_at = models.DateTimeField(_("removed"), null=True, editable=False)
    created_by = models.CharField(_("by"), max_length=160, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=utc_now, editable=False)

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT", "INSERT", "UPDATE"))

    class Meta:
        verbose_name = _("feed of items")
        verbose_name_plural = _("feeds of items")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["id", "organization"], name="item_feed_id_organization"),
            models.UniqueConstraint(
                fields=["organization", "url"], condition=Q(removed_at__isnull=True), name="item_feed_url_once"
            ),
            models.CheckConstraint(condition=Q(every_hours__in=list(INTERVALS)), name="item_feed_interval_known"),
            models.CheckConstraint(
                condition=Q(is_active=True, paused_because="", removed_at__isnull=True)
                | Q(is_active=False) & ~Q(paused_because=""),
                name="item_feed_paused_says_why",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_fetch_at"], condition=Q(is_active=True), name="item_feed_due"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def waits_for_mapping(self) -> bool:
        """Whether nobody has said yet how to read its file."""
        return not self.mapping

    @property
    def is_failing(self) -> bool:
        """Whether the last fetch came to nothing."""
        return self.failures > 0


class ItemFeedFetch(PrivateModel, JobRow):
    """One fetch of a feed; an organization has one at a time, so that it never takes every worker. `error` is the code of what went wrong, `error_where` what it names.

    `is_forced`: a member asked for it, so the file is taken even if it is the same, or much smaller than the one before.
    """

    organization = models.ForeignKey("partners.Organization", models.PROTECT, related_name="+", editable=False)
    feed = models.ForeignKey(
        ItemFeed, models.PROTECT, related_name="fetches", db_constraint=False, verbose_name=_("feed of items")
    )
    is_forced = models.BooleanField(default=False, editable=False)
    outcome = models.CharField(_("outcome"), max_length=10, choices=OUTCOME_CHOICES, blank=True, editable=False)
    status = models.PositiveSmallIntegerField(_("answer"), null=True, editable=False)
    error = models.CharField(_("what went wrong"), max_length=60, blank=True, editable=False)
    error_where = models.CharField(max_length=400, blank=True, editable=False)
    size_bytes = models.BigIntegerField(_("size"), null=True, editable=False)
    milliseconds = models.PositiveIntegerField(_("took"), null=True, editable=False)
    item_file = models.ForeignKey(
        ItemFile, models.PROTECT, null=True, related_name="+", db_constraint=False, verbose_name=_("file")
    )
    item_import = models.ForeignKey(
        ItemImport, models.PROTECT, null=True, related_name="+", db_constraint=False, verbose_name=_("import")
    )

    class Meta(JobRow.Meta):
        verbose_name = _("fetch of a feed")
        verbose_name_plural = _("fetches of feeds")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            *JobRow.Meta.constraints,
            models.CheckConstraint(
                condition=Q(outcome__in=[outcome.value for outcome in FetchOutcome]), name="item_fetch_outcome_known"
            ),
            models.UniqueConstraint(
                fields=["organization"], condition=Q(state__in=["queued", "running"]), name="item_fetch_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"fetch {self.pk}"
