"""What the API takes, refuses and keeps to the people it is for."""

import io
import json
from pathlib import Path

import aiohttp
import pytest

from adapters.chat.web.settings import LARGEST_UPLOAD, LONGEST_TEXT, MOST_FILES
from adapters.chat.web.uploads import clean_name
from adapters.events import AccountRef, Button, Content, RoomRef
from tests.chat import Dialogue
from tests.unit.chat_web.house import LINE, PNG, Open, form, on_disk, opened, say
from tests.unit.publish.payloads import PAYLOADS

NAMES = {
    "../../etc/passwd": "passwd",
    "..\\..\\windows\\system.ini": "system.ini",
    "/etc/shadow": "shadow",
    "C:\\staff.csv": "staff.csv",
    "..": "file",
    ".": "file",
    "/": "file",
    "a\u202ecod.exe": "acod.exe",
    "sta\u0000ff.csv": "staff.csv",
    "\u200b": "file",
    "Stra\u00dfe <b>.csv": "Stra\u00dfe <b>.csv",
    "minutes; draft; final.csv": "minutes; draft; final.csv",
    "x" * 300 + ".csv": "x" * 146 + ".csv",
}
BODIES = (
    b"", b"[]", b'"text"', b"{", b"\xff", b'{"text": 1}', b'{"text": "\\ud800"}', b"[" * 100_000,
)  # fmt: skip


async def refusal(answer: aiohttp.ClientResponse) -> tuple[int, str]:
    """Status and code of a refusal, which must be one line for people."""
    told = await answer.json()
    assert set(told) == {"error", "code"}
    assert 0 < len(told["error"]) <= LINE
    assert "\n" not in told["error"]
    return answer.status, told["code"]


async def texts(house: Open, who: str, room: str = "general") -> list[str]:
    """What somebody reads in a room."""
    answer = await house.http.get(f"/api/rooms/{room}/messages", headers={"X-Persona": who})
    return [message["text"] for message in (await answer.json())["messages"]]


def test_the_tables_are_not_empty() -> None:
    assert NAMES
    assert BODIES


