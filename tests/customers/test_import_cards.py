"""Files of customers: what they are known by, and everything that a card holds."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from customers.actions import record_customers
from customers.models import Customer, CustomField, Product, TimelineEvent
from customers.rules.reading import read_customer
from tests.customers.imports import brought
from tests.factories.core import IntegrationFactory, ManagerFactory

pytestmark = pytest.mark.django_db
MAPPING = {
    "source": "crm",
    "fields": {
        "external_id": "id",
        "name": "name",
        "phone": "phone",
        "email": "mail",
        "owner": "owner",
        "tags": "tags",
    },
}
HEADER = "id,name,phone,mail,owner,tags"
ANNA = "1,Anna,8 912 000-00-01,anna@x.test,,"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


def people(*rows, mapping=MAPPING, header=HEADER, **options):
    return brought(list(rows), mapping, "customers", header=header, **options)


def test_by_phone_alone_another_id_and_mail_do_not_make_another_customer():
    people(ANNA)
    job = people("77,Anna P,8 912 000-00-01,other@x.test,,", key="phone")
    assert (job.report["created"], job.report["updated"]) == (0, 1)
    anna = Customer.objects.get()
    assert set(anna.external_refs.values_list("external_id", flat=True)) == {"1", "77"}


def test_by_mail_alone_the_same_phone_is_somebody_else_and_a_row_without_one_is_refused():
    people(ANNA)
    job = people("2,Boris,8 912 000-00-01,boris@x.test,,", "3,Clara,8 912 000-00-03,,,", key="email")
    assert (job.report["created"], job.report["reasons"]) == (1, {"required": 1})
    assert Customer.objects.count() == 2


@pytest.mark.parametrize(("mode", "names", "skipped"), [("create", {"Anna", "Boris"}, 1), ("update", {"Anya"}, 1)])
def test_only_what_the_mode_asks_for_is_recorded(mode, names, skipped):
    people(ANNA)
    job = people("1,Anya,,,,", "2,Boris,8 912 000-00-02,,,", mode=mode)
    assert job.report["skipped"] == skipped
    assert set(Customer.objects.values_list("name", flat=True)) == names


def test_an_owner_is_named_by_mail_and_must_work_here():
    manager, machine = ManagerFactory(), IntegrationFactory()
    job = people(
        f"1,Anna,8 912 000-00-01,,{manager.email.upper()},",
        "2,Boris,8 912 000-00-02,,nobody@x.test,",
        f"3,Clara,8 912 000-00-03,,{machine.email},",
    )
    assert job.report["reasons"] == {"unknown_person": 2}
    assert Customer.objects.get().owner == manager
    handed = people(f"1,,,,{ManagerFactory().email},")
    assert handed.report["updated"] == 1
    event = TimelineEvent.objects.get(kind="owner_changed")
    assert event.data["from"] == manager.pk


def test_the_same_card_told_again_changes_nothing():
    CustomField.objects.create(code="size", name="Size", kind="number")
    mapping = {
        "source": "crm",
        "fields": {
            **MAPPING["fields"],
            "custom.size": "size",
            "birthday": "born",
            "address.line": "street",
            "person.name": "contact",
            "person.role": "role",
        },
    }
    header = f"{HEADER},size,born,street,contact,role"
    row = 'ANNA,VIP; Big,"42,5",31.01.1990,Lenina 1,Peter,Director'.replace("ANNA", ANNA.removesuffix(","))
    assert people(row, mapping=mapping, header=header).report["created"] == 1
    anna = Customer.objects.get()
    assert (anna.custom, anna.birthday) == ({"size": 42.5}, date(1990, 1, 31))
    assert anna.people.get().role == "Director"
    assert people(row, mapping=mapping, header=header).report["unchanged"] == 1
    changed = people(row.replace("42,5", "43").replace("Director", "Owner"), mapping=mapping, header=header)
    assert changed.report["updated"] == 1
    anna.refresh_from_db()
    assert (anna.custom, anna.people.get().role) == ({"size": 43}, "Owner")
    assert {each.tag.name for each in anna.tags.all()} == {"VIP", "Big"}


def test_mistakes_on_a_card_are_told_by_their_column():
    CustomField.objects.create(code="kind", name="Kind", kind="choice", choices=["a", "b"])
    fields = {"external_id": "id", "custom.kind": "k", "tax_number": "inn", "birthday": "born", "address.country": "c"}
    mapping = {"source": "crm", "fields": fields}
    job = people("1,z,123,soon,", "2,A,,,", "3,,,,Russia", header="id,k,inn,born,c", mapping=mapping)
    told = {(example["line"], example["column"]): example["code"] for example in job.report["examples"]}
    assert told[2, "born"] == "unread_date"
    assert (4, "c") in told
    assert job.report["created"] == 1
    assert Customer.objects.get().custom == {"kind": "a"}


def test_a_batch_of_cards_is_recorded_with_their_consents_by_version(company, now):
    told = {"source": "crm", "external_id": "1", "consents": [{"channel": "email", "text_version": "2026-1"}]}
    record_customers(customers=[read_customer(told, company)], now=now)
    assert Customer.objects.get().consents.get().text_version == "2026-1"


def test_a_file_of_any_kind_goes_in_by_the_command(tmp_path):
    (tmp_path / "p.csv").write_text("sku;name;price\nTEA;Чай;10,50\n", encoding="cp1251")
    (tmp_path / "m.json").write_text(json.dumps({"fields": {"sku": "sku", "name": "name", "price": "price"}}))
    out = StringIO()
    arguments = ["import_file", "products", str(tmp_path / "p.csv"), "--mapping", str(tmp_path / "m.json"), "--json"]
    call_command(*arguments, stdout=out)
    assert json.loads(out.getvalue())["created"] == 1
    assert (Product.objects.get().name, Product.objects.get().price) == ("Чай", 10.5)
    with pytest.raises(CommandError):
        call_command(*arguments, "--key", "phone", stdout=out)
