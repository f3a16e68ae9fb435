"""Who is to look after customers."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.models import User
from dashboard.queries.customer_filters import POOL
from dashboard.queries.people import owners


class OwnerForm(forms.Form):
    """A person, or the pool. Neither is chosen beforehand: a slip would hand over everybody at once.

    The field is not called `owner`: the filters that travel along have one of that name.
    """

    new_owner = forms.ChoiceField(label=_("New owner"))

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in owners()}
        named = [(pk, f"{person} · {person.get_role_display()}") for pk, person in self.people.items()]
        choose, nobody = ("", _("Choose…")), (POOL, _("Nobody: back to the pool"))
        self.fields["new_owner"].choices = [choose, *named, nobody]

    def chosen(self) -> User | None:
        """The person, None for the pool."""
        return self.people.get(self.cleaned_data["new_owner"])
