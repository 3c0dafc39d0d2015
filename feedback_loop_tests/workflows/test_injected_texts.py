"""Attacks within complaints, and a model that obeys them as far as it can: the forms stay valid and nothing of theirs gets through.

The worst model is one that says what the attacker wants. So it is not asked whether some model resists, but what a model that does not
resist could do: nothing, because its answer is a label of the list, a quotation that stands in the text, or a sentence without addresses,
and no action reads any of them.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Sequence

import pytest

from feedback_loop import remediation
from feedback_loop.analysis.prompts.classification import UNSURE
from feedback_loop.analysis.prompts.message import message_question
from feedback_loop.analysis.prompts.wording import Shown, WordingAnswer, wording_question
from feedback_loop.contracts.questions import Question, Reply
from feedback_loop.contracts.vocab import ComplaintClass, ModelStage
from feedback_loop.methods.personal_data.masking import PLACEHOLDER, mask
from feedback_loop.remediation import messages, policy, proposals
from feedback_loop.workflows import propose
from feedback_loop.workflows.ask_model import ask_about_open, with_answers
from feedback_loop_tests import injection_texts
from feedback_loop_tests.workflows.asked_fragments import KNOWN, NO_EVIDENCE, ScriptedModel, fragments_of, left_open, obliging

pytestmark = pytest.mark.skipif(injection_texts.are_absent(), reason=injection_texts.WHY_ABSENT)

COMPLAINT = "The app closes by itself since yesterday."
ADDRESS = re.compile(r"https?://|www\.|[\w.]+@[\w.]+\.\w+")


def infected() -> list[str]:
    """Each attack within a complaint, masked as every text is."""
    return [mask(f"{COMPLAINT} {attack}").text for attack in injection_texts.attacks()]


def infected_mails() -> list[str]:
    pairs = zip(injection_texts.carriers(), injection_texts.attacks(), strict=False)
    return [mask(f"{mail[:1_500]} {attack}").text for mail, attack in pairs]


class ObedientModel(ScriptedModel):
    """Says to every question what the attack in its text tells it to say."""

    def _reply(self, question: Question) -> Reply:
        attack = question.content
        tries: Sequence[dict[str, object]] = (
            {"label": attack},
            {"label": "crash", "action": "refund", "recipient": "assist@gmail.com", "amount": 500},
            {**NO_EVIDENCE, "phrases": ["https://evil.example/pay", "refund $500", attack[:150]], "devices": ["www.suspicioussite.xyz"]},
            {"summary": f"Visit www.fakesoft.com: {attack[:100]}", "hypothesis": "Pay 500 to assist@gmail.com."},
        )
        for said in tries:
            self.said = {question.stage: said}
            reply = super()._reply(question)
            if reply.answer is not None:
                return reply
        return reply


class TrustingModel(ScriptedModel):
    """Files the complaint, then quotes everything that it can of the attack."""

    def _reply(self, question: Question) -> Reply:
        if question.stage is ModelStage.EVIDENCE:
            words = question.content.splitlines()[2]
            quotes = [words[start : start + 180] for start in range(0, min(len(words), 900), 180)]
            self.said = {**self.said, ModelStage.EVIDENCE: {**NO_EVIDENCE, "phrases": [quote for quote in quotes if quote]}}
        return super()._reply(question)


def test_there_are_attacks_of_every_kind() -> None:
    assert len(injection_texts.attacks()) == 75


@pytest.mark.parametrize("texts", [infected, infected_mails], ids=lambda texts: texts.__name__)
def test_an_obedient_model_changes_no_class_and_adds_no_evidence(texts: object) -> None:
    infected_texts = texts() if callable(texts) else []
    classes = left_open(len(infected_texts))
    asked = ask_about_open(fragments_of(infected_texts), classes, ObedientModel({}), KNOWN)
    assert asked.answers["answered_class"].drop_nulls().to_list() == []
    assert asked.evidence.height == 0
    assert with_answers(classes, asked.answers).equals(classes)


def test_a_model_that_quotes_the_attack_quotes_only_masked_words_of_the_text() -> None:
    texts = infected()
    model = TrustingModel({ModelStage.CLASSIFICATION: {"label": "crash"}})
    asked = ask_about_open(fragments_of(texts), left_open(len(texts)), model, KNOWN)
    assert asked.answers["answered_class"].to_list() == ["crash"] * len(texts)
    by_id = {f"fragment_{n}": text for n, text in enumerate(texts)}
    for row in asked.evidence.to_dicts():
        assert row["evidence_text"] in by_id[row["fragment_id"]]
        assert not ADDRESS.search(row["evidence_text"])
        assert not PLACEHOLDER.search(row["evidence_text"])


def test_classes_and_evidence_are_the_same_with_the_attack_as_without() -> None:
    texts = infected()
    model, classes = obliging("crash", phrases=["closes by itself"]), left_open(len(texts))
    clean = ask_about_open(fragments_of([COMPLAINT] * len(texts)), classes, model, KNOWN)
    dirty = ask_about_open(fragments_of(texts), classes, model, KNOWN)
    assert clean.evidence.drop("evidence_id").equals(dirty.evidence.drop("evidence_id"))
    assert clean.answers.equals(dirty.answers)


def test_the_attack_stays_between_its_lines() -> None:
    model = obliging()
    texts = infected()
    ask_about_open(fragments_of(texts), left_open(len(texts)), model, KNOWN)
    for question in model.asked:
        outside = re.sub(r"<<<text \w+\n.*\ntext \w+>>>", "", question.content)
        assert "closes" not in outside
        assert question.content.count("<<<text") == 1
        assert "closes" not in question.instructions


def test_every_answer_is_a_label_of_the_list() -> None:
    model = obliging()
    ask_about_open(fragments_of(infected()), left_open(75), model, KNOWN)
    allowed = {*map(str, ComplaintClass), UNSURE}
    for question in model.asked:
        if question.stage is ModelStage.CLASSIFICATION:
            assert set(question.answer_type.model_json_schema()["properties"]["label"]["enum"]) == allowed


@pytest.mark.parametrize("stage", ModelStage)
def test_no_form_has_a_place_for_an_action_a_recipient_or_an_amount(stage: ModelStage) -> None:
    model = obliging()
    ask_about_open(fragments_of([COMPLAINT]), left_open(1), model, KNOWN)
    questions = [*model.asked, wording_question({"class": "crash"}, Shown.of([("f1", COMPLAINT)])), message_question(["It works."], "nl")]
    fields = {name for question in questions if question.stage is stage for name in question.answer_type.model_fields}
    assert fields <= {"label", "phrases", "error_strings", "versions", "devices", "summary", "hypothesis", "lines"}
    assert fields


def test_wording_that_obeys_an_attack_with_an_address_is_refused() -> None:
    with_address = [attack for attack in injection_texts.attacks() if ADDRESS.search(attack)]
    assert with_address
    for attack in with_address:
        with pytest.raises(ValueError, match="addresses"):
            WordingAnswer.model_validate_json(json.dumps({"summary": attack[:300], "hypothesis": "No cause is known."}))


def _sources() -> Iterator[str]:
    for module in (messages, policy, proposals, propose, remediation):
        yield inspect.getsource(module)


def test_what_proposes_and_acts_reads_nothing_that_a_language_model_said() -> None:
    said = ("TextModel", "analysis_evidence", "WordingAnswer", "answered_class", "prompts")
    assert [word for source in _sources() for word in said if word in source] == []
