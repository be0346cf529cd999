"""The tables of banking: what banks say, and what people take it for."""

from settlements.banking.models.matches import BankMatch, MatchKinds, MatchState
from settlements.banking.models.statements import CAMT, BankEntry, BankFile, BankImport, BankStatement

__all__ = ["CAMT", "BankEntry", "BankFile", "BankImport", "BankMatch", "BankStatement", "MatchKinds", "MatchState"]
