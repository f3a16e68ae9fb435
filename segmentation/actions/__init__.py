"""Everything that writes grades, lifecycle, value and their history."""

from segmentation.actions.cohorts import recompute_cohorts
from segmentation.actions.fits import fit_is_due, fit_models, try_models
from segmentation.actions.policies import add_policy
from segmentation.actions.refresh import refresh_stale
from segmentation.actions.snapshots import take_snapshot
from segmentation.actions.standings import conclude_base, conclude_customers
from segmentation.actions.statistics import recompute_statistics
from segmentation.actions.x_marks import clear_x_mark, set_x_mark

__all__ = [
    "add_policy",
    "clear_x_mark",
    "conclude_base",
    "conclude_customers",
    "fit_is_due",
    "fit_models",
    "recompute_cohorts",
    "recompute_statistics",
    "refresh_stale",
    "set_x_mark",
    "take_snapshot",
    "try_models",
]
