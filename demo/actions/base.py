"""The whole base in one transaction: all of it or nothing."""

from collections.abc import Callable
from datetime import timedelta

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from acquisition.models import Inquiry
from campaigns.models import Enrolment
from core.errors import Conflict
from customers.models import (
    Consent,
    ContactPoint,
    Customer,
    ExternalRef,
    Order,
    OrderLine,
    Product,
    TimelineEvent,
)
from demo.actions.accounts import farmers, person
from demo.actions.audiences import keep_audiences
from demo.actions.company import open_channels, stock_catalogue
from demo.actions.consents import withdraw_some, write_consent_texts
from demo.actions.copying import gather_statistics, indexes_built_after, set_sequence
from demo.actions.desk import write_desk
from demo.actions.inquiries import write_inquiries
from demo.actions.market import write_market
from demo.actions.messages import record_messages
from demo.actions.opinions import grade_answers, write_opinions
from demo.actions.orders import write_orders
from demo.actions.past_work import write_past_work
from demo.actions.people import write_people
from demo.actions.people_acting import nobody_at_work
from demo.actions.reading import write_readings
from demo.actions.relations import write_relations
from demo.actions.story import Story
from demo.actions.visits import write_visits
from demo.actions.winback import code_prefix, write_passages
from demo.actions.work import write_work
from demo.rules.codes import code_of
from nps.models import Invitation, Response
from touches.models import Touch

LOADED = (Customer, ContactPoint, Consent, ExternalRef, Order, OrderLine, TimelineEvent)
WITH_OWN_IDS = (Customer, ContactPoint, Order, OrderLine, Enrolment, Invitation, Response, Inquiry)


def base_exists() -> bool:
    """Whether there is anything that the demonstration would mix with."""
    return Customer.objects.exists() or Product.objects.exists()


@transaction.atomic
def fill_base(*, story: Story, lean: bool, progress: Callable[[int], None]) -> None:
    """Write the story into an empty base; without lines, timeline and messages if `lean`.

    The same story gives the same base. Raises Conflict where a base exists.
    """
    if base_exists():
        raise Conflict(_("There is a base already; the demonstration fills an empty one."))
    _use_company_time()
    products = stock_catalogue()
    write_consent_texts(story)
    open_channels(story.stream("spend"), story.calendar, story.traits)
    codes = {} if lean else _promo_codes(story)
    with indexes_built_after(LOADED):
        owners = [farmer.pk for farmer in farmers()]
        write_people(story, farmers=owners, hunter=person("hunter").pk, lean=lean)
        fates = write_orders(story, products=products, lean=lean, promo_codes=codes, progress=progress)
    gather_statistics(LOADED)
    if not lean:
        write_passages(story)
        write_opinions(story, fates)
        record_messages()
        withdraw_some(story)
        write_inquiries(story)
        write_visits(story)
        write_readings(story)
    for model in WITH_OWN_IDS:
        set_sequence(model)


@transaction.atomic
def finish_base(*, story: Story) -> None:
    """Write what depends on the grades: the farmers' work, the grades beside the answers, what people did lately."""
    _use_company_time()
    write_work(story)
    write_relations(story)
    grade_answers()
    set_sequence(Touch)
    write_market(story)
    write_past_work(story)
    if Inquiry.objects.exists():
        # The story of an earlier day ends with that day.
        now = min(timezone.now(), story.moment_of_end + timedelta(days=1))
        with nobody_at_work():
            write_desk(story, now=now)
        keep_audiences(now=now)


def _use_company_time() -> None:
    """Times are written in the company's local time."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE %s", [settings.TIME_ZONE])


def _promo_codes(story: Story) -> dict[int, str]:
    """Codes that orders (ids) named."""
    prefix = code_prefix()
    orders = np.flatnonzero(story.names_code)
    customers = story.purchases.customer[orders] + 1
    pairs = zip(orders.tolist(), customers.tolist(), strict=True)
    return {order + 1: code_of(customer, prefix) for order, customer in pairs}
