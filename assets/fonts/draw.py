#!/usr/bin/env python3
"""Draws music-signs.ttf beside it: flat, natural, double flat and double sharp, which Noto Sans lacks.

The measures go with Noto Sans: 1000 units to the em, capitals 714 high. Needs fontTools (`pip install fonttools`).
"""

from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

STEM = 66


def polygon(pen, *points):
    pen.moveTo(points[0])
    for point in points[1:]:
        pen.lineTo(point)
    pen.closePath()


def flat(pen, left=62):
    """A stem with a bowl that ends in a point at its foot."""
    right = left + STEM
    pen.moveTo((left, 770))
    pen.lineTo((right, 770))
    pen.lineTo((right, 398))
    pen.qCurveTo((right + 50, 436), (right + 106, 436))
    pen.qCurveTo((right + 206, 436), (right + 206, 322))
    pen.qCurveTo((right + 206, 212), (right + 76, 104))
    pen.lineTo((left, -24))
    pen.closePath()
    pen.moveTo((right, 88))
    pen.qCurveTo((right + 130, 200), (right + 130, 306))
    pen.qCurveTo((right + 130, 374), (right + 86, 374))
    pen.qCurveTo((right + 44, 374), (right, 328))
    pen.closePath()


def double_flat(pen):
    flat(pen, 62)
    flat(pen, 290)


def natural(pen):
    """Two stems, one up and one down, and two beams that rise."""
    beam = 92
    polygon(pen, (62, 770), (62 + STEM, 770), (62 + STEM, 160), (62, 145))
    polygon(pen, (300, 560), (300 + STEM, 575), (300 + STEM, -50), (300, -50))
    for height in (440, 170):
        polygon(pen, (62, height + beam - 30), (366, height + beam + 30), (366, height + 30), (62, height - 30))


def double_sharp(pen):
    """A cross with a block at each end."""
    low, high, block, half = 110, 560, 130, 46
    for x in (62, 62 + high - low - block):
        for y in (low, high - block):
            polygon(pen, (x, y + block), (x + block, y + block), (x + block, y), (x, y))
    left, right = 62, 62 + high - low
    polygon(pen, (left, low + half), (right - half, high), (right, high - half), (left + half, low))
    polygon(pen, (left, high - half), (left + half, high), (right, low + half), (right - half, low))


def box(pen):
    polygon(pen, (60, 714), (440, 714), (440, 0), (60, 0))


SIGNS = {
    ".notdef": (None, 500, box),
    "flat": (0x266D, 400, flat),
    "natural": (0x266E, 430, natural),
    "doublesharp": (0x1D12A, 574, double_sharp),
    "doubleflat": (0x1D12B, 628, double_flat),
}


def main():
    glyphs = {}
    for name, (_, _, draw) in SIGNS.items():
        pen = TTGlyphPen(None)
        draw(pen)
        glyphs[name] = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(list(SIGNS))
    builder.setupCharacterMap({letter: name for name, (letter, _, _) in SIGNS.items() if letter})
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics({name: (width, glyphs[name].xMin) for name, (_, width, _) in SIGNS.items()})
    builder.setupHorizontalHeader(ascent=1069, descent=-293)
    builder.setupNameTable({"familyName": "Cantus Music Signs", "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=1069, sTypoDescender=-293, usWinAscent=1069, usWinDescent=293)
    builder.setupPost()
    builder.font["head"].created = builder.font["head"].modified = 0
    builder.font.recalcTimestamp = False
    builder.save(Path(__file__).parent / "music-signs.ttf")


if __name__ == "__main__":
    main()
