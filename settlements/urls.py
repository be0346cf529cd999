"""Routes of settlements: pages of the portal, and operations of the API."""

from django.urls import URLPattern, URLResolver, path

from settlements import api
from settlements.answers import api as answers_api
from settlements.answers import pages as answers
from settlements.banking import urls as banking
from settlements.exports import api as exports_api
from settlements.finance import api as finance_api
from settlements.invoices import urls as invoices_urls
from settlements.ledger import api as ledger_api
from settlements.pages import (
    accruals,
    adjustments,
    balance,
    discrepancies,
    exports,
    finance,
    ledger,
    periods,
    proposals,
    simulation,
    statements,
    suspense,
    verifying,
)
from settlements.payouts import urls as payout_routes
from settlements.rates import urls as rates_urls
from settlements.taxes import urls as taxes_urls

portal_urlpatterns: list[URLPattern | URLResolver] = [
    path("finance/", finance.finance_home, name="finance_home"),
    path("finance/discrepancies/", discrepancies.discrepancies, name="discrepancies"),
    path("debts/", finance.debts_page, name="debts"),
    *banking.portal_urlpatterns,
    path("balance/", balance.balance, name="balance"),
    path("accruals/", accruals.accruals, name="accruals"),
    path("suspense/", suspense.suspense, name="suspense"),
    path("accruals/<uuid:accrual_id>/receipt/", accruals.accrual_by_id, name="accrual_by_id"),
    path("accruals/of/<uuid:conversion_id>/", accruals.accrual, name="accrual"),
    path("adjustments/proposals/", proposals.proposals, name="proposals"),
    path("adjustments/proposals/new/", proposals.proposal_new, name="proposal_new"),
    path("adjustments/proposals/<uuid:proposal_id>/", proposals.proposal, name="proposal"),
    path("adjustments/proposals/<uuid:proposal_id>/approve/", proposals.proposal_approve, name="proposal_approve"),
    path("adjustments/proposals/<uuid:proposal_id>/reject/", proposals.proposal_reject, name="proposal_reject"),
    path("adjustments/excess/", proposals.excess, name="excess"),
    path("adjustments/excess/<uuid:accrual_id>/approve/", proposals.excess_approve, name="excess_approve"),
    path("adjustments/", adjustments.adjustments, name="adjustments"),
    path("adjustments/<uuid:adjustment_id>/", adjustments.adjustment, name="adjustment"),
    path("agreements/drafts/<uuid:draft_id>/simulation/", simulation.draft_simulation, name="draft_simulation"),
    path(
        "agreements/<uuid:agreement_id>/versions/<uuid:version_id>/simulation/",
        simulation.version_simulation,
        name="version_simulation",
    ),
    path("periods/", periods.periods, name="periods"),
    path("periods/<uuid:period_id>/", periods.period, name="period"),
    path("periods/<uuid:period_id>/close/", periods.close, name="period_close"),
    path("periods/<uuid:period_id>/revenue/", periods.revenue, name="revenue_report"),
    path("statements/", statements.statements, name="statements"),
    path("statements/verify/", verifying.verify_statement, name="verify_statement"),
    path("statements/verify/program/", verifying.verifier, name="verifier"),
    path("statements/<uuid:statement_id>/", statements.statement, name="statement"),
    path("statements/<uuid:statement_id>/accept/", answers.accept, name="statement_accept"),
    path("statements/<uuid:statement_id>/comments/", answers.comment, name="statement_comment"),
    path("statements/<uuid:statement_id>/lines/<int:line_number>/dispute/", answers.line_dispute, name="line_dispute"),
    path("disputes/", answers.disputes, name="disputes"),
    path("disputes/<uuid:dispute_id>/", answers.dispute, name="dispute"),
    path("disputes/<uuid:dispute_id>/comments/", answers.dispute_comment, name="dispute_comment"),
    path("disputes/<uuid:dispute_id>/withdraw/", answers.dispute_withdraw, name="dispute_withdraw"),
    path("disputes/<uuid:dispute_id>/settle/", answers.dispute_settle, name="dispute_settle"),
    path("statements/<uuid:statement_id>/restate/", proposals.restatement_new, name="restatement_new"),
    path(
        "statements/<uuid:statement_id>/versions/<int:version>/file/",
        statements.restatement_file,
        name="restatement_file",
    ),
    path("statements/<uuid:statement_id>/export/", exports.create_of_statement, name="export_create"),
    *rates_urls.portal,
    *taxes_urls.portal,
    *invoices_urls.portal,
    path("ledger/", ledger.ledger, name="ledger"),
    path("ledger/accounts/<uuid:account_id>/", ledger.account, name="account"),
    path("ledger/journals/<uuid:journal_id>/", ledger.journal, name="journal"),
    path("ledger/books/<uuid:alliance_id>/export/", exports.create_of_book, name="book_export_create"),
    *payout_routes.portal_urlpatterns,
    path("exports/", exports.exports, name="exports"),
    path("exports/<uuid:export_id>/", exports.export, name="export"),
    path("exports/<uuid:export_id>/file/", exports.download, name="export_file"),
]
api_urlpatterns: list[URLPattern | URLResolver] = [
    *banking.api_urlpatterns,
    path("finance/queues", finance_api.FinanceQueuesView.as_view(), name="finance_queues"),
    path("balance", finance_api.BalanceView.as_view(), name="balance"),
    path("debts", finance_api.DebtsView.as_view(), name="debts"),
    path("agreements/<uuid:agreement_id>/simulations", api.SimulationsView.as_view(), name="simulations"),
    path("periods", api.PeriodsView.as_view(), name="periods"),
    path("periods/<uuid:period_id>", api.PeriodView.as_view(), name="period"),
    path("periods/<uuid:period_id>/closes", api.PeriodClosesView.as_view(), name="period_closes"),
    path("periods/<uuid:period_id>/revenues", api.RevenuesView.as_view(), name="revenues"),
    path("period-closes/<uuid:close_id>", api.PeriodCloseView.as_view(), name="period_close"),
    path("accruals", api.AccrualsView.as_view(), name="accruals"),
    path("accruals/<uuid:accrual_id>", api.AccrualView.as_view(), name="accrual"),
    path("adjustments", api.AdjustmentsView.as_view(), name="adjustments"),
    path("adjustments/<uuid:adjustment_id>", api.AdjustmentView.as_view(), name="adjustment"),
    path("statements", api.StatementsView.as_view(), name="statements"),
    path("statements/<uuid:statement_id>", api.StatementView.as_view(), name="statement"),
    path("statements/<uuid:statement_id>/lines", api.StatementLinesView.as_view(), name="statement_lines"),
    path("statements/<uuid:statement_id>/acceptance", answers_api.AcceptanceView.as_view(), name="acceptance"),
    path("statements/<uuid:statement_id>/comments", answers_api.CommentsView.as_view(), name="statement_comments"),
    path("statements/<uuid:statement_id>/disputes", answers_api.DisputesOfView.as_view(), name="statement_disputes"),
    path("disputes", answers_api.DisputesView.as_view(), name="disputes"),
    path("disputes/<uuid:dispute_id>", answers_api.DisputeView.as_view(), name="dispute"),
    path("disputes/<uuid:dispute_id>/withdrawal", answers_api.WithdrawalView.as_view(), name="dispute_withdrawal"),
    path("disputes/<uuid:dispute_id>/settlement", answers_api.SettlementView.as_view(), name="dispute_settlement"),
    path("disputes/<uuid:dispute_id>/corrections", answers_api.CorrectionsView.as_view(), name="dispute_corrections"),
    path(
        "statements/<uuid:statement_id>/exports", exports_api.StatementExportsView.as_view(), name="statement_exports"
    ),
    path("verifier", exports_api.VerifierView.as_view(), name="verifier"),
    path("exports", exports_api.ExportsView.as_view(), name="exports"),
    path("exports/<uuid:export_id>", exports_api.ExportView.as_view(), name="export"),
    path("exports/<uuid:export_id>/file", exports_api.ExportFileView.as_view(), name="export_file"),
    *rates_urls.api,
    *taxes_urls.api,
    *payout_routes.api_urlpatterns,
    *invoices_urls.api,
    path("ledger/exports", exports_api.LedgerExportsView.as_view(), name="ledger_exports"),
    path("ledger/accounts", ledger_api.AccountsView.as_view(), name="ledger_accounts"),
    path("ledger/balances", ledger_api.BalancesView.as_view(), name="ledger_balances"),
    path("ledger/journals", ledger_api.JournalsView.as_view(), name="ledger_journals"),
    path("ledger/journals/<uuid:journal_id>", ledger_api.JournalView.as_view(), name="ledger_journal"),
]
