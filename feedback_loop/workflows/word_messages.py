"""One wording per cohort and language by a language model, for the languages of consenting customers that we have no template in.

Wiring over `ports.TextModel`; what is asked is `analysis/prompts/message`, what may stand `remediation/worded`. The rules that are easy to
break: a wording that fails a check is not used at all, and the template in English stands; and each is asked for once, not per customer:
the question holds no fact, so the cache of answers knows it for every issue whose message has the same lines.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from feedback_loop.analysis.prompts.message import MessageAnswer, message_question
from feedback_loop.contracts.loop_vocab import MessageKind
from feedback_loop.ports import TextModel
from feedback_loop.remediation.messages import LANGUAGES, IssueFacts, Spoken, spoken
from feedback_loop.remediation.worded import lines_to_word, worded_text


def worded_messages(
    kind: MessageKind, facts: IssueFacts, languages: Collection[str], model: TextModel | None, other_products: Collection[str] = ()
) -> Mapping[str, Spoken]:
    """The texts by language, of those languages that have no template and whose wording passed every check; none without a model."""
    wanted = sorted(code for code in set(languages) - set(LANGUAGES) if len(code) == 2 and code.isascii() and code.isalpha())
    if model is None or not wanted:
        return {}
    ours = lines_to_word(kind, facts)
    replies = model.answer([message_question(ours, language) for language in wanted])
    others = sorted(name for name in set(other_products) if name.casefold() != facts.product.casefold())
    said = {
        language: worded_text(reply.answer.lines, ours, facts, others)
        for language, reply in zip(wanted, replies, strict=True)
        if isinstance(reply.answer, MessageAnswer)
    }
    return {language: spoken(kind, facts, language, text) for language, text in said.items() if text is not None}
