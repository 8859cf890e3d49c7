"""The page's own figures, in headless Chromium: `python -m tests.benchmarks.page [--uploads 200]`.

Writes `assets/results/page.json`: seconds from the server's start to a usable page, what a first
and a second visit cost, seconds to each page by its address and from another page, seconds from a
pick to the three pictures, the curve, and the control; the drag; the server's memory over many
uploads.
"""

import argparse
import functools
import io
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import FLAGS, chromium
from tests.browser.reading import DESKTOP, PHONE, complete, contents, drawn
from tests.browser.traffic import Traffic
from tests.server import ROOT, Server

PICKS = ("Giant panda", "Horses", "Owl", "Kitten with wool", "Cup of coffee")
WATCH = """
window.seen = {};
const note = (what) => { window.seen[what] ??= performance.now(); };
const watch = () => {
  const root = document.querySelector(".fgsm");
  if (root && window.from) {
    const name = root.querySelector("[data-picture=clean] .name").textContent;
    if (name !== window.from) {
      note("pictures");
      if (root.querySelector(".notes .live")) note("curve");
      const words = [...root.querySelectorAll(".legendtext")].map((t) => t.textContent);
      const drawn = words.some((word) => word.endsWith(", random signs"));
      if (window.seen.curve && drawn) note("control");
    }
  }
  requestAnimationFrame(watch);
};
watch();
"""


def start_to_usable(page: Page, address: str, began: float) -> float:
    """Seconds from the server's start until the pictures and their answer are there."""
    page.goto(address)
    page.locator(".fgsm .answer .name:not(:empty)").wait_for()
    return time.monotonic() - began


def visits(browser: Browser, address: str, **screen: Any) -> dict[str, dict[str, Any]]:
    """Bytes, requests and layout shift of a new browser's first visit, and of its second."""
    context = browser.new_context(**screen)
    context.set_default_timeout(90_000)
    found: dict[str, dict[str, Any]] = {}
    for which in ("first", "second"):
        page = context.new_page()
        traffic = Traffic(page)
        page.goto(address)
        complete(page)
        curve = traffic.megabytes
        drawn(page)
        page.wait_for_timeout(3000)
        found[which] = {
            "mb_until_the_curve": curve, "http_mb": traffic.http / 1e6,
            "websocket_mb": traffic.websocket / 1e6, "requests": len(traffic.addresses),
            "layout_shift": traffic.shift(),
        }  # fmt: skip
        page.close()
    context.close()
    return found


SEEN = """(before) => {
  const main = document.querySelector(".stMain"), said = main?.querySelector("h1")?.innerText;
  const painted = (canvas) => canvas.getContext("2d")
    .getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean);
  return said && said !== before && [...main.querySelectorAll("svg, canvas, img")].some((one) =>
    one.getBoundingClientRect().width >= 100 && (one.tagName !== "CANVAS" || painted(one)));
}"""
"""A new heading, and a picture that is not blank."""


def to_pages(browser: Browser, address: str) -> dict[str, dict[str, float]]:
    """Median seconds of three to each page's heading and picture: new browser, or another page."""
    found: dict[str, dict[str, list[float]]] = {}
    for _ in range(3):
        within = browser.new_page(viewport=DESKTOP)
        within.goto(address)
        for name, title in contents().items():
            if name in ("why", "paper"):  # words and tables
                continue
            page = browser.new_page(viewport=DESKTOP)
            goes = functools.partial(page.goto, f"{address}/{name}")
            took = found.setdefault(name or "attack", {"by_address": [], "from_another": []})
            took["by_address"].append(until_seen(page, goes, ""))
            page.close()
            link = within.get_by_role("link", name=title, exact=True).first
            before = within.locator(".stMain h1").inner_text()
            if name:  # the first page is where it begins
                took["from_another"].append(until_seen(within, link.click, before))
                drawn(within)
        within.close()
    return {
        name: {how: round(statistics.median(took), 2) for how, took in both.items() if took}
        for name, both in found.items()
    }


def until_seen(page: Page, go: Callable[[], object], before: str) -> float:
    """Seconds until another heading than before and a picture are there."""
    began = time.monotonic()
    go()
    page.wait_for_function(SEEN, arg=before, polling=20, timeout=90_000)
    return time.monotonic() - began


