"""People of the company."""

import factory
from django.contrib.auth.hashers import make_password

from core.models import User
from core.roles import Role

PASSWORD = "correct-horse-battery"


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@ferma.test")
    username = factory.SelfAttribute("email")
    first_name = factory.Sequence(lambda n: f"Person {n}")
    password = factory.LazyFunction(lambda: make_password(PASSWORD))
    role = Role.FARMER


class ManagerFactory(UserFactory):
    role = Role.MANAGER


class IntegrationFactory(UserFactory):
    role = Role.INTEGRATION
    password = "!"
