from applications.models.application import (
    READERS,
    Answer,
    Application,
    CompletedSection,
    OverheadMethod,
    Participant,
    StatusChange,
)
from applications.models.assessment import Assessment, Score
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
from applications.workflow import AssessmentStatus

__all__ = [
    "READERS",
    "Answer",
    "Application",
    "Area",
    "Assessment",
    "AssessmentStatus",
    "Category",
    "Competition",
    "CompletedSection",
    "CostLine",
    "IntensityTable",
    "LimitBasis",
    "MaximumPercentage",
    "OtherFunding",
    "OverheadMethod",
    "Participant",
    "PotSharing",
    "Question",
    "QuestionSet",
    "ResearchCategory",
    "Score",
    "Stage",
    "State",
    "StatusChange",
    "Strand",
]
