"""Audiences in the browser's eyes and through the API; the list of customers as an audience."""

import json
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import Scope
from core.periods import company_day
from core.tokens import issue_token
from customers.models import CustomField, Tag
from dashboard.audience_examples import EXAMPLES
from dashboard.forms.customer_filters import CustomerFilterForm
from dashboard.links import customers_where
from dashboard.queries.customer_filters import filtered
from dashboard.queries.filter_tree import tree_of
from segmentation.actions import freeze
from segmentation.audiences.compiling import customers_of
from segmentation.audiences.tree import is_timed, read_tree
from segmentation.audiences.words import told
from segmentation.models import Audience, AudienceVersion, Standing
from tests.factories.acquisition import AcquisitionFactory
from tests.factories.audiences import AT_RISK, SAVED, audience
from tests.factories.core import IntegrationFactory, ManagerFactory, UserFactory
from tests.factories.customers import CustomerFactory, OrderFactory
from tests.factories.segmentation import conclude
from tests.factories.touches import StandingFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client):
    user = ManagerFactory(language="en")
    client.force_login(user)
    return user


def save(client, tree=AT_RISK, url=None, **fields):
    data = {"name": "At risk", "description": "", "tree": tree if isinstance(tree, str) else json.dumps(tree)} | fields
    return client.post(url or reverse("audience_new"), data)


def test_an_audience_is_built_kept_changed_and_brought_back(client, manager):
    assert client.get(reverse("audience_new")).status_code == 200
    assert save(client, is_shared="on").status_code == 302
    each = Audience.objects.get()
    assert (each.name, each.is_shared, each.version, each.tree) == ("At risk", True, 1, AT_RISK)
    page = reverse("audience_page", args=[each.pk])
    lost = AT_RISK | {"value": ["lost"]}
    assert save(client, lost, page, version=1, is_shared="on").status_code == 302
    assert save(client, lost, page, version=2, name="Lost").status_code == 302
    each.refresh_from_db()
    assert (each.name, each.is_shared, each.version, each.tree) == ("Lost", False, 2, lost)
    assert client.get(page).status_code == 200
    client.post(reverse("audience_version", args=[each.pk, 1]))
    each.refresh_from_db()
    assert (each.version, each.tree) == (3, AT_RISK)
    assert list(AudienceVersion.objects.values_list("number", flat=True)) == [3, 2, 1]


def test_whoever_was_too_late_overwrites_nobody(client, manager):
    each = audience(by=manager)
    page = reverse("audience_page", args=[each.pk])
    save(client, AT_RISK | {"value": ["lost"]}, page, version=1)
    response = save(client, AT_RISK | {"value": ["new"]}, page, version=1)
    assert response.status_code == 422
    assert "meanwhile" in response.content.decode()
    assert Audience.objects.get().tree["value"] == ["lost"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": ""}, "required"),
        ({"name": "Taken"}, "of this name"),
        ({"tree": '{"field": "nothing", "op": "is", "value": 1}'}, "There is no field"),
        ({"tree": "{"}, "not JSON"),
    ],
)
def test_what_cannot_be_kept_is_told_and_nothing_is_lost(client, manager, changed, words):
    audience(by=manager, name="Taken")
    response = save(client, description="My words", **changed)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert "My words" in response.content.decode()
    assert Audience.objects.count() == 1


def test_the_count_comes_with_money_ten_examples_and_words(client, manager):
    for number in range(12):
        StandingFactory(lifecycle="at_risk", predicted_12=100, value_at_risk=number)
    answer = client.post(reverse("audience_count"), {"tree": json.dumps(AT_RISK)}).json()
    assert answer["faults"] == []
    assert ">12</a>" in answer["html"]
    assert "1,200" in answer["html"]
    assert "Stage: At risk" in answer["html"]
    assert answer["html"].count("/customers/") == 11
    wrong = client.post(reverse("audience_count"), {"tree": '{"all": [{"field": "grade", "op": "in"}]}'}).json()
    assert [fault["path"] for fault in wrong["faults"]] == ["all.0.value"]


def test_a_farmer_builds_over_their_own_customers_and_sees_those_of_a_shared_audience(client):
    farmer, stranger = UserFactory(language="en"), UserFactory()
    own = StandingFactory(lifecycle="at_risk", customer__owner=farmer).customer
    StandingFactory(lifecycle="at_risk", customer__owner=stranger)
    shared, secret = audience(is_shared=True), audience(name="Secret", by=stranger)
    client.force_login(farmer)
    assert ">1</a>" in client.get(reverse("audience_size", args=[shared.pk])).content.decode()
    assert client.get(reverse("audience_page", args=[secret.pk])).status_code == 404
    assert "Secret" not in client.get(reverse("audience_list")).content.decode()
    assert save(client, url=reverse("audience_page", args=[shared.pk]), version=1).status_code == 422
    assert save(client, url=reverse("audience_page", args=[shared.pk]), copy="1", name="Mine").status_code == 302
    assert save(client, name="Told to all", is_shared="on").status_code == 302
    assert not Audience.objects.filter(owner=farmer, is_shared=True).exists()
    listed = client.get(reverse("customer_list"), {"audience": shared.pk}).content.decode()
    assert str(own) in listed
    client.post(reverse("audience_freeze", args=[shared.pk]), {"name": "Frozen"})
    assert list(Audience.objects.get(name="Frozen").members.values_list("customer", flat=True)) == [own.pk]


