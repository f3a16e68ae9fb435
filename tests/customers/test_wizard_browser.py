"""The import wizard in a real browser: from a file with mistakes to a base as it was before."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.db import connection
from django.utils import timezone

from core.models import User
from customers.actions.imports import run_due
from customers.models import Customer, Order
from tests.factories.core import PASSWORD, ManagerFactory
from tests.factories.imports import BAD, GOOD, imported, uploaded

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SERIOUS = {"serious", "critical"}
HEADER = ["№ заказа", "Дата", "Клиент", "Телефон", "Сумма", "Заметка"]
ROWS = [
    ["A-1", "31.01.2026", "Анна", "+7 912 345-67-01", "1 234,50", ""],
    ["A-2", "31.01.2026", "Борис", "12", "200,00", "=1+1"],
    ["A-3", "вчера", "Вера", "+7 912 345-67-03", "300,00", ""],
    ["A-4", "30.01.2026", "Глеб", "+7 912 345-67-04", "400,00", ""],
]


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def worker() -> Iterator[None]:
    """Works off what is due, as the tick does, until the test is over."""
    over = threading.Event()

    def work() -> None:
        while not over.wait(0.1):
            run_due(now=timezone.now())
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    over.set()
    thread.join()


@pytest.fixture
def open_as(page: Any) -> Callable[..., Any]:
    def enter(**person: Any) -> Any:
        reader: User = ManagerFactory(**person)
        page.goto("/accounts/login/?next=/imports/")
        page.fill("input[name=login]", reader.email)
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url("**/imports/")
        return page

    return enter


def csv_file(path: Path) -> Path:
    lines = [";".join(cells) for cells in (HEADER, *ROWS)]
    path.write_bytes("\r\n".join(lines).encode("cp1251"))
    return path


def sheet_file(path: Path) -> Path:
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        book.add_worksheet("Читай меня").write_row(0, 0, ["не то"])
        orders = book.add_worksheet("Заказы")
        for line, cells in enumerate((HEADER, *ROWS)):
            orders.write_row(line, 0, cells)
    return path


def bring(page: Any, path: Path) -> None:
    page.click("text=New import >> nth=0")
    page.click("label[for=kind-orders]")
    page.set_input_files("#file", path)
    page.click("button:has-text('Upload')")
    page.wait_for_url("**/setup/")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_with_mistakes_goes_in_is_mended_and_taken_back(open_as, worker, tmp_path, kind):
    page = open_as(language="en")
    bring(page, csv_file(tmp_path / "orders.csv") if kind == "csv" else sheet_file(tmp_path / "orders.xlsx"))
    if kind == "xlsx":
        page.select_option("[name=sheet]", "Заказы")
        page.wait_for_selector("text=№ заказа")
    else:
        assert page.input_value("[name=encoding]") == "cp1251"
    assert page.is_disabled("button[value=try]")

    page.fill("[name=source]", "till")
    page.press("[name=source]", "Tab")
    page.wait_for_selector("text=2 of 4 have mistakes")
    assert "is not a phone" in page.inner_text("#preview")
    page.select_option("#c5", "number")
    page.wait_for_selector("#preview th:has-text('Number to show')")

    page.click("button[value=try]")
    page.wait_for_selector("text=would come in: 2 created, 0 updated")
    assert not Order.objects.exists()
    page.click("button:has-text('Import for real')")
    page.wait_for_selector("text=came in: 2 created, 0 updated >> visible=true")
    page.wait_for_selector("#refused")
    assert Order.objects.count() == 2

    with page.expect_download() as download:
        page.click("text=Download the refused rows")
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert "'=1+1" in text
    mended = tmp_path / "mended.csv"
    mended.write_text(text.replace(",12,", ",+7 912 345-67-02,").replace("вчера", "29.01.2026"), encoding="utf-8-sig")
    first = page.url
    page.set_input_files("#corrected", mended)
    page.click("button:has-text('Upload the corrected file')")
    page.wait_for_selector("text=mends")
    page.wait_for_selector("text=came in: 2 created, 0 updated")
    assert Order.objects.count() == Customer.objects.count() == 4

    for address in (page.url, first):
        page.goto(address)
        page.click("text=Take the import back")
        page.click("button:has-text('Take it back')")
        page.wait_for_selector("text=the base is as it was before")
    assert Order.objects.count() == Customer.objects.count() == 0


def test_a_mapping_is_kept_by_the_keyboard_and_used_for_the_next_file(open_as, tmp_path):
    page = open_as(language="en")
    bring(page, csv_file(tmp_path / "orders.csv"))
    page.fill("[name=source]", "till")
    page.focus("button[data-dialog=keep-mapping]")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.fill("#mapping-name", "Till")
    page.keyboard.press("Enter")
    page.wait_for_selector(".note:has-text('is kept')")
    page.goto("/imports/")
    bring(page, tmp_path / "orders.csv")
    page.click("button:has-text('Use it')")
    page.wait_for_selector("text=2 of 4 have mistakes")
    assert page.input_value("[name=source]") == "till"


def serious_faults(page: Any) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{fault['id']}: {fault['nodes'][0]['html']}" for fault in found if fault["impact"] in SERIOUS]


@pytest.mark.parametrize(("width", "theme", "language"), [(1440, "light", "ru"), (360, "dark", "en")])
def test_every_page_fits_and_has_no_serious_fault(open_as, width, theme, language):
    page = open_as(theme=theme, language=language)
    page.set_viewport_size({"width": width, "height": 800})
    by = ManagerFactory()
    waiting, done = uploaded(by, [GOOD, BAD]), imported(by, [GOOD, BAD])
    trial = imported(by, [GOOD, BAD], dry_run=True)
    for address in (
        "/imports/",
        "/imports/new/",
        f"/imports/{waiting.pk}/setup/",
        f"/imports/{done.pk}/",
        f"/imports/{trial.pk}/",
        f"/imports/{done.pk}/undo/",
    ):
        page.goto(address)
        assert serious_faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
