"""Any BERT in a folder serves as encoder, computed as its paper says; what would be computed wrongly is refused in one line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import BertProcessing

from feedback_loop.adapters.minilm.chosen_model import CONFIG_FILE, POOLING_FILE, ChosenModel
from feedback_loop.adapters.minilm.embedder import MiniLmEmbedder, open_encoder
from feedback_loop.adapters.minilm.tokenise import Tokeniser
from feedback_loop.adapters.minilm.weights import TOKENISER_FILE, WEIGHTS_FILE, EncoderShape
from feedback_loop.adapters.models import open_embedder
from feedback_loop.config import Settings
from feedback_loop.errors import EncoderUnusable
from feedback_loop_tests.adapters.minilm.reference import Reference

WORDS = ["[CLS]", "[SEP]", "[UNK]", "la", "aplicación", "se", "cierra", "die", "zahlung", "付款", "失败"]
SHAPE = EncoderShape(hidden_size=24, layer_count=3, head_count=4, epsilon=1e-6, maximum_tokens=16)
TEXTS = ["la aplicación se cierra", "die zahlung", "付款 失败", "", "la " * 40]
SIZES = {"hidden_size": 24, "num_hidden_layers": 3, "num_attention_heads": 4, "max_position_embeddings": 16, "layer_norm_eps": 1e-6}
CONFIG = {"model_type": "bert", "hidden_act": "gelu"} | SIZES


def random_weights(seed: int, prefix: str = "") -> dict[str, npt.NDArray[np.float32]]:
    """Every tensor of a BERT of this shape, as large as a trained one's."""
    rng = np.random.default_rng(seed)
    sizes = {"attention.self.query": (24, 24), "attention.self.key": (24, 24), "attention.self.value": (24, 24)}
    sizes |= {"attention.output.dense": (24, 24), "intermediate.dense": (56, 24), "output.dense": (24, 56)}
    tensors = {
        "embeddings.word_embeddings.weight": rng.normal(0, 1, (len(WORDS), 24)),
        "embeddings.position_embeddings.weight": rng.normal(0, 0.3, (16, 24)),
        "embeddings.token_type_embeddings.weight": rng.normal(0, 0.3, (1, 24)),
    }
    norms = ["embeddings.LayerNorm"]
    for layer in (f"encoder.layer.{index}" for index in range(3)):
        norms += [f"{layer}.attention.output.LayerNorm", f"{layer}.output.LayerNorm"]
        for part, size in sizes.items():
            tensors |= {f"{layer}.{part}.weight": rng.normal(0, 0.3, size), f"{layer}.{part}.bias": rng.normal(0, 0.1, size[0])}
    for norm in norms:
        tensors |= {f"{norm}.weight": rng.normal(1, 0.1, 24), f"{norm}.bias": rng.normal(0, 0.1, 24)}
    return {prefix + name: tensor.astype(np.float32) for name, tensor in tensors.items()}


