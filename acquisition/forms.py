"""What people type on the pages of this app."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from acquisition.models import AttributionRule, Campaign, Channel, RetentionKind, SpendKind
from acquisition.rules import amount_of, month_of
from core.forms import DayInput
from core.periods import add_months


class MonthField(forms.Field):
    """A month in an address or a field: 2026-11."""

    widget = forms.DateInput(attrs={"type": "month"})

    def to_python(self, value: Any) -> date | None:
        text = (value or "").strip()
        if not text:
            return None
        try:
            return month_of(text)
        except ValueError as error:
            raise ValidationError(_("Write the month as 2026-11.")) from error

    def prepare_value(self, value: Any) -> Any:
        return value.strftime("%Y-%m") if isinstance(value, date) else value


class AmountField(forms.Field):
    """Money as people type it; an empty field is no amount."""

    def to_python(self, value: Any) -> Decimal | None:
        text = (value or "").strip()
        if not text:
            return None
        try:
            return amount_of(text)
        except ValueError as error:
            raise ValidationError(_("Enter an amount of money, such as 1234.50.")) from error

    def validate(self, value: Decimal | None) -> None:
        if value is not None and value < 0:
            raise ValidationError(_("Spend cannot be negative."))


class CellForm(forms.Form):
    """One amount of the grid."""

    channel = forms.ModelChoiceField(Channel.objects.all())
    month = MonthField()
    kind = forms.ChoiceField(choices=SpendKind.choices)
    amount = AmountField(required=False)


class MonthForm(forms.Form):
    """The month that a page shows."""

    month = MonthField()


class ChannelForm(forms.ModelForm):
    """A new channel."""

    class Meta:
        model = Channel
        fields = ("name", "code", "kind")
        help_texts = {"code": _("As the shop names it in its orders: Latin letters, digits, - and _.")}

    def clean_code(self) -> str:
        return self.cleaned_data["code"].lower()


class PartForm(forms.Form):
    """An amount of a channel's month that is of a day or of a campaign."""

    day = forms.DateField(label=_("Day"), required=False, widget=DayInput())
    campaign = forms.ModelChoiceField(
        Campaign.objects.none(), label=_("Campaign"), required=False, empty_label=_("The channel as a whole")
    )
    kind = forms.ChoiceField(label=_("Kind of spend"), choices=SpendKind.choices)
    amount = AmountField(label=_("Sum"), widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))

    def __init__(self, *args: Any, channel: Channel, month: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["campaign"].queryset = channel.campaigns.all()
        last = add_months(month, 1) - timedelta(days=1)
        fields["day"].widget.attrs |= {"min": month.isoformat(), "max": last.isoformat()}
        self.month = month

    def clean_day(self) -> date | None:
        day: date | None = self.cleaned_data["day"]
        if day is not None and day.replace(day=1) != self.month:
            raise ValidationError(_("The day is not of this month."))
        return day

    def clean(self) -> dict[str, Any]:
        told = self.cleaned_data
        if {"day", "campaign"} <= told.keys() and told["day"] is None and told["campaign"] is None:
            raise ValidationError(_("Name a day, a campaign or both; what is of neither goes into the grid."))
        return told


class CampaignForm(forms.ModelForm):
    """A new campaign of a channel."""

    class Meta:
        model = Campaign
        fields = ("name", "code", "starts_on", "ends_on")
        help_texts = {"code": _("As utm_campaign has it: Latin letters, digits, - and _.")}
        widgets = {"starts_on": DayInput(), "ends_on": DayInput()}

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"].lower()
        if self.instance.channel.campaigns.filter(code=code).exists():
            raise ValidationError(_("The channel has a campaign with this code."))
        return code


class CampaignNameForm(CampaignForm):
    """What may change in a campaign."""

    class Meta(CampaignForm.Meta):
        fields = ("name", "starts_on", "ends_on")


class RetentionForm(forms.Form):
    """What keeping customers cost in a month, a field for every kind; an empty one is not known."""

    month = MonthField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, label in RetentionKind.choices:
            self.fields[kind] = AmountField(label=label, required=False)


class RuleForm(forms.ModelForm):
    """How customers are counted to channels."""

    class Meta:
        model = AttributionRule
        fields = ("model", "lookback_days")
        widgets = {"model": forms.RadioSelect}
        help_texts = {
            "lookback_days": _("Inquiries and visits this long before the first order still count: 1 to 365.")
        }


class ChannelNameForm(forms.ModelForm):
    """What may change in a channel: its code is known to the shop."""

    class Meta:
        model = Channel
        fields = ("name", "kind")
