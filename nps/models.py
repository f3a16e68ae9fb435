"""Invitations and answers."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Order


class Invitation(models.Model):
    """A question after one fulfilled order. The link carries a signed id."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="nps_invitations")
    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="nps_invitation")
    created_at = models.DateTimeField(_("created"))

    class Meta:
        indexes = [models.Index(fields=["customer", "-created_at"], name="invitation_customer")]


class Response(models.Model):
    """How likely the customer is to recommend the company, 0 to 10, and why."""

    invitation = models.OneToOneField(Invitation, on_delete=models.CASCADE, related_name="response")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="nps_responses")
    score = models.PositiveSmallIntegerField(_("score"))
    comment = models.TextField(_("comment"), blank=True, max_length=5000)
    grade = models.CharField(_("grade then"), max_length=1, blank=True)
    answered_at = models.DateTimeField(_("answered"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(score__gte=0, score__lte=10),
                name="score_is_0_to_10",
                violation_error_message=_("The score is a whole number from 0 to 10."),
            )
        ]
        indexes = [models.Index(fields=["answered_at"], name="response_time")]
