"""Tags over many customers, and the company's own fields."""

from datetime import UTC, datetime
from typing import Any

import pytest

from core.errors import Conflict, InvalidInput, NotFound
from core.models import Change, User
from customers.actions.labels import add_tag, tag_many, undo_bulk_edit, untag_many
from customers.actions.own_fields import add_field, change_field, code_of, move_field
from customers.models import Customer, CustomerTag, CustomField, Tag
from customers.rules.custom_fields import FieldSpec, changed, read_custom
from customers.rules.tax_numbers import normalise_tax_number
from tests.factories.core import ManagerFactory
from tests.factories.customers import CustomerFactory

NOW = datetime(2026, 6, 1, tzinfo=UTC)
FIELDS = {kind: FieldSpec(kind, kind, ("Opt", "Retail")) for kind in ("text", "number", "date", "yes_no", "choice")}


@pytest.fixture
def manager(db: None) -> User:
    return ManagerFactory()


def worn() -> list[tuple[int, str]]:
    return sorted(CustomerTag.objects.values_list("customer", "tag__name"))


def test_a_tag_is_put_on_many_and_taken_back_whole(manager: User) -> None:
    first, second, third = (CustomerFactory() for _each in range(3))
    add_tag(customer_id=second.pk, name="vip", by=manager, at=NOW)
    made = tag_many(customers=Customer.objects.all(), name="VIP", by=manager, at=NOW)
    assert made.data == {"customers": 2, "tag": "vip"}
    assert worn() == [(pk, "vip") for pk in (first.pk, second.pk, third.pk)]
    undo_bulk_edit(made=made, by=manager, at=NOW)
    assert worn() == [(second.pk, "vip")]
    with pytest.raises(Conflict):
        undo_bulk_edit(made=made, by=manager, at=NOW)


def test_a_tag_taken_off_many_comes_back_with_who_had_put_it_there(manager: User) -> None:
    customers = [CustomerFactory() for _each in range(2)]
    for customer in customers:
        add_tag(customer_id=customer.pk, name="vip", by=manager, at=NOW)
    before = worn()
    made = untag_many(customers=Customer.objects.filter(pk=customers[0].pk), name="Vip", by=manager, at=NOW)
    assert worn() == [(customers[1].pk, "vip")]
    undo_bulk_edit(made=made, by=manager, at=NOW)
    assert worn() == before
    assert set(CustomerTag.objects.values_list("by", flat=True)) == {manager.pk}


def test_an_erased_customer_is_left_out_and_an_unknown_tag_is_told(manager: User) -> None:
    CustomerFactory(erased_at=NOW)
    assert tag_many(customers=Customer.objects.all(), name="vip", by=manager, at=NOW).data["customers"] == 0
    with pytest.raises(NotFound):
        untag_many(customers=Customer.objects.all(), name="other", by=manager, at=NOW)


