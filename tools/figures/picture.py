# SPDX-License-Identifier: Apache-2.0
"""A drawing of boxes, arrows and words as SVG, which is legible on a telephone and on a light or dark page."""

from __future__ import annotations

from html import escape
from typing import Literal

Kind = Literal["box", "core", "bad", "quiet"]
Anchor = Literal["start", "middle", "end"]

WIDTH = 640
NAME, NOTE = 15, 14  # sizes of text; at 420 pixels NOTE is 9.2 pixels high
_EM = 0.54  # mean width of a letter, in its size

_STYLE = """
.page { fill: #fff } .name { fill: #111 } .note { fill: #444 }
.box { fill: #e8eaf6; stroke: #3f51b5 } .core { fill: #fff3d6; stroke: #b26a00 }
.bad { fill: #ffebee; stroke: #c62828 } .quiet { fill: #f3f3f3; stroke: #757575 }
.frame { fill: none; stroke: #757575; stroke-dasharray: 6 4 }
.way { fill: none; stroke: #3f51b5; stroke-width: 2 } .end { fill: none; stroke: #c62828; stroke-width: 2 }
.tip { fill: #3f51b5 } .tipend { fill: #c62828 } .grid { stroke: #ccc } .axis { fill: none; stroke: #444 }
.line0 { stroke: #3f51b5; fill: #3f51b5 } .line1 { stroke: #b26a00; fill: #b26a00 }
.line2 { stroke: #2e7d32; fill: #2e7d32 } .line3 { stroke: #c62828; fill: #c62828 }
.line4 { stroke: #757575; fill: #757575 }
@media (prefers-color-scheme: dark) {
.page { fill: #1e2129 } .name { fill: #f2f2f2 } .note { fill: #c8c8c8 }
.box { fill: #2a3260; stroke: #9fa8da } .core { fill: #4a3a12; stroke: #ffb74d }
.bad { fill: #4e2226; stroke: #ef9a9a } .quiet { fill: #33363f; stroke: #a0a0a0 }
.frame { stroke: #a0a0a0 } .way { stroke: #9fa8da } .end { stroke: #ef9a9a }
.tip { fill: #9fa8da } .tipend { fill: #ef9a9a } .grid { stroke: #4a4d57 } .axis { stroke: #c8c8c8 }
.line0 { stroke: #9fa8da; fill: #9fa8da } .line1 { stroke: #ffb74d; fill: #ffb74d }
.line2 { stroke: #81c784; fill: #81c784 } .line3 { stroke: #ef9a9a; fill: #ef9a9a }
.line4 { stroke: #a0a0a0; fill: #a0a0a0 }
}"""


def room(words: str, size: float) -> float:
    """Return about the width of a text."""
    return len(words) * size * _EM


class Picture:
    """A drawing that grows by its methods; `svg()` is the file."""

    def __init__(self, title: str, height: float) -> None:
        """Begin an empty drawing, WIDTH wide."""
        self.title, self.height = title, height
        self._parts: list[str] = []

    def write(
        self, x: float, y: float, words: str, kind: str = "note", anchor: Anchor = "middle", size: float | None = None
    ) -> None:
        """Write a line of text.

        Raises:
            ValueError: it does not fit into the drawing.
        """
        size = size or (NAME if kind == "name" else NOTE)
        wide = room(words, size)
        left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
        if left < 0 or left + wide > WIDTH or not 0 < y < self.height:
            raise ValueError(f"'{words}' leaves the drawing '{self.title}'")
        place = f'x="{x:g}" y="{y:g}" text-anchor="{anchor}" font-size="{size:g}"'
        self._parts.append(f'<text class="{kind}" {place}>{escape(words)}</text>')

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        name: str,
        *notes: str,
        kind: Kind = "box",
        round: int = 6,
    ) -> None:
        """Draw a box with a name and notes below it, all in the middle.

        Raises:
            ValueError: a text is wider than the box, or there are too many.
        """
        self.shape(x, y, width, height, kind, round)
        rows = [(name, "name", NAME)] * bool(name) + [(note, "note", NOTE) for note in notes]
        tall = sum(size + 3 for _, _, size in rows)
        if tall > height + 3 or any(room(words, size) > width - 4 for words, _, size in rows):
            raise ValueError(f"'{name}' {notes} does not fit into its box of '{self.title}'")
        top = y + (height - tall) / 2
        for words, style, size in rows:
            top += size + 3
            self.write(x + width / 2, top - 4.5, words, style, size=size)

    def shape(self, x: float, y: float, width: float, height: float, kind: str, round: float = 0) -> None:
        """Draw a rectangle."""
        self._parts.append(
            f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{round:g}"/>'
        )

    def frame(self, x: float, y: float, width: float, height: float, label: str) -> None:
        """Draw a frame around boxes, with its label at the top left."""
        self.shape(x, y, width, height, "frame", 8)
        self.write(x + 10, y + 19, label, "name", "start")

    def way(self, path: str, kind: Literal["way", "end"] = "way", both: bool = False) -> None:
        """Draw an arrow along a path of SVG, with a tip at its end or at both ends."""
        tip = "to" if kind == "way" else "stop"
        first = f' marker-start="url(#{tip})"' if both else ""
        self._parts.append(f'<path class="{kind}" d="{path}"{first} marker-end="url(#{tip})"/>')

    def add(self, element: str) -> None:
        """Add an element of SVG."""
        self._parts.append(element)

    def svg(self) -> str:
        """Return the file."""
        tips = "".join(
            f'<marker id="{name}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="5" markerHeight="5"'
            f' orient="auto-start-reverse"><path class="{kind}" d="M0 0 L10 5 L0 10 z"/></marker>'
            for name, kind in (("to", "tip"), ("stop", "tipend"))
        )
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.height:g}" '
                'font-family="sans-serif" role="img">',
                "<!-- SPDX-License-Identifier: Apache-2.0. Drawn by make generate. -->",
                f"<title>{escape(self.title)}</title>",
                f"<style>{_STYLE}</style>",
                f"<defs>{tips}</defs>",
                f'<rect class="page" width="{WIDTH}" height="{self.height:g}" rx="10"/>',
                *self._parts,
                "</svg>\n",
            ]
        )
