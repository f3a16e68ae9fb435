"""The builder of audiences in a real browser, by keyboard and by mouse."""

import json
import re
from typing import Any

import pytest
from django.urls import reverse

from core.models import User
from segmentation.models import Audience, AudienceVersion
from tests.factories.core import PASSWORD, ManagerFactory
from tests.factories.dashboard import buyer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REACHED_BY_TAB = 40


# What a control is announced by: its own label, the one it stands in, or its words.
NAME = "e => (e.getAttribute('aria-label') ?? e.labels?.[0]?.textContent ?? e.textContent).trim()"


class Builder:
    """A person at the builder, who knows things by the names that they are announced by."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.root = page.locator("#builder")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def focused(self) -> str:
        return str(self.page.evaluate(f"({NAME})(document.activeElement)"))

    def tab_to(self, name: str) -> None:
        for _step in range(REACHED_BY_TAB):
            if self.focused() == name:
                return
            self.press("Tab")
        raise AssertionError(f"{name} is not reached; the focus is on {self.focused()}")

    def chosen(self) -> str:
        return str(self.page.evaluate("document.activeElement.selectedOptions?.[0]?.textContent ?? ''"))

    def choose(self, option: str) -> None:
        """In the list that has the focus, by the arrows."""
        for _step in range(12):
            if self.chosen() == option:
                return
            self.press("ArrowDown")
        raise AssertionError(f"{option} is not offered, the last is {self.chosen()}")

    def tick(self, name: str) -> None:
        self.tab_to(name)
        self.press("Space")

    def add(self, words: str) -> None:
        """Press the button that adds a condition, find the field by words, take the first."""
        self.press("Enter")
        assert self.focused() == self.root.get_attribute("data-find")
        self.type(words)
        self.press("Enter")

    def counts(self, number: int) -> None:
        self.page.locator("#audience-count .answer-value", has_text=re.compile(f"^{number}$")).wait_for()

    def hears(self, text: str) -> None:
        """What a screen reader is told besides the control that has the focus."""
        self.page.get_by_role("status").filter(has_text=re.compile(f"^{text}$")).wait_for(state="attached")

    def tree(self) -> Any:
        return json.loads(self.page.locator("input[name=tree]").input_value())

    def fits(self, width: int) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth") <= width)


def inside(page: Any, reader: User, address: str) -> Builder:
    page.goto(f"{reverse('account_login')}?next={address}")
    page.fill("#id_login", reader.email)
    page.fill("#id_password", PASSWORD)
    page.click("button.btn-primary")
    page.wait_for_selector("#builder select")
    return Builder(page)


def base() -> None:
    for number, stage in enumerate(["active", "at_risk", "lapsed", "lost"]):
        buyer(name=f"Anna {number}", orders=number + 1, lifecycle=stage, grade="ABCD"[number])


def nested(orders: int | str) -> dict[str, Any]:
    """The tree that is built; a number is text until the server has read it."""
    not_medium = {"not": {"any": [{"field": "grade", "op": "in", "value": ["B", "C"]}]}}
    either = [{"field": "lifecycle", "op": "in", "value": ["lapsed"]}, not_medium]
    return {"all": [{"field": "orders", "op": "ge", "value": orders}, {"any": either}]}


BUILT = nested(2)


def test_a_nested_tree_is_built_by_keyboard_kept_and_changed(page: Any) -> None:
    base()
    person = inside(page, ManagerFactory(language="en"), reverse("audience_new"))
    person.counts(4)
    person.hears("4 customers")
    page.locator("#content").focus()
    person.tab_to("+ Condition")
    person.press("Enter", "Escape")
    assert person.focused() == "+ Condition"
    person.add("orders, all")
    assert person.focused() == "Orders, all time: How it is compared"
    person.press("Tab")
    person.type("2")
    person.counts(3)
    person.tab_to("+ Group")
    person.press("Enter")
    assert (person.focused(), person.chosen()) == ("How the conditions go together", "At least one of these holds")
    person.tab_to("+ Condition")
    person.add("stage")
    person.tick("Lapsed")
    person.counts(1)
    person.tab_to("+ Group")
    person.press("Enter")
    person.choose("None of these holds")
    person.tab_to("+ Condition")
    person.add("grade")
    person.tick("B")
    person.tick("C")
    person.counts(2)
    assert person.tree() == nested("2")
    groups = person.root.locator("fieldset.cond-group > legend").all_text_contents()
    told = ["Conditions: All of these hold", "Group: At least one of these holds", "Group: None of these holds"]
    assert groups == told
    back_and_forth(person)
    person.tab_to("Name of the audience")
    person.type("Nested")
    person.press("Enter")
    page.wait_for_url(re.compile(r"/audiences/\d+/$"))
    kept = Audience.objects.get()
    assert (kept.name, kept.version, kept.tree) == ("Nested", 1, BUILT)
    change_by_mouse(person, kept)


def back_and_forth(person: Builder) -> None:
    """By the keys to nothing and to everything again; typing and each choice are one step each."""
    for _step in range(5):
        person.press("Control+KeyZ")
    person.hears("Removed: Group")
    person.counts(1)
    assert person.focused() == "+ Condition"
    for _step in range(5):
        person.press("Control+KeyZ")
    person.hears("Removed: Orders, all time")
    person.counts(4)
    assert person.tree() == {"all": []}
    for _step in range(10):
        person.press("Control+Shift+KeyZ")
    person.hears("Changed: Grade")
    assert person.focused() == "Grade: How it is compared"
    person.counts(2)
    assert person.tree() == nested("2")


def change_by_mouse(person: Builder, kept: Audience) -> None:
    """The kept audience as it is opened again: mistakes are taken back, then it is kept as the second version."""
    person.counts(2)
    assert person.tree() == BUILT
    person.root.get_by_role("button", name="Remove: Grade").click()
    assert person.focused() == "Undo: Grade"
    person.press("Enter")
    assert person.focused() == "Grade: How it is compared"
    assert person.tree() == BUILT
    person.root.get_by_role("button", name="Remove: Group").first.click()
    person.counts(3)
    person.root.get_by_role("button", name="Undo: Group").click()
    person.counts(2)
    assert person.tree() == BUILT
    person.root.get_by_role("button", name="Remove: Group").last.click()
    person.root.get_by_role("button", name="Remove: Orders, all time").click()
    person.counts(1)
    assert person.root.locator(".cond-removed").count() == 1
    person.page.get_by_role("button", name="Save", exact=True).click()
    person.page.wait_for_selector(".audience-versions")
    kept.refresh_from_db()
    left = {"all": [{"any": [BUILT["all"][1]["any"][0]]}]}
    assert (kept.version, kept.tree) == (2, left)
    assert person.tree() == left
    assert dict(AudienceVersion.objects.values_list("number", "tree")) == {1: BUILT, 2: left}


def test_on_a_narrow_screen_in_russian_everything_fits(page: Any) -> None:
    base()
    page.set_viewport_size({"width": 360, "height": 740})
    person = inside(page, ManagerFactory(language="ru"), reverse("audience_new") + "?example=one-order")
    assert person.fits(360)
    for _level in range(2):
        person.root.get_by_role("button", name="+ Группа").first.click()
        assert person.focused() == person.root.get_attribute("data-how")
    for words in ("купил", "стади"):
        person.root.get_by_role("button", name="+ Условие").first.click()
        assert person.fits(360)
        person.type(words)
        person.press("ArrowDown", "Enter")
        assert person.fits(360)
    person.root.get_by_role("button", name="Убрать: Группа").first.click()
    assert person.focused() == "Отменить: Группа"
    assert person.fits(360)
    person.press("Enter")
    assert person.focused() == person.root.get_attribute("data-how")
