"""The language model that the settings name, or none.

Opening imports, asks and makes nothing; that happens with the first question that has no answer yet. The rule that is easy to break: a key
is sent to the address that it was given for; where a base URL has no key of its own, that of some provider's variable must not go there.
"""

from __future__ import annotations

import secrets
from functools import partial
from pathlib import Path

from feedback_loop.adapters.llm.answer_cache import AnswerCache, is_readable
from feedback_loop.adapters.llm.calling import Endpoint, call
from feedback_loop.adapters.llm.language_model import LanguageModel, RecordedModel
from feedback_loop.adapters.llm.ledger import Budget, CallLedger
from feedback_loop.adapters.llm.libraries import Prices, listed_prices, load_libraries
from feedback_loop.adapters.llm.rounds import Manners
from feedback_loop.adapters.safe_address import safe_address
from feedback_loop.config import LanguageModelSettings, Settings
from feedback_loop.errors import BadInput, InputFileMissing, UnreadableFile
from feedback_loop.ports import Clock, TextModel

_MILLION = 1_000_000
_NO_KEY = "none"
_RUN_BYTES = 10


def open_text_model(settings: Settings, clock: Clock, run_id: str | None = None) -> TextModel | None:
    """The model; None where the settings name none. `run_id` names whose budget is spent; without it, that of this opening."""
    chosen = settings.language_model
    if chosen is None:
        return None
    version = model_version_of(chosen)
    if chosen.recording_file is not None:
        _require_recording(chosen.recording_file)
        return RecordedModel(version, AnswerCache(chosen.recording_file, is_recording=True))
    _require_key(chosen)
    run = run_id or f"model_run_{secrets.token_hex(_RUN_BYTES)}"
    budget = Budget(chosen.usd_per_run, chosen.usd_per_day)
    ledger = partial(CallLedger, settings.state_url, clock, run, budget)
    return LanguageModel(version, partial(_manners, chosen), ledger, AnswerCache(settings.answer_cache_file))


def check_text_model(settings: Settings) -> None:
    """Raises BadInput where the settings name a language model that can't be asked; nobody is asked, and without a model nothing is done.

    A run would find out only at its first open question, when all before it is computed.
    """
    chosen = settings.language_model
    if chosen is None:
        return
    model_version_of(chosen)
    if chosen.recording_file is not None:
        _require_recording(chosen.recording_file)
    else:
        _require_key(chosen)
        _prices(chosen)


def model_version_of(chosen: LanguageModelSettings) -> str:
    """The model, and the host where it is not the provider's own; raises BadInput for an address that may not be asked."""
    if chosen.base_url is None:
        return chosen.model
    address = safe_address(chosen.base_url, "the language model", "https://models.example.com/v1")
    return f"{chosen.model}@{address.host}" + (f":{address.port}" if address.port else "")


def _require_recording(file: Path) -> None:
    if not file.is_file():
        raise InputFileMissing(file)
    if not is_readable(file):
        raise UnreadableFile(file, "holds no answers of a language model. Name a copy of cache/model_answers.sqlite of a home")


def _require_key(chosen: LanguageModelSettings) -> None:
    if chosen.base_url is None and chosen.api_key is None and not _has_provider_key(chosen.model):
        raise BadInput(
            "FEEDBACK_LOOP_LLM_MODEL names a language model, but there is no key for it. Set FEEDBACK_LOOP_LLM_API_KEY, or "
            "FEEDBACK_LOOP_LLM_BASE_URL for a server of your own, or leave the model empty."
        )


def _has_provider_key(model: str) -> bool:
    """Whether the provider's own variables are set, as LiteLLM knows them."""
    return bool(load_libraries().litellm.validate_environment(model)["keys_in_environment"])


def _manners(chosen: LanguageModelSettings) -> Manners:
    load_libraries()
    key = chosen.api_key or (_NO_KEY if chosen.base_url else None)
    endpoint = Endpoint(chosen.model, chosen.base_url, key, chosen.timeout_seconds, _prices(chosen))
    return Manners(chosen.concurrency, partial(call, endpoint), endpoint.most_usd)


def _prices(chosen: LanguageModelSettings) -> Prices:
    if chosen.input_usd_per_million is None or chosen.output_usd_per_million is None:
        return listed_prices(chosen.model)
    return Prices(chosen.input_usd_per_million / _MILLION, chosen.output_usd_per_million / _MILLION)
