"""Lists as files: nothing in them runs, nothing in them is lost, and memory does not grow with them."""

import csv
import io
import tracemalloc
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from core.exports import csv_stream, harmless, style_of, write_xlsx
from tests.factories.naughty import NAUGHTY

FORMULAS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+7(912)A",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\ttext",
    " =1+1",
    "\u00a0=1",
    "\ufeff=1",
    "\u200b=1",
    "＝1+1",
    "＋1+A",
    "－1+A",
    "＠SUM(A1)",
    "-",
    "--1",
    "+1-cmd",
]
PLAIN = ["-12.50", "+79123456789", "-1,5", "-1,234.50", "Anna", "", "1+1", "a=b", "'=1", "•", "—", " Anna"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_written_down_as_text(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", PLAIN)
def test_numbers_and_words_stay_as_they_are(text):
    assert harmless(text) == text


def read_csv(data: bytes, separator: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=separator))


def row_of_everything() -> list[object]:
    return [
        'Анна; «A»\n"b"',
        5,
        Decimal("-1234.50"),
        0.1,
        date(2026, 1, 31),
        datetime(2026, 1, 31, 21, tzinfo=UTC),
        True,
        None,
    ]


def test_a_csv_reads_in_russian_excel():
    data = b"".join(csv_stream(["Имя"], [row_of_everything()], style_of("ru")))
    assert data.startswith(b"\xef\xbb\xbf")
    assert read_csv(data, ";")[1] == [
        'Анна; «A»\n"b"', "5", "-1234,50", "0,1", "31.01.2026", "01.02.2026 00:00", style_of("ru").yes, "",
    ]  # fmt: skip


def test_a_csv_reads_in_english_excel():
    data = b"".join(csv_stream(["Name"], [row_of_everything()], style_of("en")))
    assert read_csv(data, ",")[1][2:6] == ["-1234.50", "0.1", "2026-01-31", "2026-02-01 00:00"]


def test_a_workbook_keeps_numbers_and_dates_as_such():
    sheet = workbook([row_of_everything()])[1]
    assert sheet[1:6] == [5.0, -1234.5, 0.1, date(2026, 1, 31), date(2026, 2, 1)]


def workbook(rows: list[list[object]], header: list[str] | None = None) -> list[list[object]]:
    file = io.BytesIO()
    width = len(rows[0])
    write_xlsx(file, header=header or ["h"] * width, rows=rows, style=style_of("ru"), properties={"comments": "MARK"})
    file.seek(0)
    with zipfile.ZipFile(file) as parts:
        assert "<f>" not in parts.read("xl/worksheets/sheet1.xml").decode()
        assert "MARK" in parts.read("docProps/core.xml").decode()
    file.seek(0)
    return CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()


@pytest.mark.parametrize("separator_of", ["ru", "en"])
def test_every_naughty_string_comes_out_of_a_csv_as_it_went_in(separator_of):
    style = style_of(separator_of)
    data = b"".join(csv_stream(["h"], [[text] for text in NAUGHTY], style))
    rows = read_csv(data, style.separator)[1:]
    # csv reads an empty line where the only cell is empty.
    assert [row[0] if row else "" for row in rows] == [harmless(text) for text in NAUGHTY]


def test_every_naughty_string_comes_out_of_a_workbook_as_it_went_in():
    rows = workbook([["begin", text, "end"] for text in NAUGHTY])[1:]
    # What XML cannot hold is written in the way of the format, which this reader leaves as it is.
    expected = [harmless(text).replace("\ufffe", "_xFFFE_").replace("\uffff", "_xFFFF_") for text in NAUGHTY]
    assert [row[1] for row in rows] == expected


def test_a_text_longer_than_a_cell_is_cut_and_not_left_out():
    assert workbook([["a" * 40_000]])[1] == ["a" * 32_767]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_memory_does_not_grow_with_the_list(kind, tmp_path):
    def peak(count: int) -> int:
        rows = ([f"Customer {number}", number, Decimal("1.50")] for number in range(count))
        tracemalloc.start()
        if kind == "csv":
            for _part in csv_stream(["a", "b", "c"], rows, style_of("ru")):
                pass
        else:
            with (tmp_path / "list.xlsx").open("wb") as file:
                write_xlsx(file, header=["a", "b", "c"], rows=rows, style=style_of("ru"), properties={})
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(8_000) < peak(1_000) + 500_000
