"""Input of this app's pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.actions import FlowSettings
from campaigns.models import Flow, FlowStep, FlowTrigger, MessageChannel, StepKind
from core.models import User
from segmentation.models import Audience, AudienceKind, Lifecycle

YEAR = 365


class FlowSettingsForm(forms.Form):
    """Who enters, the flow's numbers, and each step's wait and note."""

    trigger = forms.ChoiceField(
        label=_("Who enters"), choices=FlowTrigger.choices, required=False, widget=forms.RadioSelect
    )
    trigger_values = forms.MultipleChoiceField(
        label=_("Stages"),
        choices=Lifecycle.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("For “Lifecycle becomes”."),
    )
    audience = forms.ModelChoiceField(
        label=_("Audience"),
        queryset=Audience.objects.none(),
        required=False,
        help_text=_("For “Enters an audience”: who belongs to it when the flow starts enters too, night by night."),
    )
    holdout_percent = forms.IntegerField(
        label=_("Holdout, %"),
        min_value=0,
        max_value=50,
        help_text=_("This share is left alone, so that the effect can be measured. Holds for those who enter later."),
    )
    entry_limit = forms.IntegerField(
        label=_("Customers a night at most"),
        min_value=1,
        max_value=1_000_000,
        help_text=_("The most valuable enter first; the others wait for the next nights."),
    )
    pause_days = forms.IntegerField(label=_("Days before a customer may enter again"), min_value=0, max_value=10 * YEAR)
    window_days = forms.IntegerField(
        label=_("Days after the last step in which an order counts"), min_value=1, max_value=YEAR
    )

    def __init__(self, *args: Any, flow: Flow, steps: list[FlowStep], user: User, **kwargs: Any) -> None:
        initial = {name: getattr(flow, name) for name in self.base_fields}
        super().__init__(*args, initial=initial, **kwargs)
        known = Audience.objects.for_user(user).in_use().filter(kind=AudienceKind.DYNAMIC)
        fields: dict[str, Any] = self.fields
        fields["audience"].queryset = known | Audience.objects.filter(pk=flow.audience_id)
        self._flow, self._steps = flow, steps
        for step in steps:
            self._add_step(step)

    def _add_step(self, step: FlowStep) -> None:
        values = {"position": step.position, "kind": step.get_kind_display()}
        self.fields[f"wait_{step.position}"] = forms.IntegerField(
            label=_("Step %(position)s, %(kind)s: wait, days") % values,
            min_value=0,
            max_value=YEAR,
            initial=step.wait_days,
        )
        if step.kind == StepKind.TASK:
            self.fields[f"note_{step.position}"] = forms.CharField(
                label=_("What the farmer is to do"),
                max_length=500,
                initial=step.task_note,
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    def clean(self) -> dict[str, Any]:
        """Each trigger needs what it lets in by. A form that does not speak of the trigger leaves it."""
        data = self.cleaned_data
        if "trigger" in data and not data["trigger"]:
            return data | {name: getattr(self._flow, name) for name in ("trigger", "trigger_values", "audience")}
        if data.get("trigger") == FlowTrigger.LIFECYCLE and not data.get("trigger_values"):
            self.add_error("trigger_values", _("Choose at least one stage."))
        if data.get("trigger") == FlowTrigger.AUDIENCE and not data.get("audience"):
            self.add_error("audience", _("Choose the audience whose customers enter the flow."))
        return data

    def settings(self) -> FlowSettings:
        """What was entered."""
        data = self.cleaned_data
        waits = {step.position: data[f"wait_{step.position}"] for step in self._steps}
        notes = {s.position: data[f"note_{s.position}"] for s in self._steps if s.kind == StepKind.TASK}
        names = ("holdout_percent", "entry_limit", "pause_days", "window_days")
        return FlowSettings(
            **{name: data[name] for name in names},
            waits=waits,
            notes=notes,
            trigger=data["trigger"],
            stages=data["trigger_values"],
            audience=data["audience"],
        )


class TemplateForm(forms.Form):
    """A template in one language; an SMS has no subject."""

    subject = forms.CharField(label=_("Subject"), max_length=200)
    body = forms.CharField(label=_("Text"), max_length=50_000, widget=forms.Textarea(attrs={"rows": 18}))

    def __init__(self, *args: Any, channel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if channel == MessageChannel.SMS:
            del self.fields["subject"]
            self.fields["body"].widget.attrs["rows"] = 5
        self.fields["body"].widget.attrs |= {"class": "form-control code", "spellcheck": "true"}
