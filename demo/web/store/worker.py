"""The one thread that computes: people who ask together take turns, session by session.

Each gets the answer to their own question, in the order of `fair_queue`. Who waits is told how many
are before them; who has gone, or has asked something else meanwhile, leaves the queue.
(One thread also keeps one pool of PyTorch's own threads; Streamlit runs every script in a new one.)
"""

import contextlib
import contextvars
import functools
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

import streamlit as st
import torch
from streamlit import runtime
from streamlit.runtime.scriptrunner import StopException, get_script_run_ctx

from demo import fgsm
from demo.web.store import memory
from demo.web.store.fair_queue import Dropped, FairQueue, Ticket

_P = ParamSpec("_P")
_R = TypeVar("_R")

SAID_AFTER = 0.3
"""Seconds of waiting after which the page says how many are before."""
_LOOKS_EVERY = 0.1
_WORKER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="network")
QUEUE = FairQueue()
PICTURES, CURVE, REST = range(3)
"""How urgent a piece is: everybody's pictures come before anybody's curve, then all else."""
_URGENCY = contextvars.ContextVar("urgency", default=REST)
_PLACE: contextvars.ContextVar[tuple[contextvars.Context, Any] | None] = contextvars.ContextVar(
    "place of the waiting line", default=None
)


def in_turn(compute: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
    """compute(...) in the worker's thread, when it is this session's turn.

    Where the GPU's memory does not suffice, the CPU computes it: see `memory`.

    Keep each call short, below a second where it can be: others wait for it. Where the session
    closes or its script is to run anew before the turn has come, nothing is computed and the
    script ends here, as it does in any of Streamlit's calls. Without a session it just waits.
    """
    session = _session()
    owner: Hashable = threading.get_ident() if session is None else session
    ticket = QUEUE.enter(
        owner,
        functools.partial(memory.spared, compute, *args, **kwargs),
        functools.partial(_is_there, session),
        _URGENCY.get(),
    )
    _WORKER.submit(QUEUE.serve)
    if session is not None:
        _wait(ticket)
    try:
        found: _R = ticket.result()
    except Dropped:
        raise StopException from None
    return found


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


def politely(run: Callable[..., _R]) -> Callable[..., _R]:
    """run(network, ...), where what is more urgent goes first before each batch of the network.

    For what takes more than a second in one turn, in `torch.inference_mode` or not.
    """

    def asked(network: fgsm.Model, *args: Any) -> _R:
        def polite(images: torch.Tensor) -> torch.Tensor:
            with torch.inference_mode(mode=False):
                QUEUE.give_way()
            return network(images)

        return run(polite, *args)

    return asked


def say_in(place: Any) -> None:
    """From here on this script says in `place`, an `st.empty()`, how many are before it.

    A fragment that Streamlit runs alone needs a place of its own. What is asked from here on is
    not urgent, until `turn_to` says otherwise.
    """
    turn_to(REST)
    # A copy, because what is drawn inside a cached function is kept, and drawn again for others.
    _PLACE.set((contextvars.copy_context(), place))


def turn_to(urgency: int) -> None:
    """What this script asks from here on is `PICTURES`, `CURVE` or `REST`."""
    _URGENCY.set(urgency)


def line(before: int) -> str:
    """The waiting line in words."""
    return f"{before} before you"


def _session() -> str | None:
    context = get_script_run_ctx(suppress_warning=True)
    return None if context is None else context.session_id


def _is_there(session: str | None) -> bool:
    """Whether somebody still looks: a closed or lost connection is not served."""
    if session is None or not runtime.exists():
        return True
    return runtime.get_instance().is_active_session(session)


def _wait(ticket: Ticket) -> None:
    """Until the ticket is over; meanwhile listen for a stop, and say how many are before."""
    start, said = time.monotonic(), 0
    try:
        while not ticket.wait(_LOOKS_EVERY):
            if ticket.begun:
                continue  # what has begun is finished: it may be kept for others
            _stop_if_asked()
            before = QUEUE.before(ticket)
            if before != said and time.monotonic() - start >= SAID_AFTER:
                said = before
                _say(before)
    except BaseException:
        if not QUEUE.leave(ticket):
            ticket.wait()
        raise
    if said:
        _say(0)


def _stop_if_asked() -> None:
    """Reading the session's state is one of the points where Streamlit ends a script."""
    st.session_state.get("kind")


def _say(before: int) -> None:
    found = _PLACE.get()
    if found is None:
        return
    context, place = found
    if before:
        context.run(place.caption, line(before))
    else:
        context.run(place.empty)
