"""Take the README's screenshots of the page as it is: `make screenshot`."""

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.chromium import FLAGS, chromium
from tests.browser.reading import complete
from tests.server import ROOT, serving

SHOTS = (
    ("page.png", 1440, 1340, "light"),
    ("phone.png", 390, 844, "light"),
    ("phone-dark.png", 390, 844, "dark"),
)


def main() -> None:
    """Write `assets/screenshots/*.png`."""
    folder = ROOT / "assets" / "screenshots"
    folder.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as home,
        serving(Path(home)) as (server,),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for name, width, height, scheme in SHOTS:
            page = browser.new_page(
                viewport={"width": width, "height": height}, color_scheme=scheme
            )
            page.set_default_timeout(90_000)
            page.goto(server.address)
            complete(page)
            page.get_by_text("random signs").first.wait_for(state="attached")
            page.wait_for_timeout(1500)
            page.screenshot(path=folder / name)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
