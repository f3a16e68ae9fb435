"""The list and the card in a real browser: keys, the search box, no serious fault of accessibility."""

from typing import Any

import pytest
from django.urls import reverse

from core.models import User
from customers.models import AccessEntry, AccessLimit, Customer, EventKind, TimelineEvent
from tests.factories.core import PASSWORD, ManagerFactory
from tests.factories.dashboard import NOON, buyer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SERIOUS = {"serious", "critical"}


@pytest.fixture
def base() -> list[Customer]:
    customers = [buyer(name=f"Anna {n}", phone=f"+7912345678{n}", value_at_risk=90 - n) for n in range(3)]
    TimelineEvent.objects.create(customer=customers[0], kind=EventKind.TOUCH, at=NOON, data={"note": "Called"})
    return customers


@pytest.fixture(params=["light", "dark"])
def reader(request: pytest.FixtureRequest) -> User:
    return ManagerFactory(language="en", theme=request.param)


@pytest.fixture
def inside(page: Any, reader: User) -> Any:
    page.goto(f"{reverse('account_login')}?next={reverse('customer_list')}")
    page.fill("#id_login", reader.email)
    page.fill("#id_password", PASSWORD)
    page.click("button.btn-primary")
    page.wait_for_load_state()
    return page


def serious_faults(page: Any) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{fault['id']}: {fault['nodes'][0]['html']}" for fault in found if fault["impact"] in SERIOUS]


@pytest.mark.parametrize("width", [1440, 360])
def test_list_and_card_have_no_serious_fault_and_fit(inside: Any, base: list[Customer], width: int) -> None:
    inside.set_viewport_size({"width": width, "height": 800})
    for address in (reverse("customer_list"), reverse("customer_card", args=[base[0].pk])):
        inside.goto(address)
        inside.wait_for_load_state("networkidle")
        assert serious_faults(inside) == []
        assert inside.evaluate("document.documentElement.scrollWidth") <= width


def test_rows_are_walked_and_opened_by_keys(inside: Any, base: list[Customer]) -> None:
    inside.goto(reverse("customer_list"))
    for key in ("j", "j", "k", "j", "Enter"):
        inside.keyboard.press(key)
    inside.wait_for_url(f"**{reverse('customer_card', args=[base[1].pk])}")


def test_the_search_box_finds_while_one_types(inside: Any, base: list[Customer]) -> None:
    inside.goto(reverse("customer_list"))
    inside.keyboard.press("/")
    inside.keyboard.type("8 912 345-67-82")
    inside.wait_for_selector("#finder-results a")
    inside.keyboard.press("ArrowDown")
    inside.keyboard.press("Enter")
    inside.wait_for_url(f"**{reverse('customer_card', args=[base[2].pk])}")


def test_filters_change_the_rows_and_the_address_in_place(inside: Any, base: list[Customer]) -> None:
    inside.goto(reverse("customer_list"))
    inside.fill("#id_q", "anna 1")
    inside.wait_for_url("**/customers/?q=anna+1")
    assert inside.locator("tbody tr").count() == 1


def test_help_opens_by_its_key_and_closes(inside: Any, base: list[Customer]) -> None:
    inside.goto(reverse("customer_list"))
    inside.keyboard.press("?")
    assert inside.locator("#help").is_visible()
    inside.keyboard.press("Escape")
    assert not inside.locator("#help").is_visible()


def test_a_key_opens_the_phone_and_calls_and_the_eye_only_opens(inside: Any, base: list[Customer]) -> None:
    inside.goto(reverse("customer_list"))
    inside.evaluate(
        "window.called = []; document.addEventListener('click', (event) => {"
        " const link = event.target.closest('a[href^=\"tel:\"]');"
        " if (link) { window.called.push(link.href); event.preventDefault(); } }, true)"
    )
    assert "3456789" not in inside.content()
    inside.keyboard.press("j")
    inside.keyboard.press("c")
    inside.wait_for_selector("text=+7 912 345-67-80")
    assert inside.evaluate("window.called") == ["tel:+79123456780"]
    inside.locator("tbody tr").nth(1).locator(".contact-eye").click()
    inside.wait_for_selector("text=+7 912 345-67-81")
    assert inside.evaluate("window.called.length") == 1
    assert list(AccessEntry.objects.order_by("pk").values_list("customer", flat=True)) == [base[0].pk, base[1].pk]


def test_at_the_limit_the_reader_is_told_what_to_do(inside: Any, base: list[Customer]) -> None:
    AccessLimit.objects.update_or_create(role="manager", kind="contact", defaults={"per_day": 0})
    inside.goto(reverse("customer_list"))
    inside.locator("tbody tr").first.locator(".contact-eye").click()
    inside.wait_for_selector("text=ask a manager to raise the limit")
    assert "345-67-80" not in inside.content()
