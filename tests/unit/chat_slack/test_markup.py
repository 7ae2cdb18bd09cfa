"""What people typed on Slack, as people read it; and words of ours that can do nothing there."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.slack.markup import escaped
from tests.unit.chat_slack.fake import NAMES


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("Salt &amp; grit &lt;now&gt;", "Salt & grit <now>"),
        ("&amp;lt;", "&lt;"),
        ("ask <@U01ANN>", "ask slack:U01ANN"),
        ("ask <@U01ANN|ann>", "ask slack:U01ANN"),
        ("in <#C01OPEN|open> and <#C02X>", "in #open and #C02X"),
        ("<!channel> <!here> <!everyone>", "@channel @here @everyone"),
        ("<!subteam^S01|@comms> <!subteam^S01>", "@comms subteam^S01"),
        ("<!date^1392734382^{date}|18 February>", "18 February"),
        ("see <https://council.example/a?b=1&amp;c=2>", "see https://council.example/a?b=1&c=2"),
        ("see <http://council.example|council.example>", "see council.example"),
        ("see <https://council.example|https://council.example>", "see https://council.example"),
        ("see <https://evil.example|our bank>", "see our bank (https://evil.example)"),
        ("<mailto:ann@council.example|ann@council.example>", "ann@council.example"),
        ("<tel:+441632960001|01632 960001>", "01632 960001 (tel:+441632960001)"),
        ("<@U0BOT> and <@U0BOT>", "@switchboard and @switchboard"),
        ("a < b > c", "a < b > c"),
        ("<>", "<>"),
    ],
)
def test_decoded(told: str, read: str) -> None:
    assert NAMES.decoded(told) == read


@pytest.mark.parametrize(
    ("told", "addressed", "text"),
    [
        ("<@U0BOT> who knows about floods?", True, "who knows about floods?"),
        ("<@U0BOT>: announce: follow <@U0BOT> for news", True, "announce: follow @switchboard for news"),
        ("<@U0BOT|switchboard>, help", True, "help"),
        ("help <@U0BOT>", True, "help"),
        ("<@U0BOT>", True, ""),
        ("  who knows  ", False, "  who knows  "),
        ("<@U0BOTX> help", False, "slack:U0BOTX help"),
        ("&lt;@U0BOT&gt; help", False, "<@U0BOT> help"),
        ("@switchboard help", False, "@switchboard help"),
    ],
)
def test_heard(told: str, addressed: bool, text: str) -> None:
    assert NAMES.heard(told) == (addressed, text)


@given(st.text())
def test_nothing_of_ours_is_markup(text: str) -> None:
    """R19: neither `<!channel>` nor a link can be forged, and what is shown is what was said."""
    told = escaped(text)
    assert "<" not in told
    assert ">" not in told
    assert re.sub("&(amp|lt|gt);", "", told).count("&") == 0
    assert told.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text
