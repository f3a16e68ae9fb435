"""What people enter about reasons, competitors and departures."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.models import Competitor, LeavingReason
from market.queries import competitors_in_use, reasons_in_use


class LeftForm(forms.Form):
    """Why a customer left, from the card."""

    reason = forms.ModelChoiceField(LeavingReason.objects.none(), label=_("Reason"), empty_label=None)
    competitor = forms.ModelChoiceField(
        Competitor.objects.none(), label=_("For whom"), required=False, empty_label=_("Not known, or for nobody")
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].queryset = reasons_in_use()
        self.fields["competitor"].queryset = competitors_in_use()


class WhyForm(forms.Form):
    """The same from the customer, by the link of a message."""

    reason = forms.ModelChoiceField(
        LeavingReason.objects.none(), error_messages={"required": _("Choose what comes closest.")}
    )
    note = forms.CharField(required=False, max_length=2000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].queryset = reasons_in_use()


class ReasonForm(forms.Form):
    """A new reason."""

    name = forms.CharField(label=_("Reason"), max_length=100)


class ReasonChangeForm(ReasonForm):
    """The words of a reason, and whether it is offered."""

    is_active = forms.BooleanField(label=_("In use"), required=False)

    def __init__(self, data: Any = None, *, reason: LeavingReason) -> None:
        initial = {"name": str(reason), "is_active": reason.is_active}
        super().__init__(data, initial=initial, prefix=f"reason{reason.pk}")


class CompetitorForm(forms.Form):
    """A new competitor."""

    name = forms.CharField(label=_("Competitor"), max_length=200)
    website = forms.URLField(label=_("Website"), max_length=300, required=False, assume_scheme="https")
    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class CompetitorChangeForm(CompetitorForm):
    """What is known of a competitor, and whether it is offered."""

    is_active = forms.BooleanField(label=_("In use"), required=False)

    def __init__(self, data: Any = None, *, competitor: Competitor) -> None:
        initial = {name: getattr(competitor, name) for name in ("name", "website", "note", "is_active")}
        super().__init__(data, initial=initial, prefix=f"competitor{competitor.pk}")
