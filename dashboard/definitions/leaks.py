"""What the figures of the leak meter mean."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from acquisition.queries.desk import leak_terms
from dashboard.definitions.base import Definition, PolicyLine


def terms(_as_of: date) -> list[PolicyLine]:
    """The terms by which inquiries are judged."""
    found = leak_terms()
    return [
        PolicyLine(_("Hours to call back in"), str(found.callback_hours)),
        PolicyLine(_("Days without a contact, then forgotten"), str(found.forgotten_days)),
        PolicyLine(_("Days for an order to come in"), str(found.order_days)),
    ]


DEFINITIONS = (
    Definition(
        "leak",
        _("Lost inquiries"),
        _(
            "Missed: nobody answered, and nobody called back in time. Left without a contact: answered, but no address "
            "was asked for. Forgotten: nobody got in touch in time afterwards, and no order came. Spam does not count."
        ),
        policy=terms,
        policy_url="leak_policy",
    ),
    Definition(
        "leak_recovered",
        _("Called back in time"),
        _("Nobody answered, but somebody spoke with them within the hours to call back in. Not a loss."),
        policy=terms,
        policy_url="leak_policy",
    ),
    Definition(
        "inquiry_cost",
        _("Cost of an inquiry"),
        _("What a channel's inquiry cost in a month: all spend, advertising and the rest. Rounded to the minor unit."),
        _("spend of the channel in the month ÷ its inquiries of the month, without spam"),
    ),
    Definition(
        "leak_spent",
        _("Spent on them"),
        _("What the lost inquiries cost. Of channels without spend nothing is counted."),
        _("Σ over channels and months: lost inquiries × cost of an inquiry"),
    ),
    Definition(
        "leak_margin",
        _("Margin lost"),
        _(
            "The margin that they were expected to bring. Who has bought counts with their own forecast for 36 months; "
            "anybody else, on a card or not, with the share of the channel's captured inquiries of the last 365 days "
            "that became orders (of all channels, where the channel has fewer than 30) × the LTV of customers whom the "
            "channel won in the last 365 days. By today's figures, for past months too."
        ),
        _("bought before: forecast, 36 months; others: share of orders × (realised + forecast, 36 months)"),
        policy=terms,
        policy_url="leak_policy",
    ),
)
