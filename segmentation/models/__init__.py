"""What the night computes about each customer."""

from segmentation.models.cohort import Cohort, CohortMonth
from segmentation.models.fit import Forecast, ModelFit
from segmentation.models.measure import Measure
from segmentation.models.policy import Policy, ThresholdMode
from segmentation.models.snapshot import BaseSnapshot
from segmentation.models.standing import (
    Grade,
    GradeChange,
    Lifecycle,
    LifecycleChange,
    PurchaseStatistics,
    Standing,
    XMark,
)

__all__ = [
    "BaseSnapshot",
    "Cohort",
    "CohortMonth",
    "Forecast",
    "Grade",
    "GradeChange",
    "Lifecycle",
    "LifecycleChange",
    "Measure",
    "ModelFit",
    "Policy",
    "PurchaseStatistics",
    "Standing",
    "ThresholdMode",
    "XMark",
]