def picks(page: Page) -> dict[str, float]:
    """Median seconds from a click on a thumbnail to pictures, curve, control; model warm."""
    rows: list[dict[str, float]] = []
    for title in PICKS:
        page.evaluate(
            "() => { window.seen = {};"
            "document.querySelectorAll('.fgsm .legendtext').forEach((t) => t.remove());"
            "const name = document.querySelector('.fgsm [data-picture=clean] .name');"
            "window.from = name.textContent; }"
        )
        start = page.evaluate("performance.now()")
        page.get_by_role("radio", name=title).click(force=True)
        page.wait_for_function("window.seen.control", timeout=60_000)
        rows.append({k: (v - start) / 1e3 for k, v in page.evaluate("window.seen").items()})
        page.wait_for_timeout(500)
    return {k: statistics.median(row[k] for row in rows) for k in ("pictures", "curve", "control")}


def drag(page: Page) -> dict[str, float]:
    """Milliseconds from the pointer's event to the pixels drawn, over several hundred moves."""
    frames: list[object] = []
    page.on("websocket", lambda w: w.on("framesent", lambda f: frames.append(f)))
    page.reload()
    complete(page)
    page.wait_for_timeout(10_000)
    quiet = len(frames)
    box = page.get_by_role("slider", name="Epsilon").bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, y)
    page.mouse.down()
    for i in range(400):
        page.mouse.move(box["x"] + box["width"] * (0.5 + 0.45 * np.sin(i / 15)), y)
    page.mouse.up()
    took = page.evaluate("performance.getEntriesByName('fgsm-drag').map((e) => e.duration)")
    return {
        "moves": len(took),
        "median_ms": float(np.median(took)),
        "p95_ms": float(np.percentile(took, 95)),
        "server_messages": len(frames) - quiet,
    }


def memory(page: Page, server: Server, uploads: int) -> dict[str, float]:
    """Megabytes that the server holds after 20 and after all uploads, each a new picture."""
    held: dict[str, float] = {}
    for i in range(1, uploads + 1):
        page.locator("input[type=file]").first.set_input_files(
            {"name": f"{i}.jpg", "mimeType": "image/jpeg", "buffer": picture(i)}
        )
        page.wait_for_function(
            "n => document.querySelector('[data-testid=stCaptionContainer]')"
            "?.innerText.includes(n)",
            arg=f" {i}.jpg",
            timeout=60_000,
        )
        page.locator(".fgsm .notes .live").wait_for(state="attached")
        if i in (20, uploads):
            page.wait_for_timeout(6000)
            held[f"after_{i}"] = server.megabytes()
        if i % 20 == 0:
            print(f"{i} uploads: {server.megabytes():.0f} MB", flush=True)
    return held | {"ratio": held[f"after_{uploads}"] / held["after_20"]}


def picture(seed: int) -> bytes:
    """A photograph nobody has sent before: the panda under smooth noise, 1024 wide."""
    image = Image.open(ROOT / "assets" / "images" / "panda.webp").convert("RGB")
    noise = np.random.default_rng(seed).integers(0, 255, (12, 16, 3), dtype=np.uint8)
    mixed = Image.blend(image, Image.fromarray(noise).resize(image.size), 0.25)
    kept = io.BytesIO()
    mixed.save(kept, "JPEG", quality=92)
    return kept.getvalue()


def main() -> None:
    """Measure, print, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--uploads", type=int, default=200)
    uploads = parser.parse_args().uploads
    result: dict[str, Any] = {}
    began = time.monotonic()
    server = Server(Path(tempfile.mkdtemp()))
    try:
        server.wait()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
            page = browser.new_page(viewport=DESKTOP)
            page.set_default_timeout(90_000)
            page.add_init_script(WATCH)
            result["start_to_usable_s"] = start_to_usable(page, server.address, began)
            complete(page)
            page.wait_for_timeout(8000)
            result["visits"] = visits(browser, server.address, viewport=DESKTOP)
            result["visits_of_a_phone"] = visits(browser, server.address, **PHONE)
            result["to_pages_s"] = to_pages(browser, server.address)
            result["pick_to_s"] = picks(page)
            result["drag"] = drag(page)
            print(json.dumps(result, indent=2), flush=True)
            if uploads > 20:
                result["memory_mb"] = memory(page, server, uploads)
    finally:
        server.stop()
    print(json.dumps(result, indent=2))
    folder = ROOT / "assets" / "results"
    folder.mkdir(exist_ok=True)
    (folder / "page.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
