"""What the balance sheet of the base says."""

from django.utils.translation import gettext_lazy as _

from dashboard.definitions.base import Definition, discounting

DEFINITIONS = (
    Definition(
        "base_value",
        _("Base value"),
        _(
            "The margin that the buyers whom we can reach are expected to bring in the next 12 months. "
            "Who has no address that works is counted apart: nothing can be done to earn that money."
        ),
        _("sum over reachable buyers of (expected orders × expected margin of an order, discounted)"),
        "Fader, Hardie, Lee (2005); Batislam et al. (2007); Fader, Hardie (2013)",
        policy=discounting,
    ),
    Definition(
        "base_interval",
        _("90% interval"),
        _(
            "In nine cases of ten the margin of these 12 months lies between the two bounds, as long as "
            "customers go on "
            "behaving as they did. It holds two things: chance, since customers order more or less often than "
            "expected, "
            "and the doubt in the parameters, which were estimated on the base. How far the forecast was off on "
            "the last "
            "part of history is on the LTV page. Of a part of the base the same two are taken over its customers."
        ),
        _("variance = sum of the variances of the customers + g′ C g; bounds of a log-normal law at ±1.645"),
        "Fader, Hardie, Lee (2005); Cox, Hinkley (1974), 9",
    ),
    Definition(
        "base_acquired",
        _("Acquired"),
        _("Customers who were no buyers when the month before closed, and whom we can reach now."),
        _("their value now"),
    ),
    Definition(
        "base_expanded",
        _("Expanded"),
        _(
            "Buyers whom we could reach then and now, and who are worth more: they bought, or a new fit thinks "
            "better of them."
        ),
        _("value now − value then"),
    ),
    Definition(
        "base_reachable_again",
        _("Reachable again"),
        _("Buyers without an address that worked at the opening, who have one now."),
        _("their value now"),
    ),
    Definition(
        "base_attrition",
        _("Attrition"),
        _(
            "Buyers whom we can reach, and who are worth less, because they have not bought for longer than is "
            "usual for "
            "them; and those who are buyers no more: their orders were cancelled, their card was merged or erased."
        ),
        _("value now − value then"),
    ),
    Definition(
        "base_unreachable",
        _("Became unreachable"),
        _("Buyers whose last address stopped working: it bounced, or nobody answers there."),
        _("minus their value at the opening"),
    ),
    Definition(
        "base_closing",
        _("Closing"),
        _(
            "The base value as the night nearest to the end of the month found it; for the month under way, as "
            "the last "
            "night did. It is the opening plus all moves, to the last unit of money."
        ),
        _("opening + acquired + expanded + reachable again − attrition − became unreachable"),
    ),
    Definition(
        "base_each",
        _("Value of a customer"),
        _("What one buyer whom we can reach is expected to bring in 12 months."),
        _("base value ÷ reachable buyers"),
    ),
    Definition(
        "base_budgets",
        _("In advertising budgets"),
        _("How many years of advertising the base is worth: what it would be to lose it, and have to win it anew."),
        _("base value ÷ advertising spend of 12 months, the one under way included"),
    ),
    Definition(
        "beyond_reach",
        _("Beyond reach"),
        _("Buyers without a single address that works. Their forecast is not part of the base value."),
        _("sum of their forecasts of 12 months"),
    ),
    Definition(
        "lost_contacts",
        _("Lost contacts"),
        _(
            "How many working addresses fewer the buyers have than at the opening, over those who have fewer. As "
            "long as "
            "another one works, the customer stays in the base value."
        ),
        _("sum of (addresses then − addresses now) where there are fewer"),
    ),
)
