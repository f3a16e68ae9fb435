"""What people enter about touches, tasks and the regulations of contact."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import DayInput
from core.models import User
from customers.models import ContactPoint
from market.models import LeavingReason
from market.queries import reasons_in_use
from segmentation.models import Grade
from touches.models import Outcome, Task, TouchChannel
from touches.queries import GRADES
from touches.rules.cadence import Regularity
from touches.rules.outcomes import next_working_day
from touches.rules.pressure import Limit
from touches.rules.worklist import ReasonKind

MOST_DAYS = 3650
MOST_LIMITS = 3

REASON_LABELS = {
    ReasonKind.RECOVER: _("Unhappy"),
    ReasonKind.PROMISE: _("Promise overdue"),
    ReasonKind.CALL_BACK: _("Asked to call back"),
    ReasonKind.LEAK: _("Inquiry unanswered"),
    ReasonKind.WIN_BACK: _("Win back"),
    ReasonKind.MANUAL: _("Task"),
    ReasonKind.AT_RISK: _("Leaving"),
    ReasonKind.CADENCE: _("Time for a touch"),
}


class DayFilter(forms.Form):
    """What the address of the worklist says."""

    owner = forms.ModelChoiceField(User.objects.filter(is_active=True), required=False)
    kind = forms.ChoiceField(choices=[("", ""), *REASON_LABELS.items()], required=False)
    grade = forms.ChoiceField(choices=[("", ""), *Grade.choices, ("X", "X")], required=False)

    def value(self, name: str) -> Any:
        """The value of a field; nothing where the address has nonsense."""
        self.is_valid()
        return self.cleaned_data.get(name) or ""


class TouchForm(forms.Form):
    """One touch, with what it was made for."""

    channel = forms.ChoiceField(label=_("How"), choices=TouchChannel.choices)
    outcome = forms.ChoiceField(label=_("Outcome"), choices=Outcome.choices)
    note = forms.CharField(label=_("Note"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    call_back_on = forms.DateField(label=_("Call back on"), required=False, widget=DayInput)
    contact = forms.ModelChoiceField(ContactPoint.objects.none(), label=_("Contact"), required=False)
    left_reason = forms.ModelChoiceField(
        LeavingReason.objects.none(), label=_("If they left, why"), required=False, empty_label=_("Has not left")
    )
    tasks = forms.ModelMultipleChoiceField(Task.objects.none(), required=False)

    def __init__(self, *args: Any, customer_id: int, today: date, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("call_back_on", next_working_day(today))
        super().__init__(*args, **kwargs)
        self.fields["call_back_on"].widget.attrs["min"] = today.isoformat()
        self.fields["left_reason"].queryset = reasons_in_use()
        self.fields["contact"].queryset = ContactPoint.objects.filter(customer_id=customer_id)
        # A task closed meanwhile by somebody else must not stop the touch from being written down.
        self.fields["tasks"].queryset = Task.objects.filter(customer_id=customer_id)

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("left_reason") and self.cleaned_data.get("outcome") != Outcome.REFUSED:
            told = _("A reason for leaving goes with “Not interested”. Choose that outcome, or “Has not left” here.")
            self.add_error("left_reason", told)
        return self.cleaned_data


class TaskForm(forms.Form):
    """A task that a person sets."""

    note = forms.CharField(label=_("What has to be done"), max_length=5000, widget=forms.Textarea(attrs={"rows": 2}))
    due_on = forms.DateField(label=_("Due"), widget=DayInput)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("due_on", today)
        super().__init__(*args, **kwargs)
        self.fields["due_on"].widget.attrs["min"] = today.isoformat()
        self.today = today

    def clean_due_on(self) -> date:
        if self.cleaned_data["due_on"] < self.today:
            raise forms.ValidationError(_("Choose today or a later day."))
        return self.cleaned_data["due_on"]


class MoveForm(forms.Form):
    """A new day for a task."""

    due_on = forms.DateField(label=_("Move to"), widget=DayInput)


class CadenceForm(forms.Form):
    """Days and channel per grade; a grade without days has no regular touches."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for grade in GRADES:
            self.fields[f"days_{grade}"] = forms.IntegerField(
                label=_("Days between touches"), min_value=1, max_value=MOST_DAYS, required=False
            )
            self.fields[f"channel_{grade}"] = forms.ChoiceField(
                label=_("How"), choices=TouchChannel.choices, required=False
            )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The fields grade by grade."""
        return [{"grade": g, "days": self[f"days_{g}"], "channel": self[f"channel_{g}"]} for g in GRADES]

    def cadence(self) -> dict[str, Regularity | None]:
        """What was entered, for the action."""
        return {grade: self._regularity(grade) for grade in GRADES}

    def _regularity(self, grade: str) -> Regularity | None:
        days = self.cleaned_data[f"days_{grade}"]
        channel = self.cleaned_data[f"channel_{grade}"] or TouchChannel.CALL
        return Regularity(days, channel) if days else None


class PressureForm(forms.Form):
    """Up to three limits; an empty line is no limit."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for line in range(MOST_LIMITS):
            self.fields[f"messages_{line}"] = forms.IntegerField(
                label=_("At most messages"), min_value=0, max_value=1000, required=False
            )
            self.fields[f"days_{line}"] = forms.IntegerField(
                label=_("in days"), min_value=1, max_value=MOST_DAYS, required=False
            )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The fields line by line."""
        return [{"messages": self[f"messages_{i}"], "days": self[f"days_{i}"]} for i in range(MOST_LIMITS)]

    def clean(self) -> dict[str, Any]:
        spans = []
        for line in range(MOST_LIMITS):
            messages, days = self.cleaned_data.get(f"messages_{line}"), self.cleaned_data.get(f"days_{line}")
            if (messages is None) != (days is None) and not self.errors:
                self.add_error(f"days_{line}", _("Fill in both numbers of the line, or neither."))
            if days is not None:
                spans.append(days)
        if len(set(spans)) != len(spans):
            raise forms.ValidationError(_("Two limits cover the same number of days; keep one of them."))
        return self.cleaned_data

    def limits(self) -> list[Limit]:
        """What was entered, for the action."""
        lines = range(MOST_LIMITS)
        pairs = ((self.cleaned_data[f"messages_{i}"], self.cleaned_data[f"days_{i}"]) for i in lines)
        return [Limit(messages, days) for messages, days in pairs if days is not None]
