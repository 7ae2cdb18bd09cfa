"""Words in pictures are read, judged like any others, and no picture holds the reader up."""

import importlib.util
import io
import json
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from typer.testing import CliRunner

from bot.cli.scan import app
from bot.leaks.squeezed import scan_squeezed, spaced
from bot.pictures import words
from bot.pictures.cleaning import Limits, PictureRefused, clean
from bot.wording import say

CARD = {
    "NHS_NUMBER": "NHS No: 999 010 4727",
    "PHONE": "Call 07700 900123",
    "EMAIL": "ama.mensah@gmail.com",
    "NINO": "NI number: AB 12 34 56 C",
    "PAYMENT_CARD": "Card 4111 1111 1111 1111",
    "BANK_ACCOUNT": "Sort code 20-00-00  Account 55779911",
}


def photograph(*lines: str) -> bytes:
    """Lines on a card as somebody photographs it: at a slant, grainy and not quite sharp."""
    card = Image.new("RGB", (1_200, 675), (244, 240, 228))
    pen, font = ImageDraw.Draw(card), ImageFont.load_default(34)
    for number, line in enumerate(lines):
        pen.text((90, 60 + number * 90), line, fill=(30, 30, 60), font=font)
    card = card.rotate(3, expand=True, fillcolor=(90, 80, 70), resample=Image.Resampling.BICUBIC)
    grain = Image.effect_noise(card.size, 36).convert("RGB")
    target = io.BytesIO()
    Image.blend(card, grain, 0.15).filter(ImageFilter.GaussianBlur(0.7)).save(target, "JPEG", quality=80)
    return target.getvalue()


def test_each_identifier_on_a_photographed_card_is_caught(tmp_path: Path) -> None:
    path = tmp_path / "card.jpg"
    path.write_bytes(photograph(*CARD.values()))
    told = CliRunner().invoke(app, ["--image", str(path), "--json"])
    (answer,) = [json.loads(line) for line in told.stdout.splitlines()]
    assert (told.exit_code, answer["words_read"], answer["level"]) == (1, True, "block")
    assert {finding["label"] for finding in answer["findings"]} >= set(CARD)
    shown = CliRunner().invoke(app, ["--image", str(path)]).stdout
    assert "Stops publication: NHS number in the picture (" in shown
    for value in ("9990104727", "07700900123", "mensah", "AB123456C", "411111111111", "55779911"):
        assert value not in (told.stdout + shown).replace(" ", "")


def test_an_innocent_card_and_one_without_words(tmp_path: Path) -> None:
    path = tmp_path / "poster.jpg"
    for lines, code in ((("The library opens at nine", "Come and read with us"), "clear"), ((), "none")):
        path.write_bytes(photograph(*lines))
        told = CliRunner().invoke(app, ["--image", str(path)])
        assert (told.exit_code, told.stdout.splitlines()[-1]) == (0, say(f"leaks.scan.words_{code}"))


@pytest.mark.parametrize("limits", [Limits(cpu_seconds=1), Limits(memory=300_000_000), Limits(seconds=0.01)])
def test_a_reader_over_its_limits_clears_nothing(limits: Limits) -> None:
    page = Image.new("RGB", (1_900, 1_900), "white")
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(22)
    for number in range(120):
        pen.text((30 + number % 2 * 950, 20 + number // 2 * 30), "Come and read with us " * 3, fill=0, font=font)
    target = io.BytesIO()
    page.save(target, "PNG")
    with pytest.raises(PictureRefused, match="words_unread"):
        words.read_words(clean(target.getvalue()), limits)


def test_without_the_extra_it_is_said_that_words_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    path = tmp_path / "card.jpg"
    path.write_bytes(photograph(*CARD.values()))
    told = CliRunner().invoke(app, ["--image", str(path)])
    assert (told.exit_code, told.stdout.splitlines()[-1]) == (0, say("leaks.scan.words_unread"))


SQUEEZED = [
    ("NHSNo:9990104727", "NHS No : 9990104727"),
    ("nhsnumber9990104727", "nhs number 9990104727"),
    ("Call07700900123today", "Call 07700900123 today"),
    ("Sortcode20-00-00", "Sort code 20-00-00"),
    ("The library opens at 9", "The library opens at 9"),
]


@pytest.mark.parametrize(("read", "meant"), SQUEEZED)
def test_where_spaces_were(read: str, meant: str) -> None:
    assert spaced(read).strip() == meant


def test_a_value_found_in_both_spacings_is_told_once_and_as_its_gravest() -> None:
    findings = scan_squeezed("NHSNo:9990104727")
    assert [(one.label, one.severity) for one in findings] == [("NHS_NUMBER", "critical")]
    assert scan_squeezed("Open from nine to five") == ()
