"""Letters of other scripts that cannot be told from Latin ones by eye, and marks laid over letters.

From the Unicode Consortium's list of confusables (Unicode Technical Standard 39, confusables.txt): those of its
entries whose letters look alike in the typefaces of chat.
"""

_PAIRS = """
аa АA ВB сc СC ԁd еe ЕE ѕs ЅS іi ІI ӏl ӀI јj ЈJ кk КK мm МM НH һh ҺH оo ОO рp РP ԛq ԚQ тt ТT уy УY үy ҮY хx ХX ԝw ԜW
гr ѵv ѴV
ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX οo νv ιi κk αa ρp υu τt ϲc ϹC ϳj γy
ոn սu օo հh յj ՕO ցg զq
ıi ɩi ɑa ɡg ʏY
ᴀA ʙB ᴄC ᴅD ᴇE ꜰF ɢG ʜH ɪI ᴊJ ᴋK ʟL ᴍM ɴN ᴏO ᴘP ʀR ꜱS ᴛT ᴜU ᴠV ᴡW ᴢZ
"""

TWINS: dict[int, str] = {ord(pair[0]): pair[-1] for pair in _PAIRS.split() if pair[-1].isascii()} | {
    # White letters on black squares and circles (Unicode 15, block 1F100) have no compatibility form.
    start + place: chr(ord("A") + place)
    for start in (0x1F150, 0x1F170)
    for place in range(26)
}
"""Code point of a letter -> the Latin letter it looks like."""

OVERLAYS = "\u0332-\u0338\u0305\u20d2\u20d3\u20e5\u20e6"
"""The inside of a character class of strokes and lines laid over, under or through a letter."""
