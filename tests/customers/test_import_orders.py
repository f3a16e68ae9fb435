"""Files of orders and customers, from the command to the rows."""

import csv
import io
import json
from datetime import date

import pytest
import xlsxwriter
from django.core.management import CommandError, call_command

from customers.actions import record_orders
from customers.models import Consent, Customer, Order, OrderLine, StaleMark, TimelineEvent
from tests.customers import payloads

pytestmark = pytest.mark.django_db

MAPPING = """
source = "till"
[order]
id = "номер"
[fields]
placed_at = "дата"
total = "сумма"
status = "состояние"
"customer.phone" = "телефон"
"customer.name" = ["имя", "фамилия"]
"""
HEADER = "номер;дата;сумма;состояние;телефон;имя;фамилия"
ROWS = [
    "7;31.01.2026;1 234,50;fulfilled;8 912 345 67 89;Анна;Петрова",
    "8;2026-01-30 18:30;500;new;+7 (912) 345-67-89;Анна;Петрова",
    "9;30.01.26;99,9;cancelled;8 999 111 22 33;Иван;",
]
LINES = """
source = "shop"
level = "line"
[order]
id = "order"
[fields]
placed_at = "at"
"customer.external_id" = "who"
"customer.email" = "mail"
"line.sku" = "sku"
"line.quantity" = "n"
"line.price" = "price"
"line.discount" = ["off", "coupon"]
[constants]
status = "fulfilled"
"""


@pytest.fixture
def run(tmp_path):
    """Write a file and a mapping, import, and give the report."""

    def run(text, mapping=MAPPING, command="import_orders", encoding="utf-8", **options):
        file, map_file = tmp_path / "in.csv", tmp_path / "map.toml"
        if text is not None:
            file.write_text(text, encoding=encoding)
        map_file.write_text(mapping, encoding="utf-8")
        out = io.StringIO()
        path = options.pop("path", file)
        call_command(command, path, mapping=str(map_file), json=True, stdout=out, **options)
        return json.loads(out.getvalue())

    return run


def text_of(*rows):
    return "\n".join([HEADER, *rows])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
def test_orders_of_a_file_go_in(run, encoding):
    report = run(text_of(*ROWS), encoding=encoding)
    assert {key: report[key] for key in ("rows", "created", "refused", "customers")} == {
        "rows": 3,
        "created": 3,
        "refused": 0,
        "customers": {"new": 2, "known": 0},
    }
    assert list(Order.objects.order_by("external_id").values_list("external_id", "placed_on", "revenue", "status")) == [
        ("7", date(2026, 1, 31), 1234.5, "fulfilled"),
        ("8", date(2026, 1, 30), 500, "new"),
        ("9", date(2026, 1, 30), 0, "cancelled"),
    ]
    assert set(Customer.objects.values_list("name", flat=True)) == {"Анна Петрова", "Иван"}
    assert StaleMark.objects.count() == 2


def test_importing_again_changes_nothing(run):
    run(text_of(*ROWS))
    events = TimelineEvent.objects.count()
    report = run(text_of(*ROWS))
    assert (report["created"], report["unchanged"]) == (0, 3)
    assert (Order.objects.count(), TimelineEvent.objects.count()) == (3, events)


def test_a_corrected_file_corrects_its_orders(run):
    run(text_of(*ROWS))
    report = run(text_of(ROWS[0].replace("1 234,50", "1 000"), *ROWS[1:]))
    assert (report["updated"], report["unchanged"]) == (1, 2)
    assert Order.objects.get(external_id="7").revenue == 1000


def test_a_dry_run_tells_the_same_and_leaves_nothing(run):
    report = run(text_of(*ROWS), dry_run=True)
    assert (report["dry_run"], report["created"]) == (True, 3)
    assert not Order.objects.exists()
    assert not Customer.objects.exists()


