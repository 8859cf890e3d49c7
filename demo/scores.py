"""Logits -> what a person reads: probabilities, confidence, the predicted label.

Where the numbers must be exact they are computed in float64, by the CPU: Apple's GPUs have none.
"""

from torch import Tensor


def exact(values: Tensor) -> Tensor:
    """The same numbers in float64, on the CPU; gradients go through. values: any shape."""
    return values.cpu().double()


def probabilities(logits: Tensor) -> Tensor:
    """softmax(z): (N, K) logits -> (N, K) numbers in [0, 1] that sum to one, `exact`.

    So 99.999999 % is not shown as 100 % for want of digits.
    """
    return exact(logits).softmax(dim=1)


def predicted_label(logits: Tensor) -> Tensor:
    """argmax_k z_k: (N, K) logits -> (N,) class indices."""
    return logits.argmax(dim=1)


def confidence(logits: Tensor) -> Tensor:
    """max_k softmax(z)_k: (N, K) logits -> (N,), the probability of the predicted class, `exact`.

    How sure the network is, which is not how often it is right.
    """
    return probabilities(logits).amax(dim=1)


def label_confidence(logits: Tensor, labels: Tensor) -> Tensor:
    """softmax(z)_y: (N, K) logits, (N,) labels -> (N,), the probability of the label, `exact`."""
    return probabilities(logits).gather(1, labels.cpu().unsqueeze(1)).squeeze(1)


def accuracy(logits: Tensor, labels: Tensor) -> float:
    """Share of the N images whose predicted label is the label given, 0 to 1."""
    return exact(predicted_label(logits) == labels).mean().item()
