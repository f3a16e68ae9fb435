"""What winning customers costs and brings, and old customers against new ones."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from acquisition.queries import rule_in_force
from dashboard.definitions.base import Definition, PolicyLine, discounting


def attribution(_as_of: date) -> list[PolicyLine]:
    """The model in force, and how far it looks back."""
    rule = rule_in_force()
    return [
        PolicyLine(_("A customer counts"), str(rule.get_model_display())),
        PolicyLine(_("Days to look back"), str(rule.lookback_days)),
    ]


DEFINITIONS = (
    Definition(
        "new_customers",
        _("New customers"),
        _("Customers whose first order, neither cancelled nor returned, fell into the month, counted to one channel."),
        policy=attribution,
        policy_url="attribution_rule",
    ),
    Definition(
        "spend",
        _("Paid in all"),
        _(
            "Everything that was entered for the channel: advertising, salaries, tools and the rest, of whole months, "
            "days and campaigns together. Where nothing is entered the cost is not known, which is not zero."
        ),
    ),
    Definition(
        "cac_paid",
        _("CAC, advertising only"),
        _("What advertising one new customer took."),
        _("advertising ÷ new customers"),
    ),
    Definition(
        "cac_loaded",
        _("CAC, fully loaded"),
        _("What one new customer cost with everything. A month in which nobody was won has none."),
        _("all spend ÷ new customers"),
    ),
    Definition(
        "per_inquiry",
        _("Cost of an inquiry"),
        _("What one call, form, visit or chat cost, spam left out. Inquiries count to channels, not to campaigns."),
        _("all spend ÷ inquiries"),
    ),
    Definition(
        "won_margin",
        _("Margin so far"),
        _("What the customers won in these months have brought until now, after the cost of goods and of service."),
        policy=discounting,
    ),
    Definition(
        "won_ltv",
        _("LTV of those won"),
        _("Margin so far and the forecast of 36 months, for one customer won."),
        _("(margin so far + forecast of 36 months) ÷ customers"),
        policy=discounting,
    ),
    Definition(
        "ltv_cac",
        _("LTV : CAC"),
        _("Above 3 is usually healthy, below 1 loses money."),
        _("LTV of those won ÷ CAC, fully loaded"),
    ),
    Definition(
        "romi",
        _("ROMI so far"),
        _("What a unit of money spent has brought until now, less that unit. Young customers have brought little yet."),
        _("(margin so far − spend) ÷ spend"),
    ),
    Definition(
        "romi_12",
        _("ROMI with 12 months"),
        _("The same, with what these customers are expected to bring in the next 12 months."),
        _("(margin so far + forecast of 12 months − spend) ÷ spend"),
        policy=discounting,
    ),
    Definition(
        "attribution",
        _("Models of attribution"),
        _(
            "A customer may have come by several ways: an inquiry, a visit by an advertisement, the channel that the "
            "order names. Each model lets another one count. Spend does not depend on it."
        ),
        policy=attribution,
        policy_url="attribution_rule",
    ),
    Definition(
        "retention_spend",
        _("Spent on keeping"),
        _("Messages sent, discounts by promo codes, points, and what was entered for farmers and their tools."),
        _("messages + discounts by promo codes + points + salaries and tools of keeping customers"),
    ),
    Definition(
        "retention_margin",
        _("Proved margin of keeping"),
        _(
            "What flows added against their control groups: the difference of margin per customer, times the customers "
            "who entered in the month, before what messages and discounts cost. A flow counts if it is proved over "
            "the whole period: the interval of 95% lies above nothing. A month alone proves little."
        ),
        _("sum over flows of (margin of a treated customer − margin of one left alone) × treated customers"),
        "Welch (1947)",
    ),
    Definition(
        "acquisition_margin",
        _("Margin of 12 months of those won"),
        _(
            "What the customers won in the month bring in their first 12 months: realised so far, and of the forecast "
            "of 12 months the part that is left of them."
        ),
        _("margin of months of life 1 to 12 + forecast of 12 months × months left ÷ 12"),
        policy=discounting,
    ),
    Definition(
        "per_unit",
        _("Margin per unit of money"),
        _("What one unit of money spent brought. Above 1 it came back with a profit."),
        _("margin ÷ spend"),
    ),
    Definition(
        "marginal",
        _("One more unit"),
        _(
            "What one more unit of money brought, by the change from the month before. Told only where spend changed "
            "by a tenth or more: below that, chance decides."
        ),
        _("(margin − margin of the month before) ÷ (spend − spend of the month before)"),
    ),
)
