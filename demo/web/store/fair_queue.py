"""Who is served next: the most urgent, and of those the one who has had least computing time.

Weighted fair queueing's virtual time (Demers, Keshav and Shenker, SIGCOMM 1989), all weights
alike: where all tickets take equally long it is round robin between the owners; somebody whose
tickets take long gets fewer turns. Nobody waits for ever, unless what is more urgent never
ends, and nobody saves up turns while away.
(Who asks for one piece after the other is not in the queue for a moment between two, and must not
lose what it has waited for: hence `REMEMBERED`.)
"""

import itertools
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

REMEMBERED = 2.0
"""Virtual seconds for which an owner who has had less than its share may come back to the rest."""


class Dropped(Exception):
    """The ticket left the queue before its work began."""


@dataclass(eq=False)
class Ticket:
    """One piece of work. compute: run once at most.  wanted: asked right before; False drops it.

    urgency: the lower, the sooner, whoever asks.  entered: the clock's time.
    """

    owner: Hashable
    compute: Callable[[], Any]
    wanted: Callable[[], bool]
    number: int
    urgency: int = 0
    entered: float = 0.0
    begun: bool = False
    _over: threading.Event = field(default_factory=threading.Event)
    _value: Any = None
    _error: BaseException | None = None

    def wait(self, seconds: float | None = None) -> bool:
        """Whether it is over, after so many seconds at most."""
        return self._over.wait(seconds)

    def result(self) -> Any:
        """What `compute` returned, once it is over; raises what it raised, or `Dropped`."""
        self._over.wait()
        if self._error is None:
            return self._value
        try:
            raise self._error
        finally:
            del self  # or the error and this frame would hold each other

    def end(self, value: Any = None, error: BaseException | None = None) -> None:
        """It is over, with that result."""
        self._value, self._error = value, error
        self._over.set()


@dataclass
class _Line:
    """An owner's waiting tickets. tag: the virtual time at which its first one may begin."""

    tag: float
    tickets: deque[Ticket] = field(default_factory=deque)

    @property
    def order(self) -> tuple[int, float, int]:
        return self.tickets[0].urgency, self.tag, self.tickets[0].number


class FairQueue:
    """Tickets of many owners. Any thread may enter and leave; one thread serves.

    clock: seconds, for what each ticket took.  pieces: how many were computed since the start.
    waited, computing: seconds that these waited, and took, in all.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._lines: dict[Hashable, _Line] = {}
        self._served_until: dict[Hashable, float] = {}
        self._now = 0.0
        self._running: Ticket | None = None
        self.pieces, self.waited, self.computing = 0, 0.0, 0.0

    def enter(
        self, owner: Hashable, compute: Callable[[], Any], wanted: Callable[[], bool],
        urgency: int = 0,
    ) -> Ticket:  # fmt: skip
        """A ticket at the end of that owner's line."""
        with self._lock:
            ticket = Ticket(owner, compute, wanted, next(self._numbers), urgency, self._clock())
            if owner not in self._lines:
                self._lines[owner] = _Line(self._served_until.get(owner, self._now))
            self._lines[owner].tickets.append(ticket)
            return ticket

    def leave(self, ticket: Ticket) -> bool:
        """Drop it, unless its work has begun or is over: False then."""
        with self._lock:
            line = self._lines.get(ticket.owner)
            if line is None or ticket not in line.tickets:
                return False
            line.tickets.remove(ticket)
            self._close(ticket.owner)
        ticket.end(error=Dropped())
        return True

    def before(self, ticket: Ticket) -> int:
        """How many other owners will be served before it, as things stand; 0 once it has begun."""
        with self._lock:
            line = self._lines.get(ticket.owner)
            if line is None or ticket not in line.tickets:
                return 0
            ahead = {owner for owner, other in self._lines.items() if other.order < line.order}
            if self._running is not None:
                ahead.add(self._running.owner)
            return len(ahead - {ticket.owner})

    def __len__(self) -> int:
        """How many tickets wait."""
        with self._lock:
            return sum(len(line.tickets) for line in self._lines.values())

    def serve(self) -> None:
        """Run the ticket whose turn it is."""
        self._serve_one(math.inf)

    def give_way(self) -> None:
        """Run all that is more urgent than the ticket whose work asks for this; then it goes on."""
        running = self._running
        while running is not None and self._serve_one(running.urgency):
            pass
        self._running = running

    def _serve_one(self, below: float) -> bool:
        """Whether one below that urgency was run; those no longer wanted are dropped first."""
        while (taken := self._take(below)) is not None:
            ticket, tag = taken
            if self._is_wanted(ticket):
                self._run(ticket, tag)
                return True
            self._account(ticket, tag, 0.0)
            ticket.end(error=Dropped())
        return False

    def _take(self, below: float) -> tuple[Ticket, float] | None:
        with self._lock:
            if not self._lines:
                return None
            owner = min(self._lines, key=lambda owner: self._lines[owner].order)
            line = self._lines[owner]
            if line.tickets[0].urgency >= below:
                return None
            ticket = line.tickets.popleft()
            self._running, self._now = ticket, max(self._now, line.tag)
            self._close(owner)
            ticket.begun = True
            return ticket, line.tag

    def _is_wanted(self, ticket: Ticket) -> bool:
        try:
            return ticket.wanted()
        except Exception:  # whoever cannot say so is served
            return True

    def _run(self, ticket: Ticket, tag: float) -> None:
        start, before, value, error = self._clock(), self.computing, None, None
        try:
            value = ticket.compute()
        except BaseException as raised:
            error = raised
        seconds = self._clock() - start - (self.computing - before)  # less what it gave way to
        self.pieces += 1
        self.waited += start - ticket.entered
        self.computing += seconds
        self._account(ticket, tag, seconds)
        ticket.end(value, error)

    def _account(self, ticket: Ticket, tag: float, seconds: float) -> None:
        """The owner's next turn is that much later; everybody's time goes on by their share."""
        with self._lock:
            self._running = None
            until = self._served_until[ticket.owner] = tag + seconds
            if ticket.owner in self._lines:
                self._lines[ticket.owner].tag = until
            self._now += seconds / len({ticket.owner, *self._lines})
            past = self._now - REMEMBERED
            for owner in [o for o, when in self._served_until.items() if when < past]:
                del self._served_until[owner]

    def _close(self, owner: Hashable) -> None:
        if not self._lines[owner].tickets:
            del self._lines[owner]
