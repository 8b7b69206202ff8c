from funding.models.allocation import Allocation, AllocationLine, AllocationState, Outcome
from funding.models.award import LIVE, Award, AwardShare, AwardStatus
from funding.models.budget import READERS, Budget, BudgetKind, CompetitionBudgets
from funding.models.ledger import Transfer
from funding.models.ledger_check import LedgerCheck
from funding.models.report import ProgrammeReport

__all__ = [
    "LIVE",
    "READERS",
    "Allocation",
    "AllocationLine",
    "AllocationState",
    "Award",
    "AwardShare",
    "AwardStatus",
    "Budget",
    "BudgetKind",
    "CompetitionBudgets",
    "LedgerCheck",
    "Outcome",
    "ProgrammeReport",
    "Transfer",
]
