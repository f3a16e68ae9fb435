"""What people enter about grading and X."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.money import exponent
from segmentation.models import Policy, ThresholdMode

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


class PolicyForm(forms.ModelForm):
    """A new policy, to begin with the numbers of the one in force."""

    class Meta:
        model = Policy
        fields = ("kind", "effective_from", *SAME_AS_IN_FORCE)
        widgets = {"effective_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, in_force: Policy, tomorrow: date, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "kind": in_force.kind,
            "effective_from": tomorrow,
            **{name: _plain(getattr(in_force, name)) for name in SAME_AS_IN_FORCE},
        }
        super().__init__(*args, **kwargs)

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
                self.add_error(name, _("Enter a share from 0 to 1: 0.1 is 10 %."))
        return cleaned

    def _check_threshold(self, cleaned: dict[str, Any], name: str, least: int) -> None:
        value = cleaned.get(f"{name}_value")
        if value is None:
            return
        if cleaned.get(f"{name}_mode") == ThresholdMode.QUANTILE:
            if not 0 < value < 1:
                self.add_error(f"{name}_value", _("A quantile lies between 0 and 1; the median is 0.5."))
        elif value < least:
            self.add_error(f"{name}_value", _("Enter a number of at least %(least)s.") % {"least": least})


class XMarkForm(forms.Form):
    """X over the grade."""

    capability = forms.CharField(label=_("What is missing"), max_length=300)
    potential = forms.DecimalField(
        label=_("Potential margin a year"), min_value=1, max_digits=15, decimal_places=exponent()
    )


def _plain(value: Any) -> Any:
    """A number as people write it: 0.5, not 0.5000."""
    return value.normalize().__format__("f") if isinstance(value, Decimal) else value
