"""All vocabularies under their tags, compiled into one lexicon."""

from bot.leaks.lexicon import compiled
from bot.leaks.words import people, public

VOCABULARIES: dict[str, str] = {
    "kin": people.KIN,
    "child": people.CHILD,
    "person": people.PERSON,
    "sole": people.SOLE,
    "who": people.WHO,
    "owned": people.OWNED,
    "he_she": people.HE_SHE,
    "they": people.THEY,
    "example": public.EXAMPLE,
    "consent": public.CONSENT,
    "hypothetical": public.HYPOTHETICAL,
    "statistics": public.STATISTICS,
    "explained": public.EXPLAINED,
    "campaign": public.CAMPAIGN,
    "jobs": public.JOBS,
    "heritage": public.HERITAGE,
    "obituary": public.OBITUARY,
    "sport": public.SPORT,
    "court": public.COURT,
    "media": public.MEDIA,
    "scam": public.SCAM,
    "meetings": public.MEETINGS,
    "planning": public.PLANNING,
    "call_us": public.CALL_US,
    "venue": public.VENUE,
    "owner": public.OWNER,
}
"""Tag -> phrases."""

LEXICON = compiled(VOCABULARIES)
