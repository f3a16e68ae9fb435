"""What the night measured over the base, for the ticks of the day and for the pages."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.money import MoneyField
from customers.models import CustomerKind


class Measure(models.Model):
    """Thresholds and gaps of one customer kind on a day; the newest day is in force.

    `count_threshold` lies between two whole numbers: more orders than it are many. `gaps` maps a
    grade, and "" for the whole kind, to the segment's expected days between purchases.
    """

    kind = models.CharField(_("customer kind"), max_length=10, choices=CustomerKind.choices)
    on = models.DateField(_("day"))
    policy = models.ForeignKey("segmentation.Policy", on_delete=models.PROTECT, related_name="+")
    buyers = models.IntegerField(_("buyers in the window"))
    count_threshold = models.DecimalField(_("threshold of orders"), max_digits=14, decimal_places=4)
    check_threshold = MoneyField(_("threshold of the average check"))
    gaps = models.JSONField(default=dict)

    class Meta:
        get_latest_by = "on"
        ordering = ["-on", "kind"]
        constraints = [models.UniqueConstraint(fields=["kind", "on"], name="one_measure_a_day")]
