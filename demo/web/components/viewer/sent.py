"""What the components are sent; in JavaScript: sent.d.ts. Arrays are packed by `viewer.packed`."""

from typing import Any, NotRequired, TypedDict

Figure = dict[str, Any]  # Plotly's JSON
Answer = tuple[int, float]  # a class and its confidence


class FirstAnswer(TypedDict):
    """The network's at the epsilon that the page opens on; level: 255 * epsilon."""

    level: float
    answer: Answer


class Opening(TypedDict):
    """The three pictures at any stop, and the first three answers.

    clean, signs: (H, W, C).  levels: 255 * epsilon of the stops; saved, as a PNG holds them.
    fraction: parts of a level in which ten steps are counted.  wrong: the class that it should
    be, where the network says another.  against: what the robust network of its pair was trained
    against.  told: the level of the page to print, while it is open.
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


class Answers(TypedDict):
    """Every number that a drag can show, at each stop; the first feed after the pictures.

    top: the five likeliest classes.  saved: the answers to the PNGs, and savedRow, which of them
    belongs to the stop.  runs: (class, first stop, last stop).  loss: J, nats.  target: its
    confidence.  flip: the first stop with another answer.  clipped: share of the values.
    largest: max|x~ - x| in 8-bit levels.  change: of ten steps, (L, H, W, C).
    """

    top: list[list[Answer]]
    saved: list[Answer]
    roles: dict[int, str]
    savedRow: list[int]
    runs: list[tuple[int, int, int]]
    loss: list[float]
    target: list[float] | None
    flip: int | None
    notes: list[str]
    figure: Figure | None
    csv: str
    clipped: list[float]
    largest: list[float]
    change: NotRequired[str]


class Counterpart(TypedDict):
    """The network trained the other way: its answers at each stop, and the first other one's."""

    training: str
    top: list[Answer]
    flip: int | None
    figure: Figure | None


class Extra(TypedDict):
    """What is looked at, beyond the curve: what of it, and its figures. line: said below."""

    what: list[str]
    confidence: NotRequired[Figure]
    logits: NotRequired[Figure]
    line: NotRequired[str]


Cell = tuple[str, float, str]  # a class's name, its confidence, and the verdict


class Row(TypedDict):
    """A change, or another network, at each stop. sheet: a WebP of what it then sees, or ""."""

    title: str
    cells: list[Cell]
    sheet: str
    group: NotRequired[str]


class Table(TypedDict):
    """How many pictures change the answer. changed: [made on][tested on][stop]."""

    networks: list[str]
    what: str
    pictures: int
    changed: list[list[list[int]]]


class Survival(TypedDict):
    """Does it survive? stops: 255 * epsilon.  attacked: the saved picture's answers there."""

    kind: str
    ten: bool
    stops: list[float]
    attacked: list[Cell]
    rows: list[Row]
    said: str
    figure: Figure | None
    table: Table | None


class Growth(TypedDict):
    """Growth against dimension. figure: the sums at each n, for epsilon = m = 1.

    first: parts of the sum.  decisive: a change that takes an answer from 50 % to 99 %.
    jumps: words and the n that they lead to.  usual, start: of each slider, the index of the stop.
    """

    ns: tuple[float, ...]
    ms: tuple[float, ...]
    epsilons: tuple[float, ...]
    figure: Figure
    first: list[float]
    slopes: dict[str, str]
    fitted: str
    decisive: float
    jumps: tuple[tuple[str, int], ...]
    usual: dict[str, int]
    start: dict[str, int]


class Colours(TypedDict):
    """A photograph, its gradient (H, W, 3), and how many pixels have each of the eight colours."""

    id: str
    size: int
    clean: str
    gradient: str
    names: tuple[str, ...]
    counts: list[int]
    without: int
    title: str


class Shown(TypedDict):
    """The hidden L1 of one digit or photograph, or means of many digits, at each epsilon.

    heading: parts, each with the line that it belongs to, or "".  norm, slope: L1 norms of the
    loss's and the margin's gradient.  free: the part of epsilon * norm that the clip leaves.
    straight: the loss if the margin were linear.  lossRatio: true change over first order.
    """

    name: str
    count: int
    heading: list[tuple[str, str]]
    epsilons: list[float]
    loss: float
    norm: float
    margin: float
    slope: float
    free: float
    adversarial: list[float]
    clipped: list[float]
    straight: list[float]
    lossRatio: list[float | None]
    figures: dict[str, Figure]


class HiddenL1(TypedDict):
    """batch: the identity of what a feed brings later, where anything does.  of: "one", "batch"."""

    one: Shown
    batch: str | None
    kind: str
    alpha: float
    epsilon: float
    of: str


class Model(TypedDict):
    """One training's linear model. At each stop: wrong answers by class, falls of the margin.

    ownWhite, white: the weight that is white, alone and among three.  small: the share of weights
    almost 0.  allWrong: a stop.  left, derivation: of the sheet's digits.
    """

    name: str
    word: str
    title: str
    weights: str
    signs: str
    ownWhite: float
    white: float
    small: float
    l1: float
    allWrong: int | None
    digits: int
    formula: list[list[int]]
    unclipped: list[list[int]]
    clipped: list[list[int]]
    fall: list[float]
    freeFall: list[float]
    difference: list[float]
    penalty: list[float]
    rise: list[float]
    faded: list[int]
    test: dict[str, float]
    left: str
    derivation: dict[str, Any]
    figure: Figure


class Sheet(TypedDict):
    """Threes and sevens. stops: epsilon; levels: 255 times that, saved.  each: of each class."""

    id: str
    stops: list[float]
    levels: list[int]
    sheet: int
    sheets: int
    start: int
    pixels: str
    labels: list[int]
    each: list[int]
    networks: list[Model]
    words: dict[str, str]