def test_who_asks_what_changed_since_hears_of_tags(manager: User) -> None:
    customer = CustomerFactory()
    Customer.objects.update(updated_at=NOW.replace(year=2025))
    tag_many(customers=Customer.objects.all(), name="vip", by=manager, at=NOW)
    customer.refresh_from_db()
    assert customer.updated_at == NOW


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"name": "X", "kind": "text", "code": "1x"}, "code"),
        ({"name": "123", "kind": "text"}, "code"),
        ({"name": "X", "kind": "colour"}, "kind"),
        ({"name": "X", "kind": "choice", "choices": ["a", " a "]}, "choices"),
    ],
)
def test_what_is_no_field_is_refused_with_the_reason(told: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        add_field(**told)
    assert refusal.value.field == field


@pytest.mark.django_db
def test_a_code_is_taken_even_by_a_field_out_of_use() -> None:
    field = add_field(name="Размер обуви", kind="number")
    assert field.code == "razmer_obuvi"
    change_field(field_id=field.pk, name="Size", is_active=False)
    with pytest.raises(Conflict):
        add_field(name="Размер обуви", kind="text")


@pytest.mark.django_db
def test_fields_change_places_and_stay_at_the_ends() -> None:
    ids = [add_field(name=name, kind="text").pk for name in "abc"]
    move_field(field_id=ids[2], up=True)
    move_field(field_id=ids[0], up=True)
    assert list(CustomField.objects.values_list("name", flat=True)) == ["a", "c", "b"]


@pytest.mark.django_db
def test_settings_of_fields_and_tags_are_in_the_journal() -> None:
    field = add_field(name="Size", kind="text")
    change_field(field_id=field.pk, name="Shoe size", is_active=True)
    Tag.objects.create(name="vip")
    tables = Change.objects.values_list("table_name", "operation")
    assert {("customers_customfield", "I"), ("customers_customfield", "U"), ("customers_tag", "I")} <= set(tables)


@pytest.mark.parametrize(
    ("kind", "told", "kept"),
    [
        ("text", " a\nb ", "a b"),
        ("text", 5, "5"),
        ("number", "1 234,50", 1234.5),
        ("number", "7.00", 7),
        ("number", -3, -3),
        ("number", 0.1, 0.1),
        ("date", "31.01.2026", "2026-01-31"),
        ("date", "2026-01-31T23:59:00+03:00", "2026-01-31"),
        ("yes_no", "Да", True),
        ("yes_no", 0, False),
        ("yes_no", False, False),
        ("choice", "retail", "Retail"),
        ("text", None, None),
    ],
)
def test_values_are_read_by_their_type(kind: str, told: Any, kept: Any) -> None:
    values, faults = read_custom(FIELDS, {kind: told})
    assert (values, faults) == ({kind: kept}, [])


@pytest.mark.parametrize(
    ("kind", "told", "code"),
    [
        ("text", ["x"], "not_text"),
        ("text", "a\0b", "bad_characters"),
        ("text", "x" * 1001, "too_long"),
        ("number", "much", "not_number"),
        ("number", "1,234", "ambiguous_number"),
        ("number", 10**12, "too_large"),
        ("number", float("nan"), "not_finite"),
        ("number", True, "not_number"),
        ("date", "31/31/2026", "unread_date"),
        ("date", 5, "not_moment"),
        ("yes_no", "perhaps", "not_yes_no"),
        ("choice", "Bar", "unknown_choice"),
    ],
)
def test_what_does_not_fit_is_a_fault_at_the_field(kind: str, told: Any, code: str) -> None:
    values, faults = read_custom(FIELDS, {kind: told})
    assert values == {}
    assert [(fault.field, fault.code) for fault in faults] == [(f"custom.{kind}", code)]


def test_an_unknown_field_is_told_and_nothing_said_changes_nothing() -> None:
    values, faults = read_custom(FIELDS, {"colour": "red", "text": ""})
    assert (values, [fault.code for fault in faults]) == ({}, ["unknown_field"])
    assert read_custom(FIELDS, "red")[1][0].code == "not_object"
    assert changed({"a": 1, "b": 2}, {"a": None, "c": 3}) == {"b": 2, "c": 3}


@pytest.mark.parametrize(
    ("raw", "country", "kept"),
    [
        ("7707083893", "RU", "7707083893"),
        (" 5001 0073 2259 ", "RU", "500100732259"),
        ("7707083894", "RU", None),
        ("500100732258", "RU", None),
        ("0000000000", "RU", None),
        ("77070838", "RU", None),
        ("٧٧٠٧٠٨٣٨٩٣", "RU", None),
        ("de 123/456", "DE", "DE123/456"),
        ("<script>", "", None),
    ],
)
def test_a_tax_number_is_checked_by_the_rules_of_its_country(raw: str, country: str, kept: str | None) -> None:
    assert normalise_tax_number(raw, country) == kept


@pytest.mark.parametrize(("name", "code"), [("Щука 2", "schuka_2"), ("Есть склад?", "est_sklad"), ("№ 1", "")])
def test_a_code_is_made_of_the_name(name: str, code: str) -> None:
    assert code_of(name) == code
