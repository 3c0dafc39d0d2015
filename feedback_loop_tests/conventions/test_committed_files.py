"""What is committed runs anywhere: no path of a machine, no registry's host, no secret, nothing beside the layout."""

from __future__ import annotations

import re

import pytest

from feedback_loop_tests.conventions.source_tree import PROJECT, committed_files, place

TOP_LEVEL = {
    "feedback_loop", "feedback_loop_tests", "dbt_project", "pyproject.toml", "workspace.yaml", "README.md", "Makefile", "LICENSE",
    "SECURITY.md", "CHANGELOG.md", "DECISIONS.md", "requirements.lock", "requirements-spark.lock", ".ci", ".github", ".gitignore",
    ".gitattributes",
}  # fmt: skip
# Written in two halves, so that this file does not break its own rule.
FORBIDDEN = {
    "a path of one machine": r"(?<![\w.~])/(?:ro" r"ot|wo" r"rk|Us" r"ers|ho" r"me/\w+|o" r"pt/py\w*|t" r"mp)/[\w.]",
    "the host of a package registry": r"(?:py" r"pi\.org|pythonho" r"sted\.org|registry\.npm" r"js|conda\.ana" r"conda|index\.cra" r"tes)",
    "an index address": r"--(?:extra-)?ind" r"ex-url|--find-li" r"nks",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "a token": r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|AKIA[A-Z0-9]{16}|xox[abp]-\d{10,}|sk-[A-Za-z0-9]{40,})\b",
}
MADE_UP = {
    "feedback_loop_tests/methods/personal_data/test_detectors.py", "feedback_loop_tests/methods/personal_data/test_masking.py",
    "feedback_loop_tests/methods/personal_data/test_secrets.py", "feedback_loop_tests/benchmarks/fuzz_corpus.py",
}  # fmt: skip
"""Their tokens and keys are invented, to see them found and masked."""

FILES = committed_files()


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_committed_file_holds(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    found = [f"{place(file)}:{number}" for file in FILES for number, line in enumerate(_lines(file), 1) if pattern.search(line)]
    found = [hit for hit in found if what not in ("a token", "a private key") or hit.rpartition(":")[0] not in MADE_UP]
    assert found == [], f"{what} in {', '.join(found[:10])}: name it relative to the project, or leave it out"


def test_nothing_lies_beside_the_layout() -> None:
    tops = {file.relative_to(PROJECT).parts[0] for file in FILES}
    assert sorted(tops - TOP_LEVEL) == [], "put it into one of the known folders, or change the layout in a decision"


def test_no_committed_file_is_large() -> None:
    large = [f"{place(file)} ({file.stat().st_size:,} bytes)" for file in FILES if file.stat().st_size > 1_000_000]
    assert large == [], "data and pictures of this size do not belong here"


def _lines(file: object) -> list[str]:
    path = next(f for f in FILES if f == file)
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        return []
