"""Making a promise, and moving its day."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import DayInput
from core.models import User
from customers.models import Customer, ObligationKind, Order
from customers.queries import responsible

ORDERS_OFFERED = 20


class PromiseForm(forms.Form):
    """What was promised, on which order, until when, and who answers for it."""

    what = forms.CharField(label=_("What was promised"), max_length=300)
    kind = forms.ChoiceField(label=_("Kind"), choices=ObligationKind.choices)
    due_on = forms.DateField(label=_("Until"), widget=DayInput)
    order = forms.ModelChoiceField(label=_("On the order"), queryset=Order.objects.none(), required=False)
    owner = forms.ModelChoiceField(label=_("Who answers for it"), queryset=User.objects.none(), required=False)

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        newest = customer.orders.order_by("-placed_at").values("pk")[:ORDERS_OFFERED]
        self.fields["order"].queryset = Order.objects.filter(pk__in=newest).order_by("-placed_at")
        self.fields["order"].empty_label = _("On none")
        self.fields["owner"].queryset = responsible()
        self.fields["owner"].empty_label = _("The owner of the customer")


class DueForm(forms.Form):
    due_on = forms.DateField(widget=DayInput)


class PromiseFilter(forms.Form):
    """Whose promises are shown; what the address has besides is left alone."""

    person = forms.ModelChoiceField(queryset=User.objects.none(), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["person"].queryset = responsible()

    def chosen(self) -> User | None:
        """The person asked for, if there is one."""
        return self.cleaned_data.get("person") if self.is_valid() else None
