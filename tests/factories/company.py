"""A small company with one of everything, for tests that walk every page.

Each customer has an order, a standing, a touch, a task, an answer, a delivery, a promo code. Every text of
the customer of another farmer carries SECRET, so that a page which shows it to the wrong person is found out.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from campaigns import actions as campaigns
from campaigns.links import unsubscribe_token
from campaigns.models import Delivery, Flow, OutboxMessage
from core.models import Night, SavedView, User
from core.periods import company_day
from core.roles import Role
from customers.actions import add_event
from customers.actions.labels import add_tag, tag_many
from customers.actions.merging import merge
from customers.actions.own_fields import add_field
from customers.models import Address, ContactPerson, Customer, EventKind, Obligation, OrderLine
from market.links import why_token
from market.models import Competitor, LeavingReason
from nps.links import answer_token
from nps.models import Invitation
from segmentation.models import Capability, Policy, PurchaseStatistics, WeeklySummary
from tests.factories.acquisition import (
    AcquisitionFactory,
    CampaignFactory,
    ChannelFactory,
    InquiryFactory,
    SpendFactory,
)
from tests.factories.audiences import audience
from tests.factories.campaigns import EnrolmentFactory
from tests.factories.core import UserFactory
from tests.factories.customers import ContactPointFactory, CustomerFactory, OrderFactory, ProductFactory
from tests.factories.imports import imports_of
from tests.factories.loyalty import OfferFactory, PromoCodeFactory
from tests.factories.market import CandidateFactory, departure, need
from tests.factories.nps import InvitationFactory, ResponseFactory
from tests.factories.platforms import InboundMessageFactory
from tests.factories.touches import StandingFactory, TaskFactory, TouchFactory
from tests.factories.webforms import FormFactory
from tests.factories.webhooks import DeliveryFactory as WebhookDeliveryFactory
from touches.actions import hand_over

SECRET = "Sesame"
FOREIGN_PHONE = "+79039998877"
PEOPLE = (Role.FARMER, Role.HUNTER, Role.MARKETER, Role.MANAGER, Role.ADMINISTRATOR)


@dataclass
class Belongings:
    """One customer, and the id of what hangs on it, by the kind of object that addresses name."""

    customer: Customer
    ids: dict[str, int]


@dataclass
class Company:
    """People by role, the customers of each (`own`), one of another farmer and one of the pool."""

    people: dict[str, User]
    own: dict[str, Belongings]
    foreign: Belongings
    pool: Belongings
    flow: Flow
    ids: dict[str, int]
    tokens: dict[str, str] = field(default_factory=dict)


def company() -> Company:
    """Build it; today's date is the real one, for the pages read the clock."""
    people = {role: UserFactory(role=role, language="en", first_name=f"The {role}", may_export=True) for role in PEOPLE}
    flow = campaigns.install_win_back(language="en", is_active=True)
    channel = ChannelFactory(code="ads", name="Ads")
    SpendFactory(channel=channel)
    campaign = CampaignFactory(channel=channel)
    part = SpendFactory(channel=channel, campaign=campaign)
    shared = {"flow": flow, "channel": channel, "offer": OfferFactory()}
    scoped = {role: belongings(f"Own {role}", people[role], **shared) for role in (Role.FARMER, Role.HUNTER)}
    own = {role: scoped.get(role, scoped[Role.FARMER]) for role in PEOPLE}
    stranger = UserFactory(role=Role.FARMER, first_name="Stranger")
    foreign = belongings(SECRET, stranger, phone=FOREIGN_PHONE, **shared)
    TouchFactory(customer=CustomerFactory(name=f"{SECRET} too", owner=stranger), by=stranger, at=timezone.now())
    message = OutboxMessage.objects.create(channel="email", to="a@x.test", subject="Hello", html="<head></head>Hello")
    Night.objects.create(date=company_day(timezone.now()), state="done", started_at=timezone.now())
    inbound = InboundMessageFactory()
    invitation = Invitation.objects.get(customer=own[Role.FARMER].customer)
    form = FormFactory(created_by=people[Role.MARKETER], site__created_by=people[Role.MARKETER])
    webhook = WebhookDeliveryFactory(subscription__created_by=people[Role.ADMINISTRATOR])
    now = timezone.now()
    summary = WeeklySummary.objects.create(
        week=company_day(now), user=people[Role.MANAGER], state="failed", due_at=now, changed_at=now
    )
    return Company(
        people,
        own,
        foreign,
        belongings("In the pool", None, **shared),
        flow,
        imports_of(people[Role.MANAGER])
        | {
            "campaign": campaign.pk,
            "capability": Capability.objects.get().pk,
            "audience": audience(by=people[Role.MANAGER], is_shared=True).pk,
            "channel": channel.pk,
            "competitor": Competitor.objects.get().pk,
            "leaving_reason": LeavingReason.objects.earliest("pk").pk,
            "spend_part": part.pk,
            "summary": summary.pk,
            "connection": inbound.connection_id,
            "policy": Policy.objects.earliest("pk").pk,
            "handover": hand_over(customer_ids=[], owner=None, by=people[Role.MANAGER], at=timezone.now()).pk,
            "inbound": inbound.pk,
            "outbox": message.pk,
            "own_field": add_field(name="Shoe size", kind="number").pk,
            "person": stranger.pk,
        }
        | {"webhook": webhook.subscription_id, "webhook_delivery": webhook.pk, "form": form.pk, "site": form.site_id},
        {
            "definition": "lifecycle",
            "export": "customers",
            "import_sample": "orders",
            "form_page": form.code,
            "form_json": form.code,
            "form_send": form.code,
            "pixel_report": form.site.key,
            "nps_answer": answer_token(invitation.pk),
            "why": why_token(customer_id=own[Role.FARMER].customer.pk, on=company_day(timezone.now())),
            "inbound": "nobody.nothing",
            "inbound_summary": "nobody.nothing",
            "unsubscribe": unsubscribe_token(
                customer_id=own[Role.FARMER].customer.pk, channel="email", delivery_id=own[Role.FARMER].ids["delivery"]
            ),
        },
    )


