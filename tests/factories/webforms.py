"""Sites and forms."""

import factory

from customers.models import ConsentText
from tests.factories.core import UserFactory
from webforms import models

ORIGIN = "https://shop.test"


class SiteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Site

    name = factory.Sequence(lambda n: f"Shop {n}")
    key = factory.Sequence(lambda n: f"site{n}")
    origins = [ORIGIN]
    reports_visits = True
    created_by = factory.SubFactory(UserFactory)


class ConsentTextFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ConsentText

    version = factory.Sequence(lambda n: f"text-{n}")
    body = "I agree to receive offers"


class FormFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Form

    site = factory.SubFactory(SiteFactory)
    name = factory.Sequence(lambda n: f"Form {n}")
    code = factory.Sequence(lambda n: f"form{n}")
    fields = ["name", "phone", "email", "message"]
    required = []
    consent_text = factory.SubFactory(ConsentTextFactory)
    created_by = factory.SubFactory(UserFactory)
