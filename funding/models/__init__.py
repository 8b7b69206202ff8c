from funding.models.allocation import Allocation, AllocationState, Outcome, Purpose
from funding.models.allocation_line import EXPLAINED, AllocationLine, LineDecision, LineShare, Verdict
from funding.models.award import LIVE, OVER, Award, AwardShare, AwardStatus
from funding.models.award_ending import AwardEnding, EndingState
from funding.models.budget import READERS, Budget, BudgetKind, CompetitionBudgets
from funding.models.budget_change import BudgetChange, ChangeState
from funding.models.funding_file import FileKind, FundingFile, FundingFileBlock
from funding.models.information_request import Asker, InformationRequest, RequestKind, RequestState
from funding.models.ledger import Transfer
from funding.models.ledger_check import LedgerCheck
from funding.models.letter_template import LetterTemplate
from funding.models.mfa import ASSISTANCE, AssistanceKind, EarlierAssistance, MfaRecord, MfaState
from funding.models.offer import LIVE_OFFERS, AnswerKind, Offer, OfferAnswer, OfferCondition, OfferState
from funding.models.open_data import OpenDataPublication, PublicationWithdrawal, PublishedFile, PublishedGrant
from funding.models.panel import PanelNote, PanelSheet, RankingChoice
from funding.models.public_facts import PublicFacts
from funding.models.release import Release, ReleaseState
from funding.models.report import Occasion, ProgrammeReport
from funding.models.saved_view import SavedView
from funding.models.scenario import Method, Objective, Scenario
from funding.models.scenario_request import ScenarioRequest
from funding.models.subsidy_entry import EntryStep, SubsidyEntry

__all__ = [
    "ASSISTANCE",
    "EXPLAINED",
    "LIVE",
    "LIVE_OFFERS",
    "OVER",
    "READERS",
    "Allocation",
    "AllocationLine",
    "AllocationState",
    "AnswerKind",
    "Asker",
    "AssistanceKind",
    "Award",
    "AwardEnding",
    "AwardShare",
    "AwardStatus",
    "Budget",
    "BudgetChange",
    "BudgetKind",
    "ChangeState",
    "CompetitionBudgets",
    "EarlierAssistance",
    "EndingState",
    "EntryStep",
    "FileKind",
    "FundingFile",
    "FundingFileBlock",
    "InformationRequest",
    "LedgerCheck",
    "LetterTemplate",
    "LineDecision",
    "LineShare",
    "Method",
    "MfaRecord",
    "MfaState",
    "Objective",
    "Occasion",
    "Offer",
    "OfferAnswer",
    "OfferCondition",
    "OfferState",
    "OpenDataPublication",
    "Outcome",
    "PanelNote",
    "PanelSheet",
    "ProgrammeReport",
    "PublicFacts",
    "PublicationWithdrawal",
    "PublishedFile",
    "PublishedGrant",
    "Purpose",
    "RankingChoice",
    "Release",
    "ReleaseState",
    "RequestKind",
    "RequestState",
    "SavedView",
    "Scenario",
    "ScenarioRequest",
    "SubsidyEntry",
    "Transfer",
    "Verdict",
]
