"""Three made-up organisations whose truth is known, for staff files that are messy on purpose."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

FIRST = (
    "Ama Owen Priya Siân Tom Nia Zoë Kwame Aoife Marek Łukasz Renée José Björk Chidi Fatuma Gwen Hamza Ifeoma Jürgen "
    "Kerensa Lowri Mairéad Nikita Oisín Padma Qasim Rhys Søren Thandi Ümit Vikram Wiktoria Xanthe Yusuf Zainab"
).split()
LAST = (
    "Mensah Llewellyn O'Neill Smith-Jones Müller D’Arcy Nkemelu Étienne Kowalski van-der-Berg MacLeod Ó'Briain Ng Öz "
    "Fernández Price Gwynne Dunmore Raman Whitfield Abara Castell Thorne Birch Vale Marsh Holt Firth Beck Moor"
).split()
ODD_NAMES = ("Sade", "Björk", "李小龍", "Ольга Петрова", "محمد علي", "Nguyễn Thị Hoa", "Jo", "X Æ Vale")

LABELS = {
    "Brackwell": """
HR casework / employee relations|First aid at work - expires 2027|Excel (pivot tables, XLOOKUP)|QGIS|
SQL|Power BI|Section 21 / Section 8 notices|Refuse & recycling rounds|Town planning|Event planning|Licensing Act 2003|
Polish (native)|
British Sign Language (L2)|Urdu / Gujarati|
Flood risk, drainage and SuDS|C# and .NET|24/7 rota planning|
IT procurement|Gold/Silver loggist|Health and safety (IOSH)|Freedom of Information / EIR|PRINCE2 Practitioner|
potholes / reactive repairs|D1 licence|Youth work (JNC)|ILM Level 5 coach|audit - controls testing|HGV driving|Welsh|
Housing options, allocations|e-learning authoring|Court bundles|Tree inspection|
s106 agreements|Debt advice|Minute taking|
Bat surveys|Copy-editing|Media handling|Canva""",
    "Thornmoor": """
Safeguarding adults s42|Mental Capacity Act / DoLS|AMHP|Best interests assessor|Trusted assessor|
Moving & handling|Continuing healthcare (CHC), joint funding|Liquidlogic|
Mosaic system admin|Makaton|Fostering / adoption panel|
SEND tribunals|EHC plans|Early years (EYFS)|School admissions, appeals|Attendance / EWO|Youth justice (AssetPlus)|
Contract management|Commissioning, home care|Direct payments|Deputyship / appointeeship|
Blue Badge assessments|NVQ assessor|
Report writing|Chairing|Train the trainer|Punjabi|Romanian (fluent)|Excel|Data protection / UK GDPR|Minute taking""",
    "Eastmere": """Manual handling|Fire warden|Infection control|QGIS|Excel, advanced functions|Power BI|
Python (pandas)|Project management|Facilitation|French|Sign language|Budget monitoring|Procurement|
Public speaking|Grant writing|
Water sampling / quality|Chainsaw CS30/31|Boat handling|Drone pilot (A2 CofC)|4x4 driving""",
}
JOBS = "Officer|Senior Officer|Team Leader|Assistant|Head of Service|Technician|Adviser, part-time|Manager".split("|")
SERVICES = {
    "Housing": ("Allocations", "Repairs"),
    "Digital & Data": ("Insight", "GIS Team"),
    "Adult Social Care": ("Locality North", "Reablement"),
    "Environment / Waste": ("Streets", "Parks"),
}


@dataclass(slots=True)
class Somebody:
    """One person as she truly is."""

    staff_id: str
    name: tuple[str, str]
    email: str
    job_title: str
    service: str
    team: str
    last_reviewed: date
    phone: str
    skills: dict[str, int | None] = field(default_factory=dict)

    @property
    def full_name(self) -> str:
        """First and last name, or the only one."""
        return " ".join(filter(None, self.name))


def labels_of(organisation: str) -> list[str]:
    """The skills of an organisation as its audit names them."""
    return [" ".join(label.split()) for label in LABELS[organisation].split("|")]


def staff_of(organisation: str, people: int, seed: int, *, levels: bool = True) -> list[Somebody]:
    """The staff of an organisation; among them one-word names, other scripts, and two people of one name."""
    dice = random.Random(f"{organisation}{seed}")
    labels = labels_of(organisation)
    found = []
    for number in range(people):
        name = (dice.choice(FIRST), dice.choice(LAST))
        if number % 40 == 7:
            odd = ODD_NAMES[number // 40 % len(ODD_NAMES)]
            name = (odd.partition(" ")[0], odd.partition(" ")[2])
        service = dice.choice([*SERVICES])
        held = dice.sample(labels, dice.randint(0 if number % 9 == 0 else 1, 7))
        found.append(
            Somebody(
                f"{1001 + number * 7:06d}",
                name,
                f"p{number}.{organisation.lower()}@{organisation.lower()}.example",
                dice.choice(JOBS),
                service,
                dice.choice(SERVICES[service]),
                date(2023, 1, 1) + timedelta(days=dice.randrange(1400)),
                f"+44 1632 {960000 + number % 999:06d}",
                {label: dice.randint(1, 4) if levels else None for label in held},
            )
        )
    found[1].name = found[0].name
    return found
