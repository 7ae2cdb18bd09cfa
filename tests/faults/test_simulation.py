"""12,000 deliveries and more in bad luck: none lost, none doubled; and the naive protocols double."""

import shlex
from collections.abc import Callable, Sequence

import pytest

from bot.protocol.sending import Promise
from tests.faults import simulation
from tests.faults.simulation import CHANNELS, NAIVE, Channel, Protocol, Report, World, channel_named, simulate

Record = Callable[[str, object], None]

MANY, FEWER, SOAK = range(2_000), range(500), range(20_000)
OTHERS = CHANNELS[1:]


def _holds(report: Report, record: Record) -> None:
    record(
        f"simulation {report.channel}",
        f"{report.deliveries:,} deliveries, {report.doubled} doubled, {report.lost} lost, {report.asked} asked about; "
        f"{report.counts['crashes']:,} crashes",
    )
    assert not report.bad, f"{len(report.bad)} seeds fail; play the first again with: {report.replay()}"
    assert (report.doubled, report.lost) == (0, 0)
    for bad_luck in ("crashes", "stalls", "fenced", "requests lost", "answers lost", "late", "later"):
        assert report.counts[bad_luck], f"no {bad_luck}: that proves nothing"


def test_the_protocol_alone_holds_on_a_channel_that_forgot_every_key(record_property: Record) -> None:
    report = simulate(Protocol.FULL, channel_named("forgetful"), MANY)
    assert report.deliveries >= 12_000
    _holds(report, record_property)
    assert report.asked == 0


@pytest.mark.parametrize("channel", OTHERS, ids=lambda channel: channel.name)
def test_every_promise_holds_within_and_beyond_the_settle_time(channel: Channel, record_property: Record) -> None:
    report = simulate(Protocol.FULL, channel, FEWER)
    _holds(report, record_property)
    assert bool(report.asked) == (channel.promise is Promise.READBACK), "a person is asked where it must be"


@pytest.mark.parametrize("protocol", NAIVE)
def test_a_naive_protocol_doubles(protocol: Protocol, record_property: Record) -> None:
    report = simulate(protocol, channel_named("forgetful"), FEWER)
    record_property(f"naive {protocol.value}", f"{report.doubled} of {report.deliveries:,} doubled")
    assert report.doubled > 0
    assert report.lost == 0


def test_beyond_the_settle_time_a_channel_that_forgets_doubles_and_so_the_limit_is_told() -> None:
    """No client can help there: only the channel's own key can, or a person."""
    forgetful = Channel("forgetful-beyond", Promise.KEYED_READBACK, False, simulation.BEYOND)
    assert simulate(Protocol.FULL, forgetful, FEWER).doubled > 0


def _told(seed: int, protocol: Protocol, channel: str) -> Sequence[str]:
    world = World(seed, protocol, channel_named(channel), trace=[])
    world.play()
    return world.trace or []


@pytest.mark.parametrize("seed", range(5))
def test_a_seed_plays_the_same_again(seed: int) -> None:
    story = _told(seed, Protocol.FULL, "forgetful")
    assert len(story) > simulation.DELIVERIES
    assert _told(seed, Protocol.FULL, "forgetful") == story
    assert _told(seed + 1, Protocol.FULL, "forgetful") != story


def test_a_failing_seed_is_played_again_by_one_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    report = simulate(Protocol.NO_SETTLE, channel_named("forgetful"), FEWER)
    python, module, name, *arguments = shlex.split(report.replay())
    assert (python, module, name) == ("python", "-m", "tests.faults.simulation")
    monkeypatch.setattr("sys.argv", [name, *arguments])
    simulation.main()
    told = capsys.readouterr().out
    assert "is visible, copy 2" in told
    assert "doubled 0" not in told


def test_the_figures_are_printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["simulation", "--seeds", "5"])
    simulation.main()
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 + len(CHANNELS) + len(NAIVE)
    assert lines[2].startswith("| full | forgetful | 30 | 0 | 0 |")


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.name)
def test_many_seeds(channel: Channel, record_property: Record) -> None:
    _holds(simulate(Protocol.FULL, channel, SOAK), record_property)
