from feedback_loop.analysis.complaint_counts import instant_number
from feedback_loop.analysis.shared_words import SharedWords
from feedback_loop.analysis.symptoms import Symptom
from feedback_loop_tests.analysis.scenes import HOUR, at, crowd, fault
from feedback_loop_tests.analysis.test_onset import of_class
from feedback_loop_tests.complaint_stream import stream

SAID = [*crowd(), *fault(30)]
SYMPTOM = Symptom(of_class(SAID), instant_number(at(HOUR)), instant_number(at(24)))
WORDS = SharedWords.of(stream(SAID).fragments)


def shared(description: str, symptom: Symptom = SYMPTOM) -> list[str]:
    [found] = WORDS.shared(symptom, [description])
    return found


def test_words_that_complaints_use_more_than_others_are_shared() -> None:
    assert shared("The scanner-page was rewritten") == ["page", "scanner"]


def test_words_that_nobody_or_everybody_uses_are_not() -> None:
    assert shared("Faster album previews") == []
    assert shared("A product that works, very happy") == []
    assert shared("") == []


def test_only_words_of_the_description_are_given_and_three_at_most() -> None:
    found = shared("blank page scanner shows output empty")
    assert len(found) == 3
    assert set(found) <= {"blank", "page", "scanner", "shows", "output", "empty"}


def test_without_records_since_the_onset_nothing_is_shared() -> None:
    later = Symptom(SYMPTOM.alert, SYMPTOM.end, SYMPTOM.end)
    assert shared("scanner", later) == []
