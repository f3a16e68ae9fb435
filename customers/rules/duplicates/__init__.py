"""Whether two cards are one customer: what to compare, and how much it speaks for or against."""

from customers.rules.duplicates.cards import Card
from customers.rules.duplicates.evidence import Evidence, compare, reasons_of
from customers.rules.duplicates.keys import Key, keys_of
from customers.rules.duplicates.weights import LEAST_SCORE, score_of

__all__ = ["LEAST_SCORE", "Card", "Evidence", "Key", "compare", "keys_of", "reasons_of", "score_of"]
