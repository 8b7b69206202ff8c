from funding.models.allocation import (
    EXPLAINED,
    Allocation,
    AllocationLine,
    AllocationState,
    LineDecision,
    Outcome,
    Purpose,
    Verdict,
)
from funding.models.award import LIVE, Award, AwardShare, AwardStatus
from funding.models.budget import READERS, Budget, BudgetKind, CompetitionBudgets
from funding.models.ledger import Transfer
from funding.models.ledger_check import LedgerCheck
from funding.models.panel import PanelNote, PanelSheet, RankingChoice
from funding.models.release import Release, ReleaseState
from funding.models.report import ProgrammeReport
from funding.models.scenario import Method, Objective, Scenario

__all__ = [
    "EXPLAINED",
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
    "LineDecision",
    "Method",
    "Objective",
    "Outcome",
    "PanelNote",
    "PanelSheet",
    "ProgrammeReport",
    "Purpose",
    "RankingChoice",
    "Release",
    "ReleaseState",
    "Scenario",
    "Transfer",
    "Verdict",
]
