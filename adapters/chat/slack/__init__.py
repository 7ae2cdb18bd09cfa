"""Slack: the chat where most teams are, on slack-bolt; Socket Mode by default, signed HTTP as an option."""

from adapters.chat.slack.adapter import SlackChat
from adapters.chat.slack.checkup import examine
from adapters.chat.slack.manifest import AppWords, manifest
from adapters.chat.slack.set_up import enter
from adapters.chat.slack.settings import SlackOptions, SlackTokens

__all__ = ["AppWords", "SlackChat", "SlackOptions", "SlackTokens", "enter", "examine", "manifest"]
