"""Routes of banking."""

from django.urls import URLPattern, URLResolver, path

from settlements.banking import api
from settlements.banking.pages import balances, imports, matches, payment_files, statements

portal_urlpatterns: list[URLPattern | URLResolver] = [
    path("banking/", statements.bank_statements, name="bank_statements"),
    path("banking/balances/", balances.bank_balances, name="bank_balances"),
    path("banking/import/", imports.bank_upload, name="bank_upload"),
    path("banking/files/<uuid:bank_file_id>/", imports.bank_table, name="bank_table"),
    path("banking/previews/<uuid:bank_preview_id>/", imports.bank_preview, name="bank_preview"),
    path("banking/previews/<uuid:bank_preview_id>/confirm/", imports.bank_confirm, name="bank_confirm"),
    path("banking/imports/<uuid:bank_import_id>/", imports.bank_import, name="bank_import"),
    path("banking/statements/<uuid:bank_statement_id>/", statements.bank_statement, name="bank_statement"),
    path("banking/batches/<uuid:batch_id>/file/", payment_files.payment_file_new, name="payment_file_new"),
    path("banking/exceptions/", matches.bank_exceptions, name="bank_exceptions"),
    path("banking/exceptions/match/", matches.bank_match_again, name="bank_match_again"),
    path("banking/entries/<uuid:entry_id>/", matches.bank_entry, name="bank_entry"),
    path("banking/matches/", matches.bank_matches, name="bank_matches"),
    path("banking/matches/approve/", matches.bank_matches_approve, name="bank_matches_approve"),
    path("banking/matches/<uuid:match_id>/", matches.bank_match, name="bank_match"),
    path("banking/matches/<uuid:match_id>/approve/", matches.bank_match_approve, name="bank_match_approve"),
    path("banking/matches/<uuid:match_id>/reject/", matches.bank_match_reject, name="bank_match_reject"),
]
api_urlpatterns: list[URLPattern | URLResolver] = [
    path("bank/files", api.BankFilesView.as_view(), name="bank_files"),
    path("bank/imports", api.BankImportsView.as_view(), name="bank_imports"),
    path("bank/imports/<uuid:bank_import_id>", api.BankImportView.as_view(), name="bank_import"),
    path("bank/statements", api.BankStatementsView.as_view(), name="bank_statements"),
    path("bank/statements/<uuid:bank_statement_id>", api.BankStatementView.as_view(), name="bank_statement"),
    path("bank/balances", api.BankBalancesView.as_view(), name="bank_balances"),
    path("bank/entries", api.BankEntriesView.as_view(), name="bank_entries"),
    path("bank/matches", api.BankMatchesView.as_view(), name="bank_matches"),
    path("bank/matches/<uuid:match_id>", api.BankMatchView.as_view(), name="bank_match"),
]
