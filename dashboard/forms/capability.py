"""Capabilities: what the product lacks, and how far it is."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import DayInput
from segmentation.models import Capability, CapabilityState


class NewCapabilityForm(forms.Form):
    """A capability that nobody asks for yet."""

    name = forms.CharField(label=_("What is missing"), max_length=300)
    description = forms.CharField(
        label=_("In detail"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )
    expected_on = forms.DateField(label=_("Expected on"), required=False, widget=DayInput)


class CapabilityForm(NewCapabilityForm):
    """The words of a capability, and its state."""

    state = forms.ChoiceField(label=_("State"), choices=CapabilityState.choices)
    field_order = ("name", "state", "expected_on", "description")

    @staticmethod
    def of(capability: Capability) -> dict[str, Any]:
        """What the form begins with."""
        return {name: getattr(capability, name) for name in ("name", "state", "expected_on", "description")}
