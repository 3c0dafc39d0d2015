"""Both libraries keep to what they are asked: no retry, no telemetry, no log of their own, no file of settings."""

from __future__ import annotations

import logging
import os
import warnings

import pytest

from feedback_loop.adapters.llm.libraries import Prices, listed_prices, load_libraries
from feedback_loop.errors import BadInput


def test_the_environment_is_as_before() -> None:
    load_libraries()
    assert {"LITELLM_LOCAL_MODEL_COST_MAP", "LITELLM_MODE"} & set(os.environ) == set()


def test_nothing_of_what_they_could_do_on_their_own_is_on() -> None:
    litellm = load_libraries().litellm
    assert (litellm.telemetry, litellm.num_retries, litellm.callbacks, litellm.success_callback) == (False, 0, [], [])


@pytest.mark.parametrize("name", ["LiteLLM", "instructor"])
def test_their_loggers_are_silent(name: str) -> None:
    load_libraries()
    assert not logging.getLogger(name).isEnabledFor(logging.CRITICAL)
    assert not logging.getLogger(f"{name}.any.part").isEnabledFor(logging.CRITICAL)


def test_a_known_model_has_its_prices() -> None:
    prices = listed_prices("gpt-4o-mini")
    assert 0 < prices.input_usd < prices.output_usd < 1e-3


def test_an_unknown_model_has_none() -> None:
    with pytest.raises(BadInput, match="no budget can be kept"):
        listed_prices("openai/of-our-own")


def test_a_cost_is_that_of_its_tokens() -> None:
    assert Prices(2e-6, 8e-6).cost_usd(1_000, 100) == pytest.approx(0.0028)


def test_no_warning_quotes_what_a_provider_said() -> None:
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        load_libraries.__wrapped__()
        warnings.warn("Pydantic serializer warnings:\n  input_value='I was charged twice'", UserWarning, stacklevel=1)
    assert heard == []
