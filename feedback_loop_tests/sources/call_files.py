"""Made-up calls in the forms of the vendors; the same words in all of them."""

from __future__ import annotations

import json
from typing import Any

Json = dict[str, Any]

CALL: Json = {"call_id": "call-7", "started_at": "2026-03-01T10:00:00Z", "customer_id": "c7"}
WORDS = (
    ("0", "Acme, hello.", 0.5),
    ("1", "My card is blocked,", 3.0),
    ("1", "again!", 4.5),
    ("0", "Sorry.", 6.0),
    ("1", "Please help.", 7.0),
)
SAID, OTHERS = "My card is blocked, again!\nPlease help.", "Acme, hello.\nSorry."


def webvtt(
    note: str = "call_id: call-7\nstarted_at: 2026-03-01T10:00:00Z\ncustomer_id: c7", names: tuple[str, str] = ("Agent", "Customer")
) -> bytes:
    cues = "".join(
        f"{number}\n00:00:0{int(start)}.500 --> 00:00:0{int(start) + 1}.000\n<v {names[int(who)]}>{text}</v>\n\n"
        for number, (who, text, start) in enumerate(WORDS, 1)
    )
    return f"WEBVTT\n\nNOTE\n{note}\n\n{cues}".encode()


def _items(label: str, prefix: str) -> list[Json]:
    """Items of Amazon Transcribe, which gives each sign its own item without times."""
    items: list[Json] = []
    for who, text, start in WORDS:
        for number, word in enumerate(text.split()):
            at = f"{start + number / 10:.2f}"
            items.append({
                label: f"{prefix}{who}", "start_time": at, "end_time": at, "type": "pronunciation",
                "alternatives": [{"confidence": "1.0", "content": word.rstrip(",.!")}],
            })  # fmt: skip
            if word[-1] in ",.!":
                items.append({"type": "punctuation", "alternatives": [{"confidence": "0.0", "content": word[-1]}]})
    return items


def amazon_speakers(customer: Any = "spk_1", *, is_old: bool = False) -> Json:
    """With the speaker in each item, or as older jobs have it in segments alone."""
    items = _items("speaker_label", "spk_")
    words = [{name: item[name] for name in ("start_time", "end_time", "speaker_label")} for item in items if "start_time" in item]
    segments = [{"start_time": word["start_time"], "speaker_label": word["speaker_label"], "items": [word]} for word in words]
    if is_old:
        items = [{name: value for name, value in item.items() if name != "speaker_label"} for item in items]
    results = {"transcripts": [{"transcript": "all"}], "speaker_labels": {"speakers": 2, "segments": segments}, "items": items}
    return {
        "jobName": "job-1",
        "accountId": "111122223333",
        "status": "COMPLETED",
        "results": results,
        "call": CALL | {"customer": customer},
    }


def amazon_channels(*, is_old: bool = False) -> Json:
    items = [item | {"channel_label": "ch_1"} if "start_time" not in item else item for item in _items("channel_label", "ch_")]
    by_channel: dict[str, list[Json]] = {"ch_0": [], "ch_1": []}
    last = "ch_0"
    for item in items:
        last = item["channel_label"] if "start_time" in item else last
        by_channel[last].append({name: value for name, value in item.items() if not is_old or name != "channel_label"})
    channels = [{"channel_label": name, "items": theirs} for name, theirs in by_channel.items()]
    flat = [{name: value for name, value in item.items() if name != "channel_label"} for item in items] if is_old else items
    results = {"channel_labels": {"channels": channels, "number_of_channels": 2}, "items": flat}
    return {"jobName": "job-1", "status": "COMPLETED", "results": results, "call": CALL | {"customer": "ch_1"}}


def analytics() -> Json:
    roles = ("AGENT", "CUSTOMER")
    turns = [{"BeginOffsetMillis": int(1000 * start), "Content": text, "ParticipantRole": roles[int(who)]} for who, text, start in WORDS]
    return {"JobName": "job-1", "Channel": "VOICE", "Transcript": turns, "call": CALL}


def contact_lens() -> Json:
    people = [{"ParticipantId": "p0", "ParticipantRole": "AGENT"}, {"ParticipantId": "p1", "ParticipantRole": "CUSTOMER"}]
    turns = [{"BeginOffsetMillis": int(1000 * start), "Content": text, "ParticipantId": f"p{who}"} for who, text, start in WORDS]
    return {"Version": "1.1.0", "CustomerMetadata": {"ContactId": "contact-1"}, "Participants": people, "Transcript": turns, "call": CALL}


def deepgram(customer: Any = "speaker 1", *, several: bool = False) -> Json:
    """With utterances, all on one channel or each speaker on their own."""
    spoken = [
        {
            "start": start,
            "end": start + 1,
            "channel": int(who) if several else 0,
            "transcript": text,
            "speaker": 0 if several else int(who),
            "words": [],
        }
        for who, text, start in WORDS
    ]
    metadata = {"request_id": "request-1", "created": "2026-03-05T10:00:00Z", "duration": 9.0, "channels": 1 + several}
    return {"metadata": metadata, "results": {"channels": [], "utterances": spoken}, "call": CALL | {"customer": customer}}


def deepgram_words() -> Json:
    """Without utterances: the words of one channel, each with its speaker."""
    words = [
        {"word": word.strip(",.!").lower(), "punctuated_word": word, "start": start + number / 10, "speaker": int(who)}
        for who, text, start in WORDS
        for number, word in enumerate(text.split())
    ]
    channels = [{"alternatives": [{"transcript": "all", "words": words}]}]
    return {"metadata": {"request_id": "request-1"}, "results": {"channels": channels}, "call": CALL | {"customer": "1"}}


def page(call: Json) -> bytes:
    return json.dumps(call).encode()
