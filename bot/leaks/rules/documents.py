"""Numbers of documents and vehicles: driving licence, passport, registration plate."""

import re

from bot.leaks.findings import Severity
from bot.leaks.rules.base import Candidate, Cues, Example, PatternRule, Verdict
from bot.leaks.values import compact

# DVLA, INF4D and the form of driver numbers: five of the surname (filled with 9), decade, month (plus 50 for women),
# day, year, two initials (9 for none), three more.
_LICENCE = re.compile(
    r"(?<![\w/-])[A-Z](?:[A-Z]{4}|[A-Z]{3}9|[A-Z]{2}99|[A-Z]999) ?[0-9] ?(?:0[1-9]|1[0-2]|5[1-9]|6[0-2]|2[0-9]"
    r"|[34][0-9]) ?"
    r"(?:[0-9] ?){3}[A-Z][A-Z9] ?[0-9A-Z][A-Z0-9]{2}(?: ?[0-9]{2})?(?!\w)",
    re.IGNORECASE,
)
_MONTHS = frozenset(f"{month:02}" for month in (*range(1, 13), *range(51, 63)))
_DAYS = range(1, 32)


def _judge_licence(candidate: Candidate) -> Verdict | None:
    value = compact(candidate.value)
    numbers = value[5:11]
    sound = numbers.isdigit() and numbers[1:3] in _MONTHS and int(numbers[3:5]) in _DAYS
    if sound:
        return Verdict(Severity.HIGH, "driving_licence", value)
    # The check digits are not published, and readers mix up day and month; as long as it is built like one it is one.
    return Verdict(Severity.MEDIUM, "driving_licence_typo", value) if numbers.isdigit() else None


DRIVING_LICENCE = PatternRule(
    id="driving-licence",
    label="DRIVING_LICENCE",
    severity=Severity.HIGH,
    summary="Sixteen signs as DVLA builds driver numbers: surname, date of birth, initials and three more. It tells a "
    "date "
    "of birth to whoever can read it. Medium when the date in it is none.",
    source="DVLA, driver number format (INF4D)",
    pattern=_LICENCE,
    judge=_judge_licence,
    needs="0123456789",
    reasons=("driving_licence", "driving_licence_typo"),
    replacement="[driving licence number removed]",
    must=(
        Example("Licence: JONES912318AB9CD, three points", Severity.HIGH),
        Example("licence no JONES 912 318 AB9CD 12", Severity.HIGH),
        Example("LEE99 703159 AB9CD", Severity.HIGH),
        Example("jones930318ab9cd", Severity.MEDIUM),
    ),
    must_not=("JONES912", "Reference ABCDE12345", "PLATE992999ABCDE"),
)


_PASSPORT = re.compile(r"(?<![\w£+#/-])(?:[0-9]{9}|[A-Z]{2} ?[0-9]{7})(?!\w)(?!-[0-9])", re.IGNORECASE)


def _judge_passport(candidate: Candidate) -> Verdict | None:
    value = compact(candidate.value)
    if candidate.named():
        return Verdict(Severity.HIGH, "passport", value)
    if candidate.alone() and value[0].isalpha() and candidate.value.isalnum():
        return Verdict(Severity.MEDIUM, "passport_unsure", value)
    return None


PASSPORT = PatternRule(
    id="passport",
    label="PASSPORT",
    severity=Severity.HIGH,
    summary="Nine digits, or two letters and seven digits, beside words of passports or residence permits. Medium for "
            "two "
    "letters and seven digits that are all there is in the text.",
    source="HM Passport Office, passport number format; Home Office, biometric residence permits",
    pattern=_PASSPORT,
    judge=_judge_passport,
    needs="0123456789",
    reasons=("passport", "passport_unsure"),
    replacement="[passport number removed]",
    cues=Cues(
        named=(
            "passport", "passports", "passport number", "passport no", "brp", "residence permit", "biometric",
            "visa number",
            "pasbort",
        )
    ),
    must=(
        Example("passport number 123456789", Severity.HIGH),
        Example("Her BRP is ZU1234567.", Severity.HIGH),
        Example("AB1234567", Severity.MEDIUM),
    ),
    must_not=("123456789", "Apply for a passport: 0300 222 0000", "Photograph AB1234567 from our archive",
        "passport 12345"),
)  # fmt: skip


