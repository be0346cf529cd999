"""Addresses of the life of agreements in the API."""

from django.urls import URLPattern, URLResolver, path

from partners.agreements.api import endings, files, versions

_AGREEMENT = "agreements/<uuid:agreement_id>"
_VERSION = f"{_AGREEMENT}/versions/<int:number>"
_ENDING = f"{_AGREEMENT}/endings/<uuid:ending_id>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("agreement-files", files.AgreementFilesView.as_view(), name="agreement_files"),
    path(f"{_AGREEMENT}/acceptances", versions.AcceptancesView.as_view(), name="agreement_acceptances"),
    path(f"{_AGREEMENT}/versions", versions.VersionsView.as_view(), name="agreement_versions"),
    path(_VERSION, versions.VersionView.as_view(), name="agreement_version"),
    path(f"{_VERSION}/decline", versions.VersionDeclineView.as_view(), name="version_decline"),
    path(f"{_VERSION}/withdraw", versions.VersionWithdrawalView.as_view(), name="version_withdraw"),
    path(f"{_VERSION}/copy", versions.SignedCopyView.as_view(), name="version_copy"),
    path(f"{_VERSION}/file", versions.AttachedFileView.as_view(), name="version_file"),
    path(f"{_AGREEMENT}/notice", endings.NoticeView.as_view(), name="agreement_notice"),
    path(f"{_AGREEMENT}/termination", endings.TerminationView.as_view(), name="agreement_termination"),
    path(f"{_AGREEMENT}/endings", endings.EndingsView.as_view(), name="endings"),
    path(_ENDING, endings.EndingView.as_view(), name="ending"),
    path(f"{_ENDING}/signatures", endings.EndingSignaturesView.as_view(), name="ending_signatures"),
    path(f"{_ENDING}/revocations", endings.EndingRevocationsView.as_view(), name="ending_revocations"),
    path(f"{_ENDING}/decline", endings.EndingDeclineView.as_view(), name="ending_decline"),
    path(f"{_ENDING}/withdraw", endings.EndingWithdrawalView.as_view(), name="ending_withdraw"),
]
