"""What new customers cost, beside what they bring: by channel, campaign and month won."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from acquisition.models import Campaign, Channel
from acquisition.queries import rule_in_force
from acquisition.rules import change
from acquisition.rules.returns import MONTHS_EARLIER, Acquired, Cohort, average_life, lived, payback, together
from core.periods import add_months, month_start, months_between, months_from
from dashboard.queries.cac_cells import Cells, Kept, Key, cells_of, kept_of

Place = Callable[[Key], int | None]
# Channels, each with none or one of its campaigns.
Whose = Sequence[tuple[int | None, int | None]]


@dataclass(frozen=True)
class Line:
    """What is told of a channel, a campaign of it or a month.

    `payback` is none while it is not reached, and where it is not counted (`has_payback`); `is_by_earlier` where only
    customers won before the period have lived as long. `unknown_months` are those without any spend entered.
    """

    channel: Channel | None
    campaign: Campaign | None
    month: date | None
    sums: Acquired
    payback: int | None = None
    has_payback: bool = False
    is_by_earlier: bool = False
    unknown_months: int = 0


@dataclass(frozen=True)
class Headline:
    """A month with spend against the month before it."""

    month: date
    now: Acquired
    before: Acquired

    @property
    def month_before(self) -> date:
        return add_months(self.month, -1)

    @property
    def loaded_change(self) -> Decimal | None:
        return change(self.now.loaded, self.before.loaded)


@dataclass(frozen=True)
class ModelLine:
    """A channel by each model of attribution: customers won, and what one cost fully loaded."""

    channel: Channel | None
    by_model: dict[str, tuple[int, Decimal | None]]


@dataclass(frozen=True)
class CacReport:
    """All of the page. `headline` is none until some spend is entered; `grid` has CAC by channel id and month."""

    model: str
    in_force: str
    headline: Headline | None
    whole: Line
    months: list[Line]
    channels: list[Line]
    campaigns: dict[int | None, list[Line]]
    grid: dict[int | None, list[Line]]
    models: list[ModelLine]

    @property
    def is_in_force(self) -> bool:
        return self.model == self.in_force

    def so_far(self, this_month: date) -> Acquired | None:
        """The month under way, where some spend of it is entered."""
        return next((line.sums for line in self.months if line.month == this_month and line.sums.spend), None)


def cac_report(*, today: date, first: date, last: date, channel: str = "", model: str = "") -> CacReport:
    """Costs and worth of customers won from the month of `first` to that of `last`, by a model of attribution."""
    in_force = rule_in_force().model
    model = model or in_force
    # What is asked of the future is told of the present month.
    last = min(month_start(last), month_start(today))
    first = min(month_start(first), last)
    # One month more, for the first to have one before it.
    kept = kept_of(add_months(first, -1), last, model, is_in_force=model == in_force)
    cells = cells_of(add_months(first, -1), last, kept)
    known = {each.pk: each for each in Channel.objects.all()}
    chosen = next((each.pk for each in known.values() if each.code == channel), None)
    if channel:
        cells = {key: cell for key, cell in cells.items() if key[0] == chosen}
    lines = _Lines(cells, kept, today, list(months_between(first, last)), known)
    ids = [chosen] if channel else lines.channel_ids()
    return CacReport(
        model=model,
        in_force=in_force,
        headline=_headline(lines, add_months(first, -1), last, month_start(today)),
        whole=lines.line(ids, earlier=ids if channel else [*known, None]),
        months=[lines.line(ids, month=month) for month in lines.months],
        channels=[lines.line([pk], earlier=[pk]) for pk in ids],
        campaigns=lines.campaign_lines(),
        grid={pk: lines.costs_by_month(pk) for pk in ids},
        models=_models(lines, ids, kept) if kept.disputed else [],
    )


class _Lines:
    """Sums cells into lines."""

    def __init__(self, cells: Cells, kept: Kept, today: date, months: list[date], channels: dict[int, Channel]) -> None:
        self.cells, self.kept, self.months, self.channels = cells, kept, months, channels
        # The month under way is not over: no month of life ends in it.
        self.complete = add_months(month_start(min(today, kept.as_of or today)), -1)
        # Each channel and each campaign of a month once: the lines of the page take them together in five ways.
        self.of_channel = _by_month(cells, lambda key: key[0])
        self.of_campaign = _by_month({key: cells[key] for key in cells if key[1] is not None}, lambda key: key[1])

    def channel_ids(self) -> list[int | None]:
        """Channels by name; those who came from nowhere known last, where there are any."""
        unknown: list[int | None] = (
            [None] if any(key[0] is None and key[2] in self.months for key in self.cells) else []
        )
        return [*self.channels, *unknown]

    def of_month(self, month: date) -> Acquired:
        """All channels together."""
        return together(self.of_channel.get(month, {}).values())

    def over_period(self, pk: int | None) -> Acquired:
        """A channel, all months together."""
        return together(self._months_of([pk], self.months).values())

    def _months_of(self, ids: Sequence[int | None], months: list[date]) -> dict[date, Acquired]:
        found = {month: self.of_channel.get(month, {}) for month in months}
        return {month: together(sums[pk] for pk in ids if pk in sums) for month, sums in found.items()}

    def line(self, ids: Sequence[int | None], month: date | None = None, earlier: Sequence[int | None] = ()) -> Line:
        """`earlier`: the channels whose customers of the months before tell of what nobody here has lived through."""
        by_month = self._months_of(ids, [month] if month else self.months)
        sums = together(by_month.values())
        pk = ids[0] if len(ids) == 1 else None
        channel = self.channels.get(pk) if pk is not None else None
        unknown = sum(not each.is_known for each in by_month.values()) if sums.is_known else 0
        payback = self._payback([(each, None) for each in ids], by_month, [(each, None) for each in earlier])
        return Line(channel, None, month, sums, unknown_months=unknown, **payback)

    def costs_by_month(self, pk: int | None) -> list[Line]:
        """A channel month by month, without its payback."""
        channel = self.channels.get(pk) if pk is not None else None
        return [Line(channel, None, month, sums) for month, sums in self._months_of([pk], self.months).items()]

    def campaign_lines(self) -> dict[int | None, list[Line]]:
        """Lines of each channel's campaigns, where anything is known of them."""
        known = {key[1] for key in self.cells if key[1] is not None and key[2] in self.months}
        found: dict[int | None, list[Line]] = defaultdict(list)
        for campaign in Campaign.objects.filter(pk__in=known) if known else ():
            found[campaign.channel_id].append(self._campaign_line(campaign))
        return dict(found)

    def _campaign_line(self, campaign: Campaign) -> Line:
        nothing = Acquired()
        by_month = {month: self.of_campaign.get(month, {}).get(campaign.pk, nothing) for month in self.months}
        sums = together(by_month.values())
        whose = [(campaign.channel_id, campaign.pk)]
        payback = self._payback(whose, by_month, whose)
        return Line(self.channels[campaign.channel_id], campaign, None, sums, **payback)

    def _payback(self, whose: Whose, by_month: dict[date, Acquired], earlier: Whose) -> dict[str, Any]:
        """Of the months whose spend is known, for a `Line`."""
        known = {month: sums for month, sums in by_month.items() if sums.spend > 0}
        if not known or not self.kept.margins:
            return {}
        own = [Cohort(sums.judged, self._margins(whose, month)) for month, sums in known.items()]
        since = add_months(self.months[0], -MONTHS_EARLIER)
        older = [self._cohort(earlier, month) for month in months_between(since, self.months[-1])] if earlier else []
        months = payback(average_life(own, older), together(known.values()).loaded)
        is_by_earlier = months is not None and months >= lived(own)
        return {"payback": months, "has_payback": True, "is_by_earlier": is_by_earlier}

    def _cohort(self, whose: Whose, month: date) -> Cohort:
        return Cohort(sum(self.kept.sizes.get((*each, month), 0) for each in whose), self._margins(whose, month))

    def _margins(self, whose: Whose, month: date) -> list[Decimal]:
        """Margin of those won in a month, month by month of life, up to the last month that is over."""
        ages = months_from(month, self.complete) + 1
        margins = [Decimal(0)] * max(ages, 0)
        for channel, campaign in whose:
            for age, margin in self.kept.margins.get((channel, campaign, month), {}).items():
                if age < ages:
                    margins[age] += margin
        return margins


