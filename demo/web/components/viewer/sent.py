"""What the viewer is sent when another picture is opened; in JavaScript: sent.d.ts."""

from typing import TypedDict

Answer = tuple[int, float]
"""A class and its confidence."""


class FirstAnswer(TypedDict):
    """The network's at the epsilon that the page opens on; level: 255 * epsilon."""

    level: float
    answer: Answer


class Opening(TypedDict):
    """The three pictures at any stop, and the first three answers.

    clean, signs: (H, W, C) as `viewer.packed` has them.  levels: 255 * epsilon of the stops, and
    saved, as a PNG holds them.  fraction: parts of a level in which ten steps are counted.
    wrong: the class that it should be, where the network says another.  against: what the robust
    network of its pair was trained against.  told: the level of the page to
    print, while it is open.
    """

    id: str
    kind: str
    size: int
    channels: int
    names: list[str]
    method: str
    network: str
    device: str
    recorded: bool
    milliseconds: float
    picture: str
    own: bool
    clean: str
    signs: str
    levels: list[float]
    saved: list[int]
    fraction: int
    level: float
    label: int
    target: int | None
    gradientNorm: float
    cleanAnswer: Answer
    perturbationAnswer: Answer
    adversarial: FirstAnswer
    truth: int
    chosen: str
    followed: int
    complaint: str
    against: str | None
    training: str
    wrong: int | None
    told: float | None
