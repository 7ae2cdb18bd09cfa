"""The pretend timeline on a stage: its file in a folder, told by code to lose an answer, read at /posts.json."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp.test_utils import TestClient, TestServer

from adapters.ports import Guarantee
from adapters.publish.timeline import Timeline, TimelinePublisher, timeline_application
from tests.contract.feed_stage import PICTURE, MemoryPictures
from tests.contract.publisher_suite import Seen, Stage

BASE = "http://127.0.0.1:8420/timeline/"


@asynccontextmanager
async def timeline_stage(folder: Path, guarantee: Guarantee) -> AsyncIterator[Stage]:
    """A timeline that promises so much about a repeated write, read through its real site."""
    timeline = Timeline(folder / "timeline.db", guarantee=guarantee)
    publisher = TimelinePublisher(timeline, BASE)
    application = timeline_application(timeline, MemoryPictures(**{PICTURE.sha256: b"picture"}))
    async with TestClient(TestServer(application)) as client:

        async def seen() -> list[Seen]:
            posts = await (await client.get("/posts.json")).json()
            return [
                Seen(
                    f"{BASE}posts/{post['id']}",
                    "\n\n".join(part["text"] for part in post["parts"]),
                    post["language"],
                    tuple(picture["alt"] for part in post["parts"] for picture in part["pictures"]),
                )
                for post in posts
            ]

        yield Stage(publisher, "news", PICTURE, seen, lambda: timeline.behave("drops the answer", once=True))
    await publisher.close()
