"""Signatures, quoted replies and speed of what strips mail bodies, beside parsers that others maintain.

Run it with `python -m feedback_loop_tests.benchmarks.mail_bodies [--peers PYTHON]`, where PYTHON is the interpreter of an environment with
`mail-parser-reply`, `email_reply_parser` and `talon`; without it, or where one is missing, the table says `absent`. How it is counted:

Signature lines (shared/data/email_signatures, both folders): each line with words is one decision. Precision, recall and F1 are of the
lines marked `#sig#`, whose marks are taken off first; `mails without` counts mails of `without_signature` that lose a line all the same.
Ours counts what is removed as signature; the peers do not tell why they remove a line, so all that they remove counts.

Replies (shared/data/email_replies): a file is right where exactly the lines of record are kept (labels/email_reply_lines.csv, derived by
hand: quotes, their introductions, signatures and list footers go, answers between quoted lines stay).

Of the signatures, mails at even places in the order of their names were looked at while the rules were written; those at odd places were
only counted. The reply fixtures were all looked at, since their lines of record had to be derived.
"""

from __future__ import annotations

import argparse
import csv
import json
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table as Grid

from feedback_loop.methods.mail.replies import strip_reply
from feedback_loop_tests.mail_fixtures import WHY_ABSENT, Mail, are_absent, kept_lines, lines_of, replies, signature_lines, signed_mails
from feedback_loop_tests.real_reviews import FOLDER

PEERS = {
    "mail-parser-reply": "from mailparser_reply import EmailReplyParser as P\n"
    "def new(text):\n    found = P(languages=['en', 'de', 'fr', 'es', 'it', 'nl']).read(text).replies\n"
    "    return found[0].body if found else ''",
    "email_reply_parser": "from email_reply_parser import EmailReplyParser as P\ndef new(text):\n    return P.parse_reply(text)",
    "talon": "from talon.quotations import extract_from_plain\nfrom talon.signature.bruteforce import extract_signature\n"
    "def new(text):\n    return extract_signature(extract_from_plain(text))[0]",
}
TAIL = (
    "\nimport json, sys\nfrom importlib.metadata import version\ntexts = json.load(sys.stdin)\n"
    "print(json.dumps([version({name!r}), [new(text) or '' for text in texts]]))"
)
HOSTILE = {
    "`>` lines": "> a\n", "one line of `>`": ">", "`On` lines": "On \n", "one line of `On`": "On ", "blank lines": "\n", "blanks": " ",
    "`From:` lines": "From: x\n", "headers": "From: a@b\nTo: c\n", "drawn lines": "----------\n", "one drawn line": "-", "`a@`": "a@",
    "introductions": "On 1/1/22 10:00 a wrote:\n", "answers": "x\n> y\n", "`-- ` lines": "-- \n", "thanks": "Thanks\n",
    "names": "Ann Lee\n\n",
    "postscripts": "PS\n", "colons": "a:\n", "notices": "this email confidential received this ", "returns": "\r", "stars": "*",
}  # fmt: skip
HOSTILE_CHARS = 200_000
HALVES = {"even": slice(0, None, 2), "odd (only counted)": slice(1, None, 2), "all": slice(None)}

Judge = Callable[[Mail], frozenset[int]]
"""The numbers of the lines that go, or of those that stay."""


def peer_texts(python: str | None, name: str, texts: Sequence[str]) -> tuple[str, list[str]] | None:
    """The peer's version and the text that it leaves of each; None where it is absent."""
    if python is None:
        return None
    code = PEERS[name] + TAIL.format(name=name)
    done = subprocess.run([python, "-c", code], input=json.dumps(list(texts)), capture_output=True, text=True, check=False)
    return tuple(json.loads(done.stdout)) if done.returncode == 0 else None


def numbers_left(text: str, left: str) -> frozenset[int]:
    """The numbers of the lines that a peer leaves, found again in their order."""
    wanted = iter([line.strip() for line in left.splitlines() if line.strip()])
    numbers, next_one = set(), next(wanted, None)
    for number, line in enumerate(lines_of(text)):
        if next_one is not None and line.strip() == next_one:
            numbers.add(number)
            next_one = next(wanted, None)
    return frozenset(numbers)


def filled(text: str) -> frozenset[int]:
    """The numbers of the lines with words."""
    return frozenset(number for number, line in enumerate(lines_of(text)) if line.strip())


