"""How time and memory grow with batch, picture size and number of stops; and a figure of it.

    python -m tests.benchmarks --only cost     # into assets/results/benchmarks.json
    python -m tests.benchmarks.cost            # the figure, assets/screenshots/cost.webp, from it

Every axis is one process that goes up. Megabytes: the peak of its resident memory at a point, less
what it held when network and picture were there.
"""

import argparse
import io
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "assets" / "results" / "benchmarks.json"
FIGURE = ROOT / "assets" / "screenshots" / "cost.webp"
AXES: dict[str, tuple[int, ...]] = {
    "batch": (1, 2, 4, 8, 16, 32, 64),
    "side": (64, 128, 192, 224, 256, 320, 384, 448),
    "stops": (1, 5, 9, 17, 33, 65, 129),
}
"""Pictures in one FGSM; pixels of a picture's side, a multiple of 32; epsilons of one curve."""
NETWORKS = {"batch": ("efficientnet-lite0", "conv"), "side": ("efficientnet-lite0",),
            "stops": ("efficientnet-lite0", "conv")}  # fmt: skip
TITLES = {
    "batch": "pictures in one FGSM", "side": "pixels of a picture's side",
    "stops": "stops of a curve",
}  # fmt: skip
WIDTH, HEIGHT = 1440, 620


def measured(rounds: int, axes: dict[str, tuple[int, ...]] | None = None) -> list[dict[str, Any]]:
    """A row a point: {"what": axis, "network", "at", "milliseconds" (median), "megabytes"}."""
    rows: list[dict[str, Any]] = []
    for axis, points in (axes or AXES).items():
        for network in NETWORKS[axis]:
            command = [sys.executable, "-m", "tests.benchmarks.cost", "--axis", axis]
            command += ["--network", network, "--rounds", str(max(3, rounds // 3))]
            answer = subprocess.run(
                [*command, *map(str, points)], cwd=ROOT, check=True, stdout=subprocess.PIPE
            )
            rows += json.loads(answer.stdout.splitlines()[-1])
    return rows


def walk(axis: str, network: str, points: list[int], rounds: int) -> list[dict[str, Any]]:
    """One axis, in this process."""
    from tests.benchmarks.fresh import forget_peak, peak_megabytes
    from tests.benchmarks.subjects import Subject

    on = Subject(network, count=1)
    forget_peak()
    held, rows = peak_megabytes(), []
    for point in points:
        forget_peak()
        run = piece(axis, on, point)
        seconds = [_seconds(run) for _ in range(rounds + 1)][1:]
        rows.append({
            "what": axis, "network": network, "at": point,
            "milliseconds": 1e3 * statistics.median(seconds),
            "megabytes": peak_megabytes() - held,
        })  # fmt: skip
    return rows


def _seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - start


def piece(axis: str, on: Any, point: int) -> Callable[[], object]:
    """The work at one point of an axis."""
    import torch.nn.functional as F

    from demo import fgsm
    from demo.experiments.attack import confidence_sweep

    image, label = on.batch(1)
    if axis == "stops":
        reach = confidence_sweep.epsilon_grid(on.kind)[-1]
        epsilons = tuple(reach * i / max(1, point - 1) for i in range(point))
        gradient = fgsm.loss_gradient(on.model, image, label)
        direction = gradient.sign()[0].permute(1, 2, 0).to(torch.int8).cpu().numpy()
        return lambda: confidence_sweep.run(on.model, on.pixels, direction, on.device, epsilons)
    if axis == "batch":
        images, labels = image.repeat(point, 1, 1, 1), label.repeat(point)
    else:
        images, labels = F.interpolate(image, size=(point, point), mode="bilinear"), label
    return lambda: fgsm.fgsm(on.model, images, labels, on.epsilon)


def figure(rows: list[dict[str, Any]]) -> str:
    """A page with the figure: time above, memory below, an axis a column."""
    from plotly.subplots import make_subplots

    drawn = make_subplots(
        2, len(AXES), vertical_spacing=0.1, horizontal_spacing=0.055, shared_xaxes=True
    )
    names = {"efficientnet-lite0": "EfficientNet-Lite0, 224 px", "conv": "digits' conv, 28 px"}
    colours = {"efficientnet-lite0": "#0b62a8", "conv": "#b4500b"}
    for column, axis in enumerate(AXES, start=1):
        for network in NETWORKS[axis]:
            points = [r for r in rows if (r["what"], r["network"]) == (axis, network)]
            for line, key in enumerate(("milliseconds", "megabytes"), start=1):
                drawn.add_scatter(
                    x=[r["at"] for r in points], y=[r[key] for r in points], row=line, col=column,
                    mode="lines+markers", line={"color": colours[network]}, name=names[network],
                    legendgroup=network, showlegend=(column, line) == (1, 1),
                )  # fmt: skip
        drawn.update_xaxes(title_text=TITLES[axis], row=2, col=column)
        shown = [at for at in AXES[axis] if axis != "side" or at in (64, 128, 224, 448)]
        drawn.update_xaxes(tickvals=shown, tickangle=0, col=column, type="log")
    for line, title in enumerate(("milliseconds", "megabytes beside the network"), start=1):
        drawn.update_yaxes(title_text=title, row=line, col=1)
    drawn.update_yaxes(type="log", dtick=1, exponentformat="none", row=1)
    drawn.update_yaxes(tickvals=[20, 50, 100, 200], row=1, col=list(AXES).index("side") + 1)
    drawn.update_yaxes(rangemode="tozero", row=2)
    drawn.update_layout(
        template="plotly_white", width=WIDTH, height=HEIGHT, font={"size": 14, "color": "#1c1c1c"},
        margin={"l": 70, "r": 20, "t": 50, "b": 60},
        legend={"orientation": "h", "x": 0, "y": 1.03, "yanchor": "bottom"},
    )  # fmt: skip
    html: str = drawn.to_html(include_plotlyjs=True, config={"staticPlot": True})
    return html


def photographed(html: str) -> bytes:
    """The page as a browser shows it, as a WebP without loss."""
    from PIL import Image
    from playwright.sync_api import sync_playwright

    from tests.browser.chromium import FLAGS, chromium

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page_file = Path(folder) / "figure.html"
        page_file.write_text(html, encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        page.goto(page_file.as_uri())
        page.locator(".legendtext").first.wait_for()
        shot = page.locator(".svg-container").screenshot()
        browser.close()
    kept = io.BytesIO()
    Image.open(io.BytesIO(shot)).convert("RGB").save(kept, "WEBP", lossless=True, method=6)
    return kept.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.cost", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--axis", choices=AXES, help="measure this axis here, and print it")
    parser.add_argument("--network", default="efficientnet-lite0")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--out", type=Path, default=FIGURE)
    parser.add_argument("points", type=int, nargs="*")
    options = parser.parse_args()
    if options.axis:
        points = sorted(options.points or AXES[options.axis])
        print(json.dumps(walk(options.axis, options.network, points, options.rounds)))
        return
    rows = json.loads(options.results.read_text(encoding="utf-8")).get("rows", {})
    if "cost" not in rows:
        parser.error("nothing is measured yet: python -m tests.benchmarks --only cost")
    options.out.write_bytes(photographed(figure(rows["cost"]["entries"])))


if __name__ == "__main__":
    main()
