"""The first account."""

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import CommandError

from core.roles import Role

pytestmark = pytest.mark.django_db


def people() -> list[tuple[str, str]]:
    return list(get_user_model().objects.values_list("email", "role"))


def test_the_administrator_can_log_in(monkeypatch, capsys):
    monkeypatch.setenv("ADMIN_PASSWORD", "a long enough one")
    call_command("createadmin", email="boss@example.com")
    person = get_user_model().objects.get()
    assert person.check_password("a long enough one")
    assert person.role == Role.ADMINISTRATOR
    assert capsys.readouterr().out == "boss@example.com can log in now.\n"


def test_an_address_has_one_account(monkeypatch):
    monkeypatch.setenv("ADMIN_PASSWORD", "a long enough one")
    call_command("createadmin", email="boss@example.com")
    with pytest.raises(CommandError, match="already has an account"):
        call_command("createadmin", email="BOSS@example.com")
    assert people() == [("boss@example.com", Role.ADMINISTRATOR)]


@pytest.mark.parametrize(
    ("email", "password"), [("boss@example.com", "short"), ("not an address", "a long enough one")]
)
def test_a_weak_password_and_a_wrong_address_are_refused(monkeypatch, email, password):
    monkeypatch.setenv("ADMIN_PASSWORD", password)
    with pytest.raises(CommandError):
        call_command("createadmin", email=email)
    assert people() == []
