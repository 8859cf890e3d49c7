"""The four verdicts: each criterion holds where it says so, and can fail; no untrained network
passes one."""

import math
import re

import pytest
from torch import nn

from demo.experiments.paper_numbers import bench, claims, measures, rows, verdicts
from demo.experiments.paper_numbers.bench import Bench, Measured
from demo.experiments.paper_numbers.claim import Claim
from demo.experiments.paper_numbers.verdicts import CLEAN
from demo.training import recipes
from tests.shipped import in_turn

pytestmark = pytest.mark.usefixtures("one_thread")

JUDGED = [claim for claim in claims.PAPER if claim.judge is not None]


def untrained(name: str, seed: int) -> nn.Module:
    """The network as its recipe begins it; the one that goes on from trained weights too."""
    start = "maxout-l1" if name == "maxout-l1-late" else name
    return recipes.recipe(start).network(seed, in_turn(50)).eval().requires_grad_(False)


@pytest.mark.parametrize("claim", JUDGED, ids=lambda claim: claim.id)
def test_an_untrained_network_passes_no_criterion(claim: Claim) -> None:
    assert claim.measure is not None and claim.judge is not None
    place = Bench(in_turn(50), untrained, in_turn(50), batch=50)
    verdict, reason = claim.judge(bench.finished(claim.measure(place)))
    assert verdict in ("differs", "undecided") and reason.endswith(".")


def found(values: tuple[float, ...], clean: float = 0.01, **parts: tuple[float, ...]) -> Measured:
    return Measured(values, 10_000, {CLEAN: (clean,), **parts})


def seeds(standard: tuple[float, ...], adversarial: tuple[float, ...]) -> Measured:
    means = tuple(sum(each) / len(each) for each in (standard, adversarial))
    parts = {measures.STANDARD: standard, measures.ADVERSARIAL: adversarial}
    return Measured(means, 10_000, parts)


def defended(error: float, standard: float = 0.9) -> Measured:
    return Measured((error, 0.5), 1, {CLEAN: (0.01,), measures.UNDEFENDED: (standard,)})


def smaller(trained: tuple[float, ...], *tested: float) -> Measured:
    return Measured(tested, 10_000, {measures.TRAINING: trained})


@pytest.mark.parametrize(
    ("number", "measured", "verdict"),
    [
        ("P1", found((0.98, 0.80)), "same number"),
        ("P1", found((0.97, 0.80)), "same direction"),
        ("P1", found((0.97, 0.50)), "differs"),
        ("P1", found((0.98, 0.80), clean=0.11), "differs"),
        ("P2", found((0.8, 0.51)), "same direction"),
        ("P2", found((0.79, 0.99)), "differs"),
        ("P2", found((0.9, 0.98)), "same number"),
        ("P2", found((0.9, 0.98), clean=0.021), "differs"),
        ("P3", found((0.018, 0.98)), "same number"),
        ("P3", found((0.02, 0.98)), "same direction"),
        ("P3", found((0.02, 0.79)), "differs"),
        ("P4", seeds((0.0111, 0.0113, 0.0118), (0.0111, 0.0112, 0.0111)), "undecided"),
        ("P4", seeds((0.0131, 0.0132, 0.0133), (0.0121, 0.0122, 0.0123)), "same direction"),
        ("P4", seeds((0.0121, 0.0122, 0.0123), (0.0131, 0.0132, 0.0133)), "differs"),
        ("P4", seeds((0.0094, 0.0095, 0.0093), (0.0084, 0.0083, 0.0085)), "same number"),
        ("P4", seeds((0.0131,), (0.0121,)), "undecided"),
        ("P4", seeds((0.9, 0.91, 0.92), (0.8, 0.81, 0.82)), "differs"),
        ("P5", found((0.0087,)), "same number"),
        ("P5", found((0.0089,)), "differs"),
        ("P6", defended(0.45), "same direction"),
        ("P6", defended(0.46), "differs"),
        ("P7", found((0.40, 0.43)), "same direction"),
        ("P7", found((0.42, 0.43)), "differs"),
        ("P7", found((0.2, 0.4)), "same number"),
        ("P9", found((0.8, 0.51)), "same direction"),
        ("P10", found((0.5, 0.9)), "differs"),
        ("P11", found((0.978, 0.002), clean=0.13), "differs"),
        ("P11", found((0.8, 0.09), clean=0.13), "same direction"),
        ("P11", found((0.55, 0.01), clean=0.13), "same number"),
        ("P12", found((0.96, 0.95)), "same direction"),
        ("P12", found((0.95, 0.96)), "differs"),
        ("P12", Measured((0.96, 0.95), 1), "undecided"),
        ("P13", found((0.897, 0.07, 0.02)), "same direction"),
        ("P13", found((0.897, 0.04, 0.02)), "differs"),
        ("P13", found((0.897, 0.897, 0.02)), "undecided"),
        ("P13", found((0.06, 0.07, 0.06)), "undecided"),
        ("P16", found((0.999, 14.0, 0.98, 14.0)), "same direction"),
        ("P16", found((0.999, 14.0, 0.999, 14.0)), "undecided"),
        ("P16", found((0.98, 14.0, 0.5, 14.0)), "differs"),
        ("P17", found((0.98, 0.93, 0.9, 0.8)), "same number"),
        ("P17", found((0.8, 0.93, 0.9, 0.8)), "same direction"),
        ("P17", found((0.5, 0.93, 0.9, 0.8)), "differs"),
        ("P18", found((0.7, 0.7, 0.0, math.nan)), "same direction"),
        ("P18", found((0.7, 0.7, 0.03, 0.6)), "differs"),
        ("P18", found((0.6, 0.7, 0.0, math.nan)), "same number"),
        ("P19", found((0.5, 0.1, 0.0, 1.0)), "same direction"),
        ("P19", found((0.5, 0.2, 0.0, 1.0)), "differs"),
        ("P20", found((0.4, 0.3, 0.6, 0.51, 0.51)), "same direction"),
        ("P20", found((0.42, 0.29, 0.51, 0.30, 0.42)), "differs"),
        ("P20", found((0.55, 0.16, 0.84, 0.55, 0.53)), "same number"),
        ("P21", found((0.6, 0.8, 0.02, 0.7)), "same direction"),
        ("P21", found((0.6, 0.79, 0.02, 0.7)), "differs"),
        ("P21", found((0.6, 0.99, 0.07, 0.7)), "differs"),
        ("P22", smaller((0.01, 0.9, 0.04), 0.020, 0.9, 0.019), "same direction"),
        ("P22", smaller((0.01, 0.9, 0.06), 0.020, 0.9, 0.021), "differs"),
        ("P22", smaller((0.01, 0.9, 0.04), 0.020, 0.9, 0.012), "differs"),
        ("P22", smaller((0.9, 0.9, 0.9), 0.9, 0.9, 0.9), "differs"),
    ],
)
def test_each_criterion_is_where_it_is_said_to_be(
    number: str, measured: Measured, verdict: str
) -> None:
    judge = claims.claim(number).judge
    assert judge is not None and judge(measured)[0] == verdict


