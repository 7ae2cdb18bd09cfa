"""Texts that stall scanners: one kind of sign again and again, three thousand characters each."""

LENGTH = 3000
HOSTILE = {
    "one digit": "7" * LENGTH,
    "spaced digits": "3 " * (LENGTH // 2),
    "at signs": "b@" * (LENGTH // 2),
    "dots": "b." * (LENGTH // 2),
    "dashes": "-" * LENGTH,
    "long local part": "b" * (LENGTH - 6) + "@b.org",
    "capitals": "QZ" * (LENGTH // 2),
    "plus signs": "+ " * (LENGTH // 2),
    "letters and digits": "CE34 " * (LENGTH // 5),
    "links": "https://" * (LENGTH // 8),
    "quotes": "secret=\"'" * (LENGTH // 9),
    "empty lines": "\r\n" * (LENGTH // 2),
    "hidden characters": "4\u2060" * (LENGTH // 2),
    "full-width digits": "\uff17" * LENGTH,
    "leading noughts": "01 " * (LENGTH // 3),
    "phone numbers": "020 7946 0018 " * (LENGTH // 14),
    "NHS numbers": "999 000 0018 " * (LENGTH // 13),
    "key heads": "-----BEGIN PRIVATE KEY-----" * (LENGTH // 27),
    "black flags": "\U0001f3f4\U000e0067" * (LENGTH // 2),
    "ligatures": "\ufdfa" * LENGTH,
    "countries": "GB12 " * (LENGTH // 5),
    "domains": "b@" + "b." * (LENGTH // 2),
}
"""Name -> text."""
