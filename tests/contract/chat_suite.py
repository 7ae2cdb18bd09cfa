"""The one contract suite for every ChatAdapter, written against the port and people's hands (chat_stage.py)."""

from tests.contract import chat_hearing, chat_showing
from tests.contract.chat_case import CASES, Case

__all__ = ["CASES", "Case", "chat_hearing", "chat_showing"]
