"""A chat room as a channel: approved announcements are posted there as well."""

from adapters.publish.room.publisher import RoomPublisher

__all__ = ["RoomPublisher"]
