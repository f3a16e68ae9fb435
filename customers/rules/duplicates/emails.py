"""E-mail addresses that lead to one mailbox, or were meant to."""

from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein

_ALIASES = {
    "googlemail.com": "gmail.com",
    "ya.ru": "yandex.ru",
    "yandex.com": "yandex.ru",
    "yandex.by": "yandex.ru",
    "yandex.kz": "yandex.ru",
    "narod.ru": "yandex.ru",
}
_MAILBOXES = frozenset(
    {
        "gmail.com", "yandex.ru", "mail.ru", "inbox.ru", "bk.ru", "list.ru", "rambler.ru", "icloud.com",
        "outlook.com", "hotmail.com", "yahoo.com",
    }
)  # fmt: skip
_ROLES = frozenset(
    {
        "info", "sale", "sales", "office", "mail", "admin", "buh", "zakaz", "order", "orders", "shop", "manager",
        "contact", "support", "hello", "zakupki", "post",
    }
)  # fmt: skip
LONG_ENOUGH = 6


@lru_cache(maxsize=50_000)
def mailbox(address: str) -> tuple[str, str]:
    """Name and domain of the mailbox; a slip in a well-known domain is mended, a tag after + is left out."""
    name, _at, domain = address.rpartition("@")
    domain = _mended(_ALIASES.get(domain, domain))
    name = name.split("+", 1)[0]
    if domain == "gmail.com":
        name = name.replace(".", "")
    elif domain == "yandex.ru":
        name = name.replace(".", "-")
    return name, domain


@lru_cache(maxsize=10_000)
def _mended(domain: str) -> str:
    if domain in _MAILBOXES or "." not in domain[1:]:
        return domain
    near = [known for known in sorted(_MAILBOXES) if DamerauLevenshtein.distance(domain, known, score_cutoff=1) <= 1]
    return near[0] if len(near) == 1 and len(domain) > LONG_ENOUGH else domain


def is_role(address: str) -> bool:
    """Whether the address is an office's (info@, zakaz@) and no person's."""
    return mailbox(address)[0].rstrip("0123456789-_.") in _ROLES


def is_company_domain(domain: str) -> bool:
    """Whether the domain belongs to an organisation and not to a public mail service."""
    return domain not in _MAILBOXES


def compare_emails(one: str, other: str) -> str:
    """same, near (a slip in the name), name (the same name elsewhere), domain (one organisation) or different."""
    (name, domain), (name2, domain2) = mailbox(one), mailbox(other)
    if (name, domain) == (name2, domain2):
        return "same"
    is_long = min(len(name), len(name2)) >= LONG_ENOUGH
    if domain == domain2 and is_long and _is_slip(name, name2):
        return "near"
    if name == name2 and is_long and not is_role(one):
        return "name"
    return "domain" if domain == domain2 and is_company_domain(domain) else "different"


def _is_slip(one: str, other: str) -> bool:
    """One letter off; ivanov1 and ivanov2 are two people who came to one service."""
    numbers = [[char for char in name if char.isdigit()] for name in (one, other)]
    return numbers[0] == numbers[1] and DamerauLevenshtein.distance(one, other, score_cutoff=1) <= 1
