"""Made-up personal data in many written forms: what the benchmark of the detectors plants into real reviews.

Here: values alone, each with check digits that hold where its kind has some; nothing of them belongs to anybody. The rule that is easy to
break: forms are what people write, not what the detectors know, so a form that is missed stays in.
"""

from __future__ import annotations

import ipaddress
import string
from collections.abc import Callable
from random import Random

import phonenumbers

from feedback_loop.contracts.vocab import PersonalDataType

Made = tuple[str, str]
"""The name of the written form, and the value."""

_FIRST = ("anna", "joão", "priya", "wei", "omar", "lucía", "dmitri", "chloé", "sven", "aiko")
_LAST = ("okafor", "müller", "sharma", "o'neil", "garcía", "kowalska", "nguyen", "rossi", "van-dyk", "tanaka")
_HOSTS = (
    "gmail.com", "example.org", "mail.example.co.uk", "web.de", "posteo.net", "uni-koeln.de", "outlook.com", "firma.com.br",
    "inbox.xn--p1ai", "yahoo.co.in",
)  # fmt: skip
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def email(random: Random) -> Made:
    """An address, plain or disguised."""
    first, last, host = random.choice(_FIRST), random.choice(_LAST), random.choice(_HOSTS)
    local = random.choice(
        (f"{first}.{last}", f"{first}{random.randint(1, 9999)}", f"{first}_{last}+shop", f"{first[0]}{last}", first.title())
    )
    plain = f"{local}@{host}"
    tame = f"{first}{random.randint(1, 99)}"
    forms = {
        "plain": plain,
        "capitals": plain.upper(),
        "full width": plain.translate(_FULL_WIDTH),
        "[at] [dot]": f"{tame} [at] {host.replace('.', ' [dot] ')}",
        "(at)": f"{tame}(at){host}",
        "(at) (dot)": f"{tame}(at){host.replace('.', '(dot)')}",
        "at dot": f"{tame} at {host.replace('.', ' dot ')}",
        "blanks": f"{tame} @ {random.choice(('gmail.com', 'yahoo.com', 'example.org'))}",
        "payment handle": f"{tame}@ok{random.choice(('axis', 'hdfcbank', 'sbi', 'icici'))}",
    }
    name = random.choices(list(forms), (8, 1, 1, 1, 1, 1, 1, 1, 1))[0]
    return name, forms[name]


def _luhn(stem: str) -> str:
    total = sum(sum(divmod(int(digit) * (2 - index % 2), 10)) for index, digit in enumerate(reversed(stem)))
    return stem + str(-total % 10)


def _digits(random: Random, count: int) -> str:
    return "".join(random.choices(string.digits, k=count))


def card(random: Random) -> Made:
    """A number of a known issuer whose Luhn sum holds."""
    stem, length = random.choice(
        (("4", 16), ("51", 16), ("2720", 16), ("34", 15), ("37", 15), ("6011", 16), ("3528", 16), ("36", 14), ("508", 16))
    )
    digits = _luhn(stem + _digits(random, length - len(stem) - 1))
    cuts = {16: (4, 8, 12), 15: (4, 10), 14: (4, 10)}[length]
    separator = random.choice(("", "", " ", "-", ".", "/", "  ", "\u00a0"))
    grouped = separator.join(digits[a:b] for a, b in zip((0, *cuts), (*cuts, length), strict=True))
    if random.random() < 0.05:
        return "full width", digits.translate(_FULL_WIDTH)
    return f"'{separator}'", grouped


_BANK_ACCOUNTS = {
    "DE": "n18",
    "GB": "a4n14",
    "FR": "n10c11n2",
    "ES": "n20",
    "NL": "a4n10",
    "IT": "a1n10c12",
    "CH": "n5c12",
    "PL": "n24",
    "NO": "n11",
    "MT": "a4n5c18",
}


def iban(random: Random) -> Made:
    """An account of one of ten countries whose check digits hold."""
    country = random.choice(list(_BANK_ACCOUNTS))
    alphabets = {"n": string.digits, "a": string.ascii_uppercase, "c": string.ascii_uppercase + string.digits}
    account, shape = "", _BANK_ACCOUNTS[country]
    while shape:
        count = shape[1:].split("a")[0].split("c")[0].split("n")[0]
        account += "".join(random.choices(alphabets[shape[0]], k=int(count)))
        shape = shape[1 + len(count) :]
    check = 98 - int("".join(str(int(char, 36)) for char in f"{account}{country}00")) % 97
    compact = f"{country}{check:02d}{account}"
    name = random.choice(("compact", "fours", "small", "hyphens", "two and fours"))
    fours = " ".join(compact[at : at + 4] for at in range(0, len(compact), 4))
    forms = {"compact": compact, "fours": fours, "small": compact.lower(), "hyphens": fours.replace(" ", "-")}
    return name, forms.get(name, f"{compact[:2]} {compact[2:4]} {fours[5:]}")


