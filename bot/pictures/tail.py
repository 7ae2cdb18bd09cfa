"""Whether something was put behind the end of a picture, such as the short film of a phone."""

_END_OF_IMAGE = b"\xff\xd9"
_GIF_HEAD = 13
_GIF_EXTENSION, _GIF_IMAGE, _GIF_END = 0x21, 0x2C, 0x3B


def has_tail(kind: str, data: bytes) -> bool:
    """Whether anything but zeros follows the end of a sound picture of this format; False where no end is known."""
    try:
        end = _ENDS[kind](data) if kind in _ENDS else len(data)
    except IndexError:
        return False
    return bool(data[end:].strip(b"\0"))


def _jpeg(data: bytes) -> int:
    """ITU-T T.81, annex B: segments say their length; in what is between them no marker but a restart stands."""
    place = 2
    while True:
        place = data.find(b"\xff", place)
        if place < 0:
            return len(data)
        marker = data[place + 1]
        if marker == _END_OF_IMAGE[1]:
            return place + 2
        # A filled byte, a stuffed one, a start or a restart: nothing follows that says how long it is.
        if marker in {0x00, 0x01, 0xFF} or 0xD0 <= marker <= 0xD8:
            place += 1 if marker == 0xFF else 2
        else:
            place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")


def _png(data: bytes) -> int:
    """PNG (ISO/IEC 15948), 5.3: chunks of length, name, body and checksum, the last named IEND."""
    place = 8
    while place < len(data):
        length, name = int.from_bytes(data[place : place + 4], "big"), data[place + 4 : place + 8]
        place += 12 + length
        if name == b"IEND":
            break
    return place


def _webp(data: bytes) -> int:
    """RFC 9649, 2.4: the size at the head counts what follows it."""
    return 8 + int.from_bytes(data[4:8], "little")


def _gif(data: bytes) -> int:
    """GIF89a: a head, a palette, then blocks made of sub-blocks, until the trailer."""
    place = _GIF_HEAD + _palette(data[10])
    while data[place] != _GIF_END:
        if data[place] == _GIF_IMAGE:
            place += 11 + _palette(data[place + 9])
        elif data[place] == _GIF_EXTENSION:
            place += 2
        else:
            return len(data)
        while data[place]:
            place += 1 + data[place]
        place += 1
    return place + 1


def _palette(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


_ENDS = {"JPEG": _jpeg, "PNG": _png, "WEBP": _webp, "GIF": _gif}