# DVLA, INF104 "Vehicle registration numbers and number plates": the current form since 2001, the prefix form of
# 1983-2001 and the suffix form of 1963-1983.
_PLATE = re.compile(
    r"(?<![\w/£#-])(?:(?P<now>[A-HJ-PR-Y][A-HJ-PR-Y][0-9]{2}[ -]?[A-HJ-PR-Z]{3})"
    r"|(?P<before>[A-HJ-NPR-TV-Y][0-9]{1,3}[ -]?[A-HJ-PR-Y][A-HJ-PR-Z]{2})"
    r"|(?P<first>[A-HJ-PR-Z]{3}[ -]?[0-9]{1,3}[A-HJ-NPR-TV-Y]))(?![\w@/])(?!-[0-9A-Z])",
    re.IGNORECASE,
)
_OF_A_YEAR = re.compile(r"0[2-9]|[12][0-9]|5[1-9]|[67][0-9]")
_VEHICLES = (
    "reg", "registration", "reg no", "reg number", "registered keeper", "keeper", "number plate", "plate", "vehicle",
    "vehicles", "car", "cars", "van", "lorry", "motorbike", "moped", "scooter", "taxi", "driver", "driving", "parked",
    "astra", "corsa", "fiesta", "focus", "golf", "polo", "clio", "bmw", "audi", "mercedes", "ford", "vauxhall",
    "toyota",
    "nissan", "qashqai", "transit", "berlingo", "volvo", "honda", "hyundai", "kia", "skoda", "seat", "mini",
    "range rover",
    "land rover", "tesla", "cerbyd", "fan",
)  # fmt: skip
_FLEET = (
    "gritter", "gritters", "bus", "buses", "coach", "tram", "fire engine", "fire engines", "appliance", "ambulance",
    "vintage", "classic", "restored", "restoration", "museum", "rally", "heritage", "leyland", "routemaster", "steam",
    "mayor's", "mayoral", "civic car", "our fleet", "mobile library", "minibus", "road sweeper", "voted for", "named",
    "raffle", "win a", "code", "use code", "postcode", "flight", "room", "item", "policy", "sg", "grid ref",
)  # fmt: skip


def _judge_plate(candidate: Candidate) -> Verdict | None:
    value = compact(candidate.value)
    if candidate.lowered() and not candidate.near(("keeper", "owner", "belongs to"), 60, 40):
        return None
    of_today = candidate.match["now"] is not None
    sound = of_today and bool(_OF_A_YEAR.fullmatch(value[2:4]))
    written = candidate.value == candidate.value.upper() or candidate.alone()
    if candidate.named() and written:
        return Verdict(Severity.MEDIUM, "vehicle", value)
    if candidate.alone() and (sound or not of_today):
        return Verdict(Severity.MEDIUM, "vehicle", value)
    return Verdict(Severity.MEDIUM, "vehicle", value) if sound and written else None


VEHICLE_REG = PatternRule(
    id="vehicle-registration",
    label="VEHICLE_REG",
    severity=Severity.MEDIUM,
    summary="A registration plate in one of the forms since 1963. Plates of today's form count by themselves, older "
            "ones and "
    "ones of no year beside words of cars and keepers. None beside words of fleets and of vintage vehicles.",
    source="DVLA, INF104 (vehicle registration numbers)",
    pattern=_PLATE,
    judge=_judge_plate,
    needs="0123456789",
    reasons=("vehicle",),
    replacement="[registration removed]",
    cues=Cues(named=_VEHICLES, down=_FLEET),
    must=(
        Example("Would the owner of AB51 ABC please move it", Severity.MEDIUM),
        Example("his silver Astra (AB99 XYZ)", Severity.MEDIUM),
        Example("the van, reg K123 ABC", Severity.MEDIUM),
        Example("ABC 123D", Severity.MEDIUM),
    ),
    must_not=(
        "Meet the gritter AB51 ABC", "Ride on our vintage bus ABC 123D", "From A38 THE queue is long", "AB00 ABC",
        "AB35 ABC",
        "use code SWIM24 FREE",
    ),
)  # fmt: skip

RULES = (DRIVING_LICENCE, PASSPORT, VEHICLE_REG)
