"""What a person says who takes a list out."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.forms import DayInput
from dashboard.queries.exports import Listing

FORMATS = [("xlsx", _("Excel (XLSX)")), ("csv", _("Text with separators (CSV)"))]


class ExportForm(forms.Form):
    """Columns, contacts apart, the form of the file, and what it is for."""

    columns = forms.MultipleChoiceField(
        label=_("Columns"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one column.")},
    )
    contacts = forms.BooleanField(
        label=_("With phones and e-mails"),
        required=False,
        help_text=_("Only where the work cannot be done without them."),
    )
    format = forms.ChoiceField(label=_("File"), choices=FORMATS, initial="xlsx", widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("What it is for"),
        min_length=5,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For example: letters of thanks to the best customers. Managers see it beside your name."),
    )

    def __init__(self, data: Any, *, listing: Listing) -> None:
        usual = [column.key for column in listing.columns if column.is_usual and not column.is_contact]
        super().__init__(data, initial={"columns": usual})
        self.fields["columns"].choices = [(each.key, each.label) for each in listing.columns if not each.is_contact]


class PlacedForm(forms.Form):
    """Between which days the orders of a list were placed."""

    placed_from = forms.DateField(label=_("Ordered from"), required=False, widget=DayInput())
    placed_to = forms.DateField(label=pgettext_lazy("day", "to"), required=False, widget=DayInput())
