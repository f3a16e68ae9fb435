"""Small files that show what a file of each kind may look like."""

import csv
import io

from customers.actions.imports.kinds import ImportKind, Target

# A value of each field that a sample shows; what is not named here stays out of it.
VALUES = {
    "customers": {
        "external_id": "1001",
        "name": "Анна Петрова",
        "phone": "+7 912 345-67-89",
        "email": "anna@example.com",
        "city": "Екатеринбург",
        "birthday": "31.01.1990",
        "tags": "опт; постоянный",
        "consent.email": "да",
    },
    "orders": {
        "external_id": "A-17",
        "placed_at": "31.01.2026 18:30",
        "status": "fulfilled",
        "customer.name": "Анна Петрова",
        "customer.phone": "+7 912 345-67-89",
        "customer.email": "anna@example.com",
        "total": "1 234,50",
        "discount": "100,00",
    },
    "order_lines": {
        "external_id": "A-17",
        "placed_at": "31.01.2026 18:30",
        "customer.phone": "+7 912 345-67-89",
        "customer.name": "Анна Петрова",
        "line.sku": "HONEY-1",
        "line.name": "Мёд",
        "line.quantity": "2",
        "line.amount": "900,00",
    },
    "products": {"sku": "HONEY-1", "name": "Мёд", "category": "Сладости", "price": "450,00", "cost": "270,00"},
    "inquiries": {
        "external_id": "C-5",
        "at": "31.01.2026 12:05",
        "channel": "ads",
        "kind": "call",
        "phone": "+7 912 345-67-89",
        "outcome": "answered",
    },
    "spend": {"month": "2026-01", "channel": "ads", "kind": "advertising", "amount": "50 000,00"},
}


def sample_csv(kind: ImportKind) -> str:
    """A header and a row, as table programs here write them: with semicolons, and a mark of the encoding."""
    values = VALUES.get(kind.code, {})
    targets = [target for target in kind.targets if target.name in values or target.required]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow([target.label for target in targets])
    writer.writerow([values.get(target.name, _plain(target)) for target in targets])
    return "\ufeff" + text.getvalue()


def _plain(target: Target) -> str:
    if target.choices:
        return target.choices[0][0]
    return {"number": "100,00", "whole": "1", "date": "31.01.2026"}.get(target.kind, "")
