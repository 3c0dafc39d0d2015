"""Typed settings, read from the environment when asked, never at import.

Every setting has a default under which the platform runs without any; `FEEDBACK_LOOP_*` variables override them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from feedback_loop.config.places import Places
from feedback_loop.contracts.credentials import Credentials, all_credentials, callback_secrets
from feedback_loop.errors import BadInput, UnknownChoice

DEFAULT_HOME = Path(".feedback_loop")

Choice = TypeVar("Choice", bound=StrEnum)

_UNSAFE = "%[]?*=\\"
_DOMAIN = re.compile(r"[a-z0-9][a-z0-9.-]{0,252}")
_LLM = "FEEDBACK_LOOP_LLM_"
_LLM_NUMBERS = ("USD_PER_RUN", "USD_PER_DAY", "INPUT_USD_PER_MILLION", "OUTPUT_USD_PER_MILLION", "TIMEOUT_SECONDS")
_MOST_CALLS_AT_ONCE = 64


class EmbedderChoice(StrEnum):
    """Which vectors to use; TF-IDF only ever by an explicit choice."""

    MINILM = "minilm"
    MINILM_INT8 = "minilm-int8"
    """The same model on eight-bit integers, for volume: its vectors are others, and differ a little between kinds of processors."""
    TFIDF = "tfidf"


class ClusteringChoice(StrEnum):
    """How complaints that say the same are found."""

    COMMUNITIES = "communities"
    HDBSCAN = "hdbscan"


@dataclass(frozen=True)
class LanguageModelSettings:
    """Which language model is asked about what the local one can't decide, and what that may cost."""

    model: str
    """As LiteLLM names it, such as `openai/gpt-4o-mini` or `ollama/llama3.1`."""
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    """None means the provider's own variable, which LiteLLM reads; nothing is sent where there is a base URL."""
    usd_per_run: float = 1.0
    usd_per_day: float = 5.0
    input_usd_per_million: float | None = None
    output_usd_per_million: float | None = None
    """What a million tokens cost; None means LiteLLM's own list of prices."""
    timeout_seconds: float = 30.0
    concurrency: int = 4
    recording_file: Path | None = None
    """Answers of an earlier run that are given again, and no others; nobody is asked."""


@dataclass(frozen=True)
class Settings(Places):
    """Where the platform keeps its data, and which models it uses."""

    home: Path = DEFAULT_HOME
    embedder: EmbedderChoice = EmbedderChoice.MINILM
    clustering: ClusteringChoice = ClusteringChoice.COMMUNITIES
    encoder_folder: Path | None = None
    """A sentence encoder in the place of the published one: config.json, model.safetensors, tokenizer.json of a BERT."""
    chosen_state_url: str | None = field(default=None, repr=False)
    """A database of SQLite or PostgreSQL in the place of the home's own file; it may hold a password."""
    connector_url: str | None = None
    """Where the case system answers; None switches every connector off (dry run). The home's connectors.yaml goes before it."""
    credentials: Mapping[str, Credentials] = field(default_factory=dict, repr=False)
    """Who asks a vendor in the loop's name, by vendor: without them neither a connector nor a source of it can be switched on."""
    callback_secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    """By which each vendor signs its callbacks; one that has none may not call back."""
    language_model: LanguageModelSettings | None = None
    """None asks no language model: the local tier decides, and people what it can't."""
    chosen_masking_key: str | None = field(default=None, repr=False)
    """A secret from which the tokens of masked texts follow; None means that of the home folder's file."""
    bearer_token: str | None = field(default=None, repr=False)
    """The token of whoever acts, from the environment; None where there is none."""
    own_domains: tuple[str, ...] = ()
    """Domains of the company's own addresses: a mail from there is no customer's. Without any, every mail counts as a customer's."""
    chosen_signing_key_file: Path | None = None
    """Where the private key of the audit anchors lies; None means in the home, where whoever can write the home can sign."""

    @property
    def state_url(self) -> str:
        """The database of decisions, as SQLAlchemy names it."""
        return self.chosen_state_url or f"sqlite:///{self.state_file}"

    @property
    def has_state(self) -> bool:
        """Whether anything was ever decided here; asking makes no file."""
        return self.chosen_state_url is not None or self.state_file.exists()

    @property
    def signing_key_file(self) -> Path:
        """The private key that signs the anchors; its public half lies beside it, with `.pub` at the end."""
        return self.chosen_signing_key_file or self.home / "secrets" / "signing.key"


