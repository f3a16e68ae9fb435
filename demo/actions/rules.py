"""Grading rules that the company has changed over the year: their history, and grades by a category.

Each is added as a manager would have done, before the night of its day.
"""

from datetime import date

from customers.models import CustomerKind, ProductCategory
from demo.actions.accounts import person
from segmentation.actions import add_policy
from segmentation.models import Policy, ThresholdMode

# Months after the first of the past nights.
OF_COMPANIES = 6
OF_A_CATEGORY = 8


def adopt_rules(day: date, *, month: int) -> None:
    """What was put in force on the past night of a month, counted from the first: nothing in most of them."""
    if month == OF_COMPANIES:
        _adopt(Policy(kind=CustomerKind.COMPANY, count_mode=ThresholdMode.PARETO, count_value="0.8"), day)
    category = ProductCategory.objects.order_by("pk").first() if month == OF_A_CATEGORY else None
    if category is not None:
        _adopt(Policy(kind=CustomerKind.PERSON, category=category), day)


def _adopt(policy: Policy, day: date) -> None:
    policy.effective_from = day
    add_policy(policy=policy, by=person("manager"), today=day)
