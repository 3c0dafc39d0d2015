"""One loaded model for all tests of this folder; without the weights they fail, because the default of the platform would too."""

from __future__ import annotations

import pytest

from feedback_loop.adapters.minilm.embedder import MiniLmEmbedder


@pytest.fixture(scope="session")
def embedder() -> MiniLmEmbedder:
    return MiniLmEmbedder(threads=2)
