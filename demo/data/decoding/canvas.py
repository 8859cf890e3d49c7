"""Which way up: EXIF's orientation, and a picture that is put together upright.

Source: Exif 2.32, tag 274.
"""

import contextlib

from PIL import Image

ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
ASIDE = (5, 6, 7, 8)
"""The orientations whose width is the file's height."""
FROM_THE_END = (3, 4, 6, 7)
"""The orientations in which the file's first row comes last."""


def orientation_of(file: Image.Image) -> int:
    """EXIF's, 1 to 8; 1 where there is none or it is broken."""
    with contextlib.suppress(Exception):
        found = file.getexif()[ORIENTATION]
        return int(found) if found in TURNS else 1
    return 1


class Canvas:
    """An upright picture that strips are put together on, from the top of the stored one."""

    def __init__(self, size: tuple[int, int], orientation: int) -> None:
        """size: (width, height) as stored.  orientation: EXIF's, 1 to 8."""
        self.aside, self.turn = orientation in ASIDE, TURNS.get(orientation)
        self.last_first = orientation in FROM_THE_END
        self.height, self.done = size[1], 0
        self.picture = Image.new("RGB", size[::-1] if self.aside else size)

    def add(self, strip: Image.Image) -> None:
        """Put the next strip, RGB and of the stored picture's full width, in its place."""
        at = self.height - self.done - strip.height if self.last_first else self.done
        self.done += strip.height
        turned = strip if self.turn is None else strip.transpose(self.turn)
        self.picture.paste(turned, (at, 0) if self.aside else (0, at))
