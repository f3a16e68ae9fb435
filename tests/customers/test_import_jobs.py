"""Imports as due rows: claimed, worked off in portions, stopped, taken up again."""

import csv
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from core.errors import Conflict, InvalidInput, NotFound
from customers.actions import imports
from customers.actions.imports import files
from customers.actions.imports import portions as working
from customers.models import Customer, ImportJob, Order
from tests.customers.imports import HEADER, NOW, ORDERS, brought, order_rows, started, upload, worked_off
from tests.customers.test_concurrency import at_once
from tests.factories.core import ManagerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def small_portions(monkeypatch):
    monkeypatch.setattr(working, "PORTION", 10)


def test_a_file_goes_in_and_its_report_tells_what_became_of_each_row():
    job = brought([*order_rows(range(30), cards=7), "x,2026-01-01,many,c1,,"])
    assert (job.state, job.position, job.total) == ("done", 31, 31)
    told = {name: job.report[name] for name in ("rows", "created", "updated", "unchanged", "refused", "customers")}
    assert told == {
        "rows": 31,
        "created": 30,
        "updated": 0,
        "unchanged": 0,
        "refused": 1,
        "customers": {"new": 7, "known": 0},
    }
    assert job.report["reasons"] == {"not_number": 1}
    assert Order.objects.count() == 30


def test_nothing_is_due_when_everything_is_done():
    brought(order_rows(range(3)))
    assert imports.run_due(now=NOW) == 0


def test_customers_met_in_several_portions_count_once(small_portions):
    first = brought(order_rows(range(45), cards=9))
    assert first.report["customers"] == {"new": 9, "known": 0}
    second = brought(order_rows(range(100, 145), cards=12))
    assert second.report["customers"] == {"new": 3, "known": 9}


def test_a_dry_run_counts_all_of_it_and_writes_nothing(small_portions):
    brought(order_rows(range(20), cards=5))
    customers, orders = Customer.objects.count(), Order.objects.count()
    job = brought([*order_rows(range(10, 60), cards=8, amount="7"), "bad"], dry_run=True)
    report = job.report
    assert (report["created"], report["updated"], report["refused"]) == (40, 10, 1)
    assert report["customers"] == {"new": 3, "known": 5}
    assert (Customer.objects.count(), Order.objects.count()) == (customers, orders)
    assert job.change_set is None
    again = worked_off(started(job))
    assert (again.report["created"], again.report["updated"]) == (40, 10)


@pytest.mark.parametrize(("mode", "created", "updated"), [("create", 5, 0), ("update", 0, 5)])
def test_the_mode_leaves_other_rows_alone_and_says_why(mode, created, updated):
    brought(order_rows(range(5)))
    report = brought(order_rows(range(10), amount="9"), mode=mode).report
    assert (report["created"], report["updated"], report["skipped"], report["refused"]) == (created, updated, 5, 0)
    assert sum(report["skipped_reasons"].values()) == 5


def test_refused_rows_are_corrected_and_uploaded_again():
    bad = ["1,2026-01-02,oops,c1,,=1+1", "2,never,10,c2,+7 912 000-00-02,@x"]
    job = brought([*order_rows([7]), *bad])
    path = imports.refused_file(job)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) == 3
    assert rows[1][9] == "'=1+1"
    text = path.read_text("utf-8-sig").replace("oops", "10").replace("never", "2026-01-03")
    made = imports.correct(job=job, by=job.by, chunks=[text.encode()], name="fixed.csv", at=NOW)
    assert made.corrects == job
    made = worked_off(made)
    assert (made.report["created"], made.report["refused"]) == (2, 0)
    assert set(Customer.objects.values_list("name", flat=True)) == {"Name 7", "=1+1", "@x"}


def test_what_was_in_the_file_of_refused_rows_cannot_be_had_where_none_was_refused():
    with pytest.raises(NotFound):
        imports.refused_file(brought(order_rows([1])))


def test_an_import_is_started_once():
    job = started(upload("\n".join([HEADER, *order_rows([1])])))
    with pytest.raises(Conflict):
        started(job)


def test_a_mapping_without_a_required_field_does_not_start():
    job = upload("\n".join([HEADER, *order_rows([1])]))
    fields = {name: column for name, column in ORDERS["fields"].items() if name != "placed_at"}
    with pytest.raises(InvalidInput):
        started(job, {**ORDERS, "fields": fields})


@pytest.mark.parametrize("name", ["a.exe", "a", "a.csv.exe", "../../etc/passwd", "a.html"])
def test_only_tables_are_taken(name, tmp_path):
    with pytest.raises(InvalidInput):
        upload("a,b", name=name)
    assert not list(tmp_path.glob("imports/*"))


def test_a_file_lies_under_a_name_of_our_own(tmp_path):
    job = upload("a,b", name="../../../заказы.csv")
    assert job.name == "заказы.csv"
    assert [path.name for path in (tmp_path / "imports").iterdir()] == [job.file]


def test_a_file_that_is_too_large_is_refused_and_leaves_nothing(monkeypatch, tmp_path):
    monkeypatch.setattr("customers.actions.imports.files.LARGEST", 100)
    with pytest.raises(InvalidInput):
        upload("x" * 101)
    assert not list((tmp_path / "imports").iterdir())


def test_a_file_that_is_gone_fails_in_words(tmp_path):
    job = started(upload("\n".join([HEADER, *order_rows([1])])))
    (tmp_path / "imports" / job.file).unlink()
    imports.run_due(now=NOW)
    job.refresh_from_db()
    assert job.state == "failed"
    assert job.error


