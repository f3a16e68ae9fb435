"""Grade, stage and value: what the night concluded. Whoever never bought has none of it."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from segmentation.audiences import columns
from segmentation.audiences.registry import Condition, Context, Group, fixed, register
from segmentation.models import Forecast, Grade, Lifecycle

STANDING = ("segmentation_standing",)
X = "X"
GRADES = fixed([*Grade.choices, (X, "X"), ("", _("No grade"))])


def _graded(values: list[str], _ctx: Context) -> Condition:
    """X stands over a grade: asked for together they mean either."""
    letters = [each for each in values if each != X]
    met = Q(standing__grade__in=letters)
    marked = Q(x_mark__isnull=False)
    return (met | marked if letters else marked) if X in values else met


register(
    columns.choice(
        "grade",
        _("Grade"),
        Group.VALUE,
        column="standing__grade",
        choices=GRADES,
        where=_graded,
        watches=(*STANDING, "segmentation_xmark"),
    )
)
register(
    columns.choice(
        "lifecycle",
        _("Stage"),
        Group.VALUE,
        column="standing__lifecycle",
        choices=fixed(Lifecycle.choices),
        watches=STANDING,
    )
)
register(
    columns.yes_no(
        "x",
        _("Marked with X"),
        Group.VALUE,
        condition=lambda _ctx: Q(x_mark__isnull=False),
        watches=("segmentation_xmark",),
        hint=_("Potentially large, and today's product does not fit."),
    )
)
for _code, _label, _hint in (
    ("realised", _("Realised LTV"), _("Margin earned so far.")),
    ("predicted_12", _("Predicted margin, 12 months"), ""),
    ("predicted_36", _("Predicted margin, 36 months"), ""),
    ("value_at_risk", _("Value at risk"), _("Predicted margin × probability of leaving.")),
):
    register(columns.money(_code, _label, Group.VALUE, column=f"standing__{_code}", watches=STANDING, hint=_hint))
register(
    columns.number(
        "p_alive",
        _("Probability of buying again"),
        Group.VALUE,
        column="standing__p_alive",
        unit="share",
        watches=STANDING,
        hint=_("From 0 to 1; nobody's where the method of the forecast does not know it."),
    )
)
register(
    columns.number(
        "expected_gap",
        _("Days between purchases, expected"),
        Group.VALUE,
        column="standing__expected_gap_days",
        unit="days",
        watches=STANDING,
    )
)
register(
    columns.day(
        "next_order_on", _("Next order expected"), Group.VALUE, column="standing__next_order_on", watches=STANDING
    )
)
register(
    columns.choice(
        "method",
        _("Forecast by"),
        Group.VALUE,
        column="standing__method",
        choices=fixed(Forecast.choices),
        watches=STANDING,
    )
)
