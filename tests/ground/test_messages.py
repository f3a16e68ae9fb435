"""Translations: what is extracted, kept, checked and compiled."""

import gettext
from pathlib import Path

import pytest

from crm import messages

CODE = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext as in_context

title = _("Customers")
count = ngettext("%(n)s order", "%(n)s orders", n)
verb = in_context("verb", "Order")
"""
TEMPLATE = """
    <div>
  <h1>{% translate "Overview" %}</h1>
      </div>
{% blocktranslate trimmed with name=customer.name %}
  Call {{ name }} today
{% endblocktranslate %}
{% empty_state _("Nobody yet") %}
"""


@pytest.fixture
def project(tmp_path: Path) -> messages.Project:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/models.py").write_text(CODE)
    (tmp_path / "templates/shop").mkdir(parents=True)
    (tmp_path / "templates/shop/overview.html").write_text(TEMPLATE)
    return messages.Project(root=tmp_path, apps=("core", "shop"))


def translate(project: messages.Project, words: dict[str, str | tuple[str, ...]], app: str = "shop") -> None:
    """Fill the app's catalogue with these translations."""
    catalog = messages.stored(project, app)
    for message in catalog:
        original = message.id[0] if message.pluralizable else message.id
        if original in words:
            message.string = words[original]
    messages.write(project.catalogue_path(app), catalog)


WORDS: dict[str, str | tuple[str, ...]] = {
    "Customers": "Клиенты",
    "%(n)s order": ("%(n)s заказ", "%(n)s заказа", "%(n)s заказов"),
    "Order": "Заказать",
    "Overview": "Обзор",
    "Call %(name)s today": "Позвоните сегодня: %(name)s",
    "Nobody yet": "Пока никого",
}


def test_messages_of_code_and_templates_are_found(project):
    found = {m.id if isinstance(m.id, str) else m.id[0] for m in messages.extracted(project, "shop") if m.id}
    assert found == set(WORDS)


def test_templates_outside_the_apps_belong_to_core(project):
    (project.root / "templates/404.html").write_text('{% translate "No such page" %}')
    assert "No such page" in messages.extracted(project, "core")
    assert "No such page" not in messages.extracted(project, "shop")


def test_complete_translations_have_no_problem(project):
    assert messages.update(project, "shop") == len(WORDS)
    translate(project, WORDS)
    assert messages.update(project, "shop") == 0
    assert list(messages.problems(project)) == []


def test_a_missing_translation_is_named(project):
    messages.update(project, "shop")
    translate(project, {k: v for k, v in WORDS.items() if k != "Overview"})
    assert list(messages.problems(project)) == ["shop: no translation of 'Overview'"]


def test_a_plural_needs_all_three_russian_forms(project):
    messages.update(project, "shop")
    translate(project, WORDS | {"%(n)s order": ("%(n)s заказ", "%(n)s заказа", "")})
    assert [fault.split(" of ")[0] for fault in messages.problems(project)] == ["shop: no translation"]


def test_a_lost_placeholder_is_named(project):
    messages.update(project, "shop")
    translate(project, WORDS | {"Call %(name)s today": "Позвоните сегодня"})
    assert ["other placeholders" in fault for fault in messages.problems(project)] == [True]


def test_two_words_for_one_message_are_named(project):
    (project.root / "core").mkdir()
    (project.root / "core/models.py").write_text(CODE)
    for app, words in {"core": WORDS | {"Customers": "Покупатели"}, "shop": WORDS}.items():
        messages.update(project, app)
        translate(project, words, app)
    assert ["'Клиенты' here and 'Покупатели' in core" in fault for fault in messages.problems(project)] == [True]


def test_a_message_no_longer_used_is_named_and_update_puts_it_aside(project):
    messages.update(project, "shop")
    translate(project, WORDS)
    (project.root / "templates/shop/overview.html").write_text("")
    assert len(list(messages.problems(project))) == 3
    messages.update(project, "shop")
    assert list(messages.problems(project)) == []


def test_a_translation_put_aside_comes_back_with_its_message(project):
    messages.update(project, "shop")
    translate(project, WORDS)
    page = project.root / "templates/shop/overview.html"
    page.write_text("")
    messages.update(project, "shop")
    page.write_text(TEMPLATE)
    assert messages.update(project, "shop") == 0


def test_updating_twice_writes_the_same_file(project):
    messages.update(project, "shop")
    first = project.catalogue_path("shop").read_bytes()
    messages.update(project, "shop")
    assert project.catalogue_path("shop").read_bytes() == first


def test_a_compiled_catalogue_translates_and_is_compiled_once(project):
    messages.update(project, "shop")
    translate(project, WORDS)
    assert messages.compile_catalogues(project.root) == 1
    assert messages.compile_catalogues(project.root) == 0
    with project.catalogue_path("shop").with_suffix(".mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    assert catalogue.gettext("Customers") == "Клиенты"
    assert [catalogue.ngettext("%(n)s order", "%(n)s orders", n) % {"n": n} for n in (1, 3, 5)] == [
        "1 заказ",
        "3 заказа",
        "5 заказов",
    ]