def test_refused_rows_are_written_with_line_column_and_reason_and_the_rest_goes_in(run, tmp_path):
    bad = [
        "10;завтра;1;new;8 912 345 67 89;=cmd();x",
        "11;31.01.2026;1,234;new;12;Анна;x",
        "7;31.01.2026;5;new;8 912 345 67 89;Анна;x",
        "12;31.01.2026;1;new",
        ";31.01.2026;1;new;8 912 345 67 89;Анна;x",
    ]
    report = run(text_of(*ROWS, *bad), refused=tmp_path / "refused.csv")
    assert (report["created"], report["refused"]) == (3, 5)
    with (tmp_path / "refused.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    assert [row[:3] for row in rows] == [
        ["5", "дата", "unread_date"],
        ["6", "сумма", "ambiguous_number"],
        ["7", "номер", "duplicate_in_file"],
        ["8", "", "columns_missing"],
        ["9", "номер", "required"],
    ]
    assert header[4:] == HEADER.split(";")
    assert rows[0][9] == "'=cmd()", "a table program must not run what a file brought"
    assert report["reasons"] == {row[2]: 1 for row in rows}


def lines_file(*rows):
    return "\n".join(["order,at,who,mail,sku,n,price,off,coupon", *rows])


def test_lines_of_an_order_are_gathered_wherever_they_stand(run):
    report = run(
        lines_file(
            "A,2026-01-15 12:00,c1,anna@shop.test,TEA,2,10.50,,",
            "B,2026-01-16 12:00,c2,,POT,1,50,1,2",
            "A,2026-01-15 12:00,c1,anna@shop.test,POT,1,100.50,5,",
        ),
        LINES,
    )
    assert (report["rows"], report["created"], report["customers"]["new"]) == (3, 2, 2)
    assert list(Order.objects.order_by("external_id").values_list("revenue", "discount")) == [
        (116.5, 5),
        (47, 3),
    ]
    order = Order.objects.get(external_id="A")
    assert list(order.lines.values_list("position", "product__sku")) == [(1, "TEA"), (2, "POT")]


def test_a_refused_line_leaves_the_rest_of_its_order(run):
    report = run(
        lines_file(
            "A,2026-01-15,c1,,TEA,x,10,,",
            "A,2026-01-15,c1,,POT,1,100,,",
            "A,2026-01-15,c1,,CUP,0,0,,",
            "A,2026-01-15,c9,,MUG,1,7,,",
            "B,never,c2,,POT,1,50,,",
            "B,never,c2,,POT,1,50,,",
        ),
        LINES,
    )
    assert report["reasons"] == {"unread_date": 2, "not_number": 1, "empty_line": 1, "other_customer": 1}
    assert {(example["line"], example["column"]) for example in report["examples"]} == {
        (2, "n"),
        (4, "n"),
        (5, "who"),
        (6, "at"),
        (7, "at"),
    }
    assert list(Order.objects.values_list("external_id", "revenue")) == [("A", 100)]


def test_a_file_and_the_api_write_the_same_rows(run, read, now):
    """The same two orders, once from a file and once as the API reads them, differ in ids alone."""
    rows = [
        "A,2026-01-15 12:00,c1,anna@shop.test,TEA,2,10.50,,",
        "A,2026-01-15 12:00,c1,anna@shop.test,POT,1,100.50,5,",
    ]
    run(lines_file(*rows), LINES)
    told = payloads.order(status="fulfilled", placed_at="2026-01-15T12:00:00")
    told["customer"] = {"external_id": "c2", "email": "boris@shop.test"}
    told["lines"] = [{k: v for k, v in line.items() if k != "name"} for line in told["lines"]]
    record_orders(orders=[read(told)], now=now)
    apart = {"id", "customer_id", "external_id", "content_digest", "created_at", "updated_at"}
    first, second = Order.objects.values()
    assert {k: v for k, v in first.items() if k not in apart} == {k: v for k, v in second.items() if k not in apart}
    lines = [
        list(
            OrderLine.objects.filter(order=order["id"]).values("position", "product", "quantity", "revenue", "discount")
        )
        for order in (first, second)
    ]
    assert lines[0] == lines[1]
    kinds = [
        list(TimelineEvent.objects.filter(customer=order["customer_id"]).order_by("id").values_list("kind", "at"))
        for order in (first, second)
    ]
    assert kinds[0] == kinds[1]


