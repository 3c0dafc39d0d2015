"""The taxonomy that counts here: the home's own file where there is one, otherwise the seed; and those that models were trained on.

What a file says and what is wrong with it is decided in `analysis/taxonomy_file`. People label in the words of the file from the moment
that it lies there; the classifier follows when somebody promoted a version that was trained on it. The rule that is easy to break: a kept
taxonomy is found by its version alone and never becomes another one, for promoted models are trained again from it.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from feedback_loop.analysis.taxonomy import Taxonomy, seed_taxonomy
from feedback_loop.analysis.taxonomy_file import read_taxonomy_text, taxonomy_text
from feedback_loop.errors import ModelRefused, TaxonomyRefused, UnreadableFile
from feedback_loop.workflows.home_files import home_text

_NAME_BYTES = 8


def read_taxonomy(taxonomy_file: Path) -> Taxonomy:
    """The taxonomy of the file, the seed where there is none; raises TaxonomyRefused and UnreadableFile."""
    text = home_text(taxonomy_file)
    if text is None:
        return seed_taxonomy()
    try:
        return read_taxonomy_text(text)
    except TaxonomyRefused as error:
        raise TaxonomyRefused(error.problems, str(taxonomy_file)) from error


def keep_taxonomy(folder: Path, taxonomy: Taxonomy) -> Path:
    """The file under which the version is kept, made where it was not kept yet, or is damaged."""
    kept = folder / f"{taxonomy.version}.yaml"
    if not _holds(kept, taxonomy.version):
        folder.mkdir(parents=True, exist_ok=True)
        # A name of its own: whoever trains the same version at this moment must not find its file gone.
        unfinished = kept.with_suffix(f".{secrets.token_hex(_NAME_BYTES)}.unfinished")
        try:
            unfinished.write_text(taxonomy_text(taxonomy), encoding="utf-8")
            unfinished.replace(kept)
        finally:
            unfinished.unlink(missing_ok=True)
    return kept


def kept_taxonomy(folder: Path, version: str, model_version: str) -> Taxonomy:
    """The taxonomy of that version; raises ModelRefused where it is gone or is another one by now."""
    if seed_taxonomy().version == version:
        return seed_taxonomy()
    kept = folder / f"{version}.yaml"
    if not _holds(kept, version):
        why = f"its taxonomy {version} is no longer kept in {folder}"
        raise ModelRefused(model_version, why, "Bring the file back from a backup, or train and promote another version.")
    return read_taxonomy(kept)


def _holds(kept: Path, version: str) -> bool:
    """Whether the file is there, whole, and the taxonomy of that version."""
    try:
        return kept.exists() and read_taxonomy(kept).version == version
    except (TaxonomyRefused, UnreadableFile):
        return False