def belongings(name: str, owner: User | None, *, flow: Flow, channel: Any, offer: Any, phone: str = "") -> Belongings:
    """A customer with one of everything, all of it named after `name`."""
    now = timezone.now()
    today = company_day(now)
    customer = CustomerFactory(name=name, owner=owner, city=f"{name} city")
    word = name.split()[-1]
    ContactPointFactory(customer=customer, value=f"{word.lower()}{customer.pk}@shop.test")
    contact = ContactPointFactory(customer=customer, channel="phone", value=phone or f"+7912{customer.pk:07d}")
    order = OrderFactory(
        customer=customer,
        placed_at=now - timedelta(days=40),
        placed_on=today - timedelta(days=40),
        number=f"N-{customer.pk}-{word}",
    )
    OrderLine.objects.create(order=order, position=1, name=f"{name} goods", quantity=1, revenue=1000)
    PurchaseStatistics.objects.create(
        customer=customer,
        orders=1,
        purchase_days=1,
        first_on=order.placed_on,
        last_on=order.placed_on,
        revenue=1000,
        margin=400,
        first_margin=400,
        window_orders=1,
        window_revenue=1000,
    )
    StandingFactory(customer=customer, lifecycle="at_risk", as_of=today, lifecycle_since=today, value_at_risk=300)
    AcquisitionFactory(customer=customer, channel=channel, won_on=order.placed_on)
    add_event(customer_id=customer.pk, kind=EventKind.TOUCH, at=now, data={"note": f"{name} note", "by": "x"})
    EnrolmentFactory(flow=flow, customer=customer, entered_at=now, due_at=now + timedelta(days=9))
    PromoCodeFactory(offer=offer, customer=customer, code=f"CODE{word}".upper())
    invitation = InvitationFactory(order=order, created_at=now)
    response = ResponseFactory(invitation=invitation, score=3, comment=f"{name} comment", answered_at=now)
    delivery = Delivery.objects.create(
        key=f"rights:{customer.pk}",
        customer=customer,
        step=flow.steps.first(),
        channel="email",
        purpose="marketing",
        template_code="hello",
        due_at=now,
        state="ambiguous",
        address=f"{word.lower()}@shop.test",
        subject=f"{name} subject",
    )
    long_ago = now - timedelta(days=200)
    by = owner or UserFactory()
    tag = add_tag(customer_id=customer.pk, name=f"{word} tag", by=by, at=now)
    colleague = ContactPerson.objects.create(customer=customer, name=f"{name} person", role="buyer")
    place = Address.objects.create(customer=customer, line=f"{name} street", city="Omsk")
    again = CustomerFactory(name=f"{name} again", owner=owner)
    promise = Obligation.objects.create(customer=customer, kind="delivery", due_on=today)
    only_this_one = Customer.objects.filter(pk=customer.pk)
    ids = {
        "card_contact": contact.pk,
        "card_tag": tag.tag_id,
        "card_person": colleague.pk,
        "card_departure": departure(customer, name, by).pk,
        "card_need": need(customer, name, by).pk,
        "candidate": CandidateFactory(customer=customer, said=f"{name} said").pk,
        "card_place": place.pk,
        "bulk_edit": tag_many(customers=only_this_one, name=f"{word} bulk", by=by, at=now).pk,
        "customer": customer.pk,
        "contact": contact.pk,
        "order": order.pk,
        "merge": merge(keep_id=customer.pk, merge_id=again.pk, chosen={}, by=owner, at=now).pk,
        "obligation": promise.pk,
        "promise": promise.pk,
        "product": ProductFactory().pk,
        "task": TaskFactory(customer=customer, owner=owner, note=f"{name} task", due_on=today).pk,
        "touch": TouchFactory(customer=customer, by=by, note=f"{name} talk", at=long_ago).pk,
        "delivery": delivery.pk,
        "response": response.pk,
        "inquiry": InquiryFactory(customer=customer, name=name, phone=contact.value, at=now, note=f"{name} asks").pk,
    }
    if owner is not None:
        ids["view"] = SavedView.objects.create(user=owner, page="customer_list", name=f"{name} view").pk
    return Belongings(customer, ids)
