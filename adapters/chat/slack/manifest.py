"""The app as Slack is told of it: the least scopes, and only the events that the bot handles.

What each field may hold is written at docs.slack.dev, "App manifest"; what each scope is for in
docs/how-to/slack.md.
"""

from dataclasses import dataclass

from adapters.chat.slack.api import Json
from adapters.chat.slack.checkup import asked_for

EVENTS = (
    "app_mention",
    "app_uninstalled",
    "member_joined_channel",
    "message.im",
    "reaction_added",
    "reaction_removed",
    "tokens_revoked",
)
OF_SOCKETS = ("app_home_opened",)
"""Events besides in Socket Mode: the Home tab is there for its buttons."""

COMMAND = "/switchboard"
SHORTCUT = "announce"
FORM = "announcement"  # the shortcut that opens the form: what an empty command of that name does
LONGEST_NAME, LONGEST_DESCRIPTION = 35, 140  # characters


@dataclass(frozen=True, slots=True)
class AppWords:
    """What people read about the app. `name` is also what they mention it by."""

    name: str
    description: str
    command: str
    usage: str
    shortcut: str
    shortcut_description: str
    form: str
    form_description: str


def manifest(words: AppWords, request_url: str = "") -> Json:
    """The manifest; `request_url` is where Slack sends its requests, empty in Socket Mode.

    By signed requests no command, button, form or shortcut is taken, so none is offered.
    """
    name = words.name[:LONGEST_NAME]
    features: Json = {
        "app_home": {
            "home_tab_enabled": not request_url,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": name, "always_online": True},
    }
    settings: Json = {
        "event_subscriptions": {"bot_events": sorted(EVENTS if request_url else EVENTS + OF_SOCKETS)},
        "interactivity": {"is_enabled": not request_url},
        "org_deploy_enabled": False,
        "socket_mode_enabled": not request_url,
        "token_rotation_enabled": False,
    }
    if request_url:
        settings["event_subscriptions"]["request_url"] = request_url
    else:
        features["slash_commands"] = [
            {"command": COMMAND, "description": words.command, "usage_hint": words.usage, "should_escape": True}
        ]
        features["shortcuts"] = [
            _shortcut("message", SHORTCUT, words.shortcut, words.shortcut_description),
            _shortcut("global", FORM, words.form, words.form_description),
        ]
    return {
        "display_information": {"name": name, "description": words.description[:LONGEST_DESCRIPTION]},
        "features": features,
        "oauth_config": {"scopes": {"bot": sorted(asked_for(http=bool(request_url)))}},
        "settings": settings,
    }


def _shortcut(kind: str, callback: str, name: str, description: str) -> Json:
    return {"name": name, "type": kind, "callback_id": callback, "description": description}
