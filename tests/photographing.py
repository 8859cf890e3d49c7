"""A page, as a camera would see it: turned, in perspective, unevenly lit, blurred, with noise."""

import cv2
import numpy as np
from PIL import Image

WIDTH, HEIGHT = 1800, 2400
"""Of the photograph, 4 megapixels."""
WARM = np.array([1.0, 0.97, 0.92])


def photographed(
    page: Image.Image, seed: int, blur: float = 1.2, turned: float = 0.0
) -> Image.Image:
    """blur: standard deviation in the photograph's pixels.  turned: degrees, clockwise."""
    rng = np.random.default_rng(seed)
    corners = np.array([(0, 0), (page.width, 0), (page.width, page.height), (0, page.height)])
    frame = np.array([(0.1, 0.06), (0.9, 0.06), (0.9, 0.94), (0.1, 0.94)])
    away = rng.uniform(-0.03, 0.03, (4, 2))
    there = _turned((frame + away) * (WIDTH, HEIGHT), turned)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), there.astype(np.float32))
    ink = cv2.GaussianBlur(np.asarray(page), (0, 0), 1.0)  # what the paper does
    seen = cv2.warpPerspective(ink, matrix, (WIDTH, HEIGHT), borderValue=(90, 80, 70))
    seen = cv2.GaussianBlur(seen, (0, 0), blur) * _light() + rng.normal(0, 2, seen.shape)
    return Image.fromarray(seen.round().clip(0, 255).astype(np.uint8))


def _turned(points: np.ndarray, degrees: float) -> np.ndarray:
    angle, middle = np.radians(degrees), np.array((WIDTH, HEIGHT)) / 2
    turn = np.array([(np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))])
    return (points - middle) @ turn * (0.8 if degrees else 1.0) + middle


def _light() -> np.ndarray:
    """Brighter on the upper left, and warm."""
    across, down = np.linspace(0, 1, WIDTH)[None, :, None], np.linspace(0, 1, HEIGHT)[:, None, None]
    return (0.95 - 0.25 * across - 0.15 * down**2) * WARM
