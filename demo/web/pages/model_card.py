"""What there is to know about a network, for its reader."""

from demo import models


def about(card: models.ModelCard) -> str:
    """The model card in Markdown."""
    clean = [card.accuracy] if card.accuracy else []
    measured = [
        (f"accuracy {a.attack}", f"{100 * a.share:.1f} % of {a.on}")
        for a in (*clean, *card.under_attack)
    ]
    stated = "" if card.published_top1 is None else (
        f"; its source states {100 * card.published_top1:.1f} % of ImageNet’s validation images"
    )  # fmt: skip
    size = f"{card.input_size} × {card.input_size} pixels"
    photographs = card.kind == "photographs"
    rows = [
        ("parameters", f"{card.parameters:,}"),
        ("input", f"{size}; the shorter side is resized to {card.short_side}, then cut"
                  if photographs else f"{size}, one channel, white on black"),
        ("preprocessing", f"inside the network: (x − {card.mean}) / {card.std}"
                          if any(card.mean) else "none: pixels from 0 to 1"),
        ("trained against", card.against),
        *(measured or [("accuracy without attack", f"not measured here{stated}")]),
        ("licence", card.licence),
        ("source", card.credit),
        ("SHA-256 of the weights", card.sha256 or "not published"),
    ]  # fmt: skip
    return "\n".join(["| | |", "|---|---|", *(f"| {k} | {v} |" for k, v in rows)])
