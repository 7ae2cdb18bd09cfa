"""How two staff directories of the United Kingdom's government search, built again from their code as it was read.

Both look into free text about people; here that is the labels of a skills audit, as ours is asked. The first finds
whoever's text holds any word of the question anywhere; the second ranks the whole phrase before all words before any
word, after taking endings off. Neither has a threshold: whoever is found is named. Neither knows what is no question.
"""

from collections.abc import Callable, Sequence

from directory.vocabulary import stem, words

STOP = frozenset("a an and are as at be by for from has have i in is it of on or that the this to was we with".split())
"""What PostgreSQL's and OpenSearch's English analysers leave out, the commonest of it."""

Peer = Callable[[str, Sequence[str]], list[str]]


def any_word(question: str, labels: Sequence[str]) -> list[str]:
    """Labels that hold any word of the question, as it stands, those with most of them first."""
    asked = set(question.casefold().replace("?", " ").split())
    held = [(sum(word in label.casefold() for word in asked), label) for label in labels]
    return [label for count, label in sorted(held, key=lambda one: (-one[0], one[1])) if count]


def phrase_then_words(question: str, labels: Sequence[str]) -> list[str]:
    """Labels that hold the phrase, then all words, then any, compared without endings."""
    asked = [stem(word) for word in words(question) if word not in STOP]
    found = []
    for label in labels:
        held = [stem(word) for word in words(label)]
        shared = sum(word in held for word in asked)
        phrase = " ".join(asked) in " ".join(held)
        if shared:
            found.append((not phrase, shared < len(asked), -shared / len(held), label))
    return [label for *_, label in sorted(found)]


PEERS: dict[str, Peer] = {"any word, anywhere": any_word, "phrase, all words, any word": phrase_then_words}
