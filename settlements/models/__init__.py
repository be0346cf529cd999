"""The tables of settlements, a module for each aggregate. The ledger's own stand in `settlements.ledger`."""

from settlements.answers.models import DisputeState, LineDispute, ReviewState, StatementComment, StatementReview
from settlements.auditing.models import Discrepancy, DiscrepancyKind
from settlements.banking.models import BankEntry, BankFile, BankImport, BankMatch, BankStatement
from settlements.exchange.models import Exchange
from settlements.invoices.models import Invoice, InvoiceFile, InvoiceSeries
from settlements.ledger.models import Account, Book, Entry, Journal, LedgerPeriod, PeriodStatus
from settlements.models.accruals import Accrual, AccrualShare, Section, SuspenseItem, SuspenseReason
from settlements.models.adjustments import FROM_THE_BOOKS, TAX_KINDS, Adjustment, AdjustmentKind, Rerating, Reserve
from settlements.models.exports import (
    AUDIT_FORMATS,
    LEDGER_FORMATS,
    PAYMENT_FORMATS,
    SCHEDULED_BATCHES,
    SCHEDULED_BOOKS,
    SCHEDULED_FORMATS,
    STATEMENT_FORMATS,
    Export,
    ExportFormat,
    ExportSchedule,
)
from settlements.models.periods import Period, PeriodClose
from settlements.models.proposals import ProposalState, ProposedAdjustment
from settlements.models.restatements import Restatement
from settlements.models.revenues import ReportedRevenue
from settlements.models.statements import Statement, StatementLine
from settlements.models.tallies import Tally, TallyKind
from settlements.payouts.models import (
    OutcomeReport,
    Payout,
    PayoutApproval,
    PayoutBatch,
    PayoutHold,
    PayoutLimit,
    PayoutPart,
    PayoutStep,
)
from settlements.proof.models import Seal, SealedJournal
from settlements.rates.models import ExchangeRate, RateImport
from settlements.taxes.models import TaxCertificate, TaxProfile

__all__ = [
    "AUDIT_FORMATS",
    "FROM_THE_BOOKS",
    "LEDGER_FORMATS",
    "PAYMENT_FORMATS",
    "SCHEDULED_BATCHES",
    "SCHEDULED_BOOKS",
    "SCHEDULED_FORMATS",
    "STATEMENT_FORMATS",
    "TAX_KINDS",
    "Account",
    "Accrual",
    "AccrualShare",
    "Adjustment",
    "AdjustmentKind",
    "BankEntry",
    "BankFile",
    "BankImport",
    "BankMatch",
    "BankStatement",
    "Book",
    "Discrepancy",
    "DiscrepancyKind",
    "DisputeState",
    "Entry",
    "Exchange",
    "ExchangeRate",
    "Export",
    "ExportFormat",
    "ExportSchedule",
    "Invoice",
    "InvoiceFile",
    "InvoiceSeries",
    "Journal",
    "LedgerPeriod",
    "LineDispute",
    "OutcomeReport",
    "Payout",
    "PayoutApproval",
    "PayoutBatch",
    "PayoutHold",
    "PayoutLimit",
    "PayoutPart",
    "PayoutStep",
    "Period",
    "PeriodClose",
    "PeriodStatus",
    "ProposalState",
    "ProposedAdjustment",
    "RateImport",
    "ReportedRevenue",
    "Rerating",
    "Reserve",
    "Restatement",
    "ReviewState",
    "Seal",
    "SealedJournal",
    "Section",
    "Statement",
    "StatementComment",
    "StatementLine",
    "StatementReview",
    "SuspenseItem",
    "SuspenseReason",
    "Tally",
    "TallyKind",
    "TaxCertificate",
    "TaxProfile",
]