def _by_month(cells: Cells, place: Place) -> dict[date, dict[int | None, Acquired]]:
    """By month, and by where they belong, taken together."""
    parts: dict[date, dict[int | None, list[Acquired]]] = defaultdict(lambda: defaultdict(list))
    for key, cell in cells.items():
        parts[key[2]][place(key)].append(cell)
    return {month: {at: together(each) for at, each in places.items()} for month, places in parts.items()}


def _headline(lines: _Lines, first: date, last: date, this_month: date) -> Headline | None:
    """The last month with spend that is over, as on the overview; of the month under way only where there is no other.

    Salaries of a whole month, entered on its first day, against the customers of three days are no cost of a customer.
    """
    rows = [(month, lines.of_month(month)) for month in months_between(first, last)]
    pairs = zip(reversed(rows[:-1]), reversed(rows), strict=False)
    found = [Headline(month, now, before) for (_earlier, before), (month, now) in pairs if now.spend]
    return next((each for each in found if each.month < this_month), found[0] if found else None)


def _models(lines: _Lines, ids: list[int | None], kept: Kept) -> list[ModelLine]:
    """Where the models differ, each counts its own of the disputed customers."""
    found = []
    for pk in ids:
        sums = lines.over_period(pk)
        shown = kept.model
        agreed = sums.new_customers - kept.disputed.get(shown, {}).get(pk, 0)
        counts = {model: agreed + by_channel.get(pk, 0) for model, by_channel in kept.disputed.items()}
        costs = {
            model: Acquired(spend=sums.spend, is_known=sums.is_known, new_customers=count).loaded
            for model, count in counts.items()
        }
        channel = lines.channels.get(pk) if pk is not None else None
        found.append(ModelLine(channel, {model: (counts[model], costs[model]) for model in counts}))
    return found
