"""A report of sections with sentences, a table and a picture each, as Markdown and as one HTML file that needs no other.

What a report says is made elsewhere. The rule that is easy to break: cells hold customers' masked words, which are shown and never
interpreted: no markup of theirs, no link, no picture, in either form.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import quote

LONGEST_CELL, MOST_OPEN_ROWS = 300, 14

_MARKUP = re.compile(r"([\\`*_\[\]()<>#|!~&{}$@:]|(?<=www)\.)", re.IGNORECASE)
_PROSE = re.compile(r"([\\<>\[\]|])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+")
_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse}"
    "details{margin:.3rem 0 1rem;color:#444}pre{white-space:pre-wrap;font-size:.85rem}"
    "td{overflow-wrap:anywhere}td,th{border:1px solid #ccc;padding:.2rem .5rem;text-align:left;vertical-align:top}img{max-width:100%}"
    "@media print{body{font-size:10pt;max-width:none;margin:0}h2{break-after:avoid}tr,img{break-inside:avoid}}"
)
_FENCE, _HEAD = "```", 'th scope="col"'
_NO_SCRIPTS = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


@dataclass(frozen=True)
class Section:
    """One heading with what stands below it; `picture` is the name of an image file, `query` the SQL that the rows come from."""

    title: str
    lines: Sequence[str]
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[object]] = ()
    picture: str | None = None
    query: str | None = None


@dataclass(frozen=True)
class Page:
    """The whole report."""

    title: str
    sections: Sequence[Section]


def as_markdown(page: Page) -> str:
    """The report, whose pictures lie beside it."""
    parts = ["# " + _PROSE.sub(r"\\\1", whole(page.title))]
    for section in page.sections:
        parts += [f"## {section.title}", *(_PROSE.sub(r"\\\1", whole(line)) for line in section.lines)]
        if section.rows:
            parts.append("\n".join([_row(section.columns), _row(["---"] * len(section.columns), raw=True), *map(_row, section.rows)]))
        if section.picture is not None:
            parts.append(f"![{section.title}]({quote(section.picture, errors='surrogateescape')})")
        if section.query is not None:
            # Longer than any that a value within the query holds, which would end it.
            fence = max([_FENCE, *(run + "`" for run in re.findall("```+", section.query))], key=len)
            parts.append(f"The rows come from this query:\n\n{fence}sql\n{section.query}\n{fence}")
    return "\n\n".join(parts) + "\n"


def as_html(page: Page, pictures: Mapping[str, bytes]) -> str:
    """The report with its pictures inside; it runs no script and loads nothing."""
    body = "\n".join(_section(section, pictures) for section in page.sections)
    head = f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_NO_SCRIPTS}">'
    title = html.escape(page.title)
    return (f'<!doctype html>\n<html lang="en"><head>{head}<title>{title}</title><style>{_STYLE}</style></head>\n'
            f"<body><main><h1>{title}</h1>\n{body}\n</main></body></html>\n")  # fmt: skip


def cell(value: object) -> str:
    """The value on one line, cut where it is too long, without anything that steers a reader."""
    text = "–" if value is None else f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float | Decimal) else str(value)
    line = whole(text)
    return line if len(line) <= LONGEST_CELL else f"{line[:LONGEST_CELL]} …"


def _row(values: Sequence[object], *, raw: bool = False) -> str:
    return "| " + " | ".join(str(value) if raw else _marked(value) for value in values) + " |"


def _marked(value: object) -> str:
    return _MARKUP.sub(r"\\\1", cell(value))


def whole(text: str) -> str:
    """The text on one line, without anything that steers a reader."""
    return " ".join(_CONTROL.sub(" ", text).split())


def _section(section: Section, pictures: Mapping[str, bytes]) -> str:
    """The picture first; the rows that it is drawn from below it, folded where they are many."""
    parts = [f"<h2>{html.escape(section.title)}</h2>", *(f"<p>{html.escape(whole(line))}</p>" for line in section.lines)]
    picture = pictures.get(section.picture or "")
    if picture is not None:
        data, kind = base64.b64encode(picture).decode(), "svg+xml" if str(section.picture).endswith(".svg") else "png"
        told = f"{html.escape(section.title)}, drawn from the rows of the table"
        parts.append(f'<p><img alt="{told}" src="data:image/{kind};base64,{data}"></p>')
    if section.rows:
        is_folded = picture is not None and len(section.rows) > MOST_OPEN_ROWS
        parts.append(_folded(f"The {len(section.rows)} rows", _table(section)) if is_folded else _table(section))
    if section.query is not None:
        parts.append(_folded("The query of these rows", f"<pre>{html.escape(section.query)}</pre>"))
    return "\n".join(parts)


def _table(section: Section) -> str:
    rows = [f"<tr>{_cells('td', row)}</tr>" for row in section.rows]
    return "\n".join([f"<table><tr>{_cells(_HEAD, section.columns)}</tr>", *rows, "</table>"])


def _folded(summary: str, content: str) -> str:
    return f"<details><summary>{summary}</summary>\n{content}\n</details>"


def _cells(tag: str, values: Sequence[object]) -> str:
    return "".join(f"<{tag}>{html.escape(cell(value))}</{tag.split()[0]}>" for value in values)
