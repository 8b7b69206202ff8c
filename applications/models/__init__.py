from applications.models.answer import Answer, SavedPage
from applications.models.application import (
    READERS,
    Application,
    CompletedSection,
    OverheadMethod,
    Participant,
    StatusChange,
)
from applications.models.assessment import VERDICT, Assessment, Score
from applications.models.assessment_version import AssessmentReopening, AssessmentVersion
from applications.models.assessor import (
    MOST_CAPACITY,
    AgreementAcceptance,
    AgreementVersion,
    AssessorKind,
    AssessorProfile,
    Declaration,
    Interest,
    InterestKind,
    ParentCompany,
    Skill,
    Whose,
)
from applications.models.assessor_invitation import AssessorInvitation, Stand
from applications.models.closing import ClosingList, ClosingListEntry, DeadlineChange
from applications.models.comparison import FEWEST_FUNDED, Comparison, FundedBand
from applications.models.competition import (
    MOST_ANSWER_DAYS,
    Area,
    Competition,
    CompetitionQuerySet,
    IntensityTable,
    LimitBasis,
    MaximumPercentage,
    PotSharing,
    Question,
    QuestionSet,
    ResearchCategory,
    Stage,
    State,
    Strand,
)
from applications.models.conflict import Conflict, ConflictState
from applications.models.departure import Departure
from applications.models.desk import EligibilityCase, RuleDecision, ScopeCase
from applications.models.equality_answer import EqualityAnswer
from applications.models.exclusion import Exclusion, ExclusionState, ModerationNote
from applications.models.finance import Category, CostLine, OtherFunding
from applications.models.plan import ApplicationSkill, AssignmentPlan
from applications.models.receipt import Receipt, ReceiptCopy
from applications.models.waiver import Waiver, WaiverState
from applications.workflow import AssessmentStatus

__all__ = [
    "FEWEST_FUNDED",
    "MOST_ANSWER_DAYS",
    "MOST_CAPACITY",
    "READERS",
    "VERDICT",
    "AgreementAcceptance",
    "AgreementVersion",
    "Answer",
    "Application",
    "ApplicationSkill",
    "Area",
    "Assessment",
    "AssessmentReopening",
    "AssessmentStatus",
    "AssessmentVersion",
    "AssessorInvitation",
    "AssessorKind",
    "AssessorProfile",
    "AssignmentPlan",
    "Category",
    "ClosingList",
    "ClosingListEntry",
    "Comparison",
    "Competition",
    "CompetitionQuerySet",
    "CompletedSection",
    "Conflict",
    "ConflictState",
    "CostLine",
    "DeadlineChange",
    "Declaration",
    "Departure",
    "EligibilityCase",
    "EqualityAnswer",
    "Exclusion",
    "ExclusionState",
    "FundedBand",
    "IntensityTable",
    "Interest",
    "InterestKind",
    "LimitBasis",
    "MaximumPercentage",
    "ModerationNote",
    "OtherFunding",
    "OverheadMethod",
    "ParentCompany",
    "Participant",
    "PotSharing",
    "Question",
    "QuestionSet",
    "Receipt",
    "ReceiptCopy",
    "ResearchCategory",
    "RuleDecision",
    "SavedPage",
    "ScopeCase",
    "Score",
    "Skill",
    "Stage",
    "Stand",
    "State",
    "StatusChange",
    "Strand",
    "Waiver",
    "WaiverState",
    "Whose",
]
