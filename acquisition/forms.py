"""What people type on the pages of this app."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from acquisition.models import Channel, SpendKind
from acquisition.rules import amount_of, month_of


class MonthField(forms.Field):
    """A month in an address or a hidden field: 2026-11."""

    def to_python(self, value: Any) -> date | None:
        text = (value or "").strip()
        if not text:
            return None
        try:
            return month_of(text)
        except ValueError as error:
            raise ValidationError(_("Write the month as 2026-11.")) from error


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


class ChannelNameForm(forms.ModelForm):
    """What may change in a channel: its code is known to the shop."""

    class Meta:
        model = Channel
        fields = ("name", "kind")
