"""The words of HTML, as somebody reads them: what mails say that have no plain text.

Quoted mails get quote marks, so that what cuts quotes from plain mails (`methods/mail`) cuts them here too. Compared with `html.parser`,
which looks through the rest of a broken document at each of its tags, the effort is linear. The rule that is easy to break: `blockquote`
is also how people indent, so it is a quote only where a mail client says so.
"""

from __future__ import annotations

import html
import re

_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]{0,15}")
_CLOSED = {name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("script", "style", "title")}
_HIDDEN = ("script", "style", "title")
_BLANKS = re.compile(r"[ \t\r\n\f\xa0]+")
_BREAKS = frozenset(("br", "div", "tr", "li", "ul", "ol", "table", "hr", "pre", "section", "article", "header", "footer", "dt", "dd"))
_PARAGRAPHS = frozenset(("p", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"))
_QUOTE = re.compile(r"cite|quote", re.IGNORECASE)
_MAX_ATTRIBUTE_CHARS = 1000


class _Page:
    """The lines that have been read, and how deep in quotes the reading is."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.quotes: list[bool] = []
        self.depth = 0

    def say(self, text: str) -> None:
        if text:
            self.line.append(html.unescape(text))

    def end_line(self) -> None:
        shown = _BLANKS.sub(" ", "".join(self.line)).strip()
        self.line.clear()
        self.lines.append(f"> {shown}" if self.depth else shown)

    def end_paragraph(self) -> None:
        if self.line:
            self.end_line()
        if self.lines and self.lines[-1]:
            self.lines.append("")

    def tag(self, name: str, attributes: str, *, is_end: bool) -> None:
        if name in _PARAGRAPHS:
            self.end_paragraph()
        elif name in _BREAKS and (self.line or name == "br"):
            self.end_line()
        elif name in ("td", "th"):
            self.line.append(" ")
        if name == "blockquote":
            self._quote(attributes, is_end)

    def _quote(self, attributes: str, is_end: bool) -> None:
        if not is_end:
            self.quotes.append(_QUOTE.search(attributes[:_MAX_ATTRIBUTE_CHARS]) is not None)
            self.depth += self.quotes[-1]
        elif self.quotes:
            self.depth -= self.quotes.pop()


def html_text(page: str) -> str:
    """The text of the page, a paragraph apart by an empty line; quoted mails with `>` before each line."""
    out, position = _Page(), 0
    while (start := page.find("<", position)) >= 0:
        out.say(page[position:start])
        position = _after_markup(page, start, out)
    out.say(page[position:])
    out.end_paragraph()
    return "\n".join(out.lines).strip()


def _after_markup(page: str, start: int, out: _Page) -> int:
    """Where reading goes on after what begins with `<`; at the end of the page where it is never closed."""
    if page.startswith("<!--", start):
        return _after(page, "-->", start)
    if page.startswith(("<!", "<?"), start):
        return _after(page, ">", start)
    match = _TAG.match(page, start)
    if match is None:
        out.say("<")
        return start + 1
    end = page.find(">", match.end())
    if end < 0:
        out.say(page[start:])
        return len(page)
    is_end = match[0].startswith("</")
    name = match[0].strip("</").lower()
    if name in _HIDDEN and not is_end:
        closed = _CLOSED[name].search(page, end)
        return closed.end() if closed else len(page)
    out.tag(name, page[match.end() : end], is_end=is_end)
    return end + 1


def _after(page: str, mark: str, start: int) -> int:
    found = page.find(mark, start)
    return len(page) if found < 0 else found + len(mark)
