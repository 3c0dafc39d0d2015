"""The model's files are found without importing their package, and refused where a byte differs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from feedback_loop.adapters.minilm.weights import PACKAGE, TOKENISER_FILE, WEIGHTS_FILE, model_folder, read_tokeniser, read_weights
from feedback_loop.errors import ModelWeightsCorrupt, ModelWeightsMissing


def test_folder_is_found_without_importing_the_package() -> None:
    assert (model_folder() / WEIGHTS_FILE).is_file()
    assert PACKAGE not in sys.modules
    assert "torch" not in sys.modules


def test_missing_package_says_what_to_do() -> None:
    with pytest.raises(ModelWeightsMissing, match="FEEDBACK_LOOP_EMBEDDER=tfidf"):
        model_folder("no_package_of_this_name")


def test_package_without_the_files_counts_as_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hollow_weights").mkdir()
    (tmp_path / "hollow_weights" / "__init__.py").write_text("raise RuntimeError('imported')")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ModelWeightsMissing):
        model_folder("hollow_weights")


def test_tokeniser_is_refused_when_one_character_differs(tmp_path: Path) -> None:
    definition = read_tokeniser(model_folder())
    (tmp_path / TOKENISER_FILE).write_text(definition.replace("crash", "crasg", 1), encoding="utf-8")
    with pytest.raises(ModelWeightsCorrupt, match=TOKENISER_FILE):
        read_tokeniser(tmp_path)


def test_weights_are_refused_when_truncated(tmp_path: Path) -> None:
    with (model_folder() / WEIGHTS_FILE).open("rb") as file:
        (tmp_path / WEIGHTS_FILE).write_bytes(file.read(1_000_000))
    with pytest.raises(ModelWeightsCorrupt, match=WEIGHTS_FILE):
        read_weights(tmp_path)


def test_weights_have_the_shape_of_the_published_model() -> None:
    weights = read_weights(model_folder())
    assert weights["embeddings.word_embeddings.weight"].shape == (30522, 384)
    assert weights["encoder.layer.5.intermediate.dense.weight"].shape == (1536, 384)
    assert "embeddings.position_ids" not in weights
