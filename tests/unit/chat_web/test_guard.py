"""Who is let in: the link that works once, Host, Origin, and the headers of every answer."""

import re
from pathlib import Path

import aiohttp
import pytest

from tests.unit.chat_web.house import make, opened

STATIC = Path(__file__).parents[3] / "adapters/chat/web/static"
SHUT = ("/", "/static/main.js", "/api/start", "/api/rooms", "/api/stream", "/nothing", "/?key=", "/?key=wrong")
EVERYWHERE = ("/", "/static/main.js", "/static/nothing", "/api/rooms", "/api/nothing", "/nothing", "/api/stream")
PUBLIC = ("/public/", "/public/nothing", "/public/strict")

HOSTS = {
    "127.0.0.1:{port}": 200,
    "localhost:{port}": 200,
    "LOCALHOST:{port}": 200,
    "127.0.0.1": 403,
    "127.0.0.1:1": 403,
    "0.0.0.0:{port}": 403,
    "[::1]:{port}": 403,
    "switchboard.example:{port}": 403,
    "127.0.0.1.example:{port}": 403,
    "localhost.example:{port}": 403,
    "localhost:{port}.example": 403,
}
ORIGINS = {
    "http://127.0.0.1:{port}": 200,
    "http://localhost:{port}": 403,  # the same server, but not the page that asks
    "https://127.0.0.1:{port}": 403,
    "http://127.0.0.1": 403,
    "http://127.0.0.1:1": 403,
    "http://switchboard.example": 403,
    "http://127.0.0.1:{port}.example": 403,
    "null": 403,
}
SITES = {"same-origin": 200, "none": 200, "same-site": 403, "cross-site": 403}


def test_the_tables_are_not_empty() -> None:
    assert all((HOSTS, ORIGINS, SITES, SHUT, PUBLIC))


@pytest.mark.asyncio
async def test_a_link_lets_one_browser_in_once(tmp_path: Path) -> None:
    async with opened(tmp_path, let_in=False) as house:
        link = house.chat.new_link()
        async with house.http.get(link, allow_redirects=False) as first:
            assert (first.status, first.headers["Location"]) == (303, "/")
            cookie = first.headers["Set-Cookie"]
        assert re.fullmatch(rf"switchboard_{house.port}=[\w-]{{43}}; HttpOnly; Path=/; SameSite=Strict", cookie)
        assert (await house.http.get("/")).status == 200
        house.http.cookie_jar.clear()
        used = await house.http.get(link)
        assert (used.status, "fresh one" in await used.text()) == (403, True)
        assert (await house.http.get(house.chat.new_link())).status == 200


@pytest.mark.asyncio
async def test_nothing_is_shown_before(tmp_path: Path) -> None:
    async with opened(tmp_path, let_in=False) as house:
        for path in SHUT:
            assert (await house.http.get(path)).status in {401, 403}
        answer = await house.http.post("/api/rooms/general/messages", json={"text": "hello"})
        assert (answer.status, (await answer.json())["code"]) == (401, "not_let_in")
        for path in PUBLIC:
            assert (await house.http.get(path)).status in {200, 404}
            assert (await house.http.post(path, json={})).status == 401, "open to read only"


@pytest.mark.asyncio
async def test_a_restart_keeps_the_door_open_but_forgets_unused_links(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        unused = house.chat.new_link().replace(house.chat.address, "")
        port = int(house.port)
        await house.chat.close()
        again = make(tmp_path, house.desk, port)
        await again.preflight()
        assert (await house.http.get("/api/rooms")).status == 200
        assert (await house.http.get(unused)).status == 200, "this browser is let in already"
        house.http.cookie_jar.clear()
        assert (await house.http.get(unused)).status == 403
        await again.close()


@pytest.mark.asyncio
@pytest.mark.parametrize("host", HOSTS)
async def test_host(tmp_path: Path, host: str) -> None:
    async with opened(tmp_path) as house:
        headers = {"Host": host.format(port=house.port), "Cookie": _cookie(house.http)}
        for path in ("/api/rooms", "/public/"):
            assert (await house.http.get(path, headers=headers)).status == HOSTS[host]


@pytest.mark.asyncio
@pytest.mark.parametrize("origin", ORIGINS)
async def test_origin(tmp_path: Path, origin: str) -> None:
    async with opened(tmp_path) as house:
        headers = {"Origin": origin.format(port=house.port)}
        assert (await house.http.get("/api/rooms", headers=headers)).status == ORIGINS[origin]
        said = await house.http.post("/api/rooms/general/messages", json={"text": "hello"}, headers=headers)
        assert said.status == ORIGINS[origin]


@pytest.mark.asyncio
@pytest.mark.parametrize("site", SITES)
async def test_where_a_browser_says_the_request_began(tmp_path: Path, site: str) -> None:
    async with opened(tmp_path) as house:
        answer = await house.http.get("/api/rooms", headers={"Sec-Fetch-Site": site})
        assert answer.status == SITES[site]


@pytest.mark.asyncio
async def test_a_web_form_cannot_act(tmp_path: Path) -> None:
    async with (
        opened(tmp_path) as house,
        aiohttp.ClientSession(house.chat.address, cookie_jar=house.http.cookie_jar) as plain,
    ):
        answer = await plain.post("/api/rooms/general/messages?as=ama", json={"text": "hello"})
        assert answer.status == 403


@pytest.mark.asyncio
async def test_nobody_is_the_bot_or_a_stranger(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        for who in ("switchboard", "nobody", ""):
            answer = await house.http.get("/api/rooms", headers={"X-Persona": who})
            assert (answer.status, (await answer.json())["code"]) == (404, "unknown_account")


@pytest.mark.asyncio
async def test_every_answer_has_its_headers(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        for path in EVERYWHERE:
            async with house.http.get(path) as answer:
                policy = answer.headers["Content-Security-Policy"]
                assert "default-src 'none'" in policy
                assert "frame-ancestors 'none'" in policy
                assert "unsafe" not in policy
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert answer.headers["Referrer-Policy"] == "no-referrer"
                assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.asyncio
async def test_public_pages_are_framed_by_us_only(tmp_path: Path) -> None:
    async with opened(tmp_path, let_in=False) as house:
        for path in PUBLIC:
            answer = await house.http.get(path)
            policy = answer.headers["Content-Security-Policy"]
            assert policy.endswith("frame-ancestors 'self'")
            assert policy.count("frame-ancestors") == 1
            assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
        strict = await house.http.get("/public/strict")
        assert "img-src data:" in strict.headers["Content-Security-Policy"]


def test_the_page_holds_no_inline_code_and_no_foreign_address() -> None:
    files = sorted(STATIC.iterdir())
    assert len(files) > 10
    for file in files:
        text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in text
        assert "https://" not in text
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", text)
        assert len(text.splitlines()) <= 400
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=|javascript:", page)


def _cookie(http: aiohttp.ClientSession) -> str:
    # A changed Host header makes the client leave its cookies at home.
    return "; ".join(f"{morsel.key}={morsel.value}" for morsel in http.cookie_jar)
