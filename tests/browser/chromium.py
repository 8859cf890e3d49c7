"""Which browser the tests drive, and how it is started."""

import os
import shutil
from pathlib import Path

FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]


def chromium() -> str | None:
    """A Chromium of this machine; None lets Playwright use the one that it installed.

    The one without windows first: it starts in a quarter of the time.
    """
    names = (
        "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome",
        "google-chrome-stable",
    )  # fmt: skip
    found = [os.environ.get("DEMO_CHROMIUM"), *map(shutil.which, names)]
    mac = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
    return next((path for path in [*found, mac] if path and Path(path).exists()), None)
