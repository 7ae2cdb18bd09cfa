"""`python -m bot.leaks.rules` prints the reference page of the rules."""

import sys

from bot.leaks.rules import as_markdown

sys.stdout.write(as_markdown())
