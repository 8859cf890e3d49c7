"""Logits -> what a person reads: probabilities, confidence, the predicted label."""

from torch import Tensor


def probabilities(logits: Tensor) -> Tensor:
    """softmax(z): (N, K) logits -> (N, K) numbers in [0, 1] that sum to one, in float64.

    Float64, so that 99.999999 % is not shown as 100 % for want of digits.
    """
    exact = logits if logits.device.type != "mps" else logits.cpu()  # MPS has no float64
    return exact.double().softmax(dim=1)


def predicted_label(logits: Tensor) -> Tensor:
    """argmax_k z_k: (N, K) logits -> (N,) class indices."""
    return logits.argmax(dim=1)


def confidence(logits: Tensor) -> Tensor:
    """max_k softmax(z)_k: (N, K) logits -> (N,), the probability of the predicted class.

    How sure the network is, which is not how often it is right.
    """
    return probabilities(logits).amax(dim=1)


def label_confidence(logits: Tensor, labels: Tensor) -> Tensor:
    """softmax(z)_y: (N, K) logits, (N,) labels -> (N,), the probability of the label."""
    all_of_them = probabilities(logits)
    return all_of_them.gather(1, labels.to(all_of_them.device).unsqueeze(1)).squeeze(1)


def accuracy(logits: Tensor, labels: Tensor) -> float:
    """Share of the N images whose predicted label is the label given, 0 to 1."""
    return (predicted_label(logits) == labels).double().mean().item()
