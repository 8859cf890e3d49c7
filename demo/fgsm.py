"""The fast gradient sign method, and nothing else.

    x~ = x + eta,   eta = epsilon * sign(grad_x J(theta, x, y))

| paper       | here                  | what it is                                              |
| ----------- | --------------------- | ------------------------------------------------------- |
| x           | `images`              | (N, C, H, W) float32 in `PIXEL_RANGE`                   |
| y           | `labels`              | (N,) int64, the classes whose loss rises                |
| t           | `targets`             | (N,) int64, the classes that are wanted                 |
| theta       | `model`               | a callable, images -> logits (N, K)                     |
| m           | `margin`              | (N,) the label's logit minus those of all others together |
| J           | `losses`              | (N,) cross-entropy of the logits, in nats               |
| grad_x J    | `loss_gradient`       | (N, C, H, W), nats for a change of the whole range      |
| epsilon     | `epsilon`             | budget in the max-norm; 1.0 is the whole pixel range    |
| eta         | `perturbation`        | (N, C, H, W), each value -epsilon, 0 or +epsilon        |
| x~          | `adversarial_example` | (N, C, H, W), clipped to `PIXEL_RANGE`                  |

Source: Goodfellow, Shlens, Szegedy, "Explaining and Harnessing Adversarial Examples",
arXiv:1412.6572, section 4.
"""

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from demo import device

PIXEL_RANGE = (0.0, 1.0)

Model = Callable[[Tensor], Tensor]


def margin(logits: Tensor, labels: Tensor) -> Tensor:
    """m = z_y - log sum_{k != y} exp(z_k): (N, K), (N,) -> (N,). Above 0 if p_y is above 1/2."""
    own = labels[:, None]
    rivals = logits.scatter(1, own, -math.inf).logsumexp(dim=1)
    return logits.gather(1, own)[:, 0] - rivals


def losses(logits: Tensor, labels: Tensor) -> Tensor:
    """J = -log softmax(z)_y = softplus(-m), in nats: (N, K), (N,) -> (N,).

    Written so that a sure answer keeps its gradient: through the probabilities it would hold
    p_y - 1, which float32 rounds to 0 from p_y = 1 - 6e-8 on, and FGSM would follow what is left.
    """
    return -F.logsigmoid(margin(logits, labels))


def logit_gradient(logits: Tensor, labels: Tensor) -> Tensor:
    """dJ/dz_k = p_k for the rivals k != y, and dJ/dz_y = -sum_{k != y} p_k: what `losses` gives.

    logits: (N, K).  labels: (N,) -> (N, K). In one piece, where differentiating `losses` takes a
    dozen: a fifth of the time for one digit. Not p - onehot(y): p_y - 1 would be rounded where
    the answer is sure.
    """
    own, gradient = labels[:, None], logits.detach().softmax(dim=1)
    gradient.scatter_(1, own, 0)
    return gradient.scatter_(1, own, -gradient.sum(dim=1, keepdim=True))


def loss_gradient(model: Model, images: Tensor, labels: Tensor) -> Tensor:
    """grad_x J(theta, x, y), the gradient of each image's own loss.

    images: (N, C, H, W) in [0, 1].  labels: (N,) class indices.
    An image's gradient does not depend on its company: a large batch is taken in pieces.
    Nothing is written on the model: no `.grad`, no mode. Parameters that want gradients cost
    time and get none. Source: arXiv:1412.6572, section 4.
    """
    if len(images) > (most := device.at_once(images)):
        pieces = zip(torch.split(images, most), torch.split(labels, most), strict=True)
        return torch.cat([loss_gradient(model, *piece) for piece in pieces])
    with torch.enable_grad():
        leaves = images.detach().clone().requires_grad_(True)
        logits = model(leaves)
        through = (logits * logit_gradient(logits, labels)).sum()  # the chain rule: dz/dx . dJ/dz
        (gradient,) = torch.autograd.grad(through, leaves)
    return gradient


def perturbation(gradient: Tensor, epsilon: float | Tensor) -> Tensor:
    """eta = epsilon * sign(gradient), so max|eta| = epsilon whatever the dimension.

    gradient: any shape.  epsilon: a number, or a tensor that broadcasts against the gradient.
    sign(0) = 0: a value with no gradient is not changed. Source: arXiv:1412.6572, section 4.
    """
    return epsilon * gradient.sign()


def adversarial_example(images: Tensor, perturbation: Tensor) -> Tensor:
    """x~ = clip(x + eta), kept inside `PIXEL_RANGE`.

    images, perturbation: (N, C, H, W), or shapes that broadcast. The clip makes the step
    smaller where a pixel is already at the edge of the range.
    """
    return (images + perturbation).clamp(*PIXEL_RANGE)


def fgsm(model: Model, images: Tensor, labels: Tensor, epsilon: float) -> Tensor:
    """x~ = clip(x + epsilon * sign(grad_x J(theta, x, y))): one step up the loss of the label.

    images: (N, C, H, W) in [0, 1].  labels: (N,).  epsilon: max-norm budget, 1.0 = whole range.
    Untargeted: it says what the answer should not be, not what it should become.
    Source: arXiv:1412.6572, section 4.
    """
    gradient = loss_gradient(model, images, labels)
    return adversarial_example(images, perturbation(gradient, epsilon))


def targeted_fgsm(model: Model, images: Tensor, targets: Tensor, epsilon: float) -> Tensor:
    """x~ = clip(x - epsilon * sign(grad_x J(theta, x, t))): one step down the loss of the target.

    images: (N, C, H, W) in [0, 1].  targets: (N,).  epsilon: max-norm budget, 1.0 = whole range.
    One step often stops short of the target; see `attacks.basic_iterative_method`.
    Source: arXiv:1607.02533, section 2.3 (the one-step form of its least-likely-class method).
    """
    gradient = loss_gradient(model, images, targets)
    return adversarial_example(images, -perturbation(gradient, epsilon))
