"""Openings of quoted mail: those of mail clients are known in many languages, and sentences that look like them are not taken for one."""

from __future__ import annotations

import pytest

from feedback_loop.methods.mail.lines import split_lines
from feedback_loop.methods.mail.quoted_mail import Opening, cut_at_introduction, is_forward, opening

INTRODUCTIONS = [
    "On Tue, 5 Apr 2022 at 10:00, Bob <b@x.de> wrote:",
    "On 2022-04-05 10:00, Bob wrote:",
    "On Apr 5, 2022, at 10:00 AM,\nBob Long Name <b@x.de>\nwrote:",
    "---- On Tue, 05 Apr 2022 10:00:00 +0200 Bob <b@x.de> wrote ----",
    "Am Di., 5. Apr. 2022 um 10:00 Uhr schrieb Bob <b@x.de>:",
    "Bob schrieb am 10:00 Dienstag, 5.April 2022:",
    "Le mar. 5 avr. 2022 à 10:00, Bob <b@x.de> a écrit :",
    "El mar, 5 abr 2022 a las 10:00, Bob (<b@x.de>) escribió:",
    "Em ter., 5 de abr. de 2022 às 10:00, Bob <b@x.de> escreveu:",
    "Il giorno mar 5 apr 2022 alle ore 10:00 Bob <b@x.de> ha scritto:",
    "Op di 5 apr. 2022 om 10:00 schreef Bob <b@x.de>:",
    "Den tis 5 apr. 2022 kl 10:00 skrev Bob <b@x.de>:",
    "wt., 5 kwi 2022 o 10:00 Bob <b@x.de> napisał(a):",
    "út 5. 4. 2022 v 10:00 odesílatel Bob <b@x.de> napsal:",
    "ti 5. huhtik. 2022 klo 10.00 Bob (b@x.de) kirjoitti:",
    "вт, 5 апр. 2022 г. в 10:00, Bob <b@x.de>:",
    "2022年4月5日(火) 10:00 Bob <b@x.de>:",
    "2022년 4월 5일 (화) 오전 10:00, Bob <b@x.de>님이 작성:",
    "Bob <b@x.de> 于2022年4月5日周二 10:00写道：",
    "Bob <b@x.de>, 5 Nis 2022 Sal, 10:00 tarihinde şunu yazdı:",
]
HEADERS = [
    "From: Bob <b@x.de>\nSent: Tuesday, April 5, 2022 10:00 AM\nTo: Ann\nSubject: Card",
    "*From:* Bob\n*Sent:* Tuesday\n*To:* Ann\n*Subject:* Card",
    "Date: Tue, 5 Apr 2022 10:00:00 +0000\nFrom: b@x.de\nTo: a@x.de\nSubject: Card",
    "Von: Bob\nGesendet: Dienstag\nAn: Ann\nBetreff: Karte",
    "De : Bob\nEnvoyé : mardi\nÀ : Ann\nObjet : Carte",
    "De: Bob\nEnviado el: martes\nPara: Ann\nAsunto: Tarjeta",
    "Da: Bob\nInviato: martedì\nA: Ann\nOggetto: Carta",
    "Van: Bob\nVerzonden: dinsdag\nAan: Ann\nOnderwerp: Kaart",
    "Från: Bob\nSkickat: tisdag\nTill: Ann\nÄmne: Kort",
    "Od: Bob\nWysłano: wtorek\nDo: Ann\nTemat: Karta",
    "От: Bob\nОтправлено: 5 апреля\nКому: Ann\nТема: Карта",
    "发件人: Bob\n发送时间: 2022年4月5日\n收件人: Ann\n主题: 卡",
    "From: Bob\nTo: Ann <a@x.de>, Tom <t@x.de>,\n\tSue <s@x.de>\nDate: Tuesday",
    "Bob Smith\n04/05/2001 10:00 AM\nTo: Ann Lee\ncc: \nSubject: Card",
    '"Bob Smith" <b@x.com> on 04/05/2001 10:00:00 AM\nTo: Ann Lee\ncc: \nSubject: Card',
]
TITLES = [
    "-----Original Message-----",
    "----- Ursprüngliche Nachricht -----",
    "-------- Message d'origine --------",
    "‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐",
    "-----Oprindelig meddelelse-----",
    "---------- Forwarded message ---------",
    "---------------------- Forwarded by Bob Smith on 04/05/2001 10:00 AM ---------------------------",
    "Begin forwarded message:",
    "##- Please type your reply above this line -##",
    "##- Bitte geben Sie Ihre Antwort oberhalb dieser Zeile ein. -##",
    "--- Reply above this line ---",
    "-------------- In replies all text above this line is added to the ticket --------------",
]


@pytest.mark.parametrize("said", [*INTRODUCTIONS, *HEADERS, *TITLES])
def test_opening_of_a_mail_client_ends_after_its_last_line_and_is_certain(said: str) -> None:
    lines = split_lines(f"{said}\n\nIt worked before.\n")
    assert opening(lines, 0) == Opening(said.count("\n") + 1, is_certain=True)


def test_headers_below_a_title_belong_to_it() -> None:
    lines = split_lines(f"-----Original Message-----\n\n{HEADERS[0]}\n\nIt worked.")
    assert opening(lines, 0) == Opening(6, is_certain=True)


@pytest.mark.parametrize("said", ["Bob wrote:", "On 5 May 2022 your agent wrote:", "b@x.de schrieb:"[2:]])
def test_opening_without_time_and_address_is_not_certain(said: str) -> None:
    found = opening([said], 0)
    assert found is None or not found.is_certain


@pytest.mark.parametrize(
    "said",
    [
        "Outlook with a reply directly above the line",
        "From: Berlin\nTo: Paris\nDate: 5 May",
        "From: the start it was slow.\nNothing helped.",
        "On the first page I wrote:\nnothing works.",
        "I wrote at 10:00 to b@x.de:\nno answer",
        "The bank said: wait",
        "Subject: broken\nthe app is broken",
        "----------\nCode 500\n----------",
        "On Monday the card failed.\n\nSee above:",
        "",
    ],
)
def test_sentence_that_only_looks_like_an_opening_is_none(said: str) -> None:
    lines = split_lines(said)
    assert all(opening(lines, index) is None for index in range(len(lines)))


def test_introduction_behind_other_words_is_cut_off_with_what_it_introduces() -> None:
    line = "Still broken. On Tue, 5 Apr 2022 at 10:00, Bob <b@x.de> wrote: > Did you restart?\n"
    cut = cut_at_introduction(line)
    assert cut == ["Still broken. ", "On Tue, 5 Apr 2022 at 10:00, Bob <b@x.de> wrote:", " > Did you restart?\n"]
    assert cut_at_introduction("On Monday at 5 I wrote: help") == ["On Monday at 5 I wrote: help"]


@pytest.mark.parametrize(("title", "is_one"), [("---------- Forwarded message ---------", True), ("-----Original Message-----", False)])
def test_forward_is_told_from_an_answer(title: str, is_one: bool) -> None:
    assert is_forward(title) is is_one
