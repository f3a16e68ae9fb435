"""What people put right by hand: names, cities, messengers, and customers who changed hands."""

from datetime import datetime, timedelta

from customers.actions.editing import add_contact, change_contact, change_customer
from customers.models import ContactPoint, Customer, CustomerKind, ExternalRef
from demo.actions.accounts import farmers, person
from demo.actions.people_acting import work_of
from demo.actions.story import Story
from demo.rules.words import CITIES, TRANSLITERATION
from touches.actions import hand_over

HANDED, EDITED = 6, 5
# In spring two farmers swapped every sixth of their customers, long enough ago to see whether those leave more often.
SWAPPED, SWAPPED_DAYS = 6, 215


def correct_cards(story: Story) -> None:
    """Let each farmer change some of their cards, and the manager hand a few customers from one to another."""
    for number, farmer in enumerate(farmers()):
        own = Customer.objects.filter(owner=farmer, kind=CustomerKind.COMPANY, name__startswith="ООО").order_by("-pk")
        for place, customer in enumerate(own[:EDITED]):
            at = story.moment_of_end - timedelta(days=2 + 5 * place + number, hours=7, minutes=11 * place)
            with work_of(farmer, at):
                _correct(customer, place, at)
    _hand_over(story)


def _correct(customer: Customer, place: int, at: datetime) -> None:
    if place == 0:
        change_customer(customer_id=customer.pk, at=at, name=f"{customer.name} (сеть)")
    elif place == 1:
        change_customer(customer_id=customer.pk, at=at, city=CITIES[customer.pk % len(CITIES)][0])
    elif place == 2:
        login = f"{customer.name.lower().translate(TRANSLITERATION)}"
        name = "".join(letter for letter in login if letter.isascii() and letter.isalnum())
        add_contact(customer_id=customer.pk, channel="telegram", value=f"zakupki_{name}"[:30], at=at)
    else:
        _say_of_phone(customer, place, at)


def _say_of_phone(customer: Customer, place: int, at: datetime) -> None:
    """A number in use in a messenger too, or one at which nobody answers any more."""
    phone = ContactPoint.objects.filter(customer=customer, channel="phone").order_by("pk").first()
    if phone is None:
        return
    if place == 3:
        add_contact(customer_id=customer.pk, channel="whatsapp", value=phone.value, at=at)
    elif ExternalRef.objects.filter(customer=customer, source="shop").exists():
        change_contact(customer_id=customer.pk, contact_id=phone.pk, status="unreachable", person_id=None, at=at)


def _hand_over(story: Story) -> None:
    pair, by = (person("farmer3"), person("farmer4")), person("manager")
    at = story.moment_of_end - timedelta(days=SWAPPED_DAYS, hours=6)
    known = [Customer.objects.filter(owner=farmer, created_at__lt=at).order_by("pk") for farmer in pair]
    swapped = [list(customers.values_list("pk", flat=True))[::SWAPPED] for customers in known]
    for chosen, taker in zip(swapped, reversed(pair), strict=True):
        with work_of(by, at):
            hand_over(customer_ids=chosen, owner=taker, by=by, at=at)
    at = story.moment_of_end - timedelta(days=9, hours=5)
    lately = Customer.objects.filter(owner=pair[1]).order_by("pk").values_list("pk", flat=True)[:HANDED]
    with work_of(by, at):
        hand_over(customer_ids=list(lately), owner=pair[0], by=by, at=at)
