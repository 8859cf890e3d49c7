"""Thirty small good files, in every format that the app opens; what is hurt begins as one."""

from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms

DATA = Path(__file__).parents[1] / "data"


def drawn(width: int = 40, height: int = 28) -> Image.Image:
    """A picture with edges, a ramp and noise, the same each time."""
    generator = np.random.default_rng(5)
    down, across = np.mgrid[:height, :width]
    levels = np.stack([across * 6, down * 9, (across // 8 + down // 8) % 2 * 200], axis=2)
    return Image.fromarray((levels + generator.integers(0, 24, levels.shape)).astype(np.uint8))


def saved(picture: Image.Image, format: str, **options: object) -> bytes:
    """The picture's file."""
    file = BytesIO()
    picture.copy().save(file, format, **options)
    return file.getvalue()


def frames() -> dict[str, object]:
    """Two more frames to save; made anew, for an encoder leaves its settings in what it saved."""
    return {"save_all": True, "append_images": [drawn().rotate(90), drawn().rotate(180)]}


def seeds() -> dict[str, bytes]:
    """Name -> file; all of them open."""
    rgb = drawn()
    clear, grey, palette = rgb.convert("RGBA"), rgb.convert("L"), rgb.quantize(16)
    clear.putalpha(grey)
    exif = Image.Exif()
    exif[0x0112], exif[0x010E], exif[0x8769] = 6, "a description", {0x9003: "2024:01:01 00:00:00"}
    tags = {"exif": exif.tobytes()}
    icc = {"icc_profile": ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()}
    deep = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    return {
        "jpeg": saved(rgb, "JPEG", **tags, **icc),
        "jpeg, progressive": saved(rgb, "JPEG", progressive=True),
        "jpeg, grey": saved(grey, "JPEG"),
        "jpeg, CMYK": saved(rgb.convert("CMYK"), "JPEG"),
        "jpeg, MPO": saved(rgb, "MPO", **frames()),
        "png": saved(rgb, "PNG", **tags, **icc),
        "png, alpha": saved(clear, "PNG"),
        "png, palette": saved(palette, "PNG", transparency=3),
        "png, 16 bits": saved(deep, "PNG"),
        "png, one bit": saved(grey.convert("1"), "PNG"),
        "png, animated": saved(rgb, "PNG", **frames()),
        "webp": saved(rgb, "WEBP", **tags, **icc),
        "webp, lossless": saved(clear, "WEBP", lossless=True),
        "webp, animated": saved(rgb, "WEBP", **frames()),
        "gif": saved(palette, "GIF", transparency=2, comment=b"a comment"),
        "gif, animated": saved(rgb, "GIF", **frames()),
        "bmp": saved(rgb, "BMP"),
        "bmp, palette": saved(palette, "BMP"),
        "bmp, alpha": saved(clear, "BMP"),
        "tiff": saved(rgb, "TIFF", **icc),
        "tiff, LZW": saved(rgb, "TIFF", compression="tiff_lzw"),
        "tiff, deflate": saved(clear, "TIFF", compression="tiff_adobe_deflate"),
        "tiff, JPEG": saved(rgb, "TIFF", compression="jpeg"),
        "tiff, fax": saved(grey.convert("1"), "TIFF", compression="group4"),
        "tiff, fractions": saved(Image.fromarray(np.asarray(grey, np.float32) / 255), "TIFF"),
        "tiff, pages": saved(rgb, "TIFF", compression="packbits", **frames()),
        "avif": saved(clear, "AVIF", **tags),
        "avif, animated": saved(rgb, "AVIF", **frames()),
        "heic": (DATA / "quarters.heic").read_bytes(),
        "heic, turned": (DATA / "quarters-rotated.heic").read_bytes(),
    }