def test_me_becomes_whoever_keeps_it(client, manager):
    save(client, {"all": [{"field": "owner", "op": "in", "value": ["me", "pool"]}]})
    assert Audience.objects.get().tree["all"][0]["value"] == [str(manager.pk), "pool"]


def test_a_fixed_list_stays_as_it_was(client, manager):
    customer = StandingFactory(lifecycle="at_risk").customer
    fixed = freeze(audience_id=audience(by=manager).pk, name="Fixed", by=manager, at=SAVED)
    Standing.objects.update(lifecycle="lost")
    assert ">1</a>" in client.get(reverse("audience_size", args=[fixed.pk])).content.decode()
    assert client.get(reverse("audience_page", args=[fixed.pk])).status_code == 200
    tree = read_tree({"field": "list", "op": "in", "value": [fixed.pk]})
    assert list(customers_of(tree, manager, date(2026, 3, 1))) == [customer]


def test_an_audience_is_put_away_and_its_name_is_free_again(client, manager):
    each = audience(by=manager)
    client.post(reverse("audience_put_away", args=[each.pk]))
    assert client.get(reverse("audience_page", args=[each.pk])).status_code == 404
    assert save(client).status_code == 302


def test_each_of_the_ten_examples_can_be_asked_and_told(client, manager):
    assert len(EXAMPLES) == 10
    for example in EXAMPLES:
        tree = read_tree(example.tree)
        customers_of(tree, manager, date(2026, 3, 1)).count()
        assert told(tree)
        assert isinstance(is_timed(tree), bool)
        assert client.get(reverse("audience_new"), {"example": example.code}).status_code == 200


def test_conditions_in_the_address_of_the_list_are_told_and_go_together_with_its_filters(client, manager):
    both, other = (StandingFactory(lifecycle="at_risk", grade=grade).customer for grade in "AB")
    url = customers_where({"all": [AT_RISK]})
    page = client.get(f"{url}&grade=A").content.decode()
    assert "Stage: At risk" in page
    assert (str(both) in page, f"{other}</a>" in page) == (True, False)
    assert "This filter was left out" in client.get(reverse("customer_list"), {"where": '{"all": 1}'}).content.decode()
    kept = client.get(f"{reverse('audience_new')}?{url.split('?')[1]}&grade=A&q=abc").content.decode()
    assert "abc" in kept
    assert "&quot;grade&quot;" in kept or '"grade"' in kept


def test_every_filter_of_the_list_is_the_same_as_its_tree(manager):
    today = company_day(timezone.now())
    farmer, tag = UserFactory(), Tag.objects.create(name="vip")
    for kind, code in (("text", "note"), ("number", "size"), ("date", "until"), ("yes_no", "club"), ("choice", "way")):
        CustomField.objects.create(code=code, name=code, kind=kind, choices=["sea", "air"])
    fixed = freeze(audience_id=audience(by=manager).pk, name="Fixed", by=manager, at=SAVED)
    people = [
        CustomerFactory(owner=farmer, kind="company", custom={"note": "Loud", "size": 7, "club": True, "way": "sea"}),
        CustomerFactory(owner=manager, custom={"until": "2026-05-01", "size": 3, "club": False, "way": "air"}),
        *(CustomerFactory() for _ in range(4)),
    ]
    for number, customer in enumerate(people[:4]):
        OrderFactory(customer=customer, placed_on=today - timedelta(days=10 * number), revenue=1000 * (number + 1))
        AcquisitionFactory(customer=customer, channel__code=f"way-{number}", won_on=date(2026, 5, 1 + number))
    conclude(today, timezone.now())
    Standing.objects.filter(customer=people[0]).update(grade="", method="bg_nbd", value_at_risk=100)
    people[0].tags.create(tag=tag)
    fixed.members.create(customer=people[1], since=SAVED)
    asked = [
        {"grade": ["A", "D"]}, {"grade": ["none"]}, {"grade": ["X"]}, {"stage": ["new"]}, {"owner": "me"},
        {"owner": "pool"}, {"owner": str(farmer.pk)}, {"channel": "way-1"}, {"kind": "company"},
        {"method": "bg_nbd"}, {"ordered_from": (today - timedelta(days=15)).isoformat()},
        {"ordered_to": (today - timedelta(days=15)).isoformat()}, {"won_month": "2026-05"}, {"risk": "on"},
        {"tag": [str(tag.pk)]}, {"own_note": "lou"}, {"own_size_from": "3", "own_size_to": "5"},
        {"own_until_from": "2026-05-01", "own_until_to": "2026-05-01"}, {"own_club": "yes"}, {"own_club": "no"},
        {"own_way": "air"}, {"audience": str(fixed.pk)}, {"where": json.dumps({"not": AT_RISK})},
        {"kind": "person", "stage": ["new", "active"], "where": json.dumps({"all": [AT_RISK]})},
    ]  # fmt: skip
    met = 0
    for each in asked:
        form = CustomerFilterForm(each, user=manager)
        filters = form.filters()
        assert not form.errors, each
        by_list = set(filtered(manager, filters))
        assert by_list == set(customers_of(read_tree(tree_of(filters)), manager, today)), each
        met += bool(by_list)
    assert met > 15


