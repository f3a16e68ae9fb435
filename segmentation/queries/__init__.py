"""Reads of grades, lifecycle, value and the policy behind them."""

from segmentation.queries.nights import last_nights
from segmentation.queries.policies import (
    category_policies_in_force,
    category_policy_in_force,
    category_rules_in_force,
    coming_policies,
    fit_in_force,
    measures_in_force,
    past_policies,
    policies_in_force,
    policy_in_force,
    rules_in_force,
)

__all__ = [
    "category_policies_in_force",
    "category_policy_in_force",
    "category_rules_in_force",
    "coming_policies",
    "fit_in_force",
    "last_nights",
    "measures_in_force",
    "past_policies",
    "policies_in_force",
    "policy_in_force",
    "rules_in_force",
]
