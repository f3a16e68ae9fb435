"""The journal: who changed what, from what to what, written by triggers; what was done as a whole can be undone.

Django's `save`, bulk updates, raw SQL and COPY all pass through the same triggers. A table is journaled by
`journaled(...)` in a migration; `docs/decisions/0010-journal.md` says why it is ours.
"""

from core.journal.moves import drop, move
from core.journal.sets import acted, acting, acting_as, change_set, continued, nobody_acts
from core.journal.undo import Undone, undo

__all__ = ["Undone", "acted", "acting", "acting_as", "change_set", "continued", "drop", "move", "nobody_acts", "undo"]
