"""`switchboard scan`, in this process and as one of its own."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import ExifTags, Image
from typer.testing import CliRunner, Result

from bot.cli.scan import LARGEST_TEXT, app
from bot.leaks.rules import as_markdown

PAGES = Path(__file__).parents[3] / "docs"
FIELDS = {"start", "end", "label", "level", "severity", "rule", "reason", "excerpt", "suggestion", "cues"}


def run(*arguments: str | Path, given: str | bytes = "") -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=given)


def answers(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


OUTCOMES = [
    ("The library opens at nine.", 0, "Nothing found that should not be published."),
    ("Write to enquiries@anytown.gov.uk", 0, "For your information: e-mail address"),
    ("Ring 07700 900123", 1, "Needs a second look: phone number at characters 6 to 17 (***** ****23)"),
    ("NHS number 999 000 0018", 1, "Stops publication: NHS number at characters 12 to 23 (*** *** **18)"),
]


@pytest.mark.parametrize(("text", "status", "line"), OUTCOMES)
def test_a_text_on_the_command_line(text: str, status: int, line: str) -> None:
    result = run(text)
    assert result.exit_code == status
    assert line in result.stdout
    assert result.stderr == ""


def test_people_read_why_and_what_it_could_say_instead() -> None:
    lines = run("Ring 07700 900123, 07700 900124 or ama.example@example.com").stdout.splitlines()
    assert lines[0].startswith("Needs a second look: e-mail address at characters")
    assert lines[3].strip().startswith("This mobile number is not among the ones we publish.")
    assert lines[-2:] == [
        "With what stops it taken out:",
        "Ring [phone number removed], [phone number removed] or [e-mail address removed]",
    ]


def test_many_of_a_kind_are_told_once() -> None:
    result = run("\u200b".join("a" * 100))
    assert result.stdout.count("hidden characters") == 1
    assert "and 94 more" in result.stdout


def test_json_holds_every_field_and_no_value() -> None:
    result = run("Ring 07700 900123", "--json")
    (answer,) = answers(result)
    assert result.exit_code == 1
    assert (answer["id"], answer["level"], answer["redacted"]) == ("text", "warn", "Ring [phone number removed]")
    assert answer["cpu_ms"] > 0
    (finding,) = answer["findings"]
    assert set(finding) == FIELDS
    assert finding["reason"].startswith("This mobile number")
    assert (finding["start"], finding["end"], finding["label"], finding["rule"]) == (5, 17, "PHONE", "phone")
    assert "900123" not in result.stdout


def test_a_file_and_standard_input(tmp_path: Path) -> None:
    file = tmp_path / "draft.txt"
    file.write_bytes(b"\xef\xbb\xbfRing 07700 900123\r\n")
    assert run(file).exit_code == 1
    assert answers(run(file, "--json"))[0]["id"] == str(file)
    piped = run("-", "--json", given="Ring 07700 900123")
    assert answers(piped)[0]["id"] == "-"
    assert piped.exit_code == 1


def test_contacts_make_it_quiet(tmp_path: Path) -> None:
    contacts = tmp_path / "contacts.toml"
    contacts.write_text('published_phones = ["+44 7700 900123"]')
    assert run("Ring 07700 900123", "--contacts", contacts).exit_code == 0
    assert run("Ring 07700 900124", "--contacts", contacts).exit_code == 1


def test_a_batch_keeps_its_order_and_ends_with_0(tmp_path: Path) -> None:
    texts = ["Ring 07700 900123", "clear", "NHS number 999 000 0018", "half a pair \ud83d"]
    batch = tmp_path / "posts.jsonl"
    batch.write_text("\n\n".join(json.dumps({"id": n, "text": text}) for n, text in enumerate(texts)))
    result = run("--batch", batch, "--json")
    assert result.exit_code == 0
    assert [(answer["id"], answer["level"]) for answer in answers(result)] == [
        (0, "warn"),
        (1, "clear"),
        (2, "block"),
        (3, "clear"),
    ]
    assert all(set(answer) == {"id", "level", "findings", "redacted", "cpu_ms"} for answer in answers(result))
    assert run("--batch", batch).stdout.splitlines()[0] == "0\twarn\tphone number"
    assert run("--batch", "-", given=batch.read_bytes()).exit_code == 0


def bad_files(folder: Path) -> dict[str, Path]:
    files = {
        "binary": (folder / "binary.txt", b"\xff\xfe\x00"),
        "large": (folder / "large.txt", b"x" * (LARGEST_TEXT + 1)),
        "batch": (folder / "batch.jsonl", b'{"id": 1, "text": "fine"}\n{"id": 2}\n'),
        "numbers": (folder / "numbers.jsonl", b'{"id": 1, "text": 5}\n'),
        "deep": (folder / "deep.jsonl", b"[" * 100_000),
        "contacts": (folder / "contacts.toml", b"published_phones = ['x', 'y']\npublished_email = []"),
    }
    for path, data in files.values():
        path.write_bytes(data)
    return {name: path for name, (path, _) in files.items()}


WRONG: list[tuple[list[str], list[str]]] = [
    ([], ["Nothing to scan."]),
    (["missing.txt"], ["There is no file missing.txt."]),
    (["a", "--batch", "{batch}"], ["Give either a text or --batch FILE, not both."]),
    (["--image", "{batch}", "--batch", "{batch}"], ["Give either a text or --batch FILE, not both."]),
    (["{binary}"], ["is not UTF-8 text."]),
    (["{large}"], ["is larger than 5 MB."]),
    (["{folder}"], ["cannot be read (Is a directory)."]),
    (["--batch", "{folder}/none"], ["cannot be read (No such file or directory)."]),
    (["--batch", "{batch}", "--json"], ["batch.jsonl, line 2: not a JSON object"]),
    (["--batch", "{numbers}"], ["line 1: not a JSON object"]),
    (["--batch", "{deep}"], ["line 1: not a JSON object"]),
    (["x", "--contacts", "{folder}/none"], ["cannot be read"]),
    (["x", "--contacts", "{contacts}"], ["did you mean published_emails?", "entry 1 of", "entry 2 of"]),
    (["--image", "{batch}"], ["This is not a JPEG, PNG, WebP, GIF or HEIC picture"]),
    (["\udcff"], ["is not UTF-8 text."]),
]


@pytest.mark.parametrize(("arguments", "sentences"), WRONG)
def test_what_is_wrong_is_said_in_a_line_each(arguments: list[str], sentences: list[str], tmp_path: Path) -> None:
    names = {name: str(path) for name, path in bad_files(tmp_path).items()}
    result = run(*[argument.format(folder=tmp_path, **names) for argument in arguments])
    assert result.exit_code == 2
    lines = result.stderr.splitlines()
    assert len(lines) == len(sentences)
    assert all(sentence in line for sentence, line in zip(sentences, lines, strict=True))


TEXTS = ["https://example.org/page.html", "see notes.txt", "x" * 5000, "either/or"]


@pytest.mark.parametrize("text", TEXTS)
def test_what_only_looks_like_a_file_is_a_text(text: str) -> None:
    assert run(text).exit_code == 0


def photograph(folder: Path, *, located: bool) -> Path:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Example"
    if located:
        exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (51.0, 30.0, 0.0)
    target = io.BytesIO()
    Image.new("RGB", (40, 30)).save(target, "JPEG", exif=exif)
    path = folder / "photo.jpg"
    path.write_bytes(target.getvalue())
    return path


def test_a_picture_tells_what_it_carries(tmp_path: Path) -> None:
    path = photograph(tmp_path, located=True)
    before = path.read_bytes()
    result = run("--image", path)
    assert result.exit_code == 1
    assert "we would take: details of the camera and the position where it was taken." in result.stdout
    (answer,) = answers(run("--image", path, "--json"))
    assert (answer["removed"], answer["width"]) == (["camera_details", "gps_position"], 40)
    assert path.read_bytes() == before
    assert run("--image", photograph(tmp_path, located=False)).exit_code == 0
    Image.new("RGB", (40, 30)).save(path)
    assert "carries no hidden details" in run("--image", path).stdout
    assert run("Ring 07700 900123", "--image", path).exit_code == 1


def test_as_a_process_of_its_own() -> None:
    command = [sys.executable, "-m", "bot", "scan", "-"]
    done = subprocess.run(
        command, input="Ring 07700 900123 \U0001f600", capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert "phone number at characters 6 to 17" in done.stdout
    shown = subprocess.run([*command[:-1], "--help"], capture_output=True, encoding="utf-8", check=True)
    assert "switchboard scan draft.txt --contacts contacts.toml" in shown.stdout


def test_starting_loads_neither_pictures_nor_the_network() -> None:
    look = "import sys, bot.cli.scan; print([m for m in ('PIL', 'asyncio', 'sqlalchemy', 'httpx') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "[]"


def test_the_page_of_the_rules_is_made_from_the_rules() -> None:
    assert (PAGES / "reference" / "leak-rules.md").read_text(encoding="utf-8") == as_markdown()
