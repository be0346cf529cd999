"""Routes of banking."""

from django.urls import URLPattern, URLResolver, path

from settlements.banking.pages import imports, statements

portal_urlpatterns: list[URLPattern | URLResolver] = [
    path("banking/", statements.bank_statements, name="bank_statements"),
    path("banking/import/", imports.bank_upload, name="bank_upload"),
    path("banking/files/<uuid:bank_file_id>/", imports.bank_table, name="bank_table"),
    path("banking/previews/<uuid:bank_preview_id>/", imports.bank_preview, name="bank_preview"),
    path("banking/previews/<uuid:bank_preview_id>/confirm/", imports.bank_confirm, name="bank_confirm"),
    path("banking/imports/<uuid:bank_import_id>/", imports.bank_import, name="bank_import"),
    path("banking/statements/<uuid:bank_statement_id>/", statements.bank_statement, name="bank_statement"),
]
