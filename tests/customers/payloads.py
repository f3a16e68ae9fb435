"""Bodies of pushes as a shop would send them."""

from typing import Any


def order(key: int | str = 1, /, **changes: Any) -> dict[str, Any]:
    """An order of 116.50 in two lines by a customer with an id, a phone and an e-mail."""
    return {
        "source": "shop",
        "external_id": f"A-{key}",
        "placed_at": "2026-01-15T12:00:00+03:00",
        "customer": {
            "external_id": f"c-{key}",
            "name": "Анна Петрова",
            "phone": "8 (912) 345-67-89",
            "email": "Anna@Shop.test",
        },
        "lines": [
            {"sku": "TEA", "name": "Tea", "quantity": 2, "price": "10.50"},
            {"sku": "POT", "name": "Pot", "quantity": 1, "price": "100.50", "discount": "5"},
        ],
        **changes,
    }