def write_encoder(folder: Path, changed: dict[str, Any] | None = None, seed: int = 1, prefix: str = "") -> Path:
    """A folder with a tiny encoder of random weights."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CONFIG_FILE).write_text(json.dumps(CONFIG | (changed or {})), encoding="utf-8")
    save_file(random_weights(seed, prefix), folder / WEIGHTS_FILE)
    tokenizer = Tokenizer(WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = BertProcessing(("[SEP]", 1), ("[CLS]", 0))
    tokenizer.save(str(folder / TOKENISER_FILE))
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_encoder(tmp_path / "encoder")


@pytest.mark.parametrize("text", TEXTS)
def test_vector_is_that_of_the_reference(text: str, folder: Path) -> None:
    model = ChosenModel(folder)
    assert model.shape == SHAPE
    (ids,) = Tokeniser(model.tokeniser(), model.shape.maximum_tokens).tokenise([text])
    vector = MiniLmEmbedder(model, threads=1).embed([text])[0]
    assert vector.shape == (24,)
    assert np.abs(vector - Reference(folder / WEIGHTS_FILE, SHAPE).vector(ids)).max() < 1e-5


def test_vector_has_the_same_bits_in_any_batch(folder: Path) -> None:
    embedder = open_encoder(folder)
    together = embedder.embed(TEXTS)
    assert np.array_equal(np.concatenate([embedder.embed([text]) for text in TEXTS]), together)


def test_names_may_carry_the_prefix_of_their_kind(folder: Path, tmp_path: Path) -> None:
    prefixed = write_encoder(tmp_path / "prefixed", prefix="bert.")
    assert np.array_equal(open_encoder(prefixed).embed(TEXTS), open_encoder(folder).embed(TEXTS))


def test_half_precision_is_read_as_single(folder: Path, tmp_path: Path) -> None:
    half = write_encoder(tmp_path / "half")
    save_file({name: tensor.astype(np.float16) for name, tensor in load_file(half / WEIGHTS_FILE).items()}, half / WEIGHTS_FILE)
    assert np.abs(open_encoder(half).embed(TEXTS) - open_encoder(folder).embed(TEXTS)).max() < 0.01


def test_version_follows_weights_tokeniser_and_configuration(folder: Path, tmp_path: Path) -> None:
    version = open_encoder(folder).model_version
    assert version.startswith("bert-l3-h24/fp32-ort/")
    assert open_encoder(write_encoder(tmp_path / "same")).model_version == version
    others = [write_encoder(tmp_path / "weights", seed=2), write_encoder(tmp_path / "epsilon", {"layer_norm_eps": 1e-5})]
    words = write_encoder(tmp_path / "words")
    (words / TOKENISER_FILE).write_text((words / TOKENISER_FILE).read_text().replace("cierra", "abre"))
    assert len({version, *(open_encoder(other).model_version for other in [*others, words])}) == 4


def test_settings_name_the_folder(folder: Path, tmp_path: Path) -> None:
    embedder = open_embedder(Settings(home=tmp_path, encoder_folder=folder))
    assert embedder.model_version == open_encoder(folder).model_version
    assert embedder.embed(["die zahlung"]).shape == (1, 24)


@pytest.mark.parametrize("name", [CONFIG_FILE, WEIGHTS_FILE, TOKENISER_FILE])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(EncoderUnusable, match=f"it has no {name}"):
        ChosenModel(folder)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"model_type": "xlm-roberta"}, "model_type 'xlm-roberta', and only 'bert' is computed"),
        ({"model_type": None}, "model_type None"),
        ({"hidden_act": "relu"}, "hidden_act 'relu'"),
        ({"position_embedding_type": "relative_key"}, "position_embedding_type 'relative_key'"),
        ({"num_hidden_layers": "three"}, "no usable num_hidden_layers"),
        ({"hidden_size": True}, "no usable hidden_size"),
        ({"num_attention_heads": 5}, "no usable num_attention_heads"),
        ({"layer_norm_eps": 0}, "no usable layer_norm_eps"),
    ],
)
def test_an_encoder_of_another_kind_is_refused_with_what_is_amiss(tmp_path: Path, changed: dict[str, Any], why: str) -> None:
    with pytest.raises(EncoderUnusable, match=why):
        ChosenModel(write_encoder(tmp_path / "other", changed))


@pytest.mark.parametrize("content", ["{", "[]"])
def test_a_configuration_that_is_no_object_is_refused(folder: Path, content: str) -> None:
    (folder / CONFIG_FILE).write_text(content)
    with pytest.raises(EncoderUnusable, match=CONFIG_FILE):
        ChosenModel(folder)


def test_an_encoder_that_is_not_pooled_by_the_mean_is_refused(folder: Path) -> None:
    (folder / POOLING_FILE).parent.mkdir()
    (folder / POOLING_FILE).write_text(json.dumps({"pooling_mode_mean_tokens": True, "word_embedding_dimension": 24}))
    assert ChosenModel(folder).shape == SHAPE
    (folder / POOLING_FILE).write_text(json.dumps({"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}))
    with pytest.raises(EncoderUnusable, match="pooling_mode_cls_token"):
        ChosenModel(folder)


def test_weights_that_are_cut_off_or_lack_a_tensor_are_refused(folder: Path) -> None:
    tensors = load_file(folder / WEIGHTS_FILE)
    del tensors["encoder.layer.2.output.dense.bias"]
    save_file(tensors, folder / WEIGHTS_FILE)
    with pytest.raises(EncoderUnusable, match=r"no tensor encoder.layer.2.output.dense.bias \(1 "):
        ChosenModel(folder).weights()
    (folder / WEIGHTS_FILE).write_bytes((folder / WEIGHTS_FILE).read_bytes()[:1_000])
    with pytest.raises(EncoderUnusable, match="can't be read"):
        ChosenModel(folder).weights()


def test_weights_of_another_size_than_stated_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnusable, match="is not as wide as hidden_size"):
        ChosenModel(write_encoder(tmp_path / "wide", {"hidden_size": 48})).weights()


def test_a_tokeniser_that_can_not_be_read_is_refused(folder: Path) -> None:
    (folder / TOKENISER_FILE).write_text("{}")
    with pytest.raises(EncoderUnusable, match=TOKENISER_FILE):
        open_encoder(folder).embed(["die zahlung"])
