"""The demo's timeline: each way it can be told to behave, what it keeps, and that nobody but the demo has it."""

import ast
import asyncio
import multiprocessing
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.canonical import post_digest
from adapters.errors import AdapterError, OutcomeUnknown, Refused, Unavailable
from adapters.events import Part, Picture, Post, Remote
from adapters.ports import Guarantee, Permit
from adapters.publish.timeline import BEHAVIOURS, WORKS, Timeline, TimelinePublisher
from bot.app import PARTS
from bot.cli import tour
from config.settings import BadSettings, given
from directory import encoder
from tests.docs.follow import ROOT

BASE = "http://127.0.0.1:8420/timeline/"
PICTURE = Picture("0b" * 32, "image/png", "A map")
THREAD = Post("timeline", "Exampleshire", "cy", (Part("One", (PICTURE,)), Part("Two")), 7)
RECOGNISING = [Guarantee.IDEMPOTENT, Guarantee.KEYED_READBACK]


@dataclass
class Hands:
    """A timeline, its publisher, and a clock that goes when it is told to."""

    folder: Path
    guarantee: Guarantee = Guarantee.KEYED_READBACK
    now: datetime = datetime(2026, 3, 4, 12, tzinfo=UTC)
    opened: list[Timeline] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.again()

    def again(self) -> None:
        """Another process takes over the same file."""
        self.timeline = Timeline(self.folder / "timeline.db", lambda: self.now, self.guarantee)
        self.publisher = TimelinePublisher(self.timeline, BASE)
        self.opened.append(self.timeline)

    def wait(self, seconds: float) -> None:
        """Let time go by."""
        self.now += timedelta(seconds=seconds)

    async def publish(self, key: str = "k1", post: Post = THREAD) -> Remote:
        """Prepare and publish with a proper permit."""
        prepared = await self.publisher.prepare(post)
        return await self.publisher.publish(prepared, key, Permit(key, post_digest(post), self.now))

    async def lost(self, key: str = "k1") -> None:
        """Publish, and learn nothing."""
        with pytest.raises(OutcomeUnknown):
            await self.publish(key)

    def shown(self) -> list[int]:
        """The ids of what the public sees, newest first."""
        return [one.id for one in self.timeline.standing()]


@pytest.fixture
def hands(tmp_path: Path) -> Hands:
    return Hands(tmp_path)


def test_there_are_behaviours() -> None:
    assert [*tour.BEHAVIOURS] == [WORKS, *BEHAVIOURS]
    assert len(BEHAVIOURS) == 7


@pytest.mark.asyncio
async def test_it_works_until_it_is_told_otherwise(hands: Hands) -> None:
    remote = await hands.publish()
    assert remote == Remote("1", f"{BASE}posts/1")
    assert await hands.publisher.find("k1") == remote
    assert hands.timeline.standing()[0].post == THREAD
    assert hands.timeline.behaviour() == []


@pytest.mark.asyncio
async def test_refuses(hands: Hands) -> None:
    hands.timeline.behave("refuses")
    with pytest.raises(Refused) as refusal:
        await hands.publish()
    assert refusal.value.code == "refused"
    assert (hands.shown(), await hands.publisher.find("k1")) == ([], None)


@pytest.mark.asyncio
async def test_away(hands: Hands) -> None:
    remote = await hands.publish()
    hands.timeline.behave("away")
    for call in (hands.publish("k2"), hands.publisher.find("k1"), hands.publisher.withdraw(remote)):
        with pytest.raises(Unavailable) as away:
            await call
        assert away.value.retry_after
    assert hands.shown() == [1], "nothing was done"
    hands.timeline.behave(WORKS)
    assert await hands.publisher.find("k1") == remote


@pytest.mark.asyncio
async def test_drops_the_answer(hands: Hands) -> None:
    hands.timeline.behave("drops the answer")
    await hands.lost()
    assert hands.shown() == [1]
    assert await hands.publisher.find("k1") == Remote("1", f"{BASE}posts/1")
    await hands.lost()
    assert hands.shown() == [1], "the repeat was recognised, and its answer dropped again"


@pytest.mark.asyncio
async def test_accepts_late(hands: Hands) -> None:
    hands.timeline.behave("accepts late")
    await hands.lost()
    hands.wait(2.9)
    assert (hands.shown(), await hands.publisher.find("k1")) == ([], None)
    with pytest.raises(KeyError):
        hands.timeline.one(1)
    hands.wait(0.1)
    assert hands.shown() == [1]
    assert await hands.publisher.find("k1") == Remote("1", f"{BASE}posts/1")


@pytest.mark.asyncio
async def test_accepts_as_late_as_it_is_told(hands: Hands) -> None:
    hands.timeline.behave("accepts late", seconds=60)
    await hands.lost()
    hands.wait(59)
    assert hands.shown() == []
    hands.wait(1)
    assert hands.shown() == [1]