def test_the_list_page_asks_no_more_for_more_audiences(client, manager, django_assert_max_num_queries):
    for number in range(6):
        audience(name=f"Number {number}", by=manager)
    client.get(reverse("audience_list"))
    with django_assert_max_num_queries(9):
        client.get(reverse("audience_list"))


def test_a_token_reads_shared_audiences_and_their_customers(client):
    customer = StandingFactory(lifecycle="at_risk").customer
    customer.external_refs.create(source="shop", external_id="7")
    shared, own = audience(is_shared=True), audience(name="Not told")
    _row, secret = issue_token(
        user=IntegrationFactory(), name="x", scopes=[Scope.CUSTOMERS_READ], created_by=ManagerFactory()
    )
    headers = {"Authorization": f"Bearer {secret}", "Accept-Language": "en"}
    listed = client.get(reverse("api_audiences"), headers=headers).json()["results"]
    assert [(row["name"], row["words"], row["is_watched"]) for row in listed] == [("At risk", "Stage: At risk", False)]
    members = client.get(reverse("api_audience_members", args=[shared.pk]), headers=headers).json()["results"]
    assert members == [{"id": customer.pk, "external_refs": [{"source": "shop", "external_id": "7"}]}]
    assert client.get(reverse("api_audience_members", args=[own.pk]), headers=headers).status_code == 404


def test_the_list_is_taken_out_as_a_file(client, manager):
    audience(by=manager, name="At risk and dear")
    answer = client.get(reverse("audience_list"), {"table": "audiences", "format": "csv"})
    assert "At risk and dear" in b"".join(answer.streaming_content).decode("utf-8-sig")


def test_the_name_of_somebody_elses_fixed_list_is_offered_to_nobody(client, manager):
    source = audience(by=manager, is_shared=True)
    fixed = freeze(audience_id=source.pk, name="Sesame", by=manager, at=timezone.now())
    places = (reverse("audience_new"), reverse("audience_choices") + "?at=list&q=")
    assert all("Sesame" in client.get(place).content.decode() for place in places)

    client.force_login(UserFactory())

    assert not any("Sesame" in client.get(place).content.decode() for place in places)
    Audience.objects.filter(pk=fixed.pk).update(is_shared=True)
    assert all("Sesame" in client.get(place).content.decode() for place in places)


def test_the_name_of_somebody_elses_fixed_list_is_not_told_to_who_guesses_its_number(client, manager):
    fixed = freeze(audience_id=audience(by=manager).pk, name="Sesame", by=manager, at=timezone.now())
    tree = {"all": [{"field": "list", "op": "in", "value": [str(fixed.pk)]}]}

    def words() -> list[str]:
        shared = Audience.objects.get(name="Shared")
        pages = [client.get(url) for url in (customers_where(tree), reverse("audience_list"), shared_url(shared))]
        pages.append(client.post(reverse("audience_count"), {"tree": json.dumps(tree)}))
        assert all(page.status_code == 200 for page in pages)
        return [page.content.decode() for page in pages]

    def shared_url(shared: Audience) -> str:
        return reverse("audience_page", args=[shared.pk])

    audience(tree, by=manager, name="Shared", is_shared=True)
    assert all("Sesame" in text for text in words())
    client.force_login(UserFactory(language="en"))
    told_to_others = words()
    assert not any("Sesame" in text for text in told_to_others)
    assert "somebody else" in told_to_others[0]


def test_what_json_cannot_say_again_is_told_as_a_fault(client, manager):
    half = json.dumps({"field": "name", "op": "is", "value": "\ud800"})
    for text in ("[" * 900 + "]" * 900, half, '{"all": NaN}', "1e400"):
        assert client.post(reverse("audience_count"), {"tree": text}).json()["faults"]
        assert client.post(reverse("audience_new"), {"name": "a", "tree": text}).status_code == 422
