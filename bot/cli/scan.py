"""`switchboard scan`: the leak scanner alone, for one text, a batch of them, or a picture."""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any, BinaryIO, NoReturn

import typer

from bot.leaks.context import NO_CONTACTS, Contacts, ContactsRefused, read_contacts
from bot.leaks.findings import Finding, Level, ScanResult, worst
from bot.leaks.scan import scan
from bot.leaks.squeezed import scan_squeezed
from bot.wording import listed, say

app = typer.Typer(add_completion=False, rich_markup_mode=None)

FOUND = 1
FAILED = 2
STANDARD_INPUT = "-"
LARGEST_TEXT = 5_000_000
"""Bytes of the largest text that is scanned in one piece; a post has some hundred."""
PLACES_SHOWN = 5

# A single word that ends like this was meant as a file; scanning the name itself would say "clear".
_FILE_ENDINGS = (".txt", ".md", ".csv", ".json", ".jsonl", ".html", ".htm", ".eml", ".toml", ".docx", ".pdf", ".rtf")


@app.command()
def main(
    text: Annotated[str | None, typer.Argument(metavar="[TEXT or FILE or -]", show_default=False)] = None,
    contacts: Annotated[
        Path | None, typer.Option(help="What the organisation publishes itself, as TOML or JSON.")
    ] = None,
    batch: Annotated[
        Path | None, typer.Option(help='One JSON object a line, {"id": ..., "text": ...}; - for standard input.')
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON, one object a line.")] = False,
    image: Annotated[
        Path | None, typer.Option(help="A picture, looked through for hidden details and for words.")
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say which rule found it and what counted.")] = False,
) -> None:
    """Look for personal data and secrets in a text before it is published. Nothing is stored or sent.

    \b
    Examples:
      switchboard scan "Ring Ama on 07700 900123"
      switchboard scan draft.txt --contacts contacts.toml
      switchboard scan --batch posts.jsonl --json

    Ends with 0 when nothing needs a look, 1 when something does, 2 when it could not run. A batch that
    ran ends with 0, whatever it found.
    """
    known = _contacts(contacts)
    if batch is not None:
        if text is not None or image is not None:
            _fail("one_at_a_time")
        _run_batch(batch, known, as_json)
        return
    if text is None and image is None:
        _fail("nothing_given")
    found = False
    if text is not None:
        found = _run_text(text, known, as_json, explain)
    if image is not None:
        found = _run_image(image, known, as_json, explain) or found
    raise typer.Exit(FOUND if found else 0)


def _fail(code: str, **params: object) -> NoReturn:
    # One line, also when the name of a file holds a line break.
    typer.echo(" ".join(say(f"leaks.scan.wrong.{code}", **params).split()), err=True)
    raise typer.Exit(FAILED)


def _contacts(path: Path | None) -> Contacts:
    if path is None:
        return NO_CONTACTS
    try:
        return read_contacts(_bytes(path), path.name)
    except ContactsRefused as refused:
        for fault in refused.faults:
            typer.echo(say(f"leaks.contacts.{fault.code}", **fault.params), err=True)
        raise typer.Exit(FAILED) from refused


def _run_text(text: str, known: Contacts, as_json: bool, explain: bool) -> bool:
    name, body = _text(text)
    result, cpu_ms = _scanned(body, known)
    if as_json:
        _write(_as_dict(name, result, cpu_ms))
    else:
        _print(result, explain)
    return result.level in {Level.BLOCK, Level.WARN}


def _run_batch(path: Path, known: Contacts, as_json: bool) -> None:
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            name, text = entry["id"], entry["text"]
        except (ValueError, KeyError, TypeError, RecursionError):
            _fail("bad_line", file=path, line=number)
        if not isinstance(text, str):
            _fail("bad_line", file=path, line=number)
        result, cpu_ms = _scanned(text, known)
        if as_json:
            _write(_as_dict(name, result, cpu_ms))
        else:
            kinds = listed(sorted({say(f"leaks.label.{finding.label}") for finding in result.findings}))
            typer.echo(f"{name}\t{result.level}\t{kinds}")


def _lines(path: Path) -> Iterator[bytes]:
    if str(path) == STANDARD_INPUT:
        yield from sys.stdin.buffer
        return
    try:
        with path.open("rb") as file:
            yield from _with_progress(file, path.stat().st_size)
    except OSError as error:
        _fail("unreadable", file=path, reason=error.strerror)


def _with_progress(file: BinaryIO, size: int) -> Iterator[bytes]:
    # Only where somebody waits and the answers go elsewhere: they would run into each other.
    if not sys.stderr.isatty() or sys.stdout.isatty():
        yield from file
        return
    with typer.progressbar(length=size, file=sys.stderr) as bar:
        for line in file:
            yield line
            bar.update(len(line))


def _scanned(text: str, known: Contacts) -> tuple[ScanResult, float]:
    """The result and the processor time it took, in milliseconds."""
    start = time.process_time_ns()
    try:
        result = scan(text, known)
    except Exception as error:  # an edge: whatever broke, the text is not clear
        _fail("failed", kind=type(error).__name__)
    return result, round((time.process_time_ns() - start) / 1_000_000, 3)


def _text(given: str) -> tuple[str, str]:
    """A name for the answer and the text itself: from standard input, a file, or as given."""
    if given == STANDARD_INPUT:
        return given, _decoded(sys.stdin.buffer.read(LARGEST_TEXT + 1), given)
    path = Path(given)
    if _is_there(path):
        return given, _decoded(_bytes(path), given)
    if given.casefold().endswith(_FILE_ENDINGS) and "://" not in given and len(given.split()) == 1:
        _fail("no_file", file=given)
    try:
        given.encode()
    except UnicodeEncodeError:
        _fail("not_text", file="This")
    return "text", given


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        # Longer than a name may be, or with a sign no name may have: a text.
        return False


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        _fail("unreadable", file=path, reason=error.strerror)


def _decoded(data: bytes, name: str) -> str:
    if len(data) > LARGEST_TEXT:
        _fail("too_large", file=name, limit=LARGEST_TEXT // 1_000_000)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        _fail("not_text", file=name)


def _write(answer: dict[str, Any]) -> None:
    # Not by echo, which looks through each line for colours; an answer may be long.
    sys.stdout.write(json.dumps(answer) + "\n")


def _as_dict(name: object, result: ScanResult, cpu_ms: float) -> dict[str, Any]:
    return {
        "id": name,
        "level": result.level,
        "findings": [_finding(finding) for finding in result.findings],
        "redacted": result.redacted,
        "cpu_ms": cpu_ms,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "start": finding.start,
        "end": finding.end,
        "label": finding.label,
        "level": finding.level,
        "severity": finding.severity,
        "rule": finding.rule,
        "reason": say(finding.reason_code, **finding.params),
        "excerpt": finding.excerpt,
        "suggestion": finding.suggestion,
        "cues": list(finding.cues),
    }


def _print(result: ScanResult, explain: bool) -> None:
    if not result.findings:
        typer.echo(say("leaks.scan.clear"))
        return

    def kind(finding: Finding) -> tuple[int, str, str]:
        return -finding.severity.rank, finding.label, say(finding.reason_code, **finding.params)

    for (_, label, reason), group in groupby(sorted(result.findings, key=kind), key=kind):
        alike = list(group)
        does = say(f"leaks.scan.{alike[0].level}")
        typer.echo(say("leaks.scan.found", does=does, what=say(f"leaks.label.{label}"), places=_places(alike)))
        typer.echo(f"  {reason}")
        if explain:
            typer.echo(f"  {_explained(alike)}")
    if any(finding.severity.stops for finding in result.findings):
        typer.echo(f"\n{say('leaks.scan.redacted')}\n{result.redacted}")


def _explained(findings: list[Finding]) -> str:
    """Which rules found them, how grave, and what counted."""
    rules = listed(sorted({finding.rule for finding in findings}))
    cues = sorted({cue for finding in findings for cue in finding.cues})
    counted = "; ".join(say(f"leaks.cue.{cue}") for cue in cues) if cues else say("leaks.scan.no_cue")
    return say("leaks.scan.explained", rules=rules, severity=findings[0].severity, counted=counted)


def _places(findings: list[Finding]) -> str:
    places = [
        say("leaks.scan.place", start=finding.start + 1, end=finding.end, excerpt=finding.excerpt)
        for finding in findings[:PLACES_SHOWN]
    ]
    rest = len(findings) - len(places)
    return ", ".join(places) + (f" {say('leaks.scan.more', count=rest)}" if rest else "")


def _run_image(path: Path, contacts: Contacts, as_json: bool, explain: bool) -> bool:
    # Loads Pillow, which a text does not need.
    from bot.pictures.cleaning import PictureRefused, clean
    from bot.pictures.words import can_read, read_words

    try:
        picture = clean(_bytes(path))
        words = read_words(picture) if can_read() else None
    except PictureRefused as refused:
        typer.echo(say(f"leaks.picture.{refused.code}", **refused.params), err=True)
        raise typer.Exit(FAILED) from refused
    findings = scan_squeezed(words, contacts) if words else ()
    told = {"media_type": picture.media_type, "width": picture.width, "height": picture.height}
    located = "gps_position" in picture.removed
    if as_json:
        seen = [{key: value for key, value in _finding(one).items() if key not in _PLACED} for one in findings]
        known = {"words_read": words is not None, "level": worst(findings), "findings": seen}
        _write({"image": str(path), **told, "sha256": picture.sha256, "removed": picture.removed, **known})
    else:
        _print_image(picture.removed, told)
        _print_words(words, findings, explain)
    return located or worst(findings) in {Level.BLOCK, Level.WARN}


# Where something stands among words that were read says nothing of where it stands in the picture.
_PLACED = {"start", "end", "suggestion"}


def _print_image(gone: Sequence[str], told: dict[str, Any]) -> None:
    if gone:
        removed = listed([say(f"leaks.removed.{code}") for code in gone])
        typer.echo(say("leaks.scan.picture_removed", removed=removed, **told))
    else:
        typer.echo(say("leaks.scan.picture_clean", **told))
    if "gps_position" in gone:
        typer.echo(say("leaks.scan.picture_position"))


def _print_words(words: str | None, findings: Sequence[Finding], explain: bool) -> None:
    if not findings:
        code = "unread" if words is None else "clear" if words else "none"
        typer.echo(say(f"leaks.scan.words_{code}"))
    for finding in sorted(findings, key=lambda one: -one.severity.rank):
        place = say("leaks.scan.in_picture", excerpt=finding.excerpt)
        does, what = say(f"leaks.scan.{finding.level}"), say(f"leaks.label.{finding.label}")
        typer.echo(say("leaks.scan.found", does=does, what=what, places=place))
        typer.echo(f"  {say(finding.reason_code, **finding.params)}")
        if explain:
            typer.echo(f"  {_explained([finding])}")
