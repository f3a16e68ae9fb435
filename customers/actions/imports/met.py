"""Whom an import has met: each customer counts once, however many rows name them."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from django.db import connection

from customers.actions.imports.kinds import RowResult
from customers.actions.imports.report import Report
from customers.actions.locks import number_of

_TABLE = """
    DROP TABLE IF EXISTS import_met;
    CREATE TEMPORARY TABLE import_met (key bigint PRIMARY KEY)"""
_MEET = """
    WITH told AS (SELECT * FROM unnest(%s::int[], %s::bigint[]) t(nth, key)),
    known AS (SELECT DISTINCT nth FROM told JOIN import_met USING (key)),
    added AS (INSERT INTO import_met SELECT DISTINCT key FROM told ON CONFLICT DO NOTHING)
    SELECT nth FROM known"""


class Bits:
    """A set of ids, a bit each: ids of one table lie close together, and a hundred million take 12 MB."""

    def __init__(self, data: bytes = b"") -> None:
        self.data = bytearray(data)

    def add(self, id_: int) -> bool:
        """Put an id in; False if it was there."""
        place, bit = id_ >> 3, 1 << (id_ & 7)
        if place >= len(self.data):
            self.data.extend(bytes(place + 65536 - len(self.data)))
        if self.data[place] & bit:
            return False
        self.data[place] |= bit
        return True


class Met:
    """The customers of a run that records. Kept beside the file with the position at which they were met, so that a
    run cut short goes on counting from where it was committed."""

    def __init__(self, path: Path | None = None, position: int = 0) -> None:
        self.path = path
        self.load(position)

    def load(self, position: int) -> None:
        """Whom the run had met when it stood there."""
        kept = self._kept(position)
        self.bits = Bits(kept.read_bytes() if kept and kept.exists() else b"")

    def count(self, results: Sequence[RowResult], _identities: Sequence[list[str]], report: Report) -> None:
        """Count whom the results name for the first time."""
        for result in results:
            if result.customer_id is not None and self.bits.add(result.customer_id):
                report.new_customers += result.is_new_customer
                report.known_customers += not result.is_new_customer

    def save(self, position: int) -> None:
        """Before the position is committed; what was kept for the one before stays until `forget`."""
        if kept := self._kept(position):
            kept.write_bytes(self.bits.data)

    def forget(self, position: int) -> None:
        if kept := self._kept(position):
            kept.unlink(missing_ok=True)

    def _kept(self, position: int) -> Path | None:
        return self.path and self.path.with_name(f"{self.path.name}.met-{position}")


class MetInDryRun:
    """The customers of a dry run. Those that it makes are taken back with their portion, and a later row makes them
    again: they are told apart by what a customer is known by."""

    def __init__(self) -> None:
        self.bits = Bits()
        with connection.cursor() as cursor:
            cursor.execute(_TABLE)

    def count(self, results: Sequence[RowResult], identities: Sequence[list[str]], report: Report) -> None:
        new: dict[int, int] = {}
        for place, result in enumerate(results):
            if result.is_new_customer and result.customer_id is not None:
                new.setdefault(result.customer_id, place)
            elif result.customer_id is not None:
                report.known_customers += self.bits.add(result.customer_id) and result.customer_id not in new
        report.new_customers += len(new) - self._met_before(identities[place] for place in new.values())

    def _met_before(self, identities: Iterable[list[str]]) -> int:
        told = [(nth, number_of(key)) for nth, keys in enumerate(identities) for key in keys]
        if not told:
            return 0
        with connection.cursor() as cursor:
            cursor.execute(_MEET, [list(column) for column in zip(*told, strict=True)])
            return len(cursor.fetchall())

    def load(self, position: int) -> None:
        """Nothing outlives a dry run."""

    def save(self, position: int) -> None:
        """Nothing outlives a dry run."""

    def forget(self, position: int) -> None:
        """Nothing outlives a dry run."""
