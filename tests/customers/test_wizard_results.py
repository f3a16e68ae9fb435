"""The pages of an import under way and of what came of it: progress, refused rows, corrections, undoing."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import User
from customers.actions.imports import run_due, start
from customers.models import Customer, ImportJob, Order
from tests.factories.core import ManagerFactory
from tests.factories.customers import OrderFactory
from tests.factories.imports import BAD, GOOD, HEADER, MAPPING, imported, uploaded

pytestmark = pytest.mark.django_db
FORMULA = ("A-3", "2026-01-31", "+79123456703", "=HYPERLINK(1)", "dear")
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def manager() -> User:
    return ManagerFactory(language="en")


@pytest.fixture
def client(manager) -> Client:
    client = Client()
    client.force_login(manager)
    return client


def page_of(client: Client, job: ImportJob, **how: Any) -> str:
    return client.get(reverse("import_page", args=[job.pk]), **how).content.decode()


def work_off(job: ImportJob) -> ImportJob:
    run_due(now=timezone.now())
    job.refresh_from_db()
    return job


def set_back(job: ImportJob, **fields: Any) -> ImportJob:
    """The row as some moment of a run would leave it."""
    ImportJob.objects.filter(pk=job.pk).update(**fields)
    job.refresh_from_db()
    return job


# --- under way ----------------------------------------------------------------------------------------------


def test_progress_tells_rows_speed_and_time_left_and_renews_itself(client, manager):
    job = imported(manager, [GOOD])
    report = {**job.report, "seconds": 10}
    set_back(job, state="running", position=1000, total=4000, report=report)
    part = page_of(client, job, headers=HTMX)
    assert 'hx-trigger="every 1500ms"' in part
    for words in ("1,000 of 4,000 rows", "100 rows a second", "30 seconds left", 'value="25"'):
        assert words in part
    assert "<html" not in part


def test_a_page_that_is_over_asks_no_more(client, manager):
    assert "hx-trigger" not in page_of(client, imported(manager, [GOOD]), headers=HTMX)


def test_an_interruption_is_told_with_its_row(client, manager):
    job = imported(manager, [GOOD])
    set_back(job, report={**job.report, "interruptions": [2000]})
    assert "went on by itself at row 2,001" in page_of(client, job)


def test_stopping_is_harmless_when_it_is_over(client, manager):
    job = uploaded(manager, [GOOD])
    start(job=job, mapping=MAPPING, mode="both", key="", dry_run=False, at=timezone.now())
    for _time in range(2):
        assert client.post(reverse("import_stop", args=[job.pk])).status_code == 302
    job.refresh_from_db()
    assert job.state == "stopped"
    assert "stopped before the first" in page_of(client, job)
    done = imported(manager, [GOOD])
    client.post(reverse("import_stop", args=[done.pk]))
    done.refresh_from_db()
    assert done.state == "done"


def test_a_failure_is_told_in_words_and_can_be_started_again(client, manager):
    job = uploaded(manager, [GOOD])
    missing = {**MAPPING, "fields": {**MAPPING["fields"], "number": ["Nowhere"]}}
    start(job=job, mapping=missing, mode="both", key="", dry_run=False, at=timezone.now())
    page = page_of(client, work_off(job))
    assert "no column Nowhere" in page
    assert "Import for real" in page


def test_an_import_not_set_up_leads_to_its_columns(client, manager):
    job = uploaded(manager)
    assert client.get(reverse("import_page", args=[job.pk]))["Location"] == reverse("import_setup", args=[job.pk])


# --- the list -----------------------------------------------------------------------------------------------


def test_the_list_shows_everybodys_imports_by_a_constant_number_of_queries(client, django_assert_max_num_queries):
    imported(ManagerFactory(first_name="Vera"), [GOOD, BAD])
    uploaded(ManagerFactory())
    for _time in range(3):
        imported(ManagerFactory(), [GOOD])
    with django_assert_max_num_queries(8):
        page = client.get(reverse("imports")).content.decode()
    assert "Vera" in page
    assert page.count("<tr data-href") == 5
    assert "hx-trigger" not in page.partition('id="imports"')[2]


def test_the_list_renews_itself_while_something_is_under_way(client, manager):
    set_back(imported(manager, [GOOD]), state="running")
    part = client.get(reverse("imports"), headers=HTMX).content.decode()
    assert 'hx-trigger="every 3s"' in part
    assert "<html" not in part


# --- what came of it ----------------------------------------------------------------------------------------


def test_a_trial_writes_nothing_and_is_then_imported(client, manager):
    job = imported(manager, [GOOD, BAD], dry_run=True)
    page = page_of(client, job)
    assert "would come in: 1 created, 0 updated" in page
    assert not Order.objects.exists()
    client.post(reverse("import_run", args=[job.pk]))
    assert "came in: 1 created, 0 updated" in page_of(client, work_off(job))
    assert Order.objects.count() == 1


def test_reasons_are_told_in_words(client, manager):
    page = page_of(client, imported(manager, [BAD, FORMULA]))
    assert page.count("A number such as 1234.50 was expected.") == 3
    assert "Sum" in page


def test_refused_rows_are_downloaded_with_formulas_disarmed(client, manager):
    response = client.get(reverse("import_refused", args=[imported(manager, [GOOD, FORMULA]).pk]))
    assert response["Content-Disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert rows[0][-5:] == list(HEADER)
    assert rows[1][-2] == "'=HYPERLINK(1)"
    assert len(rows) == 2


def test_no_refused_rows_no_file(client, manager):
    assert client.get(reverse("import_refused", args=[imported(manager, [GOOD]).pk])).status_code == 404


def test_mended_rows_go_in_by_the_same_mapping(client, manager):
    job = imported(manager, [GOOD, BAD])
    refused = b"".join(client.get(reverse("import_refused", args=[job.pk])).streaming_content)
    mended = SimpleUploadedFile("mended.csv", refused.replace(b"dear", b"70"))
    response = client.post(reverse("import_correct", args=[job.pk]), {"file": mended, "once": "x"})
    again = ImportJob.objects.first()
    assert response["Location"] == reverse("import_page", args=[again.pk])
    assert again.corrects == job
    assert work_off(again).report["created"] == 1
    assert "mends" in page_of(client, again)
    assert "mended.csv" in page_of(client, job)


def test_a_correction_that_is_no_file_is_refused_in_words(client, manager):
    job = imported(manager, [BAD])
    response = client.post(reverse("import_correct", args=[job.pk]), {})
    assert (response.status_code, ImportJob.objects.count()) == (422, 1)
    assert "Choose the corrected file." in response.content.decode()


# --- undoing ------------------------------------------------------------------------------------------------


def test_undoing_says_what_goes_and_what_must_stay_and_then_what_did(client, manager):
    other = ("A-2", "2026-01-31", "+79123456709", "Boris", "20")
    job = imported(manager, [GOOD, other])
    anna = Customer.objects.get(name="Anna")
    OrderFactory(customer=anna, placed_at=timezone.now() - timedelta(days=1))
    ask = client.get(reverse("import_undo", args=[job.pk]))
    assert ask.context["forecast"].removed["customers_customer"] == 2
    assert ask.context["forecast"].removed["customers_order"] == 2
    assert ask.context["forecast"].used_customers == 1
    assert "Customers with newer orders" in ask.content.decode()

    client.post(reverse("import_undo", args=[job.pk]))
    job.refresh_from_db()
    assert job.state == "undoing"
    assert "Taking everything back" in page_of(client, job)
    page = page_of(client, work_off(job))
    assert list(Customer.objects.all()) == [anna]
    assert Order.objects.count() == 1
    assert "newer rows refer to it" in page
    assert reverse("customer_card", args=[anna.pk]) in page


def test_what_somebody_changed_since_is_told_to_stay(client, manager):
    job = imported(manager, [GOOD])
    Customer.objects.update(city="Omsk")
    forecast = client.get(reverse("import_undo", args=[job.pk])).context["forecast"]
    assert forecast.changed == {"customers_customer": 1}
    assert forecast.used_customers == 0


def test_what_was_not_written_or_is_taken_back_cannot_be_undone(client, manager):
    for job in (imported(manager, [GOOD], dry_run=True), uploaded(manager)):
        for method in (client.get, client.post):
            answer = method(reverse("import_undo", args=[job.pk]))
            assert answer["Location"] == reverse("import_page", args=[job.pk])
    assert not ImportJob.objects.filter(state="undoing").exists()


def test_undoing_twice_at_once_is_one_undo(client, manager):
    job = imported(manager, [GOOD])
    for _time in range(2):
        assert client.post(reverse("import_undo", args=[job.pk])).status_code == 302
    assert work_off(job).state == "undone"
    assert "the base is as it was before" in page_of(client, job)