def test_a_file_that_is_no_sheet_fails_in_words():
    job = started(upload(b"PK\x03\x04 nonsense", name="a.xlsx"))
    imports.run_due(now=NOW)
    job.refresh_from_db()
    assert job.state == "failed"
    assert job.error


def test_a_stopped_import_keeps_what_was_recorded_and_can_be_started_again(small_portions, monkeypatch):
    job = started(upload("\n".join([HEADER, *order_rows(range(50))])))
    real = working._Run.record

    def record(self, portion):
        real(self, portion)
        if self.position == 20:
            imports.stop(job=job)

    monkeypatch.setattr(working._Run, "record", record)
    imports.run_due(now=NOW)
    job.refresh_from_db()
    assert (job.state, job.position, Order.objects.count()) == ("stopped", 20, 20)
    monkeypatch.setattr(working._Run, "record", real)
    again = worked_off(started(job))
    assert (again.state, again.report["unchanged"], again.report["created"]) == ("done", 20, 30)


def test_only_so_many_run_at_once(settings):
    first, second = (started(upload("\n".join([HEADER, *order_rows([n])]))) for n in (1, 2))
    ImportJob.objects.filter(pk=first.pk).update(state="running", lease_until=NOW + timedelta(minutes=1))
    assert imports.run_due(now=NOW) == 0
    settings.IMPORTS_AT_ONCE = 2
    worked_off(second)


def test_whoever_was_given_up_for_dead_commits_nothing_more(small_portions, monkeypatch):
    job = started(upload("\n".join([HEADER, *order_rows(range(30))])))
    real = working._Run.record

    def record(self, portion):
        if self.position == 10:
            ImportJob.objects.filter(pk=job.pk).update(runs=99)
        real(self, portion)

    monkeypatch.setattr(working._Run, "record", record)
    imports.run_due(now=NOW)
    job.refresh_from_db()
    assert (job.state, job.position, Order.objects.count()) == ("running", 10, 10)


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_of_the_same_customers_do_not_spoil_each_other(small_portions, settings):
    settings.IMPORTS_AT_ONCE = 2
    by = ManagerFactory()
    for start in (0, 500):
        started(upload("\n".join([HEADER, *order_rows(range(start, start + 120), cards=30)]), by=by))
    assert at_once([lambda: imports.run_due(now=NOW)] * 2) == [1, 1]
    jobs = list(ImportJob.objects.all())
    assert [job.state for job in jobs] == ["done", "done"]
    assert [job.report["created"] for job in jobs] == [120, 120]
    assert (Customer.objects.count(), Order.objects.count()) == (30, 240)
    assert sum(job.report["customers"]["new"] for job in jobs) == 30


WORKER = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()
from django.conf import settings
from django.db import connection
from django.utils.dateparse import parse_datetime
connection.settings_dict["NAME"] = os.environ["TEST_DATABASE"]
settings.VAR_DIR = __import__("pathlib").Path(os.environ["TEST_VAR"])
from customers.actions import imports
from customers.actions.imports import files
from customers.actions.imports import portions as work
work.PORTION = 10
recorded = work._Run.record
def record(self, portion):
    recorded(self, portion)
    if self.position >= 100:
        print("far enough", flush=True)
        __import__("time").sleep(60)
work._Run.record = record
imports.run_due(now=parse_datetime(os.environ["TEST_NOW"]))
"""


@pytest.mark.django_db(transaction=True)
def test_an_import_whose_process_was_killed_goes_on_where_it_was_committed(small_portions, tmp_path):
    bad = [f"{n},2026-01-02,oops,c1,," for n in range(1000, 1030)]
    rows = [
        row
        for pair in zip(
            order_rows(range(0, 150), cards=20), [*bad, *order_rows(range(200, 320), cards=20)], strict=True
        )
        for row in pair
    ]
    job = started(upload("\n".join([HEADER, *rows])))
    environment = os.environ | {
        "TEST_DATABASE": connection.settings_dict["NAME"],
        "TEST_VAR": str(tmp_path),
        "TEST_NOW": NOW.isoformat(),
        "PYTHONPATH": str(settings.BASE_DIR),
    }
    process = subprocess.Popen([sys.executable, "-c", WORKER], env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "far enough\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    job.refresh_from_db()
    assert job.state == "running"
    before = job.position
    assert 100 <= before < 300
    assert imports.run_due(now=NOW) == 0, "the lease of the dead still runs"
    ImportJob.objects.update(lease_until=NOW)
    job = worked_off(job)
    assert job.state == "done"
    assert job.report["interruptions"] == [before]
    assert (job.report["created"], job.report["refused"]) == (270, 30)
    assert job.report["customers"] == {"new": 20, "known": 0}
    with Path(imports.refused_file(job)).open(encoding="utf-8-sig", newline="") as file:
        refused = [row[4] for row in csv.reader(file)][1:]
    assert refused == [str(n) for n in range(1000, 1030)]


def test_old_files_are_deleted_but_for_those_of_imports_under_way():
    waiting, done, fresh = (upload("a,b") for _ in range(3))
    ImportJob.objects.filter(pk=waiting.pk).update(state="waiting")
    for job in (waiting, done):
        os.utime(files.path_of(job), (0, 0))
    assert imports.forget_files(before=NOW - timedelta(days=30)) == 1
    assert files.path_of(waiting).is_file()
    assert files.path_of(fresh).is_file()
    with pytest.raises(NotFound):
        files.path_of(done)
