"""The taxonomy that counts is the home's file or the seed; what a model was trained on is found again by its version."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_loop.analysis.taxonomy import seed_taxonomy
from feedback_loop.errors import ModelRefused, TaxonomyRefused, UnreadableFile
from feedback_loop.workflows.taxonomies import keep_taxonomy, kept_taxonomy, read_taxonomy
from feedback_loop_tests.workflows.labelled_home import TAXONOMY


def test_without_a_file_the_seed_counts(tmp_path: Path) -> None:
    assert read_taxonomy(tmp_path / "taxonomy.yaml") is seed_taxonomy()
    assert kept_taxonomy(tmp_path, seed_taxonomy().version, "m") is seed_taxonomy()


def test_a_bad_file_is_refused_by_its_name(tmp_path: Path) -> None:
    file = tmp_path / "taxonomy.yaml"
    file.write_text("classes: [crash]", encoding="utf-8")
    with pytest.raises(TaxonomyRefused, match=r"taxonomy\.yaml: classes: 1 can be given"):
        read_taxonomy(file)
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UnreadableFile):
        read_taxonomy(file)


def test_a_kept_taxonomy_comes_back_whatever_became_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "taxonomy.yaml"
    file.write_text(TAXONOMY, encoding="utf-8")
    taxonomy = read_taxonomy(file)
    kept = keep_taxonomy(tmp_path / "kept", taxonomy)
    before = kept.stat().st_mtime_ns
    file.unlink()
    assert keep_taxonomy(tmp_path / "kept", taxonomy).stat().st_mtime_ns == before
    assert kept_taxonomy(tmp_path / "kept", taxonomy.version, "m") == taxonomy
    kept.write_text(TAXONOMY.replace("where is my refund", "something else"), encoding="utf-8")
    with pytest.raises(ModelRefused, match="no longer kept"):
        kept_taxonomy(tmp_path / "kept", taxonomy.version, "m")


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe", b"classes: [", b"\x80\x04cos\nsystem\n(S'true'\ntR.", TAXONOMY.encode()[:60]])
def test_a_damaged_copy_refuses_its_models_and_training_again_mends_it(tmp_path: Path, damage: bytes) -> None:
    file = tmp_path / "taxonomy.yaml"
    file.write_text(TAXONOMY, encoding="utf-8")
    taxonomy = read_taxonomy(file)
    kept = keep_taxonomy(tmp_path / "kept", taxonomy)
    kept.write_bytes(damage)
    with pytest.raises(ModelRefused, match="no longer kept"):
        kept_taxonomy(tmp_path / "kept", taxonomy.version, "m")
    assert keep_taxonomy(tmp_path / "kept", taxonomy) == kept
    assert kept_taxonomy(tmp_path / "kept", taxonomy.version, "m") == taxonomy
    assert [one.name for one in kept.parent.iterdir()] == [kept.name]
