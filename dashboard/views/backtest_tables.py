"""The tables of the page of the backtest."""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.formats import percent_text
from core.periods import company_day
from dashboard.figures.tables import Cell, Column, Table
from dashboard.forecast_words import METHODS, REASONS
from dashboard.links import customers_where
from dashboard.queries.backtest import Backtest, Band, Leaving, Part, Trial
from segmentation.models import ModelFit
from segmentation.rules.ltv.groups import FREQUENCY_BANDS


def methods(report: Backtest) -> Table:
    """Every method over the whole part held out, the one in force first."""
    columns = (
        Column("method", _("Method")),
        Column("predicted", _("Orders foretold"), "int"),
        Column("bias", _("Off by, in all"), "change", "backtest_bias"),
        Column("rmse", _("Error per customer"), "number", "backtest_rmse", digits=3),
        Column("mae", _("Mean error"), "number", digits=3),
        Column("margin", _("Margin foretold"), "money"),
        Column("margin_bias", _("Margin off by"), "change"),
    )
    rows = [_method(trial) for trial in report.trials]
    came = (Cell(report.actual), Cell(None), Cell(None), Cell(None), Cell(report.margin_actual), Cell(None))
    total = (Cell(_("What came")), *came) if rows else ()
    return Table("methods", _("Against the simplest guesses"), columns, rows, total, _nothing_held_out())


def _method(trial: Trial) -> list[Cell]:
    return [
        Cell(trial.word, note=_("in force") if trial.is_used else ""),
        Cell(trial.predicted),
        Cell(trial.bias),
        Cell(trial.rmse),
        Cell(trial.mae),
        Cell(trial.margin),
        Cell(trial.margin_bias),
    ]


def grades(report: Backtest) -> Table:
    """By the grade that each customer would have had at the cut."""
    idle = _("no order in the window before the cut")
    rows = [[Cell(part.code, note="" if part.code else idle), *_part(part)] for part in report.grades]
    columns = _part_columns(Column("part", _("Grade"), "grade"))
    return Table("grades", _("By grade at the cut"), columns, rows, (), _nothing_held_out())


def bands(report: Backtest) -> Table:
    """By how often each customer had bought at the cut."""
    rows = [[Cell(_times(int(part.code))), *_part(part)] for part in report.bands]
    columns = _part_columns(Column("part", _("Purchases at the cut")))
    return Table("bands", _("By the number of purchases at the cut"), columns, rows, (), _nothing_held_out())


def _times(low: int) -> str:
    """A band of purchases by its lower end."""
    last = next((after - 1 for after in FREQUENCY_BANDS if after > low), None)
    if last is None:
        return _("%(low)s and more") % {"low": low}
    return str(low) if last == low else f"{low}–{last}"


def _part_columns(first: Column) -> tuple[Column, ...]:
    return (
        first,
        Column("customers", _("Customers"), "int"),
        Column("predicted", _("Orders foretold"), "int"),
        Column("actual", _("Came"), "int"),
        Column("bias", _("Off by"), "change", digits=0),
        Column("rmse", _("Error per customer"), "number", "backtest_rmse", digits=2),
        Column("guess", _("Of the best guess"), "number", digits=2),
        Column("margin", _("Margin foretold"), "money"),
        Column("margin_actual", _("Margin that came"), "money"),
        Column("margin_bias", _("Margin off by"), "change", digits=0),
    )


def _part(part: Part) -> list[Cell]:
    return [
        Cell(part.customers),
        Cell(part.predicted),
        Cell(part.actual),
        Cell(part.bias),
        Cell(part.rmse),
        Cell(part.guess_rmse),
        Cell(part.margin),
        Cell(part.margin_actual),
        Cell(part.margin_bias),
    ]


def leaving(found: Leaving) -> Table:
    """By band of the probability of leaving that was given at the cut."""
    columns = (
        Column("band", _("Given probability of leaving")),
        Column("customers", _("Customers at the cut"), "int"),
        Column("given", _("Given, on average"), "percent"),
        Column("expected", _("No order expected"), "percent", "backtest_silence"),
        Column("silent", _("No order came"), "percent"),
        Column("off", _("Off by, points"), "number", digits=1),
        Column("now", _("In this band today")),
    )
    rows = [_band(band) for band in found.bands]
    return Table("leaving", _("Of those who were given a probability of leaving, how many left"), columns, rows)


def _band(band: Band) -> list[Cell]:
    off = None if band.expected is None or band.silent is None else 100 * (band.expected - band.silent)
    alive = [f"{1 - band.high:.1f}", f"{1 - band.low:.1f}"]
    return [
        Cell(f"{round(band.low * 100)}–{percent_text(band.high, 0)}"),
        Cell(band.customers),
        Cell(band.given),
        Cell(band.expected),
        Cell(band.silent),
        Cell(off),
        Cell(_("show"), url=customers_where({"field": "p_alive", "op": "between", "value": alive})),
    ]


def weeks(report: Backtest) -> Table:
    """Cumulative orders at the end of each week."""
    shown = [name for name in (report.fit.method, "cohort_average", "same_rate", "same_count") if name in report.weeks]
    shown = list(dict.fromkeys(shown))
    columns = (
        Column("week", _("Week"), "int"),
        Column("actual", _("Came"), "int"),
        Column("bias", _("Off by"), "change"),
        *(Column(name, METHODS[name], "int") for name in shown),
    )
    rows = []
    for at, actual in enumerate(report.weeks.get("actual", [])):
        told = [report.weeks[name][at] for name in shown]
        bias = (told[0] - actual) / actual if actual else None
        rows.append([Cell(at + 1), Cell(actual), Cell(bias), *(Cell(value) for value in told)])
    return Table("weeks", _("By week, cumulative orders"), columns, rows, (), _nothing_held_out())


def fits(found: Sequence[ModelFit]) -> Table:
    """The fits so far, the newest first."""
    columns = (
        Column("fitted", _("Fitted"), "day"),
        Column("method", _("Method")),
        Column("customers", _("Customers"), "int"),
        Column("repeat", _("Came back"), "int"),
        *(Column(name, sign, "number", digits=3) for name, sign in PARAMETERS),
        Column("likelihood", _("Log-likelihood"), "number", "log_likelihood", digits=1),
        Column("bias", _("Off by"), "change"),
        Column("rmse", _("Error per customer"), "number", digits=3),
    )
    return Table("fits", _("Fits so far"), columns, [_fit(fit) for fit in found])


PARAMETERS = (("r", "r"), ("alpha", "α"), ("a", "a"), ("b", "b"))


def _fit(fit: ModelFit) -> list[Cell]:
    row = next((row for row in fit.backtest if row["method"] == fit.method), {})
    reason: str | Promise = REASONS.get(fit.reason, "")
    return [
        Cell(company_day(fit.fitted_at)),
        Cell(METHODS.get(fit.method, fit.method), note=reason),
        Cell(fit.customers),
        Cell(fit.repeat_buyers),
        *(Cell(fit.parameters.get(name)) for name, _sign in PARAMETERS),
        Cell(fit.log_likelihood),
        Cell(row.get("bias")),
        Cell(row.get("rmse")),
    ]


def _nothing_held_out() -> str:
    return _("The history is too short to hold out a part of it.")
