"""Cards that may be one customer."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models.customer import Customer


class DuplicateDue(models.Model):
    """A card whose likeness to others is to be looked at; written by triggers, drained by the tick and the night.

    Append-only, without keys in the database: a writer never waits, and a mark of a card that is gone is harmless.
    """

    customer_id = models.BigIntegerField()

    class Meta:
        # Marks of one card are taken away together, so that it is looked at once.
        indexes = [models.Index(fields=["customer_id", "id"], name="duplicate_due_card")]


class DuplicateKey(models.Model):
    """What a card can be found by among its likenesses: a hash of a phone, of a name with a city, and so on.

    `customers.rules.duplicates.keys` makes them; computed again whenever the card changes.
    """

    pk = models.CompositePrimaryKey("key", "customer_id")
    key = models.BigIntegerField()
    customer_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["customer_id"], name="duplicate_key_card")]


class CandidateState(models.TextChoices):
    OPEN = "open", pgettext_lazy("duplicates", "To be looked at")
    DIFFERENT = "different", pgettext_lazy("duplicates", "Different customers")


class DuplicateCandidate(models.Model):
    """A pair that looks like one customer. `score` is the probability in percent, `reasons` what speaks for it.

    A pair that a person judged different stays, so that it is not proposed again.
    """

    first = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField(_("likeness, %"))
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=CandidateState.choices, default=CandidateState.OPEN)
    found_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    is_derived = True
    # Tells of another card too.
    handed_out = False
    is_personal = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="pair_in_order"),
        ]
        indexes = [models.Index(fields=["-score", "id"], name="pair_open", condition=Q(state="open"))]


class DuplicatePolicy(models.Model):
    """From what likeness a pair is shown, and from what it is merged without asking. One row."""

    show_from = models.PositiveSmallIntegerField(_("show from, %"), default=60)
    merge_from = models.PositiveSmallIntegerField(
        _("merge by itself from, %"), null=True, blank=True, help_text=_("Empty: never without a person.")
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(show_from__gte=30, show_from__lte=100),
                name="show_from_is_a_likeness",
                violation_error_message=_("Between 30 and 100 percent."),
            ),
            models.CheckConstraint(
                condition=Q(merge_from__isnull=True)
                | Q(merge_from__gte=F("show_from")) & Q(merge_from__gte=90, merge_from__lte=100),
                name="merge_from_is_high",
                violation_error_message=_("Between 90 and 100 percent, and not below what is shown."),
            ),
        ]