@pytest.mark.asyncio
@pytest.mark.parametrize("guarantee", RECOGNISING)
async def test_a_key_that_is_known_publishes_what_waits(tmp_path: Path, guarantee: Guarantee) -> None:
    hands = Hands(tmp_path, guarantee)
    hands.timeline.behave("accepts late", once=True)
    await hands.lost()
    assert (await hands.publish()).id == "1"
    assert hands.shown() == [1]
    hands.wait(10)
    assert hands.shown() == [1], "at once, and not a second time"


@pytest.mark.asyncio
async def test_without_keys_a_repeat_before_a_late_acceptance_is_a_double(tmp_path: Path) -> None:
    hands = Hands(tmp_path, Guarantee.READBACK)
    hands.timeline.behave("accepts late", once=True)
    await hands.lost()
    await hands.publish()
    hands.wait(10)
    assert hands.shown() == [1, 2]


@pytest.mark.asyncio
@pytest.mark.parametrize("guarantee", Guarantee)
async def test_forgets_keys(tmp_path: Path, guarantee: Guarantee) -> None:
    hands = Hands(tmp_path, guarantee)
    remote = await hands.publish()
    hands.timeline.behave("forgets keys")
    assert await hands.publisher.find("k1") is None
    assert await hands.publish() != remote
    assert hands.shown() == [2, 1]
    hands.timeline.behave(WORKS)
    assert await hands.publisher.find("k1") == remote


@pytest.mark.asyncio
async def test_blind(hands: Hands) -> None:
    await hands.publish()
    hands.timeline.behave("blind")
    for key in ("k1", "never"):
        with pytest.raises(Unavailable):
            await hands.publisher.find(key)
    assert (await hands.publish()).id == "1", "a write is none the worse for it"


@pytest.mark.asyncio
async def test_stuck(hands: Hands) -> None:
    remote = await hands.publish()
    hands.timeline.behave("stuck")
    with pytest.raises(Refused):
        await hands.publisher.withdraw(remote)
    assert await hands.publisher.find("k1") == remote
    hands.timeline.behave(WORKS)
    await hands.publisher.withdraw(remote)
    assert hands.shown() == []


@pytest.mark.asyncio
async def test_one_of_each_kind_stands_at_a_time(hands: Hands) -> None:
    for name in ("refuses", "drops the answer", "blind", "forgets keys", "stuck"):
        hands.timeline.behave(name)
    assert [told.name for told in hands.timeline.behaviour()] == ["drops the answer", "forgets keys", "stuck"]
    hands.timeline.behave(WORKS)
    assert hands.timeline.behaviour() == []


@pytest.mark.asyncio
@pytest.mark.parametrize("name", BEHAVIOURS)
async def test_once_is_used_up_by_the_first_call_that_meets_it(hands: Hands, name: str) -> None:
    remote = await hands.publish()
    hands.timeline.behave(name, once=True)
    calls: list[Awaitable[object]] = [hands.publish("k1"), hands.publisher.find("k1"), hands.publisher.withdraw(remote)]
    for call in calls:
        with suppress(AdapterError):
            await call
    assert hands.timeline.behaviour() == []
    await hands.publish("k3")
    assert await hands.publisher.find("k3")


@pytest.mark.parametrize("told", [{"name": "dances"}, {"seconds": -1}, {"seconds": 3601}, {"seconds": float("nan")}])
def test_what_nobody_can_mean_is_refused_with_a_line(hands: Hands, told: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"^(There is no such behaviour\. Choose one of|The seconds must be).*\.$"):
        hands.timeline.behave(**({"name": "accepts late"} | told))  # type: ignore[arg-type] # wrong on purpose
    assert hands.timeline.behaviour() == []


@pytest.mark.asyncio
@pytest.mark.parametrize("forgetful", [False, True])
@pytest.mark.parametrize("guarantee", Guarantee)
async def test_a_withdrawn_key_publishes_nothing_any_more(
    tmp_path: Path, guarantee: Guarantee, forgetful: bool
) -> None:
    hands = Hands(tmp_path, guarantee)
    await hands.publisher.withdraw(await hands.publish())
    for name in (WORKS, "drops the answer", "accepts late"):
        hands.timeline.behave(name)
        if forgetful:
            hands.timeline.behave("forgets keys")
        with pytest.raises(Refused) as refusal:
            await hands.publish()
        assert refusal.value.code == "withdrawn"
    hands.wait(60)
    assert hands.shown() == []
    assert hands.timeline.one(1) is None, "taken down"


