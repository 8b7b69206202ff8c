from applications.models.application import (
    READERS,
    Answer,
    Application,
    CompletedSection,
    OverheadMethod,
    Participant,
    SavedPage,
    StatusChange,
)
from applications.models.assessment import Assessment, Score
from applications.models.closing import ClosingList, ClosingListEntry, DeadlineChange
from applications.models.competition import (
    Area,
    Competition,
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
from applications.models.finance import Category, CostLine, OtherFunding
from applications.models.receipt import Receipt
from applications.models.waiver import Waiver, WaiverState
from applications.workflow import AssessmentStatus

__all__ = [
    "READERS",
    "Answer",
    "Application",
    "Area",
    "Assessment",
    "AssessmentStatus",
    "Category",
    "ClosingList",
    "ClosingListEntry",
    "Competition",
    "CompletedSection",
    "CostLine",
    "DeadlineChange",
    "IntensityTable",
    "LimitBasis",
    "MaximumPercentage",
    "OtherFunding",
    "OverheadMethod",
    "Participant",
    "PotSharing",
    "Question",
    "QuestionSet",
    "Receipt",
    "ResearchCategory",
    "SavedPage",
    "Score",
    "Stage",
    "State",
    "StatusChange",
    "Strand",
    "Waiver",
    "WaiverState",
]