def ip(random: Random) -> Made:
    """An IPv4 or IPv6 address in one of its legal forms."""
    four = ipaddress.IPv4Address(random.choice((0x0A000000, 0xC0A80000, 0)) or random.randint(0x0B000000, 0xDFFFFFFF))
    four += random.randint(300, 60_000)
    six = ipaddress.IPv6Address(random.getrandbits(128))
    gap = random.randint(2, 6) * 16
    short = ipaddress.IPv6Address((0x20010DB8 << 96 | random.getrandbits(128 - 32)) & ~(((1 << gap) - 1) << 16))
    local = f"{ipaddress.IPv6Address(0xFE80 << 112 | random.getrandbits(64))}%{random.choice(('eth0', 'en1', '3'))}"
    forms = {
        "v4": str(four),
        "v6 in full": six.exploded,
        "v6": str(six),
        "v6 capitals": str(six).upper(),
        "v6 shortened": str(short),
        "v6 with v4": f"::ffff:{four}",
        "v6 with zone": local,
    }
    name = random.choices(list(forms), (6, 1, 1, 1, 1, 1, 1))[0]
    return name, forms[name]


def url(random: Random) -> Made:
    """A URL, public or not."""
    name = random.choice(("okafor", "sharma", "shop", "bank-x"))
    host = f"{random.choice(('www.', 'm.', 'pay.', ''))}{name}.{random.choice(('com', 'in', 'co.uk', 'io', 'de'))}"
    token = "".join(random.choices(string.ascii_letters + string.digits, k=20))
    forms = {
        "host": f"https://{host}",
        "slash": f"http://{host}/",
        "path": f"https://{host}/help/{token[:6]}/index.html",
        "query": f"https://{host}/a?id={random.randint(1, 10**6)}&ref=mail#top",
        "token": f"https://{host}/reset?token={token}",
        "credentials": f"{random.choice(('ftp', 'https', 'postgresql', 'sftp'))}://{random.choice(_FIRST[2:5])}:{token[:9]}@{host}:8080/x",
        "e-mail in it": f"https://{host}/u?mail=anna%40{host}",
        "by number": f"http://10.{random.randint(0, 255)}.4.7:8080/login",
        "www": f"www.{host.removeprefix('www.')}/{token[:5]}",
        "brackets": f"https://{host}/wiki/Card_(bank)",
    }
    name = random.choice(list(forms))
    return name, forms[name]


_PHONE_REGIONS = (
    "IN", "US", "GB", "DE", "FR", "ES", "IT", "NL", "BR", "JP", "PL", "AU", "SE", "MX", "CA", "AT", "CH", "TR", "ZA", "NG", "KE", "AE",
    "SG", "ID", "PH",
)  # fmt: skip
_FORMATS = (
    ("international", phonenumbers.PhoneNumberFormat.INTERNATIONAL),
    ("E.164", phonenumbers.PhoneNumberFormat.E164),
    ("national", phonenumbers.PhoneNumberFormat.NATIONAL),
    ("national", phonenumbers.PhoneNumberFormat.NATIONAL),
)


def phone(random: Random) -> Made:
    """A valid number of one of 25 countries: their example numbers with other last digits, in the countries' own formats."""
    while True:
        region = random.choice(_PHONE_REGIONS)
        kind = random.choice((phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE))
        example = phonenumbers.example_number_for_type(region, kind)
        if example is None:
            continue
        national = str(example.national_number)[:-6] + _digits(random, 6)
        number = phonenumbers.PhoneNumber(country_code=example.country_code, national_number=int(national))
        if phonenumbers.is_valid_number(number):
            break
    name, written = random.choice(_FORMATS)
    value = phonenumbers.format_number(number, written)
    separator = random.choice((None, None, "-", ".", ""))
    if separator is not None and name != "E.164" and "(" not in value:
        value = separator.join(value.replace("-", " ").split(" "))
        name += f" '{separator}'"
    return f"{name} {region}", value


MAKERS: dict[PersonalDataType, Callable[[Random], Made]] = {
    PersonalDataType.EMAIL: email,
    PersonalDataType.CARD: card,
    PersonalDataType.IBAN: iban,
    PersonalDataType.IP: ip,
    PersonalDataType.URL: url,
    PersonalDataType.PHONE: phone,
}
"""What makes a value of each kind that is measured."""
