"""What is told about somebody in words: a person who can be made out, joined to what must stay private."""

from collections.abc import Iterator

from bot.leaks.findings import Severity
from bot.leaks.reading import Reading
from bot.leaks.rules.base import ContextRule, Example, Found, Look, Sighting
from bot.leaks.weighing import SURE, told


def _look(family: str, *, gravest: Severity = Severity.HIGH) -> Look:
    """A look for one family of matters; where nobody could mistake it, as grave as `gravest`."""

    def look(reading: Reading, found: Found) -> Iterator[Sighting]:
        del found
        for one in told(reading, family):
            severity = gravest if one.weight >= SURE else Severity.HIGH
            yield Sighting(one.start, one.end, severity, f"told_{family}", one.cues)

    return look


HEALTH = ContextRule(
    id="health",
    label="HEALTH",
    severity=Severity.HIGH,
    summary="Somebody who can be made out, joined to an illness, a treatment, a pregnancy or a disability.",
    source="UK GDPR, articles 4(15) and 9; ICO, Special category data",
    look=_look("health"),
    reasons=("told_health",),
    replacement="[details of somebody's health removed]",
    must=(
        Example("Get well soon to our lollipop man Vic, back in Ward 9 for more chemo.", Severity.HIGH),
        Example("Mrs Penhaligon at 14 Pound Close was taken to hospital after a fall.", Severity.HIGH),
        Example("A boy in Year 5 at Anytown Primary has been diagnosed with diabetes.", Severity.HIGH),
        Example("Mae gan Rhiannon ganser; bydd yn yr ysbyty tan ddydd Llun.", Severity.HIGH),
    ),
    must_not=(
        "Cervical screening can save your life. Ring your surgery.",
        "One in four people has a mental health condition.",
        "Living with HIV? Free confidential tests on Wednesdays.",
        "Cllr Ama Penhaligon opened the new dementia café.",
        "The hospital bus now stops in Mill Lane.",
    ),
)

SAFEGUARDING = ContextRule(
    id="safeguarding",
    label="SAFEGUARDING",
    severity=Severity.CRITICAL,
    summary="Somebody who can be made out, joined to child protection, care, abuse, flight or the meetings about them.",
    source="Working together to safeguard children (Department for Education); Children Act 1989, section 97; Care Act "
    "2014",
    look=_look("care", gravest=Severity.CRITICAL),
    reasons=("told_care",),
    replacement="[safeguarding details removed]",
    must=(
        Example("Both Penhaligon children have been on a child protection plan since Easter.", Severity.CRITICAL),
        Example("MARAC today: good support for the lady from the bakery on Fore Street.", Severity.HIGH),
        Example("Jenny Penhaligon fled her violent partner and is now in Anytown.", Severity.CRITICAL),
    ),
    must_not=(
        "231 children were on child protection plans at the end of March.",
        "What's a MARAC? It's a meeting where agencies plan together.",
        "Could you foster brothers and sisters together? Ring us.",
        "Think a child is being harmed? They'll decide whether a section 47 enquiry is needed.",
    ),
)

CRIMINAL = ContextRule(
    id="criminal",
    label="CRIMINAL",
    severity=Severity.HIGH,
    summary="Somebody who can be made out, joined to an offence, an arrest, bail, prison or probation. Results of "
    "courts that "
    "were published are none.",
    source="UK GDPR, article 10; Data Protection Act 2018, section 11; Rehabilitation of Offenders Act 1974",
    look=_look("law"),
    reasons=("told_law",),
    replacement="[details of an offence removed]",
    must=(
        Example("Her predecessor is on bail over the playing field money.", Severity.HIGH),
        Example("Hats off to Nathan Penhaligon, doing his last 20 hours for the pub assault.", Severity.HIGH),
    ),
    must_not=(
        "Fined £1,800 at the magistrates' court: Rapid Rubble Ltd.",
        "Burglary is down by a third. Lock your doors.",
        "Have you been a victim of fraud? Call Action Fraud.",
    ),
)

HR_RECORD = ContextRule(
    id="personnel",
    label="HR_RECORD",
    severity=Severity.HIGH,
    summary="A member of staff who can be made out, joined to sickness, discipline, a grievance, dismissal or "
    "redundancy.",
    source="UK GDPR, articles 5 and 9; ICO, Employment practices and data protection",
    look=_look("work"),
    reasons=("told_work",),
    replacement="[personnel details removed]",
    must=(
        Example("Mrs Penhaligon has been suspended pending an investigation.", Severity.HIGH),
        Example("Sorry, Wayne's phoned in sick again, so one counter only.", Severity.HIGH),
    ),
    must_not=(
        "Vacancy: HR caseworker (sickness and disciplinary), £31,586, closes Sunday.",
        "We are consulting on a restructure that could lose up to 14 posts.",
        "Adaeze Penhaligon joins us as Chief Executive.",
    ),
)

