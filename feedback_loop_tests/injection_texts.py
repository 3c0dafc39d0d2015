"""The attack texts that tests share (microsoft/BIPIA, MIT); absent data are said out loud, never papered over."""

from __future__ import annotations

import json
import os
from pathlib import Path

_DATA = Path(os.environ.get("FEEDBACK_LOOP_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
FOLDER = _DATA / "prompt_injection"
WHY_ABSENT = f"the attack texts are not at {FOLDER}; set FEEDBACK_LOOP_SHARED_DATA to the folder that holds prompt_injection/"


def are_absent() -> bool:
    """Whether the file is missing."""
    return not (FOLDER / "text_attacks.json").exists()


def attacks() -> list[str]:
    """Every attack text, those of one kind together."""
    kinds = json.loads((FOLDER / "text_attacks.json").read_text(encoding="utf-8"))
    return [text for kind in kinds.values() for text in kind]


def carriers() -> list[str]:
    """Real e-mails that carry them."""
    lines = (FOLDER / "emails.jsonl").read_text(encoding="utf-8").splitlines()
    return [str(json.loads(line)["context"]) for line in lines]
