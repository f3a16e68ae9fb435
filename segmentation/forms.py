"""What people enter about grading and X."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.forms import DayInput
from core.money import exponent
from customers.models import ProductCategory
from segmentation.models import Need, Policy, ThresholdMode

SAME_AS_IN_FORCE = (
    "window_days",
    "count_mode",
    "count_value",
    "check_mode",
    "check_value",
    "hysteresis",
    "at_risk_ratio",
    "lapsed_ratio",
    "lost_ratio",
    "margin_rate",
    "discount_rate",
)

# Of the customers, who make four fifths of it.
USUAL_PARETO = Decimal("0.8")
HALF = Decimal("0.5")


class PolicyForm(forms.ModelForm):
    """A new policy, to begin with the numbers of the one in force."""

    class Meta:
        model = Policy
        fields = ("kind", "category", "is_end", "effective_from", *SAME_AS_IN_FORCE)
        widgets = {"effective_from": DayInput()}

    def __init__(self, *args: Any, in_force: Policy, tomorrow: date, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "kind": in_force.kind,
            "category": in_force.category_id,
            "effective_from": tomorrow,
            **{name: _plain(getattr(in_force, name)) for name in SAME_AS_IN_FORCE},
            **_medians(in_force),
        }
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["category"].queryset = ProductCategory.objects.order_by("name")
        fields["category"].empty_label = _("The main grade: all orders")
        for name in ("count_value", "check_value"):
            fields[name].required = False

    def clean_window_days(self) -> int:
        days: int = self.cleaned_data["window_days"]
        if days < 1:
            raise forms.ValidationError(_("The window has at least one day."))
        return days

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name, least in (("count", 1), ("check", 0)):
            self._check_threshold(cleaned, name, least)
        for name in ("hysteresis", "margin_rate", "discount_rate"):
            if not 0 <= cleaned.get(name, Decimal(0)) < 1:
                self.add_error(name, _("Enter a share from 0 to 1: 0.1 is 10%."))
        if cleaned.get("is_end") and not cleaned.get("category"):
            self.add_error("category", _("Name the category: the main grade does not end."))
        return cleaned

    def _check_threshold(self, cleaned: dict[str, Any], name: str, least: int) -> None:
        mode, field = cleaned.get(f"{name}_mode"), f"{name}_value"
        if field in self.errors or not mode:
            return
        value = cleaned.get(field)
        if mode == ThresholdMode.MEDIAN or (mode == ThresholdMode.PARETO and value is None):
            value = cleaned[field] = HALF if mode == ThresholdMode.MEDIAN else USUAL_PARETO
        refusal = _refusal(mode, value, least)
        if refusal:
            self.add_error(field, refusal)


def _refusal(mode: str, value: Decimal | None, least: int) -> str | Promise:
    """What is wrong with the value of a threshold; empty where nothing is."""
    if mode == ThresholdMode.FIXED:
        wrong = value is None or value < least
        return _("Enter a number of at least %(least)s.") % {"least": least} if wrong else ""
    if value is not None and 0 < value < 1:
        return ""
    if mode == ThresholdMode.PARETO:
        return _("Enter a share between 0 and 1: 0.8 is who makes 80%.")
    return _("A quantile lies between 0 and 1; the median is 0.5.")


def _medians(policy: Policy) -> dict[str, str]:
    """A quantile of one half is shown as the median that it is."""
    halves = [
        name
        for name in ("count", "check")
        if (getattr(policy, f"{name}_mode"), getattr(policy, f"{name}_value")) == (ThresholdMode.QUANTILE, HALF)
    ]
    return {f"{name}_mode": ThresholdMode.MEDIAN.value for name in halves}


class XMarkForm(forms.Form):
    """X over the grade: one need of a customer."""

    capability = forms.CharField(
        label=_("What is missing"),
        max_length=300,
        help_text=_("What the product lacks, for this customer to buy much. The same words for the same thing add up."),
        widget=forms.TextInput(attrs={"list": "capability-options", "autocomplete": "off"}),
    )
    potential = forms.DecimalField(
        label=_("Potential margin a year"), min_value=1, max_digits=15, decimal_places=exponent()
    )
    evidence = forms.CharField(
        label=_("How that is known"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    asked_by = forms.CharField(label=_("Who asks for it"), required=False, max_length=300)


class NeedForm(XMarkForm):
    """The same on a page of its own, with the day."""

    asked_on = forms.DateField(label=_("Asked on"), widget=DayInput)

    @staticmethod
    def of(need: Need) -> dict[str, Any]:
        """What the form begins with for a need that is there."""
        return {
            "capability": need.capability.name,
            "potential": _plain(need.potential),
            "evidence": need.evidence,
            "asked_by": need.asked_by,
            "asked_on": need.asked_on,
        }


def _plain(value: Any) -> Any:
    """A number as people write it: 0.5, not 0.5000."""
    return value.normalize().__format__("f") if isinstance(value, Decimal) else value
