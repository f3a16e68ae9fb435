"""What the night computes about each customer."""

from segmentation.models.audience import (
    Audience,
    AudienceChange,
    AudienceDue,
    AudienceKind,
    AudienceMember,
    AudienceVersion,
)
from segmentation.models.book import BaseBalance, BookEntry
from segmentation.models.category_grade import CategoryGrade, CategoryGradeChange, CategoryMeasure
from segmentation.models.cohort import Cohort, CohortCell, CohortDimension, CohortMonth, CustomerOrigin
from segmentation.models.fit import Forecast, ModelFit
from segmentation.models.grade_report import GradeReport
from segmentation.models.leaving import LeavingPattern, Loss, LossFigure
from segmentation.models.measure import Measure
from segmentation.models.needs import (
    AWAITED,
    CandidateKind,
    Capability,
    CapabilityState,
    Need,
    XCandidate,
    XDismissal,
    XMark,
)
from segmentation.models.policy import Policy, ThresholdMode
from segmentation.models.snapshot import BaseSnapshot
from segmentation.models.standing import (
    LEAVING,
    Grade,
    GradeChange,
    Lifecycle,
    LifecycleChange,
    PurchaseStatistics,
    Standing,
)
from segmentation.models.summary import SummaryOptOut, SummaryState, WeeklySummary

__all__ = [
    "AWAITED",
    "LEAVING",
    "Audience",
    "AudienceChange",
    "AudienceDue",
    "AudienceKind",
    "AudienceMember",
    "AudienceVersion",
    "BaseBalance",
    "BaseSnapshot",
    "BookEntry",
    "CandidateKind",
    "Capability",
    "CapabilityState",
    "CategoryGrade",
    "CategoryGradeChange",
    "CategoryMeasure",
    "Cohort",
    "CohortCell",
    "CohortDimension",
    "CohortMonth",
    "CustomerOrigin",
    "Forecast",
    "Grade",
    "GradeChange",
    "GradeReport",
    "LeavingPattern",
    "Lifecycle",
    "LifecycleChange",
    "Loss",
    "LossFigure",
    "Measure",
    "ModelFit",
    "Need",
    "Policy",
    "PurchaseStatistics",
    "Standing",
    "SummaryOptOut",
    "SummaryState",
    "ThresholdMode",
    "WeeklySummary",
    "XCandidate",
    "XDismissal",
    "XMark",
]
