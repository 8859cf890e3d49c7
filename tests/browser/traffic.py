"""What a page costs before it is there: bytes, requests, and how far things move meanwhile."""

from typing import Any

from playwright.sync_api import Page

_SHIFTS = """
window.shifted = { all: 0, page: 0 };
new PerformanceObserver((list) => {
  const ours = ({ node, previousRect, currentRect }) =>
    node?.parentElement?.closest(".stMainBlockContainer") &&
    Math.max(previousRect.height, currentRect.height) > 1;
  for (const entry of list.getEntries()) {
    if (entry.hadRecentInput) continue;
    window.shifted.all += entry.value;
    if (entry.sources.some(ours)) window.shifted.page += entry.value;
  }
}).observe({ type: "layout-shift", buffered: true });
"""


class Traffic:
    """Counts from now on; Chromium only.

    http: bytes of all answers, as they came over the wire.  websocket: bytes of what the server
    sent there.  addresses: that were asked for.
    """

    def __init__(self, page: Page) -> None:
        self.http, self.websocket = 0, 0
        self.addresses: list[str] = []
        self._page = page
        page.add_init_script(_SHIFTS)
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.requestWillBeSent", self._asked)
        wire.on("Network.loadingFinished", self._came)
        wire.on("Network.webSocketFrameReceived", self._heard)

    @property
    def megabytes(self) -> float:
        """All that came."""
        return (self.http + self.websocket) / 1e6

    def shift(self) -> dict[str, float]:
        """The layout shifts so far, added up (web.dev/cls): "all", and those of the "page".

        Streamlit's sidebar comes with its first message and moves the empty page, and its
        contents move each other: not the page's. Nor is a box of one pixel, which shows nothing.
        """
        found: dict[str, float] = self._page.evaluate("window.shifted")
        return found

    def _asked(self, event: dict[str, Any]) -> None:
        self.addresses.append(event["request"]["url"])

    def _came(self, event: dict[str, Any]) -> None:
        self.http += int(event["encodedDataLength"])

    def _heard(self, event: dict[str, Any]) -> None:
        frame = event["response"]
        binary = frame["opcode"] == 2  # then it is told in base64
        self.websocket += len(frame["payloadData"]) * (3 if binary else 4) // 4
