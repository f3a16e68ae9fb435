"""What a person says who keeps an audience."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.models import User
from segmentation.actions.audiences import KEEPERS
from segmentation.models import Audience


class AudienceForm(forms.Form):
    """The name, what it is for, who sees it; the tree comes from the builder as JSON."""

    name = forms.CharField(label=_("Name of the audience"), max_length=120)
    description = forms.CharField(
        label=_("What it is for"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    is_shared = forms.BooleanField(
        label=_("Share with everybody"),
        required=False,
        help_text=_("A farmer sees only the customers of their own in it."),
    )
    tree = forms.CharField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, user: User, audience: Audience | None = None, **kwargs: Any) -> None:
        initial = kwargs.pop("initial", {})
        if audience is not None:
            names = ("name", "description", "is_shared", "version")
            initial = {name: getattr(audience, name) for name in names} | initial
        super().__init__(data, initial=initial, **kwargs)
        if not user.has_role(*KEEPERS):
            del self.fields["is_shared"]


class FreezeForm(forms.Form):
    """The name of a fixed list."""

    name = forms.CharField(label=_("Name of the list"), max_length=120)
