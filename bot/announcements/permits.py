"""The commit that lets something out: deliveries with final bytes, keys and permits, minted now and nowhere else."""

from datetime import datetime

from adapters.canonical import post_digest
from adapters.events import Post
from bot.announcements import judging, store
from bot.announcements.tables import AnnouncementRow, DeliveryRow
from bot.desk import Desk
from bot.encoding import dump
from bot.protocol.model import Trigger


async def permit(desk: Desk, row: AnnouncementRow, stored: store.Stored, trigger: Trigger) -> bool:
    """Make the deliveries and move to PUBLISHING by `trigger`.

    False, with nothing changed, when the posts would not be the bytes that were approved: the channels or the
    organisation's name were changed in the settings since.
    """
    services, revision = desk.services, stored.revision
    posts = judging.posts_for(services, stored.number, revision.text, revision.language, stored.pictures, row.corrects)
    if judging.revision_digest(posts, judging.schedule_of(row)) != revision.digest:
        return False
    desk.session.add_all([_delivery(desk, stored, post, desk.now) for post in posts])
    store.move(desk, row, trigger, reason="approved")
    return True


def _delivery(desk: Desk, stored: store.Stored, post: Post, now: datetime) -> DeliveryRow:
    name = f"{stored.number}/{stored.row.revision}/{post.channel}/0"
    return DeliveryRow(
        announcement=stored.number,
        revision=stored.row.revision,
        channel=post.channel,
        key=desk.services.keys.pseudonym(f"delivery:{name}"),
        post=dump(post),
        digest=post_digest(post),
        permitted=now,
    )
