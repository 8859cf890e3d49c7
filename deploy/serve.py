"""The app as a fleet runs it: `streamlit run deploy/serve.py`.

/metrics: for Prometheus, how many pieces of work wait, what was computed, and the process's memory.
/ready: 200 once the network that the page opens on is loaded, 503 before.
"""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import streamlit as st
from prometheus_client import REGISTRY, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
ready = asyncio.Event()


class Queue(Collector):
    """What the worker has served, and who waits for it, read when Prometheus asks."""

    def collect(self) -> Iterator[Metric]:
        """The families of metrics."""
        from demo.web.store.worker import QUEUE

        yield GaugeMetricFamily("demo_waiting", "Pieces of work that wait", len(QUEUE))
        for name, words, value in (
            ("demo_pieces", "Pieces of work computed", QUEUE.pieces),
            ("demo_waited_seconds", "Seconds that they waited, in all", QUEUE.waited),
            ("demo_computing_seconds", "Seconds that they took, in all", QUEUE.computing),
        ):
            yield CounterMetricFamily(name, words, value)


async def metrics(request: Request) -> Response:
    """All families, as text."""
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)


async def is_ready(request: Request) -> Response:
    """Whether the first network is loaded."""
    return PlainTextResponse("ready", 200) if ready.is_set() else PlainTextResponse("loading", 503)


def load() -> None:
    """The network that the page opens on, before the first person comes."""
    from demo.web.controls import link
    from demo.web.store import attack

    attack.loaded(link.OPENS)


async def get_ready() -> None:
    """Load beside what is served already."""
    await asyncio.to_thread(load)
    REGISTRY.register(Queue())
    ready.set()


@contextlib.asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """The app's caches are made inside Streamlit's runtime: hence the late imports above."""
    loading = asyncio.create_task(get_ready())
    yield
    loading.cancel()


app = st.App(
    ROOT / "app.py", lifespan=lifespan,
    routes=[Route("/metrics", metrics), Route("/ready", is_ready)],
)  # fmt: skip
