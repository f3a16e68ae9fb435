"""The reasons that every installation begins with: as the company names them, and as a customer would."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

NAMES = {
    "price": pgettext_lazy("reason for leaving", "Price"),
    "quality": pgettext_lazy("reason for leaving", "Quality"),
    "late_delivery": pgettext_lazy("reason for leaving", "Late delivery"),
    "assortment": pgettext_lazy("reason for leaving", "Assortment"),
    "service": pgettext_lazy("reason for leaving", "Service"),
    "no_need": pgettext_lazy("reason for leaving", "No longer needed"),
    "moved": pgettext_lazy("reason for leaving", "Moved or closed down"),
    "competitor": pgettext_lazy("reason for leaving", "Went to a competitor"),
    "no_contact": pgettext_lazy("reason for leaving", "We forgot about the customer"),
    "other": pgettext_lazy("reason for leaving", "Other"),
}
QUESTIONS = {
    "price": _("It became too expensive"),
    "quality": _("I was not happy with the quality"),
    "late_delivery": _("Deliveries came late"),
    "assortment": _("You did not have what I need"),
    "service": _("I did not like how I was served"),
    "no_need": _("I do not need it any more"),
    "moved": _("I moved, or closed my business"),
    "competitor": _("I found another supplier"),
    "no_contact": _("Nobody got in touch with me"),
    "other": _("Something else"),
}
