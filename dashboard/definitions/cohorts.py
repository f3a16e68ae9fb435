"""What the figures of the page of cohorts mean."""

from django.utils.translation import gettext_lazy as _

from dashboard.definitions.base import Definition, discounting

DEFINITIONS = (
    Definition(
        "cohort",
        _("Cohort"),
        _(
            "The customers whose first order (neither cancelled nor returned) falls into the month. Months of age are"
            " calendar months: 0 is that of the first order. A month that is not over is hatched, and left out of"
            " every row of several cohorts. Nothing is smoothed."
        ),
    ),
    Definition(
        "cohort_retention",
        _("Bought in the month"),
        _("The share of the cohort that ordered something in that month of its age."),
        _("customers with an order in the month ÷ customers of the cohort"),
    ),
    Definition(
        "cohort_returned",
        _("Bought again by then"),
        _(
            "The share of the cohort that has ordered in some later month than that of the first order, up to this"
            " one. Of several cohorts together those are told that are old enough."
        ),
        _("customers with an order in months 1 to N ÷ customers of the cohort"),
    ),
    Definition("cohort_customers", _("Customers"), _("Customers of the cohort who ordered something in that month.")),
    Definition(
        "cohort_orders",
        _("Orders of a customer"),
        _(
            "Orders that an average customer of the cohort has made by then, the first one included. Of several"
            " cohorts together each month adds the mean of those that have lived through it."
        ),
        _("orders in months 0 to N ÷ customers of the cohort"),
    ),
    Definition(
        "cohort_margin",
        _("Margin of a customer"),
        _(
            "What an average customer of the cohort has brought by then, before the cost of service. Of several"
            " cohorts together each month adds the mean of those that have lived through it, as for the payback."
        ),
        _("(revenue − cost of goods) in months 0 to N ÷ customers of the cohort"),
        policy=discounting,
    ),
    Definition(
        "cohort_total",
        _("Margin of the cohort"),
        _("What the whole cohort has brought by then, before the cost of service."),
        _("(revenue − cost of goods) in months 0 to N"),
        policy=discounting,
    ),
    Definition(
        "cohort_payback",
        _("Share of CAC brought back"),
        _(
            "What an average customer has brought by then against what winning one cost in those months, all costs"
            " included. From 100% on the cohort has paid back. Where cohorts are told apart by channel, the cost is"
            " that of the channel; otherwise it is that of all channels together. A month without spend has no cost,"
            " which is not a cost of zero."
        ),
        _("margin of a customer in months 0 to N ÷ fully loaded CAC of the cohort's months"),
        policy=discounting,
    ),
    Definition(
        "cohort_first_product",
        _("First product"),
        _("The category of the dearest line of the first order."),
    ),
    Definition(
        "cohort_first_manager",
        _("First manager"),
        _(
            "Who looked after the customer first: whom the first hand-over names as the one before, or else as the one"
            " who received the customer; today's manager where nobody was ever handed over."
        ),
    ),
)
