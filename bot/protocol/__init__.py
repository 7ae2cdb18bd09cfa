"""The announcement protocol, pure: states, the one transition table, requirements, the publish guard's decision.

No network, no database and no clock of its own: everything is handed in, so every rule can be searched
exhaustively.
"""
