"""Routes of exchange rates."""

from typing import Final

from django.urls import URLPattern, path

from settlements.rates import api as operations
from settlements.rates import pages

portal: Final[list[URLPattern]] = [
    path("rates/", pages.rates, name="rates"),
    path("rates/import/", pages.rate_import_new, name="rate_import_new"),
    path("rates/imports/<uuid:rate_import_id>/", pages.rate_import, name="rate_import"),
    path("rates/imports/<uuid:rate_import_id>/record/", pages.rate_import_record, name="rate_import_record"),
    path("rates/imports/<uuid:rate_import_id>/discard/", pages.rate_import_discard, name="rate_import_discard"),
]
api: Final[list[URLPattern]] = [
    path("exchange-rates", operations.RatesView.as_view(), name="exchange_rates"),
    path("exchange-rates/in-force", operations.RateInForceView.as_view(), name="exchange_rate_in_force"),
]
