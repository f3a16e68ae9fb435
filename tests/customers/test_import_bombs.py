"""Small files that unpack to huge ones, and files that are not what their names say."""

import gzip
import multiprocessing
import resource
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from core.errors import InvalidInput
from core.exports import harmless
from customers.actions.imports import sheets
from customers.actions.imports.mapping import Mapping
from customers.actions.imports.reader import detect_separator, read_table

MAPPING = Mapping(source="shop")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r" Type="{DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="r"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r" Type="{DOCUMENT}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}


def sheet(path: Path, rows: Iterable[str]) -> Path:
    """An XLSX with the XML of these rows."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in PARTS.items():
            book.writestr(name, text)
        with book.open("xl/worksheets/sheet1.xml", "w") as part:
            for text in (f'<worksheet xmlns="{MAIN}"><sheetData>', *rows, "</sheetData></worksheet>"):
                part.write(text.encode())
    return path


def cell(place: str, row: int) -> str:
    return f'<row r="{row}"><c r="{place}"><v>1</v></c></row>'


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def test_an_ordinary_sheet_is_read(tmp_path):
    path = sheet(tmp_path / "a.xlsx", [cell("B5", 5), cell("C6", 6)])
    assert list(read_table(path, MAPPING)) == [(5, ["1", ""]), (6, ["", "1"])]


def test_a_sheet_of_two_cells_far_apart_is_refused_and_the_program_lives_on(tmp_path):
    path = sheet(tmp_path / "far.xlsx", [cell("A1", 1), cell("XFD1048576", 1_048_576)])
    assert path.stat().st_size < 3000
    with pytest.raises(InvalidInput, match="CSV"):
        list(read_table(path, MAPPING))


def test_a_sheet_that_unpacks_to_more_than_the_limit_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sheets, "MEMORY", 1 << 30)
    text = '<row r="1"><c r="A1" t="inlineStr"><is><t>'
    path = sheet(tmp_path / "fat.xlsx", [text, *["a" * 1_000_000] * 600, "</t></is></c></row>"])
    before = peak()
    with pytest.raises(InvalidInput):
        list(read_table(path, MAPPING))
    assert peak() - before < 100 << 20


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"not a sheet", b"\0" * 1000])
@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "a.ods", "a.xlsb", "a.csv.gz"])
def test_a_broken_file_is_refused_in_words(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    if name == "a.csv.gz" and not content:
        assert list(read_table(path, MAPPING)) == []
        return
    with pytest.raises(InvalidInput, match="a"):
        list(read_table(path, MAPPING))


@pytest.mark.parametrize("piece", [b"a" * 1000, b'"x\n",' * 200])
@pytest.mark.parametrize("separator", ["", ",", " "])
def test_a_packed_row_without_an_end_is_refused_in_little_memory(tmp_path, piece, separator):
    path = tmp_path / "line.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as packed:
        for _ in range(100_000):
            packed.write(piece)
    assert path.stat().st_size < 2_000_000
    before = peak()
    if separator == " " and b"\n" in piece:
        assert next(read_table(path, Mapping(source="shop", separator=separator)))[1] == ['"x']
    else:
        with pytest.raises(InvalidInput):
            list(read_table(path, Mapping(source="shop", separator=separator)))
    assert peak() - before < 100 << 20


def test_looking_for_the_separator_reads_a_little(tmp_path):
    path = tmp_path / "line.csv"
    path.write_text("a" * 3_000_000 + "\n1;2\n", encoding="utf-8")
    assert detect_separator(path, "utf-8") in ",;\t|"


@pytest.mark.parametrize("text", ["=1+1", "+7(912)A", "-2+3+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_formula_is_written_down_as_text(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-12.50", "+79123456789", "-1,5", "Anna", ""])
def test_numbers_and_words_stay_as_they_are(text):
    assert harmless(text) == text


def test_a_sheet_is_read_in_a_worker_too_whose_processes_may_have_no_children(tmp_path):
    path = sheet(tmp_path / "a.xlsx", [cell("B5", 5)])
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    worker = context.Process(target=lambda: there.send(sheets.sheet_names(path)), daemon=True)
    worker.start()
    assert here.poll(20)
    assert here.recv() == ["S"]
    worker.join()
