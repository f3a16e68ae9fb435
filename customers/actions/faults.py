"""The words for what was wrong, in the reader's language."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from core.errors import Conflict, DomainError, InvalidInput
from customers.rules.faults import Fault
from customers.rules.versions import Clash

TEXTS = {
    "required": _("This field is required."),
    "unknown_field": _("There is no such field. Check its spelling."),
    "not_object": _("An object with named fields was expected."),
    "not_list": _("A list was expected."),
    "too_many": _("%(count)s items, but at most %(limit)s are taken."),
    "not_text": _("Text was expected."),
    "bad_characters": _("The text holds characters that cannot be kept: NUL or half of a surrogate pair."),
    "too_long": _("%(length)s characters, but at most %(limit)s are taken."),
    "not_number": _("A number such as 1234.50 was expected."),
    "ambiguous_number": _(
        "It could be a thousand or a fraction: say what stands before fractions (`decimal` of a mapping)."
    ),
    "not_finite": _("A finite number was expected, not NaN or infinity."),
    "not_integer": _("A whole number from 0 to 9223372036854775807 was expected."),
    "negative": _("It cannot be negative. Goods that came back are told as returned."),
    "not_positive": _("It must be more than zero."),
    "too_large": _("It is larger than %(maximum)s, the most that can be kept."),
    "cost_too_large": _("This quantity at the cost of product %(sku)s is more than can be kept."),
    "not_moment": _("A date or time such as 2026-01-31 or 2026-01-31T18:30:00+03:00 was expected."),
    "unread_date": _(
        "“%(value)s” is not a date that can be read: say how dates are written (`date_format` of a mapping)."
    ),
    "ambiguous_date": _("“%(value)s” can be read in two ways: say how dates are written (`date_format` of a mapping)."),
    "impossible_offset": _("No clock is so far from UTC. Check the offset at the end of the time."),
    "moment_out_of_range": _("The year must be %(earliest)s or later."),
    "in_future": _("It lies more than a day ahead. Check the date and its time zone."),
    "unknown_choice": _("“%(value)s” is not known here. Known: %(choices)s."),
    "not_yes_no": _("“%(value)s” is neither yes nor no."),
    "bad_country": _("“%(value)s” is not a country. Expected two letters, such as RU."),
    "known_already": _("It is known already, and the import was asked only to create."),
    "not_known_yet": _("It is not known, and the import was asked only to update."),
    "bad_tax_number": _("“%(value)s” is not a tax number: an INN has 10 or 12 digits, the last ones checked."),
    "bad_currency": _("A currency is three Latin letters, such as RUB."),
    "rate_required": _("An order in %(currency)s must carry `rate`: how many %(base)s one %(currency)s costs."),
    "rate_of_base": _("An order in %(currency)s, the company's own currency, has no rate but 1."),
    "bad_phone": _("“%(value)s” is not a phone. Expected, for example: +7 912 345-67-89."),
    "bad_whatsapp": _("“%(value)s” is not a phone. Expected, for example: +7 912 345-67-89."),
    "bad_email": _("“%(value)s” is not an e-mail address. Expected, for example: anna@example.com."),
    "bad_telegram": _("“%(value)s” is not a Telegram name. Expected, for example: @anna_petrova."),
    "bad_time_zone": _("“%(value)s” is not a time zone. Expected, for example: Asia/Yekaterinburg."),
    "customer_unknown": _("Nothing tells who the customer is: give an external id, a phone or an e-mail."),
    "lines_or_total": _("Nothing tells what was bought: give the lines, or the total."),
    "price_or_amount": _("Give the sum of the line (amount), or the price of one (price)."),
    "empty_line": _("A line with neither goods nor money tells nothing."),
    "cost_is_on_lines": _("An order with lines has its cost on the lines."),
    "discount_too_large": _("The discount is larger than what it is taken from."),
    "returned_too_large": _("More came back than was bought."),
    "total_mismatch": _(
        "The lines give %(lines)s, but the total says %(total)s. Send delivery and other charges as lines."
    ),
    "never_empty": _("It can be changed, but not cleared."),
    "needed_for_kind": _("An event of kind %(kind)s must tell it."),
    "goods_unnamed": _("Nothing tells what it is: give its code or its name."),
    "not_of_this_kind": _("It does not belong to an event of kind %(kind)s."),
    "not_a_share": _("A share from -1 to 1 was expected: 0.35 is 35%%."),
    "customer_unnamed": _("Name the customer: by number, by external id, by phone or by e-mail."),
    "customer_erased": _("The personal data of this customer was erased: nothing is written down there again."),
    "unknown_customer": _("No such customer is known here. Push the customer first, then this row again."),
    "unknown_person": _("Nobody here has the e-mail %(value)s."),
    "unknown_order": _("There is no order %(value)s. Push the order first, then this row again."),
    "order_of_another": _("The order is another customer's."),
    "closed_while_open": _("It has a day of closing, but no state that says how it was closed."),
    "day_to_come": _("The day is yet to come."),
    "repeated_in_batch": _("The same stands earlier in this batch, in row %(first)s."),
    "duplicate_in_batch": _("The same order stands earlier in this batch, in row %(first)s."),
    "duplicate_in_file": _("The same order stands earlier in this file, in line %(line)s."),
    "other_customer": _("Another line of this order names another customer."),
    "columns_missing": _("The row has %(found)s cells, but the mapping needs %(needed)s."),
    Clash.SAME_VERSION.value: _("The order is known with this version and other content. Send a newer version."),
    Clash.NO_VERSION.value: _("The order is known with a version: a change must carry a newer one."),
}
CLASHES = frozenset(clash.value for clash in Clash)


def fault_text(fault: Fault) -> str:
    """The sentence for a fault, in the language in force."""
    return str(TEXTS[fault.code]) % fault.params


def as_error(faults: Sequence[Fault]) -> DomainError:
    """The refusal as an exception: a conflict if versions clash, invalid input otherwise."""
    first = faults[0]
    kind = Conflict if first.code in CLASHES else InvalidInput
    return kind(fault_text(first), field=first.field or None, code=first.code)
