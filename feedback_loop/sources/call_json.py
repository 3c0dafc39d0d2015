"""Calls as JSON: Amazon Transcribe (speaker_labels or channel_labels), its Call Analytics and Contact Lens, and Deepgram.

https://docs.aws.amazon.com/transcribe/latest/dg/diarization-output-batch.html, .../channel-id-output-batch.html and
.../tca-output-batch.html; https://developers.deepgram.com/docs/utterances, .../diarization, .../multichannel. Speakers are named as the
vendor names them: `spk_0`, `ch_1`, `CUSTOMER`, `speaker 0`, `channel 1`. What the file says of the call stands in an object `call` that is
put beside the vendor's names. The rule that is easy to break: words are in two forms, with their speaker in each item, or in segments that
are told apart by start times.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources.call_turns import Transcript, Turn, seconds
from feedback_loop.sources.json_lines import parsed_object
from feedback_loop.sources.reading import RowRefused

_KNOWN_FIELDS = """
call jobName accountId status results metadata Transcript Participants JobName JobStatus AccountId Channel LanguageCode ContentMetadata
ConversationCharacteristics Categories CustomerMetadata Version
"""
KNOWN_FIELDS = frozenset(_KNOWN_FIELDS.split())
_MILLISECONDS = 1000.0

Item = Mapping[str, Any]


def json_transcript(raw: bytes, max_bytes: int) -> Transcript:
    """The call of the document; raises RowRefused where it is none of the known transcripts."""
    payload, page = parsed_object(raw, max_bytes)
    told = _object(page.get("call", {}), "call")
    results = page.get("results")
    if isinstance(page.get("Transcript"), list):
        return Transcript(payload, _ids(page) | told, list(_analytics(page)))
    if isinstance(results, dict) and "items" in results:
        return Transcript(payload, {"call_id": page.get("jobName")} | told, _amazon(results))
    if isinstance(results, dict) and ("utterances" in results or "channels" in results):
        metadata = _object(page.get("metadata", {}), "metadata")
        return Transcript(payload, {"call_id": metadata.get("request_id")} | told, list(_deepgram(results)))
    raise RowRefused(QuarantineReason.MALFORMED_ROW, "the JSON is no transcript of Amazon Transcribe, Call Analytics or Deepgram")


def _object(value: object, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise RowRefused(QuarantineReason.MALFORMED_ROW, f"{name} is no object")
    return value


def _objects(value: object, name: str) -> list[dict[str, Any]]:
    """A list of objects; raises RowRefused where it is none."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise RowRefused(QuarantineReason.MALFORMED_ROW, f"{name} is no list of objects")
    return value


def _text(item: Item, name: str) -> str:
    value = item.get(name)
    if not isinstance(value, str):
        raise RowRefused(QuarantineReason.MALFORMED_ROW, f"{name} is no text")
    return value


def _ids(page: Mapping[str, object]) -> dict[str, object]:
    """What Call Analytics (JobName) or Contact Lens (ContactId) names the call."""
    metadata = page.get("CustomerMetadata")
    contact = metadata.get("ContactId") if isinstance(metadata, dict) else None
    return {"call_id": contact or page.get("JobName")}


def _analytics(page: Mapping[str, Any]) -> Iterator[Turn]:
    """Turns that say the role of who speaks, or whose id the participants give a role."""
    people = _objects(page.get("Participants", []), "Participants")
    roles = {one["ParticipantId"]: one.get("ParticipantRole") for one in people if isinstance(one.get("ParticipantId"), str)}
    for turn in _objects(page["Transcript"], "Transcript"):
        known = turn.get("ParticipantId")
        role = turn.get("ParticipantRole") or (roles.get(known) if isinstance(known, str) else None) or known or ""
        yield Turn(seconds(turn.get("BeginOffsetMillis")) / _MILLISECONDS, str(role), _text(turn, "Content"))


def _amazon(results: Mapping[str, Any]) -> list[Turn]:
    items = _objects(results["items"], "items")
    channels = results.get("channel_labels")
    if channels is not None:
        if not any("channel_label" in item for item in items):
            items = [
                {"channel_label": channel.get("channel_label")} | item
                for channel in _objects(_object(channels, "channel_labels").get("channels"), "channels")
                for item in _objects(channel.get("items"), "items")
            ]
        return list(_spoken(items, "channel_label", {}))
    return list(_spoken(items, "speaker_label", _by_start(results)))


def _by_start(results: Mapping[str, Any]) -> dict[str, object]:
    """The speaker of each word by its start time, from the segments."""
    labels = _object(results.get("speaker_labels", {}), "speaker_labels")
    segments = _objects(labels.get("segments", []), "segments")
    words = (word for segment in segments for word in _objects(segment.get("items", []), "items"))
    return {str(word.get("start_time")): word.get("speaker_label") for word in words}


def _spoken(items: Iterable[Item], label: str, by_start: Mapping[str, object]) -> Iterator[Turn]:
    """A turn for each word; a sign of punctuation is of the word before it, whatever it says itself."""
    last: Turn | None = None
    for item in items:
        alternatives = _objects(item.get("alternatives"), "alternatives")
        content = _text(alternatives[0], "content") if alternatives else ""
        if item.get("type") == "punctuation" or "start_time" not in item:
            last = last._replace(text=last.text + content) if last else None
            continue
        if last:
            yield last
        speaker = item.get(label) or by_start.get(str(item["start_time"])) or ""
        last = Turn(seconds(item["start_time"]), str(speaker), content)
    if last:
        yield last


def _deepgram(results: Mapping[str, Any]) -> Iterator[Turn]:
    """Utterances, or else the words of each channel; a speaker is told by the channel where there are several."""
    if "utterances" in results:
        spoken = _objects(results["utterances"], "utterances")
        several = len({str(one.get("channel")) for one in spoken}) > 1
        for one in spoken:
            yield Turn(seconds(one.get("start")), _named(one, str(one.get("channel")), several=several), _text(one, "transcript"))
        return
    channels = _objects(results["channels"], "channels")
    for number, channel in enumerate(channels):
        alternatives = _objects(channel.get("alternatives"), "alternatives")
        for word in _objects(alternatives[0].get("words", []), "words") if alternatives else ():
            text = _text(word, "punctuated_word" if "punctuated_word" in word else "word")
            yield Turn(seconds(word.get("start")), _named(word, str(number), several=len(channels) > 1), text)


def _named(said: Item, channel: str, *, several: bool) -> str:
    if several:
        return f"channel {channel}"
    return f"speaker {said['speaker']}" if isinstance(said.get("speaker"), str | int) else ""
