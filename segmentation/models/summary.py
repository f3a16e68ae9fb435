"""The weekly summary by e-mail: who got it, and who does not want it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SummaryState(models.TextChoices):
    DUE = "due", pgettext_lazy("summary", "Due")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    FAILED = "failed", pgettext_lazy("summary", "Failed")
    AMBIGUOUS = "ambiguous", _("Ambiguous")


class WeeklySummary(models.Model):
    """One summary of one week (its Monday) to one person; the row is the queue, and there is never a second one.

    Who was in `sending` when the sender died is ambiguous, and is not sent again.
    """

    week = models.DateField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=9, choices=SummaryState.choices, default=SummaryState.DUE)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    changed_at = models.DateTimeField()
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["week", "user"], name="one_summary_a_week")]
        indexes = [
            models.Index(fields=["due_at"], name="summary_due", condition=models.Q(state__in=("due", "sending"))),
        ]


class SummaryOptOut(models.Model):
    """A person who does not want the weekly summary."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="summary_opt_out"
    )
