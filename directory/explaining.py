"""How a question was answered, step by step: codes and parameters, whose words `bot/wording` has."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from directory.answers import Choose, Nobody, NotAQuestion
from directory.deciding import Chosen
from directory.matching import Ranking
from directory.narrowing import DAYS, Narrowing
from directory.question import Asked

SHOWN = 5  # labels


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its code and what fills its sentence."""

    code: str
    params: Mapping[str, str] = field(default_factory=dict)


def steps(
    asked: Asked, said: Narrowing, ranking: Ranking, decided: Chosen | Choose | Nobody | NotAQuestion
) -> list[Step]:
    """The steps from the question to what becomes of it."""
    found = []
    if ranking.asks is not None:
        found.append(Step("intent", {"logit": f"{ranking.asks:+.2f}"}))
    if asked.doubt:
        found.append(Step("doubt", {"code": asked.doubt}))
    found += _narrowed(said)
    found.append(Step("topic", {"topic": asked.topic, "words": " ".join(asked.words)}))
    found += [Step("repaired", {"typed": typed, "read": read}) for typed, read in ranking.reading.repaired]
    found += [Step("expanded", {"read": full}) for full in ranking.expanded]
    found.append(Step("tier", {"code": "meaning" if ranking.with_vectors else "words"}))
    for hit in ranking.labels[:SHOWN]:
        params = {"label": hit.label.text, "score": f"{hit.score:.2f}", "code": hit.code, "fit": f"{hit.fit:.2f}"}
        found.append(Step("label", {**params, "through": hit.through or "-"}))
    found.append(Step("elsewhere", {"term": ranking.elsewhere, "score": f"{ranking.elsewhere_score:.2f}"}))
    return [*found, _decided(decided)]


def _narrowed(said: Narrowing) -> list[Step]:
    found = []
    if said.spot:
        found.append(Step("spot", {"place": said.spot.name}))
    if said.day is not None:
        found.append(Step("day", {"day": DAYS[said.day].capitalize()}))
    return [*found, *([Step("senior")] if said.senior else [])]


def _decided(decided: Chosen | Choose | Nobody | NotAQuestion) -> Step:
    match decided:
        case Chosen():
            return Step("chosen", {"labels": ", ".join(hit.label.text for hit in decided.together)})
        case Choose():
            return Step("choose", {"labels": ", ".join(hit.label for hit in decided.skills)})
        case Nobody():
            return Step("nobody")
        case NotAQuestion():
            return Step("not_asked", {"code": decided.code})
