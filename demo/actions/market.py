"""Why customers left, for whom, and what is lacking for those who could be large."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from core.models import User
from customers.models import Customer, CustomerKind, CustomField, FieldKind
from dashboard.queries.stated_needs import stated_needs
from demo.actions.accounts import farmers, person
from demo.actions.story import Story
from demo.rules import market as rules
from market.actions import add_competitor, follow_returns
from market.models import Departure, DepartureSource, LeavingReason
from segmentation.actions import count_losses, propose_candidates, set_x_mark
from segmentation.models import Capability, CapabilityState, LifecycleChange, Loss, PurchaseStatistics
from touches.actions import log_touch
from touches.models import Outcome, TouchChannel

MOST_DEPARTURES = 4000
MOST_RETURNS = 150
AFTERNOON = time(15)
WALLET = ("wallet", "Бюджет на кофе в год, ₽")
# Of the companies this share told what they spend in all; the first of them spend far more than they buy here.
WALLET_SHARE, MUCH_SHARE = 0.25, 0.2


def write_market(story: Story) -> None:
    """Write it by what the last night found, and count the losses anew; the same story gives the same rows."""
    _write_departures(story)
    _write_needs(story)
    _write_wallets(story)
    _speak(story)
    follow_returns()
    count_losses(as_of=story.as_of)
    propose_candidates(as_of=story.as_of, stated=stated_needs(as_of=story.as_of))


def _write_departures(story: Story) -> None:
    rng = story.stream("leaving")
    rivals = [add_competitor(name=name, website=site, note=note).pk for name, site, note in rules.COMPETITORS]
    reasons = dict(LeavingReason.objects.values_list("code", "pk"))
    manager = person("manager")
    year_ago = story.as_of - timedelta(days=365)
    gone = Loss.objects.filter(left_on__gte=year_ago).order_by("pk").values_list("customer", "left_on", "owner")
    returned = LifecycleChange.objects.filter(old="lapsed", new="active", on__gte=year_ago).order_by("pk")
    back = returned.exclude(customer__loss__isnull=False).values_list("customer", "on", "customer__owner")
    left = [(pk, day, owner, 0) for pk, day, owner in gone if rng.random() < rules.TOLD_SHARE][:MOST_DEPARTURES]
    left += [(pk, day, owner, -45) for pk, day, owner in back if rng.random() < rules.TOLD_SHARE][:MOST_RETURNS]
    rows: dict[int, Departure] = {}
    for customer_id, day, owner_id, shift in left:
        told = rules.tell(rng)
        at = datetime.combine(day + timedelta(days=told.days + shift), AFTERNOON, story.moment_of_end.tzinfo)
        own_words = told.source == DepartureSource.WIN_BACK
        rows[customer_id] = Departure(
            customer_id=customer_id,
            reason_id=reasons[told.reason],
            competitor_id=rivals[told.competitor] if told.competitor is not None and not own_words else None,
            note=told.note,
            source=told.source,
            by_id=None if own_words else owner_id or manager.pk,
            at=min(at, story.moment_of_end - timedelta(hours=9)),
        )
    Departure.objects.bulk_create(rows.values(), batch_size=1000)


def _write_needs(story: Story) -> None:
    """Companies of the farmers that buy little today and could buy much."""
    companies = Customer.objects.filter(kind=CustomerKind.COMPANY, owner__in=farmers(), standing__isnull=False)
    small = iter(companies.select_related("owner").order_by("standing__predicted_12", "pk")[3:])
    day = story.as_of
    for place, lacking in enumerate(rules.LACKING):
        for number, (potential, evidence, who) in enumerate(lacking.needs):
            customer: Any = next(small, None)
            if customer is None:
                return
            set_x_mark(
                customer_id=customer.pk,
                capability=lacking.name,
                potential=Decimal(potential),
                evidence=evidence,
                asked_by=who,
                asked_on=day - timedelta(days=20 + 31 * number + 17 * place),
                by=customer.owner,
                at=story.moment_of_end - timedelta(days=20),
            )
            if number == 0 and place:
                # The largest of all lacks other things, too.
                _also(customer, rules.LACKING[place - 1].name, Decimal(potential) / 4, story)
        Capability.objects.filter(name=lacking.name).update(
            description=lacking.description,
            state=lacking.state,
            expected_on=day + timedelta(days=lacking.expected_in) if lacking.expected_in else None,
        )
    Capability.objects.create(
        name="Оплата картой водителю", state=CapabilityState.SHIPPED, shipped_on=day - timedelta(days=60)
    )


def _also(customer: Customer, name: str, potential: Decimal, story: Story) -> None:
    by: User = customer.owner or person("manager")
    set_x_mark(
        customer_id=customer.pk,
        capability=name,
        potential=potential.quantize(Decimal(1000)),
        by=by,
        at=story.moment_of_end,
    )


def _write_wallets(story: Story) -> None:
    rng = story.stream("leaving", 1)
    code, name = WALLET
    CustomField.objects.create(code=code, name=name, kind=FieldKind.NUMBER, position=CustomField.objects.count())
    bought = PurchaseStatistics.objects.filter(window_orders__gt=0, customer__kind=CustomerKind.COMPANY)
    changed = []
    for row in bought.select_related("customer").order_by("pk"):
        if rng.random() < WALLET_SHARE:
            times = rng.uniform(6, 12) if rng.random() < MUCH_SHARE else rng.uniform(1.1, 2.5)
            row.customer.custom = {**row.customer.custom, code: int(float(row.window_revenue) * times) // 1000 * 1000}
            changed.append(row.customer)
    Customer.objects.bulk_update(changed, ["custom"], batch_size=1000)


def _speak(story: Story) -> None:
    """Conversations of yesterday in which something was asked for that is lacking."""
    owned = Customer.objects.filter(kind=CustomerKind.COMPANY, owner__in=farmers(), needs__isnull=True)
    for number, customer in enumerate(
        owned.select_related("owner").order_by("-standing__predicted_12", "pk")[: len(rules.SAID)]
    ):
        log_touch(
            customer_id=customer.pk,
            channel=TouchChannel.CALL,
            outcome=Outcome.REACHED,
            at=story.moment_of_end - timedelta(hours=8 + number),
            by=customer.owner,
            note=rules.SAID[number],
        )
