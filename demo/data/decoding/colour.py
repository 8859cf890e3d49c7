"""What a file says of its colours -> the ICC profile that says the same.

Code points are those of ITU-T H.273 (CICP): a PNG's cICP chunk and an AVIF's or HEIC's nclx box
hold them; older PNGs have gAMA and cHRM. Where they are unknown or sRGB there is no profile. The
result is what Chromium shows, but for HDR (PQ and HLG): reference white, 203 nits, becomes half of
the screen's light as there, and what is brighter is pressed into the other half, channel by
channel. Sources: ITU-T H.273; ITU-R BT.2100 (PQ, HLG); BT.2408 (reference white).
"""

import math
import struct
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.float64]
Point = tuple[float, float]
Primaries = tuple[Point, Point, Point, Point]
"""(x, y) of white, red, green, blue."""

D50 = np.array([0.9642, 1.0, 0.8249])
"""White of a profile's own space, as XYZ."""
BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)
_D65, _C = (0.3127, 0.3290), (0.310, 0.316)
SRGB = (_D65, (0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
_SMPTE = (_D65, (0.630, 0.340), (0.310, 0.595), (0.155, 0.070))
PRIMARIES: dict[int, Primaries] = {
    1: SRGB, 6: _SMPTE, 7: _SMPTE,
    4: (_C, (0.67, 0.33), (0.21, 0.71), (0.14, 0.08)),
    5: (_D65, (0.64, 0.33), (0.29, 0.60), (0.15, 0.06)),
    8: (_C, (0.681, 0.319), (0.243, 0.692), (0.145, 0.049)),
    9: (_D65, (0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    10: ((1 / 3, 1 / 3), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)),
    11: ((0.314, 0.351), (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
    12: (_D65, (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
    22: (_D65, (0.630, 0.340), (0.295, 0.605), (0.155, 0.077)),
}  # fmt: skip
REFERENCE_WHITE, BRIGHTEST = 203.0, 1000.0
"""Nits: of a white page, and of what becomes full light here."""


def of_code_points(primaries: int, transfer: int, still: bool) -> bytes | None:
    """The profile of two code points; None where they are unspecified, unknown or sRGB's.

    still: as AVIF and HEIC are read, where the curve of video (1, 6, 14, 15) means sRGB's.
    """
    curve = CURVES.get(transfer)
    if still and transfer in VIDEO:
        curve = _srgb
    if primaries not in PRIMARIES or curve is None or (primaries == 1 and curve is _srgb):
        return None
    return _profile(PRIMARIES[primaries], curve)


def of_gamma(gamma: float, primaries: Primaries | None) -> bytes | None:
    """The profile of a PNG's gAMA and, if it is there, cHRM: light = value ** (1 / gamma).

    Without primaries a gamma within 5 % of 1/2.2 means sRGB, as libpng has it. Raises ValueError
    where the primaries span nothing.
    """
    if not 0.01 <= gamma <= 10 or (primaries is None and abs(2.2 * gamma - 1) < 0.05):
        return None
    return _profile(primaries or SRGB, lambda values: values ** (1 / gamma))


def _srgb(values: Levels) -> Levels:
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _smpte_240(values: Levels) -> Levels:
    return np.where(values < 0.0913, values / 4, ((values + 0.1115) / 1.1115) ** (1 / 0.45))


def _pq(values: Levels) -> Levels:
    root = values ** (32 / 2523)
    light = np.maximum(root - 3424 / 4096, 0) / (2413 / 128 - 2392 / 128 * root)
    return _shown(10_000 * light ** (16384 / 2610))


def _hlg(values: Levels) -> Levels:
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(values <= 0.5, values**2 / 3, (np.exp((values - c) / a) + b) / 12)
    return _shown(BRIGHTEST * scene**1.2)


def _shown(nits: Levels) -> Levels:
    """Light for a screen that knows no HDR, 0 to 1: half of it up to reference white."""
    light = np.minimum(nits, BRIGHTEST) / REFERENCE_WHITE
    above = np.log(np.maximum(light, 1)) / math.log(BRIGHTEST / REFERENCE_WHITE)
    return 0.5 * (np.minimum(light, 1) + above)


VIDEO = (1, 6, 14, 15)
CURVES: dict[int, Callable[[Levels], Levels]] = {
    **dict.fromkeys((*VIDEO, 11), lambda values: values**2.4),
    7: _smpte_240, 13: _srgb, 16: _pq, 18: _hlg,
    4: lambda values: values**2.2, 5: lambda values: values**2.8, 8: lambda values: values,
    17: lambda values: values**2.6 * 52.37 / 48,
}  # fmt: skip
"""Values, 0 to 1 -> light, 0 to 1."""


def _profile(primaries: Primaries, curve: Callable[[Levels], Levels]) -> bytes:
    """An ICC profile, version 2: three primaries, and one curve of 256 points for each channel."""
    levels = curve(np.arange(256) / 255).clip(0, 1)
    trc = struct.pack(">4s4xI256H", b"curv", 256, *(65535 * levels).round().astype(int).tolist())
    columns = _to_d50(primaries).T
    tags = {b"wtpt": _xyz(D50)}
    tags |= {
        name: _xyz(column)
        for name, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), columns, strict=True)
    }
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), trc)
    tags[b"desc"] = struct.pack(">4s4xI", b"desc", 1) + bytes(79)
    tags[b"cprt"] = b"text" + bytes(5)
    start, table, body = 128 + 4 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name, value in tags.items():
        table += struct.pack(">4sII", name, start + len(body), len(value))
        body += value + bytes(-len(value) % 4)
    head = struct.pack(
        ">I4xI4s4s4s12x4s", start + len(body), 0x02100000, b"mntr", b"RGB ", b"XYZ ", b"acsp"
    )
    return head.ljust(68, b"\0") + _xyz(D50)[8:] + bytes(48) + table + body


def _xyz(values: Levels) -> bytes:
    return struct.pack(">4s4x3i", b"XYZ ", *(65536 * values).round().astype(int).tolist())


def _to_d50(primaries: Primaries) -> Levels:
    """(3, 3): light of red, green and blue -> XYZ, the white moved to D50 by Bradford's matrix.

    Raises ValueError where the primaries span nothing.
    """
    white, *colours = (np.array([x, y, 1 - x - y]) / (y or 1e-9) for x, y in primaries)
    try:
        corners = np.stack(colours, axis=1)
        whole = corners * np.linalg.solve(corners, white)
        to_cones = np.linalg.inv(BRADFORD)
        gain = (BRADFORD @ D50) / (BRADFORD @ white)
    except np.linalg.LinAlgError as error:
        raise ValueError("These primaries span no colours.") from error
    found: Levels = to_cones @ (gain[:, None] * (BRADFORD @ whole))
    return found
