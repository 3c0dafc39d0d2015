"""What a channel puts around a message: subject, greeting, closing, signature, footer, the quoted reply of the support desk.

Here: the frame around the words of `composition`. None of it is about a topic, and much of it holds personal data of made-up people.
The rule that is easy to break: what is put in front moves the spans; what is put behind must not.
"""

from __future__ import annotations

from feedback_loop.simulation.composition import Draft, Span, Voice


def _in_front(draft: Draft, text: str) -> Draft:
    return Draft(text + draft.text, [Span(span.start + len(text), span.end + len(text), span.topic) for span in draft.spans])


def _signature(voice: Voice) -> str:
    person, rng = voice.person, voice.rng
    lines = [rng.choice([f"{person.first} {person.last}", person.first, f"{person.first[0]}. {person.last}"])]
    if person.segment != "consumer" or rng.random() < 0.12:
        lines.append(voice.book.frame(rng, "signature_role", voice.facts))
    if rng.random() < 0.3:
        lines.append(rng.choice([person.phone, f"Tel. {person.phone}", person.email, f"{person.phone} | {person.email}"]))
    if rng.random() < 0.08:
        lines.append(person.street)
    return "\n".join(lines)


def _quoted_reply(voice: Voice) -> str:
    rng, quote = voice.rng, voice.book.frame(voice.rng, "support_reply", voice.facts)
    header = voice.book.frame(rng, "quote_header", voice.facts)
    if rng.random() < 0.2:
        return f"-----Original Message-----\nFrom: {voice.facts['product']} Support\nTo: {voice.person.email}\n\n{quote}"
    return f"{header}\n> {voice.person.first},\n>\n> " + quote.replace(". ", ".\n> ")


def as_mail(voice: Voice, draft: Draft, quoted_reply_share: float) -> Draft:
    """The message as an e-mail: greeting, body, closing, name, at times a footer of the phone and the reply that it answers."""
    rng = voice.rng
    if rng.random() < 0.85:
        draft = _in_front(draft, voice.book.frame(rng, "greeting", voice.facts) + rng.choice(["\n", "\n\n", "\n\n", " "]))
    if rng.random() < 0.85:
        draft.add(voice.book.frame(rng, "closing", voice.facts) + rng.choice(["\n", ",\n", " "]) + _signature(voice), None, "\n\n")
    if rng.random() < 0.2:
        draft.add(voice.book.frame(rng, f"footer_{voice.person.device.kind}", voice.facts), None, "\n\n")
    if rng.random() < quoted_reply_share:
        draft.add(_quoted_reply(voice), None, "\n\n")
    return draft


def as_ticket(voice: Voice, draft: Draft) -> Draft:
    """The message as it comes from a web form: at times a subject line, a greeting, a name."""
    rng, front = voice.rng, ""
    if rng.random() < 0.35:
        front += voice.book.frame(rng, "subject", voice.facts) + "\n"
    if rng.random() < 0.4:
        front += voice.book.frame(rng, "greeting", voice.facts) + rng.choice([" ", "\n"])
    draft = _in_front(draft, front)
    if rng.random() < 0.3:
        draft.add(voice.book.frame(rng, "closing", voice.facts) + rng.choice(["\n", ", ", " "]) + voice.person.first, None, "\n")
    return draft


def as_chat(voice: Voice, draft: Draft) -> Draft:
    """The customer's side of a chat: at times a hello on its own line."""
    if voice.rng.random() >= 0.6:
        return draft
    hello = voice.book.frame(voice.rng, "chat_greeting", voice.facts)
    return _in_front(draft, hello + ("\n" if hello.endswith("?") else voice.rng.choice(["\n", "\n", ", ", " "])))


def as_call(voice: Voice, draft: Draft) -> Draft:
    """The customer's lines of a call as somebody typed them off: a hello, what was said, at times a goodbye."""
    draft = _in_front(draft, voice.book.frame(voice.rng, "call_opening", voice.facts) + "\n")
    if voice.rng.random() < 0.7:
        draft.add(voice.book.frame(voice.rng, "call_ending", voice.facts), None, "\n")
    return draft


def in_channel(voice: Voice, draft: Draft, quoted_reply_share: float) -> Draft:
    """The message with what its channel puts around it; reviews and answers to surveys stay as they are."""
    if voice.channel == "email":
        return as_mail(voice, draft, quoted_reply_share)
    framed = {"ticket": as_ticket, "chat": as_chat, "call": as_call}.get(voice.channel)
    return framed(voice, draft) if framed else draft
