"""What is compared of a customer."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Card:
    """One customer. `phones` are E.164 (WhatsApp's too), `refs` are (source, external id)."""

    id: int
    kind: str = "person"
    name: str = ""
    city: str = ""
    birthday: date | None = None
    tax_number: str = ""
    phones: frozenset[str] = field(default_factory=frozenset)
    emails: frozenset[str] = field(default_factory=frozenset)
    telegrams: frozenset[str] = field(default_factory=frozenset)
    refs: frozenset[tuple[str, str]] = field(default_factory=frozenset)

    @property
    def is_company(self) -> bool:
        return self.kind == "company"
