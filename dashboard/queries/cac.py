"""What new customers cost, beside what they bring: by channel, campaign and month won."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from acquisition.models import Campaign, Channel
from acquisition.queries import rule_in_force
from acquisition.rules import change
from acquisition.rules.returns import Acquired, Cohort, average_life, payback, together
from core.periods import add_months, month_start, months_between
from dashboard.queries.cac_cells import Cells, Kept, Key, cells_of, kept_of

Wanted = Callable[[Key], bool]


@dataclass(frozen=True)
class Line:
    """What is told of a channel, a campaign of it or a month.

    `payback` is none while it is not reached, and where it is not counted (`has_payback`). `unknown_months` are those
    without any spend entered.
    """

    channel: Channel | None
    campaign: Campaign | None
    month: date | None
    sums: Acquired
    payback: int | None = None
    has_payback: bool = False
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
        headline=_headline(lines, add_months(first, -1), last),
        whole=lines.line(ids),
        months=[lines.line(ids, month=month) for month in lines.months],
        channels=[lines.line([pk]) for pk in ids],
        campaigns=lines.campaign_lines(),
        grid={pk: [lines.line([pk], month=month) for month in lines.months] for pk in ids},
        models=_models(lines, ids, kept) if kept.disputed else [],
    )


class _Lines:
    """Sums cells into lines."""

    def __init__(self, cells: Cells, kept: Kept, today: date, months: list[date], channels: dict[int, Channel]) -> None:
        self.cells, self.kept, self.months, self.channels = cells, kept, months, channels
        # The month under way is not over: no month of life ends in it.
        self.complete = add_months(month_start(min(today, kept.as_of or today)), -1)

    def channel_ids(self) -> list[int | None]:
        """Channels by name; those who came from nowhere known last, where there are any."""
        unknown: list[int | None] = (
            [None] if any(key[0] is None and key[2] in self.months for key in self.cells) else []
        )
        return [*self.channels, *unknown]

    def sums(self, wanted: Wanted) -> Acquired:
        return together(cell for key, cell in self.cells.items() if wanted(key))

    def _by_month(self, wanted: Wanted, months: list[date]) -> dict[date, Acquired]:
        found: dict[date, list[Acquired]] = {month: [] for month in months}
        for key, cell in self.cells.items():
            if key[2] in found and wanted(key):
                found[key[2]].append(cell)
        return {month: together(cells) for month, cells in found.items()}

    def line(self, ids: list[int | None], month: date | None = None) -> Line:
        months = [month] if month else self.months
        by_month = self._by_month(lambda key: key[0] in ids, months)
        sums = together(by_month.values())
        pk = ids[0] if len(ids) == 1 else None
        has_payback = self._has_payback(sums)
        return Line(
            self.channels.get(pk) if pk is not None else None,
            None,
            month,
            sums,
            payback=self._payback([(each, None) for each in ids], by_month) if has_payback else None,
            has_payback=has_payback,
            unknown_months=sum(not each.is_known for each in by_month.values()) if sums.is_known else 0,
        )

    def campaign_lines(self) -> dict[int | None, list[Line]]:
        """Lines of each channel's campaigns, where anything is known of them."""
        known = {key[1] for key in self.cells if key[1] is not None and key[2] in self.months}
        found: dict[int | None, list[Line]] = defaultdict(list)
        for campaign in Campaign.objects.filter(pk__in=known) if known else ():
            found[campaign.channel_id].append(self._campaign_line(campaign))
        return dict(found)

    def _campaign_line(self, campaign: Campaign) -> Line:
        by_month = self._by_month(lambda key: key[1] == campaign.pk, self.months)
        sums = together(by_month.values())
        has_payback = self._has_payback(sums)
        return Line(
            self.channels[campaign.channel_id],
            campaign,
            None,
            sums,
            payback=self._payback([(campaign.channel_id, campaign.pk)], by_month) if has_payback else None,
            has_payback=has_payback,
        )

    def _has_payback(self, sums: Acquired) -> bool:
        return bool(self.kept.margins) and sums.is_known and sums.spend > 0

    def _payback(self, whose: list[tuple[int | None, int | None]], by_month: dict[date, Acquired]) -> int | None:
        """Of the months whose spend is known; `whose` are channels, each with none or one of its campaigns."""
        known = {month: sums for month, sums in by_month.items() if sums.spend > 0}
        life = average_life(Cohort(sums.judged, self._margins(whose, month)) for month, sums in known.items())
        return payback(life, together(known.values()).loaded)

    def _margins(self, whose: list[tuple[int | None, int | None]], month: date) -> list[Decimal]:
        """Margin of those won in a month, month by month of life, up to the last month that is over."""
        ages = (self.complete.year - month.year) * 12 + self.complete.month - month.month + 1
        margins = [Decimal(0)] * max(ages, 0)
        for channel, campaign in whose:
            for age, margin in self.kept.margins.get((channel, campaign, month), {}).items():
                if age < ages:
                    margins[age] += margin
        return margins


def _headline(lines: _Lines, first: date, last: date) -> Headline | None:
    """The last month with spend: that of this month is often entered when it is over."""
    rows = [
        (month, lines.sums(lambda key, month=month: key[2] == month))  # type: ignore[misc]
        for month in months_between(first, last)
    ]
    for (_earlier, before), (month, now) in zip(reversed(rows[:-1]), reversed(rows), strict=False):
        if now.spend:
            return Headline(month, now, before)
    return None


def _models(lines: _Lines, ids: list[int | None], kept: Kept) -> list[ModelLine]:
    """Where the models differ, each counts its own of the disputed customers."""
    found = []
    for pk in ids:
        sums = lines.sums(lambda key, pk=pk: key[0] == pk and key[2] in lines.months)  # type: ignore[misc]
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