@pytest.mark.asyncio
async def test_a_long_message_is_refused_in_one_line(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        for length in (LONGEST_TEXT + 1, 40_000, 2_000_000):
            body = io.BytesIO(json.dumps({"text": "ü" * length}).encode())
            answer = await house.http.post("/api/rooms/general/messages", data=body)
            assert await refusal(answer) == (413, "too_long")
        assert await texts(house, "ama") == []
        await say(house, "ü" * LONGEST_TEXT)
        assert [len(text) for text in await texts(house, "ama")] == [LONGEST_TEXT]


@pytest.mark.asyncio
async def test_a_large_upload_is_refused_and_nothing_kept(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        two_halves = form(bytes(LARGEST_UPLOAD // 2 + 1))
        two_halves.add_field("file", io.BytesIO(bytes(LARGEST_UPLOAD // 2)), filename="b.txt")
        answer = await house.http.post("/api/rooms/general/files", data=two_halves)
        assert await refusal(answer) == (413, "too_large")
        many = form(b"a")
        for _ in range(MOST_FILES):
            many.add_field("file", b"a", filename="a.txt")
        assert await refusal(await house.http.post("/api/rooms/general/files", data=many)) == (413, "too_many")
        assert await texts(house, "ama") == []


@pytest.mark.asyncio
@pytest.mark.parametrize("body", BODIES, ids=lambda body: body[:12].decode("latin-1"))
async def test_a_broken_request_is_told(tmp_path: Path, body: bytes) -> None:
    async with opened(tmp_path) as house:
        answer = await house.http.post("/api/rooms/general/messages", data=body)
        assert await refusal(answer) == (400, "no_json")


@pytest.mark.asyncio
async def test_a_broken_upload_is_told(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        kind = {"Content-Type": "multipart/form-data; boundary=b"}
        for data, headers in ((b"--b\r\nnonsense", kind), (b"{}", {"Content-Type": "text/plain"})):
            answer = await house.http.post("/api/rooms/general/files", data=data, headers=headers)
            assert await refusal(answer) == (400, "no_form")
        assert await refusal(await house.http.post("/api/rooms/general/messages", json={"text": " \n"})) == (
            400,
            "empty",
        )


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_names_of_files_are_cleaned(name: str) -> None:
    assert clean_name(name) == NAMES[name]


@pytest.mark.asyncio
async def test_names_of_files_lead_nowhere(tmp_path: Path) -> None:
    sent = [name for name in NAMES if name.isprintable()]
    async with opened(tmp_path) as house:
        for name in sent:
            await house.http.post("/api/rooms/general/files", data=form(b"data", name, text=""))
        answer = await house.http.get("/api/rooms/general/messages")
        shown = [message["files"][0]["name"] for message in (await answer.json())["messages"]]
        assert shown == [NAMES[name] for name in sent]
        assert {path.parent for path in tmp_path.rglob("*")} == {tmp_path}


@pytest.mark.asyncio
async def test_hostile_names_and_descriptions_stay_text(tmp_path: Path) -> None:
    payloads = [text for text in PAYLOADS if text.strip() and text == text.encode(errors="ignore").decode()]
    assert len(payloads) >= 200
    async with opened(tmp_path) as house, Dialogue.at(house.chat.new_link()) as chat:
        ama = chat.person("ama")
        for payload in payloads:
            name = "".join(c for c in payload if c.isprintable() and c != '"') or "file"
            shared = await ama.drops("general", name, PNG, alt=payload)
            file = (await ama.reads("general"))[-1].files[0]
            assert (file["name"], file["alt"]) == (clean_name(name), payload.strip())
            answer = await house.http.get(f"/api/files/{file['id']}?as=ama")
            assert answer.headers["Content-Disposition"].isascii()
            await ama.deletes(shared)


@pytest.mark.asyncio
async def test_only_pictures_are_shown_and_nothing_runs(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        for name, data in (
            ("a.svg", b"<svg onload=alert(1)>"),
            ("a.html", b"<script>"),
            ("a.png", PNG),
            ("b.png", b"<b>"),
        ):
            await house.http.post("/api/rooms/general/files", data=form(data, name))
        answer = await house.http.get("/api/rooms/general/messages")
        for message in (await answer.json())["messages"]:
            file = message["files"][0]
            got = await house.http.get(f"/api/files/{file['id']}?as=ama")
            is_picture = file["name"] == "a.png"
            assert got.content_type == ("image/png" if is_picture else "application/octet-stream")
            assert got.headers["Content-Disposition"].startswith("inline" if is_picture else "attachment")
            assert "sandbox" in got.headers["Content-Security-Policy"]


@pytest.mark.asyncio
async def test_a_room_is_for_its_members(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        await house.http.post("/api/rooms/comms/files", data=form(b"data", text="plan"), headers={"X-Persona": "jo"})
        read = await house.http.get("/api/rooms/comms/messages", headers={"X-Persona": "jo"})
        message = (await read.json())["messages"][0]
        file, number = message["files"][0]["id"], message["id"]
        attempts = (
            house.http.get("/api/rooms/comms/messages"),
            house.http.get("/api/rooms/direct-jo/messages"),
            house.http.post("/api/rooms/comms/messages", json={"text": "hello"}),
            house.http.post(f"/api/messages/{number}/react", json={"emoji": "✅"}),
            house.http.delete(f"/api/messages/{number}"),
            house.http.patch(f"/api/messages/{number}", json={"text": "changed"}),
            house.http.get(f"/api/files/{file}?as=ama"),
        )
        for attempt in attempts:
            assert (await refusal(await attempt))[0] in {403, 404}
        ian = {"X-Persona": "ian"}
        off = await house.http.post("/api/rooms/general/messages", json={"text": "hello"}, headers=ian)
        assert await refusal(off) == (403, "account_off")


@pytest.mark.asyncio
async def test_a_private_answer_is_nobody_elses(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        content = Content("psst", buttons=(Button("take", "Take it", "1"),))
        ref = await house.chat.whisper(
            RoomRef("web", "general"), AccountRef("web", "jo"), content, thread=None, key="k"
        )
        assert (await texts(house, "ama"), await texts(house, "jo")) == ([], ["psst"])
        for path, body in (("react", {"emoji": "✅"}), ("press", {"label": "Take it"})):
            answer = await house.http.post(f"/api/messages/{ref.message}/{path}", json=body)
            assert await refusal(answer) == (404, "gone")


@pytest.mark.asyncio
async def test_only_moderators_touch_what_others_did(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        number = await say(house, "hello")
        await house.http.post(f"/api/messages/{number}/react", json={"emoji": "✅"})
        take_away = {"emoji": "✅", "account": "ama"}
        for who, status in (("jo", 403), ("pat", 200)):
            headers = {"X-Persona": who}
            answer = await house.http.post(f"/api/messages/{number}/unreact", json=take_away, headers=headers)
            assert answer.status == status
            assert (await house.http.delete(f"/api/messages/{number}", headers=headers)).status == status
        assert await texts(house, "ama") == []


@pytest.mark.asyncio
async def test_a_repeated_call_counts_once(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        body = {"text": "once", "client_id": "c1"}
        answers = [await house.http.post("/api/rooms/general/messages", json=body) for _ in range(2)]
        assert len({(await answer.json())["id"] for answer in answers}) == 1
        assert await texts(house, "ama") == ["once"]


@pytest.mark.asyncio
async def test_deleted_and_changed_words_leave_the_disk(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        number = await say(house, "@switchboard number 485-777-3456")
        await house.http.patch(f"/api/messages/{number}", json={"text": "the old one is not shown"})
        await house.http.post("/api/rooms/general/files", data=form(b"secret file " * 5000, "secret-name.csv"))
        answer = await house.http.get("/api/rooms/general/messages")
        for message in (await answer.json())["messages"]:
            await house.http.delete(f"/api/messages/{message['id']}")
        left = on_disk(tmp_path)
        for gone in (b"485-777-3456", b"the old one", b"secret file", b"secret-name"):
            assert gone not in left
