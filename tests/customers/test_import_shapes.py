"""What is found out by looking at a file, and how its first rows are shown."""

import pytest
import xlsxwriter

from customers.actions import imports
from customers.actions.imports import KINDS
from customers.actions.imports.ahead import read_ahead
from customers.actions.imports.mapping import Mapping, unique_header
from customers.actions.imports.reader import read_table
from customers.actions.imports.shapes import look
from customers.models import CustomField
from tests.customers.imports import NOW, ORDERS, upload

pytestmark = pytest.mark.django_db
RUSSIAN = "Номер заказа;Дата;Сумма;Телефон;Покупатель\n7;31.01.2026;1 234,50;8 912 345-67-89;Анна\n"
# Cases after csv-spectrum, in our own words: (what the file holds, the rows it means).
AWKWARD = [
    ('a,b\n1,"ha ""ha"" ha"\n', [["a", "b"], ["1", 'ha "ha" ha']]),
    ('a,b\n1,"x, y"\n', [["a", "b"], ["1", "x, y"]]),
    ('a,b\r\n1,"two\r\nlines"\r\n', [["a", "b"], ["1", "two\r\nlines"]]),
    ('a,b\n1,"{""type"": ""Point""}"\n', [["a", "b"], ["1", '{"type": "Point"}']]),
    ('a,b\n1,""\n2,""\n', [["a", "b"], ["1", ""], ["2", ""]]),
    ("a,b\n1,ʤ\n2,﷽\n", [["a", "b"], ["1", "ʤ"], ["2", "﷽"]]),
]


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


def shape(text, kind="orders", **told):
    return imports.shape(upload(text, kind), told)


@pytest.mark.parametrize(("text", "expected"), AWKWARD)
def test_awkward_files_are_read_for_what_they_mean(tmp_path, text, expected):
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode())
    assert [cells for _line, cells in read_table(path, Mapping(source="x"))] == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_a_russian_export_explains_itself(encoding):
    found = shape(RUSSIAN.encode(encoding))
    assert found.separator == ";"
    assert found.header == ["Номер заказа", "Дата", "Сумма", "Телефон", "Покупатель"]
    assert found.guesses == {
        "external_id": "Номер заказа",
        "placed_at": "Дата",
        "total": "Сумма",
        "customer.phone": "Телефон",
        "customer.name": "Покупатель",
    }
    assert not found.ambiguous


def test_columns_without_telling_names_are_guessed_by_what_they_hold():
    found = shape("x,y,z\nanna@shop.test,+79123456789,2026-01-31\nboris@shop.test,+79123456780,2026-01-30\n")
    assert found.guesses == {"customer.email": "x", "customer.phone": "y", "placed_at": "z"}


@pytest.mark.parametrize(
    ("cells", "decimal", "date_format", "ambiguous"),
    [
        (["1,234", "12,5"], ",", "auto", set()),
        (["1,234", "7.25"], ".", "auto", set()),
        (["1,234", "5"], "auto", "auto", {"decimal"}),
        (["03/04/2026", "25/04/2026"], "auto", "%d/%m/%Y", set()),
        (["03/04/2026 10:15", "04/25/2026 11:00"], "auto", "%m/%d/%Y %H:%M", set()),
        (["03/04/2026", "05/04/2026"], "auto", "auto", {"date_format"}),
        (["31.01.2026", "01.02.2026"], "auto", "auto", set()),
    ],
)
def test_forms_are_decided_by_the_other_cells_and_doubt_is_told(cells, decimal, date_format, ambiguous):
    found = shape("\n".join(["x;y", *(f"{cell};1" for cell in cells)]))
    assert (found.decimal, found.date_format, set(found.ambiguous)) == (decimal, date_format, ambiguous)


def test_what_a_person_says_is_not_looked_for():
    found = shape("a,b\n1;2,3\n", separator="comma", decimal=",", header=False)
    assert (found.separator, found.decimal, found.header) == (",", ",", ["#1", "#2"])


def test_columns_of_one_name_and_of_none_can_be_told_apart():
    assert unique_header(["Phone", "", "phone", " "]) == ["Phone", "#2", "phone (2)", "#4"]


def test_sheets_of_a_workbook_are_named_and_chosen(tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "b.xlsx")
    for name, cell in (("First", "a"), ("Заказы", "номер")):
        book.add_worksheet(name).write_row(0, 0, [cell, "x"])
    book.close()
    job = upload((tmp_path / "b.xlsx").read_bytes(), name="b.xlsx")
    assert imports.shape(job).sheets == ["First", "Заказы"]
    assert imports.shape(job, {"sheet": "Заказы"}).header == ["номер", "x"]


@pytest.mark.parametrize("text", [",,,\n", "\n\n", "a,b"])
def test_a_file_without_rows_has_a_shape_too(text):
    assert shape(text).rows_sample == []


def test_own_fields_of_the_company_can_be_mapped():
    CustomField.objects.create(code="size", name="Размер", kind="number")
    found = shape("id;Размер\n1;42\n", "customers")
    assert found.guesses == {"external_id": "id", "custom.size": "Размер"}


def test_a_preview_shows_what_is_read_and_what_is_wrong_with_which_field():
    job = upload("id,date,sum,card,phone,name\n1,2026-01-31,10,c1,+79123456789,Анна\n2,never,x,,12,\n")
    found = imports.preview(job, ORDERS, now=NOW)
    first, second = found.rows
    assert (first.line, first.faults) == (2, [])
    assert first.values["total"] == "10"
    assert first.values["placed_at"] == "2026-01-31"
    assert first.values["status"] == "fulfilled"
    assert {field for field, _text in second.faults} == {"placed_at", "total"}
    assert all(text for _field, text in second.faults)


def test_a_mistake_in_one_of_several_phones_is_told_of_the_phone():
    mapping = {"source": "crm", "fields": {"phone": "phones"}}
    found = imports.preview(upload('phones\n"8 912 345 67 89; 12"\n', "customers"), mapping, now=NOW)
    assert [field for field, _text in found.rows[0].faults] == ["phone"]


def test_every_kind_has_words_and_required_fields_that_it_knows():
    assert set(KINDS) == {"customers", "orders", "order_lines", "products", "inquiries", "spend"}
    for kind in KINDS.values():
        assert str(kind.label)
        assert str(kind.about)
        assert len({target.name for target in kind.targets}) == len(kind.targets)


def test_a_kind_does_not_hold_the_file_of_another_region(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("who\n(202) 555-0143\n(202) 555-0144\n")
    assert look(path, KINDS["customers"], {}, "US").guesses == {"phone": "who"}
    assert look(path, KINDS["customers"], {}, "RU").guesses == {}


def test_reading_ahead_gives_all_items_and_the_mistake_of_the_one_that_fails():
    assert list(read_ahead(iter(range(5)))) == [0, 1, 2, 3, 4]

    def broken():
        yield 1
        raise ValueError("row 2")

    items = read_ahead(broken())
    assert next(items) == 1
    with pytest.raises(ValueError, match="row 2"):
        next(items)


def test_reading_ahead_ends_when_nobody_wants_more():
    items = read_ahead(iter(int, 1))
    assert next(items) == 0
    items.close()
