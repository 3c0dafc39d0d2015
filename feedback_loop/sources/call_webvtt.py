"""Calls as WebVTT (https://www.w3.org/TR/webvtt1/): cues with voice tags, `<v Customer>My card is blocked`.

What the file says of the call stands in a NOTE before the first cue, `name: value` a line. The rule that is easy to break: one cue may
hold several voices, and a cue that is broken refuses the file, because the parser would leave its words out without a word.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from webvtt import WebVTT
from webvtt.errors import MalformedCaptionError, MalformedFileError
from webvtt.models import Caption

from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources.call_turns import Transcript, Turn
from feedback_loop.sources.lines import BOM
from feedback_loop.sources.reading import RowRefused

_VOICE = re.compile(r"<v(?:\.[^\s<>.]{1,60}){0,10}[ \t]+([^<>]{1,200})>|</v>")
_TAG = re.compile(r"<[^<>]{0,300}>")
_TOLD = re.compile(r"[ \t]*([a-z_]{1,40})[ \t]*:[ \t]*(\S.{0,1000})")


def webvtt_transcript(raw: bytes) -> Transcript:
    """The call of the file; raises RowRefused where it is no WebVTT or a cue of it is broken."""
    try:
        payload = raw.removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        raise RowRefused(QuarantineReason.BROKEN_ENCODING, f"the transcript is not UTF-8 ({error.reason})") from error
    try:
        parsed = WebVTT.from_string(payload, strict=True)
    except MalformedCaptionError as error:
        raise RowRefused(QuarantineReason.MALFORMED_ROW, "a cue has no times of the form 00:00:01.000 --> 00:00:02.000") from error
    except (MalformedFileError, ValueError, OverflowError) as error:
        raise RowRefused(QuarantineReason.MALFORMED_ROW, "the transcript does not begin with WEBVTT") from error
    told = [_TOLD.fullmatch(line) for note in parsed.header_comments for line in note.splitlines()]
    return Transcript(payload, {match[1]: match[2] for match in told if match}, [turn for cue in parsed.captions for turn in _turns(cue)])


def _turns(cue: Caption) -> Iterator[Turn]:
    """The words of each voice of the cue; what stands outside of voices is nobody's."""
    speaker, position, text = "", 0, cue.raw_text
    start = cue.start_time.in_milliseconds() / 1000
    for match in _VOICE.finditer(text):
        yield Turn(start, speaker, _shown(text[position : match.start()]))
        speaker, position = " ".join((match[1] or "").split()), match.end()
    yield Turn(start, speaker, _shown(text[position:]))


def _shown(text: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", text)).split())