def load_settings(home: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this moment; an explicit home goes before FEEDBACK_LOOP_HOME."""
    env = os.environ if environment is None else environment
    chosen = _chosen(env, "FEEDBACK_LOOP_EMBEDDER", EmbedderChoice.MINILM)
    place = (home or Path(env.get("FEEDBACK_LOOP_HOME") or DEFAULT_HOME)).expanduser().resolve()
    if set(str(place)) & set(_UNSAFE):
        raise BadInput(
            f"the home folder {place} has one of {_UNSAFE} in its path, which Delta tables can't bear. Choose another with --home."
        )
    encoder, signing = env.get("FEEDBACK_LOOP_ENCODER_FOLDER") or None, env.get("FEEDBACK_LOOP_SIGNING_KEY_FILE") or None
    if encoder and chosen != EmbedderChoice.MINILM:
        raise BadInput(f"FEEDBACK_LOOP_ENCODER_FOLDER names an encoder, but FEEDBACK_LOOP_EMBEDDER={chosen} can't use it. Leave one empty.")
    return Settings(
        home=place,
        embedder=chosen,
        clustering=_chosen(env, "FEEDBACK_LOOP_CLUSTERING", ClusteringChoice.COMMUNITIES),
        encoder_folder=Path(encoder).expanduser().resolve() if encoder else None,
        chosen_state_url=env.get("FEEDBACK_LOOP_STATE_URL") or None,
        connector_url=env.get("FEEDBACK_LOOP_CONNECTOR_URL") or None,
        credentials=all_credentials(env),
        callback_secrets=callback_secrets(env),
        language_model=_language_model(env),
        chosen_masking_key=env.get("FEEDBACK_LOOP_MASKING_KEY") or None,
        bearer_token=env.get("FEEDBACK_LOOP_TOKEN") or None,
        own_domains=_domains(env.get("FEEDBACK_LOOP_OWN_DOMAINS") or ""),
        chosen_signing_key_file=Path(signing).expanduser().resolve() if signing else None,
    )


def _domains(said: str) -> tuple[str, ...]:
    """The domains of a list with commas, in lower case; raises BadInput where one is none."""
    named = tuple(part.strip().lower().removeprefix("@") for part in said.split(",") if part.strip())
    if not all(_DOMAIN.fullmatch(name) for name in named):
        raise BadInput(
            "FEEDBACK_LOOP_OWN_DOMAINS holds what is no domain. Write domains with commas between them, such as acme.com,acme.de."
        )
    return named


def _chosen(env: Mapping[str, str], name: str, default: Choice) -> Choice:
    choices = type(default)
    said = env.get(name) or str(default)
    if said not in list(choices):
        raise UnknownChoice(name, said, list(choices))
    return choices(said)


def _language_model(env: Mapping[str, str]) -> LanguageModelSettings | None:
    """What the FEEDBACK_LOOP_LLM_* variables say; None without a model. Raises BadInput where they don't suffice to ask it."""
    said = {name.removeprefix(_LLM): value for name, value in env.items() if name.startswith(_LLM) and value}
    if "MODEL" not in said:
        return None
    chosen = LanguageModelSettings(
        model=said["MODEL"],
        base_url=said.get("BASE_URL"),
        api_key=said.get("API_KEY"),
        recording_file=Path(said["RECORDING_FILE"]).expanduser().resolve() if "RECORDING_FILE" in said else None,
    )
    numbers = {name.lower(): _number(name, said[name]) for name in _LLM_NUMBERS if name in said}
    if numbers.get("timeout_seconds") == 0:
        raise BadInput(f"{_LLM}TIMEOUT_SECONDS is 0, so that no answer could ever come. Give more, or leave it empty.")
    concurrency = _number("CONCURRENCY", said.get("CONCURRENCY", str(chosen.concurrency)))
    if not 1 <= concurrency <= _MOST_CALLS_AT_ONCE:
        raise BadInput(f"{_LLM}CONCURRENCY is no number from 1 to {_MOST_CALLS_AT_ONCE}.")
    return replace(chosen, **numbers, concurrency=int(concurrency))  # type: ignore[arg-type]


def _number(name: str, text: str) -> float:
    """The number, which is finite and not negative; the message does not repeat what was given."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise BadInput(f"{_LLM}{name} is no number from 0 on. Give one, or leave it empty.")
    return value
