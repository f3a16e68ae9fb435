"""XML of CommerceML, read as a stream within bounds: no document type, no entities, no depth, no giants.

The parser is the standard library's expat, which also reads windows-1251. Only the records that are wanted are
ever held in memory, one at a time.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from platforms.rules.contract import Unreadable

ROOT = "КоммерческаяИнформация"
MAX_DEPTH = 40
MAX_NODES = 100_000
MAX_TEXT = 2_000_000


@dataclass(slots=True)
class Node:
    """One element with everything inside."""

    name: str
    attributes: dict[str, str]
    children: list["Node"] = field(default_factory=list)
    text: str = ""

    def all(self, *path: str) -> list["Node"]:
        """Every element at the path, such as ("Товары", "Товар")."""
        found = [self]
        for step in path:
            found = [child for node in found for child in node.children if child.name == step]
        return found

    def get(self, *path: str) -> str:
        """The text of the first element at the path that has some."""
        return next((node.text.strip() for node in self.all(*path) if node.text.strip()), "")

    def walk(self) -> Iterator["Node"]:
        """The element and everything inside, depth first."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed(node.children)


def records(chunks: Iterable[bytes], wanted: frozenset[str]) -> Iterator[Node]:
    """The outermost elements of the wanted names, in their order. Raises Unreadable."""
    reader = _Reader(wanted)
    try:
        for chunk in chunks:
            reader.parser.Parse(chunk, False)
            yield from reader.take()
        reader.parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, UnicodeError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("not_xml", error=str(error)[:100]) from error
    yield from reader.take()


class _Reader:
    """Builds the wanted elements as expat calls."""

    def __init__(self, wanted: frozenset[str]) -> None:
        self.wanted = wanted
        self.depth = 0
        self.open: list[Node] = []
        self.done: list[Node] = []
        self.nodes = self.length = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.parser.StartDoctypeDeclHandler = self.refuse
        self.parser.EntityDeclHandler = self.refuse

    def take(self) -> list[Node]:
        done, self.done = self.done, []
        return done

    def start(self, name: str, attributes: dict[str, str]) -> None:
        # The name without the prefix of its namespace: exchanges differ in declaring one.
        name = name.rpartition(":")[2]
        if self.depth == 0 and name != ROOT:
            raise Unreadable("not_commerceml", root=name[:50])
        self.depth += 1
        self.nodes += 1
        if self.depth > MAX_DEPTH:
            raise Unreadable("too_deep")
        if self.nodes > MAX_NODES:
            raise Unreadable("record_too_large")
        if self.open or name in self.wanted:
            node = Node(name, attributes)
            if self.open:
                self.open[-1].children.append(node)
            self.open.append(node)
        else:
            self.nodes = 0

    def end(self, _name: str) -> None:
        self.depth -= 1
        if self.open:
            node = self.open.pop()
            if not self.open:
                self.done.append(node)
                self.nodes = self.length = 0

    def characters(self, text: str) -> None:
        if self.open:
            self.length += len(text)
            if self.length > MAX_TEXT:
                raise Unreadable("record_too_large")
            self.open[-1].text += text

    def refuse(self, *_args: object) -> None:
        raise Unreadable("document_type")
