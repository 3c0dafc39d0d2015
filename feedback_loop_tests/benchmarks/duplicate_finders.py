"""What finds duplicates among texts: ours and the libraries that `near_duplicates` compares it with.

Here: each as a function from texts to the position of what each repeats. The libraries are no dependencies of the project but rapidfuzz;
whoever wants the comparison installs datasketch and rensa.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from feedback_loop.methods.repetition.fingerprints import canonical, fingerprint
from feedback_loop.silver.tryout import try_dedupe

Finder = Callable[[Sequence[str]], list[int | None]]


def ours(texts: Sequence[str]) -> list[int | None]:
    """What `feedback-loop try dedupe` says."""
    return [row["duplicate_of"] for row in try_dedupe(texts)]


def by_fingerprint(texts: Sequence[str]) -> list[int | None]:
    """The exact step alone."""
    firsts: dict[str, int] = {}
    found = [firsts.setdefault(fingerprint(text), n) for n, text in enumerate(texts)]
    return [None if first == n else first for n, first in enumerate(found)]


def _shingles(text: str) -> list[str]:
    letters = canonical(text)
    return [letters[n : n + 3] for n in range(max(1, len(letters) - 2))]


def datasketch(threshold: float) -> Finder:
    """MinHash and LSH of datasketch, 128 permutations, runs of three signs."""
    library: Any = importlib.import_module("datasketch")

    def found(texts: Sequence[str]) -> list[int | None]:
        index, made = library.MinHashLSH(threshold=threshold, num_perm=128), list[int | None]()
        kept: dict[int, Any] = {}
        for n, text in enumerate(texts):
            signature = library.MinHash(num_perm=128)
            signature.update_batch([shingle.encode() for shingle in _shingles(text)])
            near = [m for m in sorted(index.query(signature)) if kept[m].jaccard(signature) >= threshold]
            made.append(near[0] if near else None)
            if not near:
                index.insert(n, signature)
                kept[n] = signature
        return made

    return found


def rensa(threshold: float) -> Finder:
    """MinHash and LSH of rensa, 128 permutations in 16 or 32 bands, runs of three signs."""
    library: Any = importlib.import_module("rensa")

    def found(texts: Sequence[str]) -> list[int | None]:
        index, made = library.RMinHashLSH(threshold=threshold, num_perm=128, num_bands=32 if threshold < 0.7 else 16), list[int | None]()
        kept: dict[int, Any] = {}
        for n, text in enumerate(texts):
            signature = library.RMinHash(num_perm=128, seed=42)
            signature.update(_shingles(text))
            near = [m for m in sorted(index.query(signature)) if kept[m].jaccard(signature) >= threshold]
            made.append(near[0] if near else None)
            if not near:
                index.insert(n, signature)
                kept[n] = signature
        return made

    return found


def rapidfuzz_ratio(cutoff: float) -> Finder:
    """The first text before it whose indel ratio reaches the cutoff: every pair is compared."""
    process, fuzz = importlib.import_module("rapidfuzz.process"), importlib.import_module("rapidfuzz.fuzz")

    def found(texts: Sequence[str]) -> list[int | None]:
        letters, made = [canonical(text) for text in texts], list[int | None]()
        originals: list[int] = []
        for n, text in enumerate(letters):
            best = process.extractOne(text, [letters[m] for m in originals], scorer=fuzz.ratio, score_cutoff=cutoff)
            made.append(originals[best[2]] if best else None)
            if not best:
                originals.append(n)
        return made

    return found


def finders() -> dict[str, Finder]:
    """Ours and those of the libraries that are installed."""
    made: dict[str, Finder] = {"try dedupe": ours, "fingerprint alone": by_fingerprint}
    others: dict[str, Callable[[], Finder]] = {
        **{f"datasketch {t}": partial(datasketch, t) for t in (0.6, 0.8)},
        **{f"rensa {t}": partial(rensa, t) for t in (0.6, 0.8)},
        **{f"rapidfuzz ratio {c}": partial(rapidfuzz_ratio, c) for c in (85, 92)},
    }
    for name, build in others.items():
        try:
            made[name] = build()
        except ModuleNotFoundError:
            print(f"left out, not installed: {name}")
    return made
