"""What FGSM is compared with: random signs, its own iteration, and the line it walks along."""

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor

from demo import device, fgsm

STEPS = 10
"""Steps of the basic iterative method, each of epsilon / 4."""


def random_signs(shape: Sequence[int], generator: torch.Generator) -> Tensor:
    """Independent fair signs, -1 or +1, float32 of the given shape, on the generator's device.

    The control: epsilon * random signs has the max-norm of FGSM's perturbation and no aim.
    """
    bits = torch.randint(0, 2, tuple(shape), generator=generator, device=generator.device)
    return bits.float() * 2 - 1


def logits_along(
    model: fgsm.Model, image: Tensor, direction: Tensor, epsilons: Sequence[float]
) -> Tensor:
    """model(clip(x + epsilon * direction)) for each epsilon: (E, K), on the image's device.

    image, direction: (1, C, H, W). One batched forward pass, in chunks; no gradient is kept.
    """
    steps = torch.tensor(epsilons, dtype=image.dtype, device=image.device).view(-1, 1, 1, 1)
    with torch.inference_mode():
        return torch.cat(
            [
                model(fgsm.adversarial_example(image, chunk * direction))
                for chunk in torch.split(steps, device.at_once(image))
            ]
        )


def logits_of(model: fgsm.Model, images: Tensor) -> Tensor:
    """model(images) in chunks: (N, C, H, W) -> (N, K); no gradient is kept."""
    with torch.inference_mode():
        return torch.cat([model(chunk) for chunk in torch.split(images, device.at_once(images))])


def basic_iterative_method(
    model: fgsm.Model, images: Tensor, labels: Tensor, epsilon: Tensor, steps: int = STEPS
) -> Iterator[Tensor]:
    """x_{i+1} = clip_{x, epsilon}(x_i + epsilon/4 * sign(grad_x J(theta, x_i, y))), step by step.

    images: (N, C, H, W).  labels: (N,).  epsilon: (N, 1, 1, 1), each image's max-norm budget.
    Yields the images after each step, so that a page can show where it stands; the last is the
    adversarial example. Source: Kurakin, Goodfellow, Bengio, arXiv:1607.02533, section 2.2.
    """
    return _iterate(lambda x: fgsm.loss_gradient(model, x, labels), images, epsilon, steps)


def targeted_basic_iterative_method(
    model: fgsm.Model, images: Tensor, targets: Tensor, epsilon: Tensor, steps: int = STEPS
) -> Iterator[Tensor]:
    """x_{i+1} = clip_{x, epsilon}(x_i - epsilon/4 * sign(grad_x J(theta, x_i, t))), step by step.

    As `basic_iterative_method`, down the loss of the targets. Source: arXiv:1607.02533, 2.3.
    """
    return _iterate(lambda x: -fgsm.loss_gradient(model, x, targets), images, epsilon, steps)


def _iterate(
    uphill: Callable[[Tensor], Tensor], images: Tensor, epsilon: Tensor, steps: int
) -> Iterator[Tensor]:
    current = images
    for _ in range(steps):
        eta = current + fgsm.perturbation(uphill(current), epsilon / 4) - images
        inside_the_ball = torch.maximum(torch.minimum(eta, epsilon), -epsilon)
        current = fgsm.adversarial_example(images, inside_the_ball)
        yield current


def projected_gradient_descent(
    model: fgsm.Model,
    images: Tensor,
    labels: Tensor,
    epsilon: float,
    steps: int,
    step: float,
    generator: torch.Generator | None,
    restarts: int = 1,
) -> Tensor:
    """x_{i+1} = clip_{x, epsilon}(x_i + step * sign(grad_x J(theta, x_i, y))) from a random start.

    images: (N, C, H, W).  labels: (N,).  step: max-norm of one step.  generator: on the images'
    device; None starts from the images themselves, where a restart would find the same again.
    Each restart begins elsewhere in the ball, and runs only for images whose answer is still the
    label. Gives the examples of the last run of each image, so a wrong answer is kept.
    Source: Madry et al., arXiv:1706.06083, section 2.1.
    """
    worst = images
    standing = torch.arange(len(labels), device=labels.device)
    for _ in range(restarts):
        *_, found = projected_gradient_steps(
            model, images[standing], labels[standing], epsilon, steps, step, generator
        )
        worst = worst.index_copy(0, standing, found)
        if restarts > 1:
            with torch.inference_mode():
                right = model(found).argmax(dim=1) == labels[standing]
            standing = standing[right]
            if not len(standing):
                break
    return worst


def projected_gradient_steps(
    model: fgsm.Model,
    images: Tensor,
    labels: Tensor,
    epsilon: float,
    steps: int,
    step: float,
    generator: torch.Generator | None,
) -> Iterator[Tensor]:
    """One run of `projected_gradient_descent` from one start: the images after each step.

    steps: at least 1.
    """
    lowest = (images - epsilon).clamp_min(fgsm.PIXEL_RANGE[0])
    highest = (images + epsilon).clamp_max(fgsm.PIXEL_RANGE[1])
    current = images
    if generator is not None:
        noise = torch.rand(images.shape, generator=generator, device=images.device) * 2 - 1
        current = (images + epsilon * noise).clamp(lowest, highest)
    for _ in range(steps):
        gradient = fgsm.loss_gradient(model, current, labels)
        current = (current + fgsm.perturbation(gradient, step)).clamp(lowest, highest)
        yield current
