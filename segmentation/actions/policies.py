"""Policies: never changed, followed by new ones."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core.errors import Conflict, InvalidInput
from core.models import User
from segmentation.models import Policy


def add_policy(*, policy: Policy, by: User, today: date) -> Policy:
    """Save a policy that is in force from a day on, today at the earliest.

    Raises InvalidInput for a past day, and Conflict where one already begins on the day.
    """
    if policy.effective_from < today:
        raise InvalidInput(
            _("A policy cannot begin in the past: grades were already given by the old one."),
            field="effective_from",
        )
    policy.created_by = by
    try:
        with transaction.atomic():
            policy.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(_("There is already a policy in force from this day."), field="effective_from") from error
    return policy
