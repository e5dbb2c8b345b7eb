"""Rich text as lines that can be read and compared: its structure in words, its links in full."""

from collections.abc import Callable
from html.parser import HTMLParser

from .lines import Line

__all__ = ["lines_of_html"]

# What stands for an image, a document or a page that the text refers to: its kind and key.
Named = Callable[[str, str], str]

_BLOCKS = {
    "p": "paragraph",
    "div": "paragraph",
    "li": "list item",
    "blockquote": "quotation",
    "pre": "paragraph",
    "td": "table cell",
    "th": "table heading",
    "figcaption": "caption",
    **{f"h{level}": f"heading {level}" for level in range(1, 7)},
}
# Where words are stressed, and how the stress is written.
_STRESS = {"b": "**", "strong": "**", "i": "_", "em": "_", "u": "_", "s": "~~", "del": "~~"}


def lines_of_html(html: str, *, named: Named | None = None) -> list[Line]:
    """
    Return the lines of a rich text, as the database keeps it.

    Args:
        html: Rich text, with Wagtail's own `<a linktype>` and `<embed>`.
        named: What to call a `document`, `page` or `image` with a key; default: its key.
    """
    reader = _Reader(named or (lambda kind, key: f"{kind} {key}"))
    reader.feed(html)
    reader.close()
    reader.end_line()
    return reader.lines


class _Reader(HTMLParser):
    def __init__(self, named: Named) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[Line] = []
        self._named = named
        self._text: list[str] = []
        self._roles: list[str] = []
        self._lists: list[str] = []
        self._targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("ul", "ol"):
            self.end_line()
            self._lists.append(tag)
        elif tag in _BLOCKS:
            self.end_line()
            self._roles.append(self._role(tag))
        elif tag in _STRESS:
            self._text.append(_STRESS[tag])
        elif tag == "a":
            self._targets.append(self._target(given))
        elif tag in ("embed", "img"):
            self._alone(given)
        elif tag == "hr":
            self.end_line()
            self.lines.append(Line("—", "dividing line"))
        elif tag == "br":
            self._text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ul", "ol"):
            self.end_line()
            self._pop(self._lists)
        elif tag in _BLOCKS:
            self.end_line()
            self._pop(self._roles)
        elif tag in _STRESS:
            self._text.append(_STRESS[tag])
        elif tag == "a" and self._targets and (target := self._targets.pop()):
            self._text.append(f" [→ {target}]")

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def end_line(self) -> None:
        """Keep the line that was read so far, if there is anything on it."""
        text = "".join(self._text).strip()
        if text:
            self.lines.append(Line(text, self._roles[-1] if self._roles else "paragraph"))
        self._text.clear()

    def _role(self, tag: str) -> str:
        if tag == "li" and self._lists and self._lists[-1] == "ol":
            return "numbered item"
        return _BLOCKS[tag]

    def _target(self, given: dict[str, str]) -> str:
        kind = given.get("linktype", "")
        if kind and "id" in given:
            return self._named(kind, given["id"])
        return given.get("href", "")

    def _alone(self, given: dict[str, str]) -> None:
        """An image or an embedded page stands on a line of its own."""
        self.end_line()
        kind = given.get("embedtype", "image")
        name = self._named(kind, given["id"]) if "id" in given else ""
        said = [name, given.get("url") or given.get("src", ""), given.get("alt", "")]
        more = [given[key] for key in ("format",) if given.get(key)]
        self.lines.append(Line(" · ".join(word for word in said + more if word) or kind, kind))

    @staticmethod
    def _pop(stack: list[str]) -> None:
        if stack:
            stack.pop()
