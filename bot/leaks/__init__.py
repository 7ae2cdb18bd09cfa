"""The leak scanner, pure: text in, findings and a redaction out.

No network, no database, no clock and no chance: the same text, rules and contacts give the same answer.
Findings carry codes and parameters; the sentences stand in `bot/wording/en/leaks.toml`.
"""
