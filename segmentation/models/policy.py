"""The effective-dated rules of grading, lifecycle and LTV."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import CustomerKind, ProductCategory


class ThresholdMode(models.TextChoices):
    """How a threshold is found; `rules.grades` has the arithmetic."""

    MEDIAN = "median", _("The median of the buyers")
    QUANTILE = "quantile", _("A quantile of the buyers")
    PARETO = "pareto", _("Pareto: who makes the given share")
    FIXED = "fixed", _("A fixed number")


class PolicyQuerySet(models.QuerySet["Policy"]):
    def of_kinds(self) -> "PolicyQuerySet":
        """Policies of a customer kind as a whole."""
        return self.filter(category=None)

    def of_categories(self) -> "PolicyQuerySet":
        """Policies of one category of products."""
        return self.exclude(category=None)


class Policy(models.Model):
    """Thresholds in force for a customer kind from a day on, until the next policy's day.

    With a `category` they grade the customers by their orders of that category, beside the main grade; only the
    window, the thresholds and the hysteresis count then. `is_end` ends the grading by the category.
    """

    kind = models.CharField(_("customer kind"), max_length=10, choices=CustomerKind.choices)
    category = models.ForeignKey(
        ProductCategory,
        verbose_name=_("product category"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
    )
    is_end = models.BooleanField(_("stop grading by this category"), default=False)
    effective_from = models.DateField(_("in force from"))
    window_days = models.PositiveSmallIntegerField(_("window, days"), default=365)
    count_mode = models.CharField(
        _("threshold of orders"), max_length=10, choices=ThresholdMode.choices, default=ThresholdMode.QUANTILE
    )
    count_value = models.DecimalField(_("value"), max_digits=14, decimal_places=4, default="0.5")
    check_mode = models.CharField(
        _("threshold of the average check"),
        max_length=10,
        choices=ThresholdMode.choices,
        default=ThresholdMode.QUANTILE,
    )
    check_value = models.DecimalField(
        _("value"), max_digits=14, decimal_places=4, default="0.5", help_text=_("A fixed check is in currency.")
    )
    hysteresis = models.DecimalField(
        _("hysteresis"), max_digits=4, decimal_places=3, default="0.100", help_text=_("0.1 is 10%.")
    )
    margin_rate = models.DecimalField(
        _("margin where no cost is known"), max_digits=5, decimal_places=4, default="0.3000"
    )
    discount_rate = models.DecimalField(_("discount rate, a year"), max_digits=5, decimal_places=4, default="0.1500")
    at_risk_ratio = models.DecimalField(
        _("at risk after, expected gaps"), max_digits=5, decimal_places=2, default="1.50"
    )
    lapsed_ratio = models.DecimalField(_("lapsed after, expected gaps"), max_digits=5, decimal_places=2, default="2.50")
    lost_ratio = models.DecimalField(_("lost after, expected gaps"), max_digits=5, decimal_places=2, default="5.00")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        ordering = ["kind", "-effective_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "effective_from"],
                condition=Q(category=None),
                name="one_policy_per_day",
                violation_error_message=_("There is already a policy in force from this day."),
            ),
            models.UniqueConstraint(
                fields=["kind", "category", "effective_from"],
                condition=Q(category__isnull=False),
                name="one_category_policy_per_day",
                violation_error_message=_("There is already a policy in force from this day."),
            ),
            models.CheckConstraint(
                condition=Q(is_end=False) | Q(category__isnull=False), name="only_a_category_policy_ends"
            ),
            models.CheckConstraint(
                condition=Q(
                    at_risk_ratio__gt=0,
                    lapsed_ratio__gt=models.F("at_risk_ratio"),
                    lost_ratio__gt=models.F("lapsed_ratio"),
                ),
                name="stages_in_order",
                violation_error_message=_("At risk must come before lapsed, and lapsed before lost."),
            ),
            models.CheckConstraint(condition=Q(hysteresis__gte=0, hysteresis__lt=1), name="hysteresis_is_a_share"),
            models.CheckConstraint(condition=Q(window_days__gte=1), name="window_has_days"),
        ]
