"""A local web chat: try Switchboard with no account anywhere; the chat of our tests."""

from adapters.chat.web.adapter import WebChat
from adapters.chat.web.settings import WebAccount, WebChatSettings, WebRoom

__all__ = ["WebAccount", "WebChat", "WebChatSettings", "WebRoom"]
