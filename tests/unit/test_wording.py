"""Every sentence that the product says exists, is given what it needs, is used, and is plain British English."""

import re
from itertools import chain

import pytest

from adapters.ports import HealthState
from bot.access import Action
from bot.announcements.looking import COUNTED
from bot.announcements.preview import BUTTONS
from bot.commands import COMMANDS, TOPICS
from bot.epochs import ARRIVING, MOVED_AWAY
from bot.leaks.findings import Level
from bot.leaks.rules import RULES
from bot.leaks.weighing import LOWERED
from bot.platforms import SHUT_OUT, SLACK_SHUT_OUT
from bot.protocol.model import Role, Source, State, Trigger
from bot.protocol.sending import DeliveryState
from bot.wording import NoSuchSentence, catalogue, count, known, listed, say
from directory.rows import ROW_CODES, STRUCTURE_CODES
from tests.unit.spoken import Spoken, first_arguments, placeholders, spoken, texts

CALLS = spoken()
SENTENCES = sorted(catalogue().items())
CHANGES = {"added", "changed", "left"}
FAULTS = {*STRUCTURE_CODES, *ROW_CODES}
VERDICTS = first_arguments("bot/protocol", "Verdict", at=1) | first_arguments("bot/announcements", "Verdict", at=1)
STOPPED = (VERDICTS | {"asked", "lost_approver", "withdrawn"}) - {"approved"}
HELD = STOPPED - {"withdrawn"} | {"late", "not_me", "not_shown", "restored"}
BALLOTS = {vote.value for vote in COUNTED}
# What a code may be filled up with. A new template fails until its values stand here.
VALUES: dict[str, set[str]] = {
    "state.{}": {state.value for state in State},
    "role.{}": {role.value for role in Role},
    "roles.name.{}": {role.value for role in Role},
    "delivery.{}": {state.value for state in DeliveryState},
    "help.command.{}": {command.code for command in COMMANDS},
    "help.topic.{}": set(TOPICS),
    "refuse.action.{}": {action.value for action in Action},
    "release.error.{}": {
        "away", "channel_gone", "earlier_part", "missed", "nobody_posts", "not_authenticated", "not_posted", "other",
        "thread_broken", "too_old", "withdrawn", "unknown_room", "forbidden",
    },
    "release.{}": {"all_sent", "some_sent", "none_sent", *STOPPED, *HELD},
    "recall.{}": {"all_gone", "some_remain"},
    "why.reason.{}": {"finding", "scanner_failed", *HELD},
    "explain.how.{}": {source.value for source in Source},
    "vote.{}": {"outsider", "old_preview", "own", "not_approver", "too_late"},
    "clearing.{}_button": {"there", "again"},
    "changes.{}": {"replace", "delete", "insert"},
    "reason.ask.{}": BALLOTS - {"approve"},
    "preview.button.{}": {vote.value for vote in BUTTONS},
    "preview.where.{}": {"text", "alt"},
    "preview.stub.{}": first_arguments("bot/announcements", "stub", at=2),
    "people.because.{}": {"exact", "words", "repaired", "initials", "term", "meaning"},
    "cli.check.encoder.{}": {"there", "not_installed", "altered"},
    "who.explain.{}": first_arguments("directory", "Step"),
    "people.none.{}": {"place", "senior"},
    "people.level.{}": {"1", "2", "3", "4"},
    "file.{}": CHANGES,
    "load.cli.{}": CHANGES,
    "load.{}.reason": FAULTS,
    "load.{}.fix": FAULTS,
    "load.refusal.{}": first_arguments("directory", "LoadRefused"),
    "leaks.label.{}": {rule.label for rule in RULES},
    "leaks.scan.{}": {level.value for level in Level},
    "leaks.scan.words_{}": {"unread", "clear", "none"},
    "leaks.scan.wrong.{}": first_arguments("bot/cli", "_fail"),
    "leaks.picture.{}": first_arguments("bot/pictures", "PictureRefused"),
    "leaks.contacts.{}": first_arguments("bot/leaks", "ContactsFault", "_refused")
    | {"not_a_phone", "not_an_email", "not_an_account", "not_a_text", "not_a_domain", "not_a_pattern"},
    "leaks.cue.{}": {
        "named", "raised", "lowered", "person_named", "name_unlisted",
        "person_told", "family_named", "relative", "addressed", "pronoun",
        "house", "place", "school_named", "class", "age", "detail", "clause", "sole", "matter", "figure",
        *(f"public_{tag}" for tag in LOWERED),
    },
    "leaks.removed.{}": {
        "gps_position", "camera_details", "time_taken", "author", "comment", "text_notes", "thumbnail", "xmp", "iptc",
        "colour_profile", "further_frames", "fine_detail", "other_details", "heic", "appended", "depth",
    },
    "times.weekday.{}": {str(number) for number in range(1, 8)},
    "times.month.{}": {str(number) for number in range(1, 13)},
    "times.refusal.{}": first_arguments("bot/protocol", "NotATime"),
    "cli.database.{}": {"read_only", "cannot_open", "full", "busy", "no_database", "unreachable"},
    "accounts.{}": {"used", "another", "cannot_tell"},
    "wordings.{}": first_arguments("bot/announcements", "WordingFault"),
    "run.{}": first_arguments("bot", "NotAssembled"),
    "matrix.fault.{}": set(SHUT_OUT),
    "health.{}": {state.value for state in HealthState},
    "matrix.check.{}": {
        "token_good", "unreachable", "keys_good", "keys_to_come", "identity_not_here", "no_encryption",
        "not_cross_signed", "not_in_room",
        "encryption_off", "no_right_to_send", "no_right_to_react", "no_right_to_take_back", "room_encrypted",
        "room_plain", "identities_known", "identities_new",
    },
    "slack.fault.{}": {*SLACK_SHUT_OUT, "port_taken", "socket_lost"},
    "slack.app.{}": {
        "description", "command", "usage", "shortcut", "shortcut_description", "form", "form_description",
    },
    "slack.check.{}": {
        "bot_good", "app_good", "signed", "scopes_good", "scope_missing", "scope_too_much", "room_good",
        "not_in_room", "shared", "unreachable",
    },
    "channels.check.{}": {
        "bluesky_reached", "bluesky_not_reached", "bluesky_accepted", "bluesky_password_refused",
        "bluesky_main_password",
        "mastodon_reached", "mastodon_not_reached", "mastodon_accepted", "mastodon_token_refused",
        "mastodon_scopes_lacking", "x_accepted", "x_not_reached", "x_sign_in_again", "x_unsafe_tokens",
        "x_tokens_unreadable",
    },
    "init.ask.{}": {"homeserver", "user", "room"},
    "slack_init.{}": {"no_room"},
    "slack_init.ask.{}": {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"},
    "init.fault.{}": {
        "unreachable", "no_homeserver", "wrong_password", "no_password_login", "rate_limited", "server_fault",
    },
    "audit.fault.{}": first_arguments("bot", "Fault", at=1)
    | {"rewritten", "older", "posted_differs", "posted_gone"},
    "audit.action.{}": {trigger.value for trigger in Trigger}
    | first_arguments("bot", "Entry")
    | {"other", "load", "load_undone", "approval", "approval_withdrawn", "vote", "vote_withdrawn"},
    "epochs.done.{}": {"unsure", "dropped", "unanswered"},
    "epochs.refused.{}": first_arguments("bot/cli", "NotPutBack"),
    "epochs.move.{}": first_arguments("bot/cli", "NotCopied"),
    "epochs.{}": {MOVED_AWAY, ARRIVING},
    "roles.links.{}": {"ask", "second", "nobody", "other"},
    "roles.losing.{}": {"ask", "second", "nobody", "other"},
    "load.aside.{}": {
        "title_line", "section_row", "total_row", "repeated_header", "foot_line", "unread_sheet", "hidden_sheet",
        "empty_formula",
    },
    "load.field.{}": {"skill", "email", "skills", "last_reviewed", "staff_id", "name", "job_title"},
    "load.remark.{}": {
        "no_value", "shortened_number", "zeros_back", "surname_first", "first_email", "manager_by_name",
        "only_month", "skill_twice", "no_level", "no_tick",
    },
    "incident.why.{}": {"personal_data", "wrong", "other"},
    "incident.why.kept_{}": {"wrong", "other"},
    "incident.already_{}": {"report", "no_report"},
    "incident.decided_{}": {"report", "no_report"},
    "{}_author": {"vote.rejected", "vote.held", "vote.changes"},
}  # fmt: skip
REASONS = {f"leaks.reason.{reason}" for rule in RULES for reason in rule.reasons}
PICTURE_FAULTS = {f"leaks.picture.{code}" for code in VALUES["leaks.picture.{}"]}
# Codes that come from somewhere else altogether.
ORIGINS: dict[str, set[str]] = {
    "bot/announcements/drafting.py:fault.code": {
        "picture.no_alt",
        "picture.too_large",
        "picture.gone",
        *PICTURE_FAULTS,
    },
    "bot/announcements/preview.py:item['reason_code']": REASONS,
    "bot/cli/scan.py:finding.reason_code": REASONS,
    "bot/announcements/standing.py:code": VALUES["{}_author"] | {"vote.not_me_out", "vote.not_me_told"},
    "bot/announcements/standing.py:_QUIET[trigger]": {"vote.withdrawn", "vote.reconsidered", "vote.taken_back"},
    "bot/announcements/answering.py:said.code": {"by_hand.done", "by_hand.cannot", "by_hand.gone"},
}


def codes_of(call: Spoken) -> set[str]:
    """Every code that a call may say."""
    found: set[str] = set()
    for code in call.codes:
        if "{}" in code:
            found |= {code.replace("{}", value) for value in VALUES[code]}
        else:
            found |= ORIGINS[code] if ":" in code else {code}
    return found


def test_there_are_calls_and_sentences() -> None:
    assert len(CALLS) > 100
    assert len(SENTENCES) > 300
    assert [template for template, values in VALUES.items() if not values] == []


def test_it_is_known_what_every_call_may_say() -> None:
    codes = {code: call.place for call in CALLS for code in call.codes}
    unknown = {code: place for code, place in codes.items() if ("{}" in code or ":" in code)}
    assert {code: place for code, place in unknown.items() if code not in VALUES and code not in ORIGINS} == {}
    assert (VALUES.keys() | ORIGINS.keys()) - unknown.keys() == set()


def problem(call: Spoken) -> str:
    """What is wrong with a call; empty when nothing is."""
    codes = codes_of(call)
    missing = {code for code in codes if not known(code)}
    if not codes or (missing and not (call.optional and missing < codes)):
        return f"no sentence: {sorted(missing)}"
    asked = {code: placeholders(catalogue()[code]) - call.given for code in codes - missing}
    return f"not given: {asked}" if any(asked.values()) and not call.open else ""


def test_what_is_said_exists_and_is_given_what_it_needs() -> None:
    assert {call.place: problem(call) for call in CALLS if problem(call)} == {}


@pytest.mark.parametrize(
    ("codes", "given", "told"),
    [
        ("cancel.done", "number", ""),
        ("cancel.done", "", "not given: {'cancel.done': {'number'}}"),
        ("cancel.dnoe", "number", "no sentence: ['cancel.dnoe']"),
        ("state.{}", "", ""),
        ("", "", "no sentence: []"),
    ],
)
def test_a_wrong_call_would_be_noticed(codes: str, given: str, told: str) -> None:
    call = Spoken("here", tuple(codes.split()), frozenset(given.split()), open=False, optional=False)
    assert problem(call) == told


def test_what_stands_in_lists_here_stands_in_the_source() -> None:
    """The values written out above are ones that the source knows; a renamed one fails here."""
    written = texts("bot") | texts("directory") | texts("adapters")
    names = (
        "delivery.{}",
        "release.error.{}",
        "release.{}",
        "why.reason.{}",
        "leaks.removed.{}",
        "cli.database.{}",
        "people.because.{}",
    )
    lists = {name: VALUES[name] for name in names} | {
        "leaks.contacts.{}": VALUES["leaks.contacts.{}"],
        "file.{}": CHANGES,
    }
    assert {name: values - written for name, values in lists.items() if values - written} == {}


def test_no_sentence_is_never_said() -> None:
    said = set(chain.from_iterable(codes_of(call) for call in CALLS)) | texts("bot")
    assert [code for code, _ in SENTENCES if code not in said] == []


# What a button was pressed for, and notes for the press.
ABOUT_BUTTONS = {"explain.how.button", "leaks.removed.iptc"}


def test_no_sentence_needs_a_button() -> None:
    """Some platforms have none: sentences name reactions and words, which work on all; buttons speak for themselves."""
    needing = {code for code, sentence in SENTENCES if re.search(r"(?i)\b(button|press|tap|click)", sentence)}
    assert needing == ABOUT_BUTTONS


@pytest.mark.parametrize(("code", "sentence"), SENTENCES, ids=[code for code, _ in SENTENCES])
def test_a_sentence_is_well_made(code: str, sentence: str) -> None:
    assert sentence
    assert sentence == sentence.rstrip()
    assert all(name.isidentifier() for name in placeholders(sentence)), "a placeholder is a bare name"
    assert "!" not in sentence, "nobody is shouted at"
    assert sentence.count("“") == sentence.count("”")
    assert not re.search(r"\s[,.:?]|\.\.\.", sentence), "no space before a stop; … for an ellipsis"
    begins = sentence.lstrip("\n“•( ")
    if begins[0].isupper() and len(begins.split()) > 4:
        assert re.search(r"[.?:…)}”]$|: [^:]*[^.:]$", sentence), "it ends with a stop, a value or an example"


AMERICAN = re.compile(
    r"\b(colors?|behaviors?|centers?|favou?rites?(?<!favourites)(?<!favourite)|canceled|canceling|labeled|traveled|"
    r"modeled|signaled|fulfill|enroll|defense|offense|licenses|gray|catalogs?|judgment|analyz\w*|gotten|toward|"
    r"(?:recogn|organ|author|apolog|real|summar|final|minim|maxim|custom|prior|synchron|util|initial)iz\w*|"
    r"percent|checkmark|zip code|cell phone|vacation|math|ok|okay|please note|utili[sz]e|invalid|illegal|abort\w*)\b",
    re.IGNORECASE,
)


def test_the_spelling_is_british_and_the_words_are_plain() -> None:
    found = {code: match.group() for code, text in SENTENCES if (match := AMERICAN.search(text))}
    assert found.pop("cli.check.ok") == "ok"  # a mark in a column, not a word
    assert found == {}


@pytest.mark.parametrize("word", ["colour", "organise", "cancelled", "centre", "favourite", "realised", "licence"])
def test_the_spelling_check_knows_british_from_american(word: str) -> None:
    assert not AMERICAN.search(word)
    american = {"colour": "color", "organise": "organize", "cancelled": "canceled", "centre": "center"}
    assert AMERICAN.search(american.get(word, "apologize"))


def test_a_code_without_a_sentence_and_a_sentence_without_its_parameter_are_faults_of_ours() -> None:
    with pytest.raises(NoSuchSentence, match=r"no\.such\.code: 'no\.such\.code'"):
        say("no.such.code")
    with pytest.raises(NoSuchSentence, match="number"):
        say("cancel.done")
    assert not known("no.such.code")
    assert known("cancel.done")


def test_what_people_wrote_is_never_read_as_a_template() -> None:
    assert say("people.no_such", name="{number} {0} {}") == "Nobody called “{number} {0} {}” is listed."


COUNTS = [(0, "0 people"), (1, "1 person"), (2, "2 people"), (1234, "1,234 people"), (1_000_000, "1,000,000 people")]


@pytest.mark.parametrize(("number", "words"), COUNTS)
def test_a_number_has_its_noun(number: int, words: str) -> None:
    assert count(number, "person", "people") == words


LISTS = [
    ([], ""),
    (["a"], "a"),
    (["a", "b"], "a and b"),
    (["a", "b", "c"], "a, b and c"),
    (list("abcd"), "a, b, c and d"),
]


@pytest.mark.parametrize(("items", "words"), LISTS)
def test_a_list_reads_as_english(items: list[str], words: str) -> None:
    assert listed(items) == words
