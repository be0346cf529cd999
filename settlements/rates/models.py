"""Exchange rates and the imports that brought them. Rates are only ever added; a correction is a further row."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alliance.kernel.tenancy import PrivateModel, Tenancy
from alliance.kernel.tenancy.classes import private
from settlements.rates.domain.choosing import StoredRate
from settlements.rates.domain.quoting import DECIMALS


class RateImportState(models.TextChoices):
    """How far an import is."""

    READ = "read", _("Read, not recorded yet")
    RECORDED = "recorded", _("Recorded")
    DISCARDED = "discarded", _("Discarded")


class RateFormat(models.TextChoices):
    """What the rates came in."""

    CSV = "csv", "CSV"
    ECB_XML = "ecb_xml", _("XML of the European Central Bank")
    API = "api", "API"


class RateImport(PrivateModel):
    """One file, or one call of the API, that brings rates of one source. `quotes` are what it says, until it is decided."""

    organization = models.ForeignKey("partners.Organization", models.PROTECT, related_name="+", editable=False)
    source = models.CharField(_("source"), max_length=40)
    file_format = models.CharField(_("format"), max_length=8, choices=RateFormat.choices)
    file_name = models.CharField(_("file"), max_length=120, blank=True)
    sha256 = models.CharField(_("content hash"), max_length=64, blank=True)
    quotes = models.JSONField(default=list, editable=False)
    rate_count = models.PositiveIntegerField(_("rates"))
    state = models.CharField(_("state"), max_length=9, choices=RateImportState.choices, default=RateImportState.READ)
    added_count = models.PositiveIntegerField(_("new"), default=0)
    corrected_count = models.PositiveIntegerField(_("corrected"), default=0)
    same_count = models.PositiveIntegerField(_("known already"), default=0)
    uploaded_by = models.CharField(_("by"), max_length=160)
    uploaded_at = models.DateTimeField(_("uploaded"))
    decided_at = models.DateTimeField(_("recorded at"), null=True)

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT", "INSERT", "UPDATE"), operator_verbs=("SELECT",))

    class Meta:
        verbose_name = _("import of exchange rates")
        verbose_name_plural = _("imports of exchange rates")
        ordering: ClassVar = ["-uploaded_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["id", "organization"], name="rate_import_tie"),
            models.CheckConstraint(condition=Q(state__in=RateImportState.values), name="rate_import_state_known"),
            models.CheckConstraint(
                condition=Q(state="read", decided_at__isnull=True) | ~Q(state="read") & Q(decided_at__isnull=False),
                name="rate_import_decided_says_when",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "-uploaded_at"], name="rate_import_latest")]

    def __str__(self) -> str:
        return f"{self.source} {self.file_name}".strip()

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has decided yet."""
        return self.state == RateImportState.READ


class ExchangeRate(PrivateModel):
    """1 `base` = `rate` `quote` on `valid_on`, as `source` quotes it. A correction has the next `revision`."""

    organization = models.ForeignKey("partners.Organization", models.PROTECT, related_name="+", editable=False)
    source = models.CharField(_("source"), max_length=40)
    base = models.CharField(_("base currency"), max_length=3)
    quote = models.CharField(_("quote currency"), max_length=3)
    rate = models.DecimalField(_("rate"), max_digits=24, decimal_places=DECIMALS)
    valid_on = models.DateField(_("day"))
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    rate_import = models.ForeignKey(
        RateImport, models.PROTECT, related_name="rates", db_constraint=False, verbose_name=_("import")
    )
    recorded_at = models.DateTimeField(_("recorded"))

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT", "INSERT"), operator_verbs=("SELECT",))

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering: ClassVar = ["-valid_on", "source", "base", "quote", "-revision"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "valid_on", "base", "quote", "source", "revision"], name="rate_once"
            ),
            models.CheckConstraint(condition=Q(rate__gt=0) & Q(revision__gte=1), name="rate_above_zero"),
            models.CheckConstraint(condition=~Q(base=F("quote")), name="rate_between_two"),
        ]

    def __str__(self) -> str:
        return f"{self.base}/{self.quote} {self.valid_on}"

    def as_stored(self) -> StoredRate:
        """As the rules read it."""
        return StoredRate(
            self.id, self.source, self.base, self.quote, self.rate, self.valid_on, self.revision, self.recorded_at
        )
