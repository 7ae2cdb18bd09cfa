"""Matrix: the chat of those who keep their own homeserver, encrypted and plain, on matrix-nio."""

from adapters.chat.matrix.adapter import MatrixChat
from adapters.chat.matrix.checkup import examine
from adapters.chat.matrix.identities import accept_identity, new_identities
from adapters.chat.matrix.moving_in import set_up
from adapters.chat.matrix.settings import MatrixSettings

__all__ = ["MatrixChat", "MatrixSettings", "accept_identity", "examine", "new_identities", "set_up"]