def test_an_order_pushed_by_the_api_is_known_to_the_file(run, read, now):
    told = payloads.order("x", source="till", external_id="7", placed_at="2026-01-31", status="fulfilled", lines=[])
    told |= {"total": "1234.5", "customer": {"phone": "+79123456789", "name": "Анна Петрова"}}
    record_orders(orders=[read(told)], now=now)
    assert run(text_of(ROWS[0]))["unchanged"] == 1


def test_repeats_without_a_number_are_orders_of_their_own(run):
    mapping = MAPPING.replace('id = "номер"', 'id = ["телефон", "дата"]\nnumber_repeats = true')
    report = run(text_of(ROWS[0], ROWS[0], ROWS[1]), mapping)
    assert report["created"] == 3
    assert Order.objects.order_by("id").values_list("external_id", flat=True)[1].endswith("-31.01.2026-2")


def test_a_sheet_goes_in_as_a_csv_does(run, tmp_path):
    path = tmp_path / "orders.xlsx"
    book = xlsxwriter.Workbook(path, {"default_date_format": "dd.mm.yyyy"})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADER.split(";"))
    sheet.write_row(1, 0, [7, date(2026, 1, 31), 1234.5, "fulfilled", "8 912 345 67 89", "Анна", "Петрова"])
    book.close()
    assert run(None, path=path)["created"] == 1
    assert run(text_of(ROWS[0]))["unchanged"] == 1


CUSTOMERS = """
source = "crm"
[fields]
external_id = "id"
name = "name"
phone = "phone"
telegram = "tg"
"consent.email" = "agree"
"consent.at" = "agreed"
email = "mail"
"""


def test_customers_of_a_file_go_in_with_consents(run):
    text = "\n".join(
        [
            "id,name,phone,tg,mail,agree,agreed",
            "1,Anna,8 912 345-67-89,@anna_p,anna@shop.test,да,2026-01-10",
            "2,Boris,12,,boris@shop.test,нет,2026-01-10",
            "3,Clara,,,clara@shop.test,может быть,",
            "4,Dina,,,dina@shop.test,,",
        ]
    )
    report = run(text, CUSTOMERS, "import_customers")
    assert (report["created"], report["reasons"]) == (2, {"bad_phone": 1, "unknown_choice": 1})
    anna = Customer.objects.get(name="Anna")
    assert set(anna.contact_points.values_list("channel", flat=True)) == {"phone", "email", "telegram"}
    assert (Consent.objects.get().customer, Consent.objects.get().action) == (anna, "granted")
    again = run(text, CUSTOMERS, "import_customers")
    assert (again["created"], again["unchanged"]) == (0, 2)


@pytest.mark.parametrize(
    ("text", "mapping", "word"),
    [
        ("", MAPPING, "in.csv"),
        ("a;b\n1;2", MAPPING, "номер"),
        (text_of(*ROWS), "source = 1", "order.id"),
    ],
)
def test_a_file_that_the_mapping_does_not_fit_is_refused_in_words(run, text, mapping, word):
    with pytest.raises(CommandError) as refusal:
        run(text, mapping)
    assert word in str(refusal.value)


def test_a_missing_file_is_named(run, tmp_path):
    with pytest.raises(CommandError):
        run(None, path=tmp_path / "nowhere.csv")


def test_a_person_gets_a_table(tmp_path):
    (tmp_path / "in.csv").write_text(text_of(*ROWS, "1;x;1;new;8 912 345 67 89;A;B"), encoding="utf-8")
    (tmp_path / "map.toml").write_text(MAPPING, encoding="utf-8")
    out = io.StringIO()
    call_command("import_orders", tmp_path / "in.csv", mapping=str(tmp_path / "map.toml"), stdout=out)
    assert "created                  3" in out.getvalue()
    assert "line 5, дата:" in out.getvalue()


def test_a_constant_stands_where_the_column_is_empty(run):
    mapping = MAPPING + '\n[constants]\nstatus = "fulfilled"\n"line.name" = "Чек"\n'
    run(
        text_of(ROWS[1], ROWS[1].replace("8;", "9;", 1).replace("new", "")),
        mapping.replace("total", '"line.amount"'),
    )
    assert list(Order.objects.order_by("external_id").values_list("status", "lines__name")) == [
        ("new", "Чек"),
        ("fulfilled", "Чек"),
    ]
