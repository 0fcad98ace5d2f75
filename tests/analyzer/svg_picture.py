"""What is in a picture that `profinst flame` drew, read as XML, and as pixels through librsvg."""

import json
import pathlib
import shutil
import struct
import subprocess
import xml.etree.ElementTree
import zlib

SVG = "{http://www.w3.org/2000/svg}"


class Frame:
    def __init__(self, element):
        self.x, self.y, self.width = (float(element.get(key)) for key in ("x", "y", "width"))
        self.classes = set(element.get("class").split())
        self.lines = element.find(SVG + "title").text or ""
        self.name, *self.lines = self.lines.split("\n")
        text = element.find(SVG + "text")
        self.label = None if text is None else text.text or ""
        self.reference = element.get("data-name")


class Picture:
    def __init__(self, path):
        root = xml.etree.ElementTree.parse(path).getroot()
        self.width, self.height = int(root.get("width")), int(root.get("height"))
        self.title = root.find(SVG + "title").text
        texts = {kind: [text.text for text in root.findall(SVG + "text") if text.get("class") == kind]
                 for kind in ("heading", "caption", "legend", "note")}
        (self.heading,), (self.caption,), self.legend, self.notes = texts.values()
        frames = next(group for group in root.findall(SVG + "g") if group.get("class") == "frames")
        self.frames = [Frame(element) for element in frames]
        self.scripts = root.findall(SVG + "script")
        self.names = json.loads(self.scripts[0].text)

    def widths(self):
        """Name, row from the root's, and width of every frame."""
        root = self.frames[0]
        return [(frame.name, int(abs(frame.y - root.y)) // 18, frame.width) for frame in self.frames]

    def frame(self, name):
        (found,) = [frame for frame in self.frames if frame.name == name]
        return found


def pixels(path):
    """The picture as librsvg draws it, which runs no scripts: rows of (red, green, blue)."""
    if shutil.which("rsvg-convert") is None:
        raise AssertionError("no librsvg to draw with: install librsvg2-bin")
    png = pathlib.Path(path).with_suffix(".png")
    subprocess.run(["rsvg-convert", "--background-color=white", "-o", png, path], check=True)
    data, at, packed = png.read_bytes(), 8, b""
    while at < len(data):
        (size,) = struct.unpack_from(">I", data, at)
        kind, body = data[at + 4:at + 8], data[at + 8:at + 8 + size]
        if kind == b"IHDR":
            width, height, depth, color = struct.unpack_from(">2I2B", body)
            assert depth == 8 and color in (2, 6)
            step = 3 if color == 2 else 4
        elif kind == b"IDAT":
            packed += body
        at += size + 12
    raw, rows, former = zlib.decompress(packed), [], bytes(width * step)
    for row in range(height):
        begin = row * (width * step + 1)
        line = unfilter(raw[begin], bytearray(raw[begin + 1:begin + 1 + width * step]), former, step)
        rows.append([tuple(line[x:x + 3]) for x in range(0, len(line), step)])
        former = line
    return rows


def unfilter(kind, line, above, step):
    """A row of a PNG as it was before the filter of this kind."""
    for i in range(len(line)):
        left = line[i - step] if i >= step else 0
        corner = above[i - step] if i >= step else 0
        guess = left + above[i] - corner
        nearest = min((abs(guess - left), 0, left), (abs(guess - above[i]), 1, above[i]),
                      (abs(guess - corner), 2, corner))[2]
        line[i] = (line[i] + (0, left, above[i], (left + above[i]) // 2, nearest)[kind]) & 0xFF
    return line
