"""Routes of invoices."""

from typing import Final

from django.urls import URLPattern, path

from settlements.invoices import api as operations
from settlements.invoices import pages

portal: Final[list[URLPattern]] = [
    path("invoices/", pages.invoices, name="invoices"),
    path("invoices/<uuid:invoice_id>/", pages.invoice, name="invoice"),
    path("invoices/<uuid:invoice_id>/file/", pages.invoice_file, name="invoice_file"),
    path("invoices/<uuid:invoice_id>/answer/", pages.invoice_answer, name="invoice_answer"),
    path("statements/<uuid:statement_id>/invoice/issue/", pages.invoice_issue, name="invoice_issue"),
    path("statements/<uuid:statement_id>/invoice/", pages.invoice_submit, name="invoice_submit"),
]
api: Final[list[URLPattern]] = [
    path("invoices", operations.InvoicesView.as_view(), name="invoices"),
    path("invoices/<uuid:invoice_id>", operations.InvoiceView.as_view(), name="invoice"),
    path("invoices/<uuid:invoice_id>/answers", operations.InvoiceAnswersView.as_view(), name="invoice_answers"),
    path(
        "statements/<uuid:statement_id>/invoices",
        operations.StatementInvoicesView.as_view(),
        name="statement_invoices",
    ),
    path(
        "statements/<uuid:statement_id>/own-invoices",
        operations.OwnInvoicesView.as_view(),
        name="statement_own_invoices",
    ),
]
