"""Sign-offs: regards end a letter, thanks need a name, and what phones add is known in many languages."""

from __future__ import annotations

import pytest

from feedback_loop.methods.mail.sign_offs import is_formal_sign_off, is_sign_off, is_thanks_alone, named_by_sign_off, sent_from


@pytest.mark.parametrize(
    "line",
    [
        "Best regards,", "Kind Regards", "Sincerely,", "Mit freundlichen Grüßen", "Viele Gruesse aus Köln", "MfG", "Bien cordialement,",
        "Un saludo",
        "Cordiali saluti", "Atenciosamente,", "Met vriendelijke groet,", "Med vänlig hälsning", "Pozdrawiam", "С уважением,",
        "Saygılarımla",
    ],
)  # fmt: skip
def test_regards_are_a_formal_sign_off(line: str) -> None:
    assert is_sign_off(line)
    assert is_formal_sign_off(line)
    assert not is_thanks_alone(line)


@pytest.mark.parametrize("line", ["Thanks", "Thank you so much!", "Vielen Dank im Voraus", "Merci d'avance", "Muchas gracias", "Спасибо"])
def test_thanks_are_a_sign_off_but_none_of_letters_alone(line: str) -> None:
    assert is_sign_off(line)
    assert is_thanks_alone(line)
    assert not is_formal_sign_off(line)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Best, Anna Lee", "Anna Lee"),
        ("Thanks. BT", "BT"),
        ("thanks, ann", "Ann"),
        ("Regards", ""),
        ("LG Anna", "Anna"),
        ("no sign-off", ""),
    ],
)
def test_name_on_the_line_of_a_sign_off_is_told(line: str, name: str) -> None:
    assert named_by_sign_off(line) == name


@pytest.mark.parametrize("line", ["Best app ever", "Love it", "Take care of my card", "Thanksgiving", "Regardless", "best " * 50])
def test_words_of_a_sentence_are_no_sign_off(line: str) -> None:
    assert not is_sign_off(line)


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone", "Sent from my Verizon Wireless BlackBerry", "Sent from Mail for Windows 10",
        "Sent from Yahoo Mail on Android",
        "Sent via the Samsung Galaxy S10, an AT&T 5G smartphone", "Get Outlook for iOS", "Sent with Sparrow (http://example.org/?sig)",
        "Von meinem iPhone gesendet", "Gesendet von Mail für Windows 10", "Gesendet mit der GMX Mail App", "Envoyé de mon iPhone",
        "Enviado desde mi iPhone", "Enviado do meu iPhone", "Inviato da iPhone", "Inviato dal mio iPhone", "Verstuurd vanaf mijn iPhone",
        "Skickat från min iPhone", "Sendt fra min iPhone", "Lähetetty iPhonesta", "Wysłane z iPhone'a", "Отправлено с iPhone",
        "Odesláno z iPhonu",
        "iPhone'umdan gönderildi", "iPhoneから送信", "发自我的iPhone", "나의 iPhone에서 보냄", "Trimis de pe iPhone-ul meu",
        "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.", "Please excuse my brevity.",
        "Sent from my iPhone, please excuse typos",
    ],
)  # fmt: skip
def test_line_that_a_phone_adds_is_known(line: str) -> None:
    assert sent_from(line)


@pytest.mark.parametrize(
    "line",
    ["Sent from my desk, is much easier then my mobile phone.", "Sent from the wrong warehouse", "Sent twice", "I sent it from my iPhone"],
)
def test_sentence_about_sending_is_none_of_a_phone(line: str) -> None:
    assert not sent_from(line)
