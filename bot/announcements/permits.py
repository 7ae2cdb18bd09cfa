"""The commit that lets something out: deliveries with final bytes, keys and permits, minted now and nowhere else."""

from adapters.canonical import post_digest
from adapters.events import Post
from bot.announcements import judging, lives, store, threads
from bot.announcements.lives import Origin
from bot.announcements.tables import AnnouncementRow, DeliveryRow
from bot.desk import Desk
from bot.encoding import dump
from bot.protocol.model import Trigger
from bot.protocol.sending import DeliveryState


async def permit(desk: Desk, row: AnnouncementRow, stored: store.Stored, trigger: Trigger) -> bool:
    """Make the deliveries and move to PUBLISHING by `trigger`.

    False, with nothing changed, when the posts would not be the bytes that were approved: the channels or the
    organisation's name were changed in the settings since.
    """
    services, revision = desk.services, stored.revision
    cuts = threads.kept(revision.cuts)
    posts = judging.posts_for(
        services, stored.number, revision.text, revision.language, stored.pictures, row.corrects, cuts
    )
    if judging.revision_digest(posts, judging.schedule_of(row)) != revision.digest:
        return False
    words = await lives.origin(desk.session, stored.revision)
    for post in posts:
        pieces = threads.writes(services, post)
        desk.session.add_all([_delivery(desk, stored, one, words, part) for part, one in enumerate(pieces)])
    store.move(desk, row, trigger, reason="approved")
    return True


def _delivery(desk: Desk, stored: store.Stored, post: Post, words: Origin, part: int) -> DeliveryRow:
    # What may have been sent before a backup was put back is looked up first.
    state = DeliveryState.UNSURE if words.earlier else DeliveryState.PENDING
    return DeliveryRow(
        announcement=stored.number,
        revision=stored.row.revision,
        channel=post.channel,
        part=part,
        key=desk.services.keys.pseudonym(f"delivery:{words.name(post.channel, part)}"),
        state=state.value,
        post=dump(post),
        digest=post_digest(post),
        permitted=desk.now,
    )