@pytest.mark.parametrize("number", ["P1", "P2", "P3", "P7", "P9", "P10", "P12", "P19", "P21"])
def test_an_attack_that_returns_its_input_passes_no_criterion(number: str) -> None:
    claim = claims.claim(number)
    assert claim.judge is not None
    assert claim.judge(found((0.01,) * len(claim.numbers)))[0] == "differs"


def test_the_documents_claim_what_the_table_carries() -> None:
    text = " ".join((rows.RESULTS.parents[2] / "docs" / "training.md").read_text("utf-8").split())
    for verdict in ("same number", "same direction", "differs"):
        (said,) = re.findall(rf"\*{verdict}\* \(([^)]*)\)", text)
        kept = [c for c in claims.PAPER if (judged := _kept(c)) and judged[0] == verdict]
        numbers = {number for c in kept for number in (c.id, *c.also)}
        assert set(re.findall(r"P\d+", said)) == numbers
    (said,) = re.findall(r"Undecided are (.*?)\. Not run", text)
    undecided = {c.id for c in claims.PAPER if (judged := _kept(c)) and judged[0] == "undecided"}
    assert set(re.findall(r"P\d+", said)) == undecided


def _kept(claim: Claim) -> verdicts.Judged | None:
    return rows.judged(claim, {row.id: row for row in rows.read()}[claim.id])


def test_welchs_p_is_that_of_the_formula() -> None:
    """t and its degrees of freedom by pencil; the tail of t's distribution is SciPy's."""
    from scipy import stats

    first, second = (1.11, 1.13, 1.18), (1.11, 1.12, 1.11)
    v1, v2 = (sum((x - sum(s) / 3) ** 2 for x in s) / 2 / 3 for s in (first, second))
    t = (sum(first) - sum(second)) / 3 / math.sqrt(v1 + v2)
    freedom = (v1 + v2) ** 2 / (v1**2 / 2 + v2**2 / 2)
    assert verdicts.welch(first, second) == pytest.approx(2 * stats.t.sf(t, freedom))
    assert 0.3 < verdicts.welch(first, second) < 0.4
    assert math.isnan(verdicts.welch((1.0,), (1.0, 2.0)))


def test_a_number_that_is_not_one_is_never_the_same() -> None:
    judge = claims.claim("P1").judge
    assert judge is not None and judge(found((math.nan, 0.793)))[0] == "differs"


def test_every_row_that_is_judged_says_its_criterion_and_no_other_does() -> None:
    for claim in claims.CLAIMS:
        assert bool(claim.judge) == (not claim.needs and not claim.beyond)
        assert bool(claim.judge) == claim.criterion.endswith(".")


def test_the_kept_rows_are_those_of_the_table() -> None:
    assert [row.id for row in rows.read()] == list(claims.ORDER)
