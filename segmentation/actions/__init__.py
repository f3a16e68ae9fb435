"""Everything that writes grades, lifecycle, value and their history."""

from segmentation.actions.audiences import (
    bring_back,
    change_audience,
    create_audience,
    freeze,
    may_change,
    put_away,
    watch,
)
from segmentation.actions.candidates import propose_candidates
from segmentation.actions.capabilities import add_capability, change_capability
from segmentation.actions.category_grades import regrade_categories
from segmentation.actions.channel_worth import measure_channels
from segmentation.actions.cohorts import recompute_cohorts
from segmentation.actions.fits import fit_is_due, fit_models, try_models
from segmentation.actions.grade_reports import report_grades
from segmentation.actions.leaving import count_losses
from segmentation.actions.membership import follow_changes, follow_time
from segmentation.actions.origins import settle_origins
from segmentation.actions.policies import add_policy, withdraw_policy
from segmentation.actions.refresh import refresh_stale
from segmentation.actions.snapshots import take_snapshot
from segmentation.actions.standings import conclude_base, conclude_customers
from segmentation.actions.statistics import recompute_statistics
from segmentation.actions.x_marks import change_need, clear_x_mark, dismiss_candidate, remove_need, set_x_mark

__all__ = [
    "add_capability",
    "add_policy",
    "bring_back",
    "change_audience",
    "change_capability",
    "change_need",
    "clear_x_mark",
    "conclude_base",
    "conclude_customers",
    "count_losses",
    "create_audience",
    "dismiss_candidate",
    "fit_is_due",
    "fit_models",
    "follow_changes",
    "follow_time",
    "freeze",
    "may_change",
    "measure_channels",
    "propose_candidates",
    "put_away",
    "recompute_cohorts",
    "recompute_statistics",
    "refresh_stale",
    "regrade_categories",
    "remove_need",
    "report_grades",
    "set_x_mark",
    "settle_origins",
    "take_snapshot",
    "try_models",
    "watch",
    "withdraw_policy",
]
