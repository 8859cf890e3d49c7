"""The one thread that computes: people who ask together are served one after the other.

First come, first served, each with the answer to their own question. (One thread also keeps one
pool of PyTorch's own threads; Streamlit runs every script in a new one.)
"""

import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

import torch

from demo.store import memory

_P = ParamSpec("_P")
_R = TypeVar("_R")

_WORKER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="network")


def in_turn(compute: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
    """compute(...), once everybody who asked before has been served.

    Where the GPU's memory does not suffice, the CPU computes it: see `memory`.

    Keep each call short, below a second where it can be: others wait for it.
    """
    return _WORKER.submit(lambda: memory.spared(compute, *args, **kwargs)).result()


def small(compute: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
    """As `in_turn`, on one of PyTorch's threads: for digits.

    Their layers are so small that a second thread gains little, and on a busy machine the first
    waits for it at the end of each: an epoch of the live training on two busy cores took 1.9 s on
    one thread and 11 s on two.
    """

    def on_one_thread() -> _R:
        with one_thread():
            return memory.spared(compute, *args, **kwargs)

    return in_turn(on_one_thread)


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """PyTorch computes on this thread alone. For the whole process: only the worker may ask."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
