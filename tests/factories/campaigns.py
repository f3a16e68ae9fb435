"""Templates, flows, passages and deliveries."""

from datetime import UTC, datetime, timedelta

import factory

from campaigns import models
from customers.models import ContactChannel, Customer
from tests.factories.customers import ConsentFactory, ContactPointFactory, CustomerFactory

# Noon in Moscow: nobody is asleep.
NOON = datetime(2026, 3, 10, 9, tzinfo=UTC)


class TemplateFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.MessageTemplate

    code = "hello"
    language = "ru"
    channel = models.MessageChannel.EMAIL
    subject = "Здравствуйте, {{ first_name }}"
    body = '<p>{{ first_name }}, привет!</p><p><a href="{{ unsubscribe_url }}">Отписаться</a></p>'


class SmsTemplateFactory(TemplateFactory):
    code = "hello-sms"
    channel = models.MessageChannel.SMS
    subject = ""
    body = "{{ first_name }}, привет!"


class FlowFactory(factory.django.DjangoModelFactory):
    """An active flow of one e-mail at once."""

    class Meta:
        model = models.Flow
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"flow-{n}")
    name = factory.Sequence(lambda n: f"Flow {n}")
    trigger_values = ["at_risk", "lapsed"]
    holdout_percent = 0
    is_active = True

    @factory.post_generation
    def waits(self, create, extracted, **_kwargs):
        for position, days in enumerate(extracted or [0], start=1):
            models.FlowStep.objects.create(
                flow=self, position=position, kind="email", wait_days=days, template_code="hello"
            )


class EnrolmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Enrolment

    flow = factory.SubFactory(FlowFactory)
    customer = factory.SubFactory(CustomerFactory)
    state = models.EnrolmentState.ACTIVE
    entered_at = NOON
    due_at = NOON
    ends_at = factory.LazyAttribute(lambda row: row.entered_at + timedelta(days=30))


class HoldoutFactory(EnrolmentFactory):
    state = models.EnrolmentState.HOLDOUT
    is_holdout = True
    due_at = None


class DeliveryFactory(factory.django.DjangoModelFactory):
    """A marketing e-mail that is due, to a customer who may not be reachable: see `reachable`."""

    class Meta:
        model = models.Delivery

    key = factory.Sequence(lambda n: f"test:{n}")
    customer = factory.SubFactory(CustomerFactory)
    channel = models.MessageChannel.EMAIL
    purpose = models.Purpose.MARKETING
    template_code = "hello"
    due_at = NOON


def reachable(email: str = "", phone: str = "", **fields) -> Customer:
    """A customer with valid addresses and consent on the channels named; an e-mail if none is."""
    customer = CustomerFactory(**fields)
    channels = {ContactChannel.EMAIL: email, ContactChannel.PHONE: phone}
    if not email and not phone:
        channels[ContactChannel.EMAIL] = f"customer-{customer.pk}@shop.test"
    for channel, value in channels.items():
        if value:
            ContactPointFactory(customer=customer, channel=channel, value=value)
            ConsentFactory(customer=customer, channel=channel)
    return customer
