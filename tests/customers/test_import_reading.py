"""Table files in their many forms."""

import csv
import gzip
import json
from datetime import date, datetime

import pytest
import xlsxwriter

from core.errors import InvalidInput
from customers.actions.imports import KINDS
from customers.actions.imports.mapping import Mapping, load_mapping, parse_mapping
from customers.actions.imports.reader import detect_encoding, detect_separator, read_table
from tests.factories.shared import DATA, shared

SPECTRUM = "csv_spectrum"
# The JSON beside location_coordinates.csv is of another CSV: its phone differs.
SPECTRUM_FILES = [path for path in sorted(DATA.glob(f"{SPECTRUM}/csvs/*.csv")) if path.stem != "location_coordinates"]
AUTO = Mapping(source="test")


def written(path, data):
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def rows(path, mapping=AUTO):
    return [cells for _line, cells in read_table(path, mapping)]


@pytest.mark.parametrize("separator", list(",;\t|"))
def test_the_separator_is_found(tmp_path, separator):
    lines = [["id", "name", "sum"], ["1", "Чай, зелёный", "1,5"], ["2", 'He said "no"; left', "2,5"]]
    path = tmp_path / "orders.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=separator).writerows(lines)
    assert rows(path) == lines


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_the_encoding_is_found(tmp_path, encoding):
    path = written(tmp_path / "a.csv", "имя;город\nАнна;Тверь\n".encode(encoding))
    assert rows(path) == [["имя", "город"], ["Анна", "Тверь"]]


def test_an_encoding_shows_even_at_the_end_of_a_large_file(tmp_path):
    path = written(tmp_path / "a.csv", b"a;b\n" * 600_000 + "Анна;1\n".encode("cp1251"))
    assert detect_encoding(path) == "cp1251"


def test_gzip_is_read_as_what_it_holds(tmp_path):
    path = written(tmp_path / "a.csv.gz", gzip.compress("имя;город\nАнна;Тверь\n".encode("cp1251")))
    assert rows(path)[1] == ["Анна", "Тверь"]


def test_columns_padded_with_spaces_are_cut(tmp_path):
    path = written(tmp_path / "a.txt", " 00004 0001 19970101  2   29.33\r\n\n 00004 0001 19970118  2   29.73\r\n")
    assert rows(path, Mapping(source="x", separator=" ")) == [
        ["00004", "0001", "19970101", "2", "29.33"],
        ["00004", "0001", "19970118", "2", "29.73"],
    ]


def test_empty_rows_are_left_out_and_lines_keep_their_numbers(tmp_path):
    path = written(tmp_path / "a.csv", 'a,b\n\n,,\n"x\ny",2\n3,4\n')
    assert list(read_table(path, AUTO)) == [(1, ["a", "b"]), (5, ["x\ny", "2"]), (6, ["3", "4"])]


def test_a_sheet_is_read_with_numbers_and_dates_as_they_look(tmp_path):
    path = tmp_path / "orders.xlsx"
    book = xlsxwriter.Workbook(path, {"default_date_format": "dd.mm.yyyy"})
    sheet = book.add_worksheet("Заказы")
    cells = ["id", 17, 12.5, "1 234,50", True, date(2026, 1, 31), datetime(2026, 1, 31, 18, 30), None, "x"]
    sheet.write_row(0, 0, cells)
    book.close()
    expected = ["id", "17", "12.5", "1 234,50", "1", "2026-01-31", "2026-01-31T18:30:00", "", "x"]
    assert rows(path) == [expected]
    assert rows(path, Mapping(source="x", decimal=",", date_format="%d.%m.%Y"))[0][2:6] == [
        "12,5",
        "1 234,50",
        "1",
        "31.01.2026",
    ]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.xlsx", b"not a sheet"),
        ("a.csv.gz", b"not gzip"),
        ("a.csv.gz", gzip.compress(b"a,b\n1,2\n")[:-6]),
        ("a.csv.gz", gzip.compress(b"a,b\n1,2\n")[:10] + b"\xff" * 20),
        ("a.csv", b'a,b\n"' + b"x" * 200_000),
    ],
    # Named, for a compressed file holds the moment it was made, and workers must collect the same tests.
    ids=["no sheet", "no gzip", "gzip cut short", "gzip of broken data", "quote never closed"],
)
def test_a_file_that_is_not_what_it_seems_is_refused_in_words(tmp_path, name, data):
    with pytest.raises(InvalidInput) as refusal:
        rows(written(tmp_path / name, data))
    assert str(refusal.value.message)


def test_a_file_of_one_column_has_a_comma_for_separator(tmp_path):
    assert detect_separator(written(tmp_path / "a.csv", "a\nb\n"), "utf-8") == ","


@pytest.mark.parametrize("path", SPECTRUM_FILES, ids=lambda path: path.stem)
def test_difficult_but_valid_files_are_read_as_their_authors_meant(path):
    header, *body = rows(path)
    told = [dict(zip(header, row, strict=True)) for row in body]
    truth = json.loads(shared(f"{SPECTRUM}/json/{path.stem}.json").read_text(encoding="utf-8"))
    assert told == [{key: value.strip() for key, value in row.items()} for row in truth]


def test_the_file_whose_truth_has_another_phone_is_read_as_it_stands():
    header, body = rows(shared(f"{SPECTRUM}/csvs/location_coordinates.csv"))
    truth = json.loads(shared(f"{SPECTRUM}/json/location_coordinates.json").read_text(encoding="utf-8"))
    assert dict(zip(header, body, strict=True)) == {**truth, "Contact Phone Number": "2095257564"}


GOOD = {"source": "till", "order": {"id": "no"}, "fields": {"placed_at": "date", "total": "sum"}}


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"source": ""}, "source"),
        ({"order": {}}, "order.id"),
        ({"fields": {"palced_at": "date"}}, "palced_at"),
        ({"fields": {"total": 7}}, "total"),
        ({"fields": []}, "fields"),
        ({"level": "basket"}, "basket"),
        ({"file": {"separator": "slash"}}, "slash"),
        ({"file": {"heading": True}}, "heading"),
        ({"level": "line", "order": {"id": "no", "number_repeats": True}}, "number_repeats"),
    ],
)
def test_a_mapping_with_a_mistake_is_refused_by_name(change, word):
    assert parse_mapping(GOOD, KINDS["orders"]).order_id == ("no",)
    with pytest.raises(InvalidInput) as refusal:
        parse_mapping({**GOOD, **change}, KINDS["orders"])
    assert word in str(refusal.value.message)


def test_a_mapping_is_a_preset_or_a_file(tmp_path):
    assert load_mapping("cdnow", "orders").source == "cdnow"
    as_json = written(tmp_path / "till.json", json.dumps(GOOD))
    assert load_mapping(str(as_json), "orders").source == "till"
    for name in ("nowhere", str(written(tmp_path / "bad.toml", "source ="))):
        with pytest.raises(InvalidInput):
            load_mapping(name, "orders")
