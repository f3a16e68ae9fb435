"""The pages of the import wizard: taking a file in, choosing what its columns mean."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import uploads
from core.models import User
from core.roles import Role
from customers.actions.imports import KINDS, preview, shape
from customers.forms.samples import sample_csv
from customers.models import ImportJob, SavedMapping
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.imports import BAD, GOOD, HEADER, MAPPING, imported, table, uploaded

pytestmark = pytest.mark.django_db
FIELDS = ("external_id", "placed_at", "customer.phone", "customer.name", "total")


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


def send(client: Client, content: bytes | str, *, name: str = "orders.csv", kind: str = "orders", **more: str) -> Any:
    data = content.encode() if isinstance(content, str) else content
    return client.post(reverse("import_new"), {"kind": kind, "file": SimpleUploadedFile(name, data), **more})


def choices(*, header=HEADER, fields=FIELDS, source="till", **more: Any) -> dict[str, Any]:
    """What the second page sends."""
    columns = {f"c{place}": field for place, field in enumerate(fields)}
    usual = {
        "header": json.dumps(list(header)),
        "sheets": "[]",
        "encoding": "utf-8-sig",
        "separator": "semicolon",
        "skip_rows": "0",
        "has_header": "1",
        "decimal": "auto",
        "date_format": "auto",
        "mode": "both",
        "key": "",
    }
    return {**usual, **columns, "source": source, **more}


def text_of(response: Any) -> str:
    return response.content.decode()


# --- the file -----------------------------------------------------------------------------------------------


def test_a_file_is_taken_in_and_its_columns_are_asked_about(client):
    response = send(client, table([GOOD]).encode("cp1251"))
    job = ImportJob.objects.get()
    assert response["Location"] == reverse("import_setup", args=[job.pk])
    assert (job.kind, job.name, job.state) == ("orders", "orders.csv", "uploaded")


def test_a_form_sent_twice_brings_one_file(client):
    first, second = (send(client, table([GOOD]), once="abc") for _time in range(2))
    assert ImportJob.objects.count() == 1
    assert first["Location"] == second["Location"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("orders.csv", "", "empty"),
        ("orders.exe", "a;b", "no file of a table"),
    ],
)
def test_what_is_no_table_is_refused_in_words(client, name, content, words):
    response = send(client, content, name=name)
    assert response.status_code == 422
    assert words in text_of(response)
    assert not ImportJob.objects.exists()


def test_a_file_too_large_is_refused_before_it_arrives(client, monkeypatch, settings):
    monkeypatch.setattr(uploads, "LARGEST_FILE", 0)
    monkeypatch.setattr(uploads, "REST_OF_FORM", 100)
    response = send(client, table([GOOD] * 20))
    assert response.status_code == 422
    assert "larger than 1 GB" in text_of(response)
    assert not (settings.VAR_DIR / "uploads").exists()


def test_a_file_of_somebody_not_logged_in_never_reaches_the_disk(settings):
    assert send(Client(), table([GOOD])).status_code == 302
    assert not (settings.VAR_DIR / "uploads").exists()


@pytest.mark.parametrize("role", [Role.FARMER, Role.HUNTER, Role.MARKETER])
def test_only_managers_import(role):
    client = Client()
    client.force_login(UserFactory(role=role))
    assert send(client, table([GOOD])).status_code == 403
    assert client.get(reverse("imports")).status_code == 403


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("code", ["customers", "orders", "order_lines", "products", "inquiries", "spend"])
def test_the_sample_of_a_kind_is_understood_whole(code, language, manager):
    from django.utils.translation import override

    manager.language = language
    manager.save()
    client = Client()
    client.force_login(manager)
    sample = client.get(reverse("import_sample", args=[code])).content
    send(client, sample, kind=code)
    job = ImportJob.objects.get()
    with override(language):
        found = shape(job)
        assert set(found.guesses.values()) == set(found.header)
        mapping = {"source": "x", "fields": {field: [column] for field, column in found.guesses.items()}}
        if not KINDS[code].needs_source:
            del mapping["source"]
        (row,) = preview(job, mapping, now=timezone.now()).rows
    unknown_channel = [fault for fault in row.faults if fault[0] == "channel"]
    assert row.faults == unknown_channel
    assert sample_csv(KINDS[code]).count("\n") == 2


# --- the columns --------------------------------------------------------------------------------------------


def test_the_page_shows_what_was_guessed_and_the_rows_with_their_mistakes(client, manager):
    job = uploaded(manager, [GOOD, BAD])
    page = text_of(client.get(reverse("import_setup", args=[job.pk])))
    assert page.count("data-guess") == len(HEADER)
    assert "A number such as 1234.50 was expected." in page
    assert "Name the source" in page


def test_each_change_answers_with_the_preview_and_is_kept_as_a_draft(client, manager):
    job = uploaded(manager, [GOOD, GOOD])
    url = reverse("import_preview", args=[job.pk])
    answer = text_of(client.post(url, choices(fields=("external_id", "placed_at", "", "", "total"))))
    assert "In every row:" in answer
    assert "Nothing tells who the customer is" in answer
    job.refresh_from_db()
    assert job.mapping["fields"] == {"external_id": ["Order"], "placed_at": ["Date"], "total": ["Sum"]}
    page = text_of(client.get(reverse("import_setup", args=[job.pk])))
    assert "data-guess" not in page


def test_several_columns_may_go_into_one_field(client, manager):
    job = uploaded(manager)
    url = reverse("import_preview", args=[job.pk])
    client.post(url, choices(fields=("external_id", "placed_at", "customer.name", "customer.name", "total")))
    job.refresh_from_db()
    assert job.mapping["fields"]["customer.name"] == ["Phone", "Name"]


def test_nothing_runs_while_a_required_field_has_no_column(client, manager):
    job = uploaded(manager)
    asked = choices(fields=("external_id", "", "customer.phone", "", "total"), do="import")
    response = client.post(reverse("import_setup", args=[job.pk]), asked)
    assert response.status_code == 422
    assert "Choose the column of “When it was placed”" in text_of(response)
    job.refresh_from_db()
    assert job.state == "uploaded"


def test_a_key_that_no_column_gives_is_told_before(client, manager):
    job = uploaded(manager)
    job.kind = "customers"
    job.save()
    asked = choices(fields=("", "", "phone", "name", ""), key="email", do="try")
    response = client.post(reverse("import_setup", args=[job.pk]), asked)
    assert response.status_code == 422
    assert "known by “E-mail”" in text_of(response)


def test_a_constant_stands_for_a_column(client, manager):
    job = uploaded(manager, [GOOD])
    asked = choices(
        fields=("external_id", "", "customer.phone", "customer.name", "total"),
        constant=["placed_at", ""],
        constant_value=["2026-01-31", ""],
    )
    assert "Before anything can run" not in text_of(client.post(reverse("import_preview", args=[job.pk]), asked))
    client.post(reverse("import_setup", args=[job.pk]), {**asked, "do": "try"})
    job.refresh_from_db()
    assert (job.state, job.mapping["constants"]) == ("waiting", {"placed_at": "2026-01-31"})


@pytest.mark.parametrize("do", ["", "try"])
def test_a_constant_that_makes_no_sense_is_told_in_words(client, manager, do):
    job = uploaded(manager, [GOOD])
    asked = choices(constant=["discount"], constant_value=["much"])
    name = "import_setup" if do else "import_preview"
    response = client.post(reverse(name, args=[job.pk]), {**asked, "do": do})
    assert "A number such as 1234.50 was expected." in text_of(response)
    job.refresh_from_db()
    assert job.state == "uploaded"


def test_another_separator_brings_other_columns(client, manager):
    job = uploaded(manager)
    url = f"{reverse('import_preview', args=[job.pk])}?whole=1"
    page = text_of(client.post(url, choices(separator="comma")))
    assert page.count('class="column-name"') == 1
    back = text_of(client.post(url, choices(header=["one"], fields=())))
    assert back.count("data-guess") == len(HEADER)


def test_the_same_columns_keep_what_was_chosen_for_them(client, manager):
    job = uploaded(manager)
    url = f"{reverse('import_preview', args=[job.pk])}?whole=1"
    page = text_of(client.post(url, choices(encoding="cp1251", fields=("external_id", "placed_at", "", "", "total"))))
    assert page.count("is-unused") == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (table([]), "has a header and no rows"),
        ("\n\n", "not even a header"),
        (table([GOOD]).encode("utf-16"), 'title="A-1"'),
        (b"\xef\xbb\xbf" + table([GOOD], separator="\t").encode(), 'title="A-1"'),
        (";".join(f"column {n}" for n in range(600)) + "\n" + ";".join("x" for _n in range(600)), "100 more columns"),
        ("a;a;;\n1;2;3;4\n", "a (2)"),
        ("<script>alert(1)</script>;b\n1;2\n", "&lt;script&gt;"),
    ],
)
def test_odd_files_are_shown_for_what_they_are(client, content, words):
    send(client, content)
    job = ImportJob.objects.get()
    assert words in text_of(client.get(reverse("import_setup", args=[job.pk])))


def test_a_file_that_was_taken_away_is_told(client, manager, settings):
    job = uploaded(manager)
    (settings.VAR_DIR / "imports" / job.file).unlink()
    page = text_of(client.get(reverse("import_setup", args=[job.pk])))
    assert "no longer here" in page


def test_an_encoding_that_is_wrong_is_told_with_the_name_that_people_know(client, manager):
    send(client, "Имя;Сумма\nАнна;1\n".encode("cp1251"))
    job = ImportJob.objects.get()
    page = text_of(client.post(f"{reverse('import_preview', args=[job.pk])}?whole=1", choices()))
    assert "orders.csv cannot be read" in page
    assert job.file not in page


# --- mappings that are kept ---------------------------------------------------------------------------------


def test_a_mapping_is_kept_offered_used_and_deleted(client, manager):
    first, second = uploaded(manager), uploaded(manager)
    kept = client.post(reverse("import_setup", args=[first.pk]), choices(do="keep", mapping_name=" Till "))
    assert "Till" in kept["HX-Trigger"]
    saved = SavedMapping.objects.get()
    assert (saved.name, saved.kind, saved.mapping["source"]) == ("Till", "orders", "till")

    url = reverse("import_setup", args=[second.pk])
    assert "knows every column" in text_of(client.get(url))
    used = text_of(client.post(url, choices(source="", fields=(), use=str(saved.pk))))
    assert "data-guess" not in used
    second.refresh_from_db()
    assert second.mapping["fields"] == {name: list(names) for name, names in MAPPING["fields"].items()}

    client.post(url, choices(do="forget", saved=str(saved.pk)))
    assert not SavedMapping.objects.exists()


def test_a_mapping_of_another_kind_is_not_there(client, manager):
    other = SavedMapping.objects.create(kind="products", name="x", mapping={}, by=manager)
    url = reverse("import_setup", args=[uploaded(manager).pk])
    assert client.post(url, choices(do="use", saved=str(other.pk))).status_code == 404
    assert client.post(url, choices(do="use", saved="")).status_code == 422


# --- two people, the button Back, refreshing ------------------------------------------------------------------


def test_the_columns_of_an_import_that_has_begun_cannot_be_changed(client, manager):
    job = imported(manager, [GOOD])
    result = reverse("import_page", args=[job.pk])
    assert client.get(reverse("import_setup", args=[job.pk]))["Location"] == result
    assert client.post(reverse("import_setup", args=[job.pk]), choices(do="import"))["Location"] == result
    preview_ = client.post(reverse("import_preview", args=[job.pk]), choices(), headers={"HX-Request": "true"})
    assert preview_["HX-Redirect"] == result


def test_one_manager_goes_on_with_what_another_began(client):
    job = uploaded(ManagerFactory())
    client.post(reverse("import_setup", args=[job.pk]), choices(do="try"))
    job.refresh_from_db()
    assert (job.state, job.is_dry_run) == ("waiting", True)


def test_what_was_tried_is_what_is_imported_whatever_was_looked_at_since(client, manager):
    job = imported(manager, [GOOD], dry_run=True)
    client.post(reverse("import_preview", args=[job.pk]), choices(fields=()))
    client.post(reverse("import_run", args=[job.pk]))
    job.refresh_from_db()
    assert (job.state, job.is_dry_run, job.mapping) == ("waiting", False, MAPPING)


def test_a_file_that_was_never_begun_can_be_thrown_away(client, manager, settings):
    job = uploaded(manager)
    client.post(reverse("import_discard", args=[job.pk]))
    assert not ImportJob.objects.exists()
    assert list((settings.VAR_DIR / "imports").iterdir()) == []
    begun = imported(manager, [GOOD])
    assert client.post(reverse("import_discard", args=[begun.pk])).status_code == 409


@pytest.mark.parametrize("header", ["{", "{}", "[1]", '["a", null]'])
def test_a_page_that_was_tampered_with_is_refused(client, manager, header):
    job = uploaded(manager)
    assert client.post(reverse("import_preview", args=[job.pk]), choices() | {"header": header}).status_code == 400