def signature_figures(signed: Sequence[Mail], unsigned: Sequence[Mail], gone: Judge) -> list[str]:
    """Precision, recall and F1 of signature lines over both kinds of mails, and the mails without that lose a line."""
    pairs = [(gone(mail), mail.told) for mail in [*signed, *unsigned]]
    hits = sum(len(found & told) for found, told in pairs)
    found, told = sum(len(f) for f, _ in pairs), sum(len(t) for _, t in pairs)
    false_alarms = sum(bool(gone(mail)) for mail in unsigned)
    return [f"{hits / max(found, 1):.3f}", f"{hits / told:.3f}", f"{2 * hits / (found + told):.3f}", f"{false_alarms} of {len(unsigned)}"]


def judges(python: str | None, mails: Sequence[Mail]) -> Iterator[tuple[str, Judge | None, Judge | None]]:
    """Each parser's name, its judge of what goes and its judge of what stays; None for those that are absent."""
    yield (
        "ours",
        lambda mail: signature_lines(mail.text, strip_reply(mail.text)),
        lambda mail: kept_lines(mail.text, strip_reply(mail.text)),
    )
    for name in PEERS:
        made = peer_texts(python, name, [mail.text for mail in mails])
        if made is None:
            yield f"{name}: absent", None, None
            continue
        left = {mail.text: numbers_left(mail.text, text) for mail, text in zip(mails, made[1], strict=True)}
        yield (
            f"{name} {made[0]}",
            lambda mail, left=left: filled(mail.text) - left[mail.text],  # type: ignore[misc]
            lambda mail, left=left: left[mail.text],  # type: ignore[misc]
        )


def reviews() -> list[str]:
    """The texts of the public reviews."""
    return [row["content"] for path in sorted(FOLDER.glob("*.csv")) for row in csv.DictReader(path.open(encoding="utf-8", newline=""))]


def seconds(texts: Sequence[str]) -> float:
    """CPU seconds to strip the texts: what others do on the machine adds nothing."""
    start = time.process_time()
    for text in texts:
        strip_reply(text)
    return time.process_time() - start


def speed() -> Grid:
    """Texts per CPU second, and the slowest hostile texts of one size beside a quarter of it."""
    grid = Grid("text", "measured", title=f"Speed on one core (Python {platform.python_version()}, {platform.machine()})")
    mails = [mail.text for folder in ("with_signature", "without_signature") for mail in signed_mails(folder)]
    for name, texts in (("reviews, one line", reviews()), ("mails with and without signature", mails * 10)):
        grid.add_row(name, f"{len(texts) / seconds(texts):,.0f} texts per CPU second")
    whole = {name: (unit * HOSTILE_CHARS)[:HOSTILE_CHARS] for name, unit in HOSTILE.items()}
    taken = sorted(((seconds([text]), seconds([text[: HOSTILE_CHARS // 4]]), name) for name, text in whole.items()), reverse=True)
    for slow, quarter, name in taken[:5]:
        grid.add_row(f"200 kB of {name}", f"{slow:.2f} s; a quarter of it {quarter:.2f} s")
    return grid


def main() -> int:
    """Prints the tables; 1 where the data are absent."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", help="the interpreter of an environment with the peers")
    python, console = parser.parse_args().peers, Console(width=140)
    if are_absent():
        console.print(WHY_ABSENT)
        return 1
    signed, unsigned, answered = signed_mails("with_signature"), signed_mails("without_signature"), replies()
    lines = Grid(
        "parser", "mails", "precision", "recall", "F1", "mails without", title=f"Signature lines ({len(signed)} + {len(unsigned)} mails)"
    )
    exact = Grid("parser", "exactly right", "wrong", title=f"Replies ({len(answered)} files)")
    for name, gone, stays in judges(python, [*signed, *unsigned, *answered]):
        if gone is None or stays is None:
            lines.add_row(name)
            exact.add_row(name)
            continue
        for half, part in HALVES.items():
            lines.add_row(name, half, *signature_figures(signed[part], unsigned[part], gone))
        right = [stays(mail) == mail.told for mail in answered]
        wrong = ", ".join(Path(mail.name).stem for mail, is_right in zip(answered, right, strict=True) if not is_right)
        exact.add_row(name, f"{sum(right)} of {len(right)}", wrong)
    for grid in (lines, exact, speed()):
        console.print(grid)
    console.print(f"rich {version('rich')}; ours needs no library but the standard one")
    return 0


if __name__ == "__main__":
    sys.exit(main())
