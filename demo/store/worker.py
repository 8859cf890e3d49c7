"""The one thread that computes: people who ask together are served one after the other.

First come, first served, each with the answer to their own question. (One thread also keeps one
pool of PyTorch's own threads; Streamlit runs every script in a new one.)
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")

_WORKER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="network")


def in_turn(compute: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
    """compute(...), once everybody who asked before has been served.

    Keep each call short, below a second where it can be: others wait for it.
    """
    return _WORKER.submit(compute, *args, **kwargs).result()
