"""The token goes to Slack's hosts and nowhere else; a page in the place of a file is no file."""

from typing import Any

import pytest

from adapters.chat.slack.api import Api
from adapters.chat.slack.files import Files, clean_name
from adapters.errors import AdapterError, Refused, Unavailable
from adapters.events import Attachment
from tests.unit.chat_slack.fake import Json, Reply, asking, serving

FILE = Attachment("F01", "staff.csv", "text/csv", 11)


@pytest.mark.parametrize(
    ("where", "ours"),
    [
        ("https://files.slack.com/files-pri/T1-F1/download/a.csv", True),
        ("https://slack.com/a", True),
        ("https://council.slack-gov.com/a", True),
        ("https://files.slack.com:443/a", True),
        ("http://files.slack.com/a", False),
        ("https://files.slack.com:8443/a", False),
        ("https://slack.com.evil.example/a", False),
        ("https://evilslack.com/a", False),
        ("https://files.slack.com@evil.example/a", False),
        ("https://user@files.slack.com/a", False),
        ("https://evil.example/?files.slack.com", False),
        ("https://evil.example#.slack.com", False),
        ("https://[::1", False),
        ("https://files.slack.com:port/a", False),
        ("ftp://files.slack.com/a", False),
        ("//files.slack.com/a", False),
        ("", False),
        ("file:///etc/passwd", False),
        ("http://127.0.0.1/a", False),
    ],
)
@pytest.mark.asyncio
async def test_which_addresses_are_slacks(where: str, ours: bool) -> None:
    """R16 and SECURITY: `url_private` of a remote file points anywhere."""
    files = Files(Api("xoxb-1", "https://slack.com/api/", 1.0))
    if ours:
        files._check(where)
    else:
        with pytest.raises(Refused, match="not_ours"):
            files._check(where)


@pytest.mark.asyncio
async def test_a_file_elsewhere_is_not_asked_for() -> None:
    async with serving() as stranger, serving(files_info={}) as fake, asking(fake) as api:
        cases: list[tuple[Json, str]] = [
            ({"url_private": f"{stranger.url}/a.csv"}, "not_ours"),
            ({"url_private_download": f"{fake.url}/a", "is_external": True}, "not_ours"),
            ({"url_private_download": f"{fake.url}/a", "mode": "external"}, "not_ours"),
            ({"url_private_download": f"{fake.url}/a", "mode": "tombstone"}, "not_ours"),
            ({"url_private_download": f"{fake.url}/a", "size": 12}, "too_large"),
            ({}, "gone"),
        ]
        for file, code in cases:
            fake.answers["files.info"] = {"file": file}
            with pytest.raises(Refused, match=code):
                await Files(api).download(FILE, 11)
        assert stranger.calls == []
        assert fake.asked("a") == []


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (Reply(200, body=b"<!DOCTYPE html>", headers={"Content-Type": "text/html; charset=utf-8"}), Refused, "no_file"),
        (Reply(302, headers={"Location": "http://127.0.0.1:1/stolen"}), Refused, "no_file"),
        (Reply(403), Refused, "no_file"),
        (Reply(404), Refused, "gone"),
        (Reply(500), Unavailable, "http_500"),
        (Reply(200, body=b"x" * 12), Refused, "too_large"),
    ],
)
@pytest.mark.asyncio
async def test_what_is_no_file(answer: Reply, kind: type[AdapterError], said: str) -> None:
    """R17."""
    async with serving(files_info={}) as fake, asking(fake) as api:
        fake.answers["files.info"] = {"file": {"url_private": f"{fake.url}/get"}}
        fake.answers["get"] = Reply(body=b"name;post\r\n")
        assert await Files(api).download(FILE, 11) == b"name;post\r\n"
        assert fake.tokens == ["Bearer xoxb-1"] * 2


@pytest.mark.asyncio
async def test_a_large_file_is_brought_whole() -> None:
    async with serving(put={}) as fake, asking(fake) as api:
        fake.answers["files.getUploadURLExternal"] = {"upload_url": f"{fake.url}/put", "file_id": "F01"}
        assert await Files(api).put("a.png", b"x" * 3_000_000) == "F01"
        assert fake.asked("files.getUploadURLExternal")[0]["length"] == "3000000"


@pytest.mark.asyncio
async def test_bytes_go_only_where_slack_is() -> None:
    async with serving() as stranger, serving() as fake, asking(fake) as api:
        fake.answers["files.getUploadURLExternal"] = {"upload_url": f"{stranger.url}/put", "file_id": "F01"}
        with pytest.raises(Refused, match="not_ours"):
            await Files(api).put("a.csv", b"x")
        assert stranger.calls == []


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("a.csv", "a.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\a\\b.csv", "b.csv"),
        ("a\u202e\nb.csv", "ab.csv"),
        ("", "file"),
        ("..", "file"),
        ("x" * 300 + ".csv", "x" * 146 + ".csv"),
    ],
)
def test_names(name: Any, clean: str) -> None:
    assert clean_name(name) == clean
