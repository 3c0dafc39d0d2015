"""Texts as token ids, as the model was trained to read them: word pieces, at most so many as it reads, with the two marks around them.

Not here: what is computed from the ids (`embedder`). The rule that is easy to break: no padding, ever; the published definition pads and
truncates to 128, so both are set anew here.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

Tokens = npt.NDArray[np.int64]

# Far beyond 256 word pieces of any prose; without it a message of many megabytes is tokenised whole only to be cut afterwards.
MAXIMUM_CHARS = 20_000
# The tokeniser's own objects are fifty times as large as the ids that are kept of them.
_CHUNK = 1_024


class Tokeniser:
    """Word pieces of the published vocabulary."""

    def __init__(self, definition: str, maximum_tokens: int) -> None:
        self._tokenizer = Tokenizer.from_str(definition)
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_length=maximum_tokens)

    def tokenise(self, texts: Sequence[str]) -> list[Tokens]:
        """One int64 array of token ids per text, in the order of the texts."""
        tokens: list[Tokens] = []
        for start in range(0, len(texts), _CHUNK):
            readable = [_encodable(text[:MAXIMUM_CHARS]) for text in texts[start : start + _CHUNK]]
            tokens.extend(np.array(encoding.ids, dtype=np.int64) for encoding in self._tokenizer.encode_batch_fast(readable))
        return tokens


def _encodable(text: str) -> str:
    """The text with lone surrogates as question marks: Python strings may hold them, UTF-8 and so the tokeniser can't."""
    return text.encode("utf-8", errors="replace").decode("utf-8")
