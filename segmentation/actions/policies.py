"""Policies: never changed, followed by new ones; one that has not begun yet can be withdrawn."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core.errors import Conflict, InvalidInput, NotFound
from core.models import User
from segmentation.actions.restated import mark_restated
from segmentation.models import Policy


def add_policy(*, policy: Policy, by: User, today: date) -> Policy:
    """Save a policy that is in force from a day on, today at the earliest.

    Raises InvalidInput for a past day, for an end of what was never begun, and Conflict where one already begins on
    the day.
    """
    if policy.effective_from < today:
        raise InvalidInput(
            _("A policy cannot begin in the past: grades were already given by the old one."),
            field="effective_from",
        )
    if policy.is_end and not _follows_one(policy):
        raise InvalidInput(_("There is no grading by this category that could end."), field="category")
    policy.created_by = by
    try:
        with transaction.atomic():
            policy.save(force_insert=True)
            mark_restated(policy=policy, today=today)
    except IntegrityError as error:
        raise Conflict(_("There is already a policy in force from this day."), field="effective_from") from error
    return policy


def withdraw_policy(*, policy_id: int, today: date) -> Policy:
    """Take back a policy before its day; the journal keeps what it said and who took it back.

    Raises Conflict for one that has begun: grades were given by it. NotFound where there is none, any more.
    """
    with transaction.atomic():
        policy = Policy.objects.select_for_update(of=("self",)).select_related("category").filter(pk=policy_id).first()
        if policy is None:
            raise NotFound(_("These rules are withdrawn already."))
        if policy.effective_from <= today:
            raise Conflict(_("These rules are already in force. Put new ones in force from a later day instead."))
        Policy.objects.filter(pk=policy.pk).delete()
    return policy


def _follows_one(policy: Policy) -> bool:
    before = Policy.objects.filter(kind=policy.kind, category=policy.category_id)
    last = before.filter(effective_from__lt=policy.effective_from).order_by("-effective_from").first()
    return last is not None and not last.is_end
