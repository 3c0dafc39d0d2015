"""LiteLLM and Instructor, imported when the first question is asked and told to keep to what we ask of them.

Left to themselves they fetch a price list over the network, read a `.env` file, retry on their own, follow redirects, read answers of any
length, log what a model said, and report use.
The rule that is easy to break: the variables count at the import alone, so nothing else may import the two.
"""

from __future__ import annotations

import logging
import os
import warnings
from dataclasses import dataclass
from functools import cache
from typing import Any

from feedback_loop.adapters.llm.bounded_session import BoundedSession
from feedback_loop.errors import BadInput

_BEFORE_IMPORT = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MODE": "PRODUCTION"}
"""Prices from the package itself, and no `.env` file."""

_SILENCE = logging.CRITICAL + 1
_LOGGERS = ("LiteLLM", "LiteLLM Proxy", "LiteLLM Router", "instructor")


@dataclass(frozen=True)
class Libraries:
    """What is used of the two: the client that gives typed answers, and the list of prices."""

    client: Any
    litellm: Any


@dataclass(frozen=True)
class Prices:
    """What a token costs."""

    input_usd: float
    output_usd: float

    def cost_usd(self, input_tokens: int, output_tokens: int) -> float:
        """What so many tokens cost."""
        return input_tokens * self.input_usd + output_tokens * self.output_usd


@cache
def load_libraries() -> Libraries:
    """The two libraries, set up once per process; the environment is as it was afterwards."""
    before = {name: os.environ.get(name) for name in _BEFORE_IMPORT}
    os.environ.update(_BEFORE_IMPORT)
    try:
        import instructor
        import litellm
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
    # What pydantic warns of quotes what a provider said, and so customers.
    warnings.filterwarnings("ignore", "Pydantic serializer warnings", UserWarning)
    for name in _LOGGERS:
        # What they log quotes answers, and so customers.
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [logging.NullHandler()], False
        logger.setLevel(_SILENCE)
    litellm.telemetry, litellm.suppress_debug_info, litellm.drop_params = False, True, True
    litellm.num_retries, litellm.disable_aiohttp_transport = 0, True
    litellm.aclient_session = BoundedSession()
    for callbacks in ("callbacks", "success_callback", "failure_callback", "_async_success_callback", "_async_failure_callback"):
        setattr(litellm, callbacks, [])
    # JSON by schema, not by a tool call: the model is given no tool at all.
    return Libraries(instructor.from_litellm(litellm.acompletion, mode=instructor.Mode.JSON_SCHEMA), litellm)


def listed_prices(model: str) -> Prices:
    """The prices of LiteLLM's own list; raises BadInput where it does not know the model, for then no budget could be kept."""
    try:
        known = load_libraries().litellm.get_model_info(model)
        return Prices(float(known["input_cost_per_token"]), float(known["output_cost_per_token"]))
    except Exception:
        raise BadInput(
            "nobody knows what the language model costs, so no budget can be kept. Set FEEDBACK_LOOP_LLM_INPUT_USD_PER_MILLION and "
            "FEEDBACK_LOOP_LLM_OUTPUT_USD_PER_MILLION (0 for a model of your own)."
        ) from None
