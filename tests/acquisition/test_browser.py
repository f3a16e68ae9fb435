"""The grid of spend in a real browser: keys, saving in place, refusals."""

from datetime import date

import pytest

from acquisition.models import Spend
from core.roles import Role
from tests.factories.acquisition import ChannelFactory, SpendFactory
from tests.factories.core import PASSWORD, UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MONTH = date(2026, 3, 1)


@pytest.fixture
def grid(page):
    marketer = UserFactory(role=Role.MARKETER, language="en")
    page.goto("/accounts/login/")
    page.fill("input[name=login]", marketer.email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "login" not in url)
    return page


@pytest.fixture
def channels():
    return ChannelFactory(name="A"), ChannelFactory(name="B")


def cell(channel, kind="advertising"):
    return f"#amount-{channel.pk}-{kind}"


def test_amounts_are_typed_down_a_column(grid, channels):
    first, second = channels
    SpendFactory(channel=first, month=MONTH, kind="tools", amount=50)
    grid.goto("/spend/?month=2026-03")
    grid.click(cell(first))
    grid.keyboard.type("1 200,50")
    grid.keyboard.press("Enter")
    grid.wait_for_selector(f"#cell-{first.pk}-advertising.is-saved")
    # Enter has moved to the next channel, and the answer to the first cell left the focus there.
    grid.keyboard.type("300")
    grid.keyboard.press("Enter")
    grid.wait_for_selector(f"#cell-{second.pk}-advertising.is-saved")
    kept = Spend.objects.filter(month=MONTH, kind="advertising").order_by("channel__name")
    assert [str(row.amount) for row in kept] == ["1200.50", "300.00"]
    assert grid.inner_text(f"#sum-{first.pk}") == "₽1,251"
    assert grid.inner_text("#sum-advertising") == "₽1,501"
    assert grid.inner_text("#spend-total") == "₽1,551"


def test_a_refused_amount_stays_to_be_mended(grid, channels):
    first, _second = channels
    grid.goto("/spend/?month=2026-03")
    grid.fill(cell(first), "ten")
    grid.keyboard.press("Tab")
    grid.wait_for_selector(f"#cell-{first.pk}-advertising [role=alert]")
    assert grid.input_value(cell(first)) == "ten"
    grid.fill(cell(first), "10")
    grid.keyboard.press("Tab")
    grid.wait_for_selector(f"#cell-{first.pk}-advertising.is-saved")
    assert Spend.objects.get().amount == 10


def test_escape_puts_back_what_was_there(grid, channels):
    first, _second = channels
    SpendFactory(channel=first, month=MONTH, amount=7)
    grid.goto("/spend/?month=2026-03")
    grid.click(cell(first))
    grid.keyboard.type("999")
    grid.keyboard.press("Escape")
    assert grid.input_value(cell(first)) == "7"
    grid.keyboard.press("ArrowDown")
    assert grid.evaluate("document.activeElement.id") == cell(channels[1])[1:]
    assert Spend.objects.get().amount == 7