BENEFITS = ContextRule(
    id="benefits",
    label="BENEFITS",
    severity=Severity.HIGH,
    summary="Somebody who can be made out, joined to benefits, arrears, eviction or homelessness.",
    source="UK GDPR, article 5; Social Security Administration Act 1992, section 123",
    look=_look("claim"),
    reasons=("told_claim",),
    replacement="[details of somebody's circumstances removed]",
    must=(
        Example("Only No. 6 Penhaligon Court still owes us its rent.", Severity.HIGH),
        Example("Mohammed and his pregnant wife are in the night shelter.", Severity.HIGH),
    ),
    must_not=(
        "Universal Credit stopped? Bring the letters to our drop-in.",
        "Over 66 and on a low income? You could get Pension Credit.",
        "The count found 7 people sleeping rough in our district.",
    ),
)

FINANCIAL = ContextRule(
    id="debt",
    label="FINANCIAL",
    severity=Severity.HIGH,
    summary="Somebody who can be made out, joined to debts, bankruptcy, wages or what they own.",
    source="UK GDPR, article 5",
    look=_look("debt"),
    reasons=("told_debt",),
    replacement="[financial details removed]",
    must=(
        Example("The owner of the nail bar in Cheap Street has been bankrupt before.", Severity.HIGH),
        Example("Mr Penhaligon has a liability order for unpaid council tax.", Severity.HIGH),
    ),
    must_not=(
        "Worried about debt? Call National Debtline.",
        "Council tax rises by £5.60 a year.",
        "Budget day is on Tuesday.",
    ),
)

SPECIAL_CATEGORY = ContextRule(
    id="special-category",
    label="SPECIAL_CATEGORY",
    severity=Severity.HIGH,
    summary="Somebody who can be made out, joined to faith, origin, orientation, political opinion, union or "
    "immigration status.",
    source="UK GDPR, article 9; ICO, Special category data",
    look=_look("belief"),
    reasons=("told_belief",),
    replacement="[personal details removed]",
    must=(
        Example("Nice to see our manager Colin there with the other Jehovah's Witnesses.", Severity.HIGH),
        Example("Kwame is in the union, the others aren't.", Severity.HIGH),
    ),
    must_not=(
        "Ramadan Mubarak to all who are fasting.",
        "Marlowe Pride steps off at noon, everyone is welcome.",
        "UNISON members will strike on Thursday.",
    ),
)

SCHOOL_RECORD = ContextRule(
    id="school-record",
    label="SCHOOL_RECORD",
    severity=Severity.HIGH,
    summary="A pupil who can be made out, joined to an exclusion, special needs, attendance, behaviour or results.",
    source="UK GDPR, recital 38; Education (Pupil Information) Regulations 2005",
    look=_look("school"),
    reasons=("told_school",),
    replacement="[details of a pupil removed]",
    must=(
        Example("Year 10 parents: the boy who brought the knife has been permanently excluded.", Severity.HIGH),
        Example("We calmed Rhiannon, whose EHCP is being reviewed.", Severity.HIGH),
    ),
    must_not=(
        "Permanent exclusions fell from 31 to 22 last year.",
        "SENDIASS offers free advice on EHC plans.",
        "Exam results are out on Thursday. Good luck!",
    ),
)

_FAMILIES = ("trouble", "care", "health", "law", "belief", "school", "work", "claim", "debt")


def _look_indirect(reading: Reading, found: Found) -> Iterator[Sighting]:
    """Whoever is told of without a name, by whatever is told."""
    del found
    for family in _FAMILIES:
        for one in told(reading, family):
            if family == "trouble" or not one.subject.named:
                yield Sighting(one.start, one.end, Severity.HIGH, "told_trouble", one.cues)


INDIRECT = ContextRule(
    id="indirect",
    label="INDIRECT_ID",
    severity=Severity.HIGH,
    summary="Somebody who is not named but can be worked out from role, kin, place or being the only one, joined to "
    "what "
    "befell them or is said of them.",
    source="UK GDPR, article 4(1) and recital 26; ICO, Anonymisation guidance (motivated intruder)",
    look=_look_indirect,
    reasons=("told_trouble",),
    replacement="[details that point to somebody removed]",
    must=(
        Example("Do look in on the family at the end of Osier Lane whose son drowned last year.", Severity.HIGH),
        Example("The fire was started by the chairman's grandson, who is only nine.", Severity.HIGH),
    ),
    must_not=(
        "Fire crews put out a hay fire. Nobody hurt.",
        "We had 12 complaints about the noise at the festival.",
        "The library on Mill Lane has a new reading group.",
    ),
)

RULES = (
    SAFEGUARDING,
    HEALTH,
    CRIMINAL,
    SPECIAL_CATEGORY,
    SCHOOL_RECORD,
    HR_RECORD,
    BENEFITS,
    FINANCIAL,
    INDIRECT,
)
