# SPDX-License-Identifier: GPL-2.0-only
"""A picture in SVG: boxes, texts and arrows, in the order they are drawn.

Owns the elements, their looks and the file's form. Text stays text, in a font
that every viewer has; the background is drawn, so that a dark page does not
shine through. The same calls give the same bytes.
"""
from xml.sax.saxutils import escape, quoteattr

FONT = "Helvetica, Arial, 'DejaVu Sans', sans-serif"
INK = "#1b2733"
QUIET = "#5a6875"


def width_of(text, size, bold=False):
    """About how wide a text is: on the safe side of all usual fonts."""
    narrow = sum(character in "iljtfI.,:;/|' ()[]-1" for character in text)
    wide = len(text) - narrow
    return size * (wide * 0.64 + narrow * 0.42) * (1.06 if bold else 1)


class Picture:
    """An SVG picture in the making."""

    def __init__(self, width):
        self.width = width
        self.parts = []
        self.late = []

    def box(self, x, y, width, height, fill="none", line=INK, **looks):
        """A box; looks: dash, radius, weight."""
        dash = looks.get("dash")
        self.parts.append(
            f'<rect x="{x}" y="{y}" width="{width}" height="{height}" '
            f'rx="{looks.get("radius", 0)}" fill="{fill}" stroke="{line}" '
            f'stroke-width="{looks.get("weight", 1)}"'
            + (f' stroke-dasharray="{dash}"' if dash else "") + "/>")

    def text(self, x, y, text, size=11, **looks):
        """A line of text; looks: bold, anchor, fill, mark."""
        mark = looks.get("mark")
        self.parts.append(
            f'<text x="{x}" y="{y}" font-size="{size}" '
            f'fill="{looks.get("fill", INK)}" '
            f'text-anchor="{looks.get("anchor", "start")}"'
            + (' font-weight="bold"' if looks.get("bold") else "")
            + (f' class="{mark}"' if mark else "")
            + f">{escape(text)}</text>")

    def rule(self, x1, x2, y, line="#b9c4cd"):
        """A thin horizontal line."""
        self.parts.append(f'<path d="M{x1} {y} L{x2} {y}" fill="none" '
                          f'stroke="{line}" stroke-width="1" '
                          'class="rule"/>')

    def arrow(self, points, line):
        """An arrow along points, above all boxes."""
        way = " L".join(f"{x} {y}" for x, y in points)
        (x1, y1), (x2, y2) = points[-2:]
        # the head by hand: markers are drawn differently by each viewer
        length = abs(x2 - x1) + abs(y2 - y1)
        dx, dy = (x2 - x1) // length, (y2 - y1) // length
        back_x, back_y = x2 - 8 * dx, y2 - 8 * dy
        self.late.append(
            f'<path d="M{way}" fill="none" stroke="{line}" '
            'stroke-width="2" stroke-linejoin="round" class="arrow"/>')
        self.late.append(
            f'<path d="M{x2} {y2} L{back_x + 4 * dy} {back_y + 4 * dx} '
            f'L{back_x - 4 * dy} {back_y - 4 * dx} Z" fill="{line}"/>')

    def step(self, x, y, number, line):
        """The number of a step, in a disc on its arrow."""
        self.late.append(f'<circle cx="{x}" cy="{y}" r="8" fill="{line}"/>')
        self.late.append(
            f'<text x="{x}" y="{y + 4}" font-size="11" fill="#ffffff" '
            'text-anchor="middle" font-weight="bold" class="step">'
            f"{number}</text>")

    def render(self, height, title, description):
        """The file as text."""
        head = (
            '<svg xmlns="http://www.w3.org/2000/svg" role="img" '
            f'width="{self.width}" height="{height}" '
            f'viewBox="0 0 {self.width} {height}" '
            f'font-family={quoteattr(FONT)}>')
        return "\n".join([
            "<!-- SPDX-License-Identifier: GPL-2.0-only -->",
            "<!-- made by selftests/cfn/draw.py: do not edit -->",
            head, f"<title>{escape(title)}</title>",
            f"<desc>{escape(description)}</desc>",
            f'<rect width="{self.width}" height="{height}" '
            'fill="#ffffff"/>',
            *self.parts, *self.late, "</svg>", ""])
