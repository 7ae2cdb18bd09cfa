"""Recall on ESCO, the European classification of skills: its names indexed, its other names asked.

The file is not ours to keep and is read from where it is; without it nothing is printed. Half of 500 names are asked
as they stand; the same with one and with two wrong letters, and inside a question; then 400 that share no stem with
the skill's name.
"""

import gzip
import random
import string
from pathlib import Path

from directory import encoder, intent, question, term_vectors
from directory.answers import NotAQuestion
from directory.matching import Label, Matcher
from directory.meaning import Vectored
from directory.thesaurus import general
from directory.vocabulary import stem, words

ASKED, SYNONYMS = 500, 400
GOALS = {"clean": 0.86, "one typo": 0.84, "two typos": 0.80, "in a question": 0.85}
SYNONYM_GOAL = 0.40


def show(file: Path) -> None:
    """Print recall within the first three, and for true synonyms within the first ten."""
    model = encoder.available()
    direction = intent.load(model.model) if model else None
    if model is None or direction is None or not file.exists():
        print("\nESCO: not there, or no encoder")
        return
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        skills = [line.rstrip("\n").split("\t") for line in lines]
    names = [name for name, *_ in skills]
    made = dict(zip(names, model.encode(names), strict=True)) | term_vectors.load(model.model, general())
    meaning = Vectored(model, names, general(), made, direction)
    matcher = Matcher([Label(place, name, place) for place, name in enumerate(names)], general(), meaning, model.words)
    chance = random.Random(8)
    pairs = [(place, other) for place, (name, rest) in enumerate(skills) for other in rest.split("|") if other != name]
    some = chance.sample(pairs, ASKED)
    ways = {"clean": some, "one typo": _spoilt(some, 1, chance), "two typos": _spoilt(some, 2, chance)}
    ways["in a question"] = [(place, f"does anyone here know how to {other}?") for place, other in some]
    print("\n| ESCO, recall within three | figure | goal |\n| --- | --- | --- |")
    for name, asked in ways.items():
        print(f"| {name} | {_recall(matcher, asked, 3):.3f} | {GOALS[name]} |", flush=True)
    strangers = [(place, other) for place, other in pairs if not _stems(other) & _stems(names[place])]
    hard = chance.sample(strangers, min(SYNONYMS, len(strangers)))
    print(f"| true synonyms, within ten | {_recall(matcher, hard, 10):.3f} | {SYNONYM_GOAL} |")


def _recall(matcher: Matcher, asked: list[tuple[int, str]], within: int) -> float:
    right = 0
    for place, text in asked:
        read = question.read(text)
        read = question.about(text) if isinstance(read, NotAQuestion) else read
        right += place in [hit.label.id for hit in matcher.match(read).labels[:within]]
    return right / len(asked)


def _spoilt(asked: list[tuple[int, str]], typos: int, chance: random.Random) -> list[tuple[int, str]]:
    return [(place, _typed(text, typos, chance)) for place, text in asked]


def _typed(text: str, typos: int, chance: random.Random) -> str:
    """The text with letters left out, doubled, swapped or wrong, each in another word where there are enough."""
    parts = text.split()
    long = [number for number, word in enumerate(parts) if len(word) > 3 and word.isalpha()]
    for number in chance.sample(long, min(typos, len(long))):
        word, at = parts[number], chance.randrange(1, len(parts[number]) - 1)
        letter = chance.choice(string.ascii_lowercase)
        parts[number] = chance.choice(
            (
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at:],
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            )
        )
    return " ".join(parts)


def _stems(text: str) -> set[str]:
    return {stem(word) for word in words(text)}
