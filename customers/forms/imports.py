"""The first step of an import: what the file holds, and the file."""

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.actions.imports.kinds import KINDS

LONGEST_NAME = 255


class UploadForm(forms.Form):
    """A file and the kind of its rows."""

    kind = forms.ChoiceField(error_messages={"required": _("Choose what a row of the file is.")})
    file = forms.FileField(
        max_length=LONGEST_NAME,
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )
    once = forms.CharField(max_length=40, required=False)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(code, kind.label) for code, kind in KINDS.items()]


class CorrectionForm(forms.Form):
    """The rows that were refused, mended."""

    file = forms.FileField(
        max_length=LONGEST_NAME,
        error_messages={"required": _("Choose the corrected file."), "empty": _("The file is empty.")},
    )
    once = forms.CharField(max_length=40, required=False)