@pytest.mark.asyncio
async def test_what_was_accepted_late_under_a_withdrawn_key_never_appears(hands: Hands) -> None:
    remote = await hands.publish()
    hands.timeline.behave("forgets keys")
    hands.timeline.behave("accepts late")
    await hands.lost()
    hands.timeline.behave(WORKS)
    await hands.publisher.withdraw(remote)
    hands.wait(60)
    assert (hands.shown(), await hands.publisher.find("k1")) == ([], None)


@pytest.mark.asyncio
async def test_another_process_finds_everything_as_it_was(hands: Hands) -> None:
    await hands.publisher.withdraw(await hands.publish("gone"))
    hands.timeline.behave("accepts late", seconds=30)
    hands.timeline.behave("stuck", once=True)
    await hands.lost()
    told = hands.timeline.behaviour()
    hands.again()  # the first one was never closed, as after a kill
    assert hands.timeline.behaviour() == told
    assert [setting.seconds for setting in told if setting.name == "accepts late"] == [30]
    hands.wait(30)
    assert hands.shown() == [2]
    with pytest.raises(Refused):
        await hands.publish("gone")


def _publish_many(folder: Path, first: int) -> None:
    hands = Hands(folder)

    async def work() -> None:
        for number in range(first, first + 20):
            await hands.publish(f"k{number}")

    asyncio.run(work())


def test_two_processes_at_once(tmp_path: Path) -> None:
    """They overlap in half of their keys, which are published once."""
    start = multiprocessing.get_context("spawn")
    both = [start.Process(target=_publish_many, args=(tmp_path, first)) for first in (0, 10)]
    for process in both:
        process.start()
    for process in both:
        process.join(60)
    assert [process.exitcode for process in both] == [0, 0]
    assert len(Hands(tmp_path).shown()) == 30


@pytest.mark.asyncio
async def test_a_file_that_cannot_be_used_is_told_as_nothing_done(tmp_path: Path) -> None:
    (tmp_path / "timeline.db").write_bytes(b"this is no database, whatever its name says" * 100)
    hands = Hands(tmp_path)
    with pytest.raises(Unavailable, match=r"timeline\.db cannot be used"):
        await hands.publish()
    await hands.publisher.close()
    with pytest.raises(Unavailable, match="closed"):
        await hands.publisher.find("k1")


@pytest.mark.asyncio
async def test_words_that_were_taken_down_leave_the_file(hands: Hands) -> None:
    words = replace(THREAD, parts=(Part("Zirconium quokka"),))
    await hands.publisher.withdraw(await hands.publish(post=words))
    await hands.publisher.close()
    left = [path.name for path in hands.folder.iterdir() if b"Zirconium" in path.read_bytes()]
    assert (len([*hands.folder.iterdir()]), left) == (1, [])


@pytest.mark.parametrize("address", [
    "https://www.example.gov.uk/timeline/", "http://timeline.example/", "https://127.0.0.1/timeline/",
    "http://127.0.0.1.example/timeline/", "http://127.0.0.1/timeline", "http://192.0.2.1/timeline/",
])  # fmt: skip
def test_it_stands_on_this_machine_only(tmp_path: Path, address: str) -> None:
    with pytest.raises(ValueError, match="this machine only"):
        TimelinePublisher(Timeline(tmp_path / "timeline.db"), address)


def asked_for(tree: ast.Module) -> set[str]:
    """The parts that a module asks for by name, as they are written there."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = [call.args[0] for call in calls if ast.unparse(call.func).rpartition(".")[2] == "part"]
    return {ast.unparse(name).strip("'") for name in names}


def imports(tree: ast.Module, name: str) -> bool:
    """Whether a module imports `name` in any way."""
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    named = [f"{getattr(node, 'module', None) or ''}.{alias.name}" for node in nodes for alias in node.names]
    return any(f".{one}.".find(f".{name}.") >= 0 for one in named)


def test_nobody_but_the_pretend_council_can_start_it() -> None:
    """What serves really asks for no part of it, and no setting switches it on."""
    paths = sorted((ROOT / "bot").rglob("*.py"))
    trees = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in paths}
    modules = {name: asked_for(tree) for name, tree in trees.items()}
    everywhere = {name for names in modules.values() for name in names}
    assert everywhere <= {*PARTS, *encoder.PARTS}, "each part is asked for by a name that stands there"
    ours = {name for name in PARTS if PARTS[name].startswith("adapters.publish.timeline")}
    assert len(ours) == 3
    assert [module for module, names in modules.items() if names & ours] == ["bot/pretend.py"]
    assert modules["bot/app.py"] >= {"feed"}
    assert [name for name, tree in trees.items() if imports(tree, "bot.pretend")] == ["bot/cli/demo.py"]
    with pytest.raises(BadSettings) as fault:
        given({"timeline": {"base_url": BASE}})
    assert [item.key for item in fault.value.faults] == ["timeline"]
