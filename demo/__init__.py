"""Adversarial examples by hand: the package behind `app.py`.

A folder is a layer, a file is a topic. A room imports only from shelves below its own.

| shelf | room             | what lives there                                                      |
| ----- | ---------------- | --------------------------------------------------------------------- |
| 7     | `__main__.py`    | `python -m demo ...`                                                  |
| 6     | `commands/`      | one command a file                                                    |
| 6     | `pages/`         | one page a file: controls -> store -> figures -> what is shown        |
| 5     | `controls/`      | widgets and the URL -> one frozen `Choices`                           |
| 5     | `picker/`        | two components that choose the picture: thumbnails, crop              |
| 5     | `store/`         | every cache, a file a page; the worker that computes for all in turn  |
| 5     | `viewer/`        | the drag-epsilon component                                            |
| 4     | `figures/`       | a result -> a Plotly figure                                           |
| 3     | `experiments/`   | model + picture + numbers -> a frozen result of plain arrays          |
| 2     | `models.py`      | the catalogue of networks, and `load`                                 |
| 2     | `trained.py`     | trained networks as files: weights and their card                     |
| 2     | `twins.py`       | photograph networks and their adversarially trained twins: the run    |
| 2     | `twin_recipes.py` | how each of them is trained                                          |
| 2     | `checkpoints.py` | a training that can be killed and goes on                             |
| 2     | `recipes.py`     | the catalogue of digit networks, and how each is trained              |
| 2     | `training.py`    | the one training loop, standard and adversarial                       |
| 2     | `objective.py`   | J~ and its gradient for one batch: what a step of training goes down  |
| 1     | `matching.py`    | a twin's loss: a teacher's features instead of labels                 |
| 1     | `photographs.py` | photographs by the thousand, for training and measuring               |
| 1     | `held_photographs.py` | the same, decoded once and held on the GPU that trains           |
| 1     | `places.py`      | where a training computes: a device, and its rank among processes     |
| 1     | `batches.py`     | where a training's images come from                                   |
| 1     | `efficientnet.py` | the embedded network, built as it is asked                           |
| 1     | `adversaries.py` | what a network is trained against                                     |
| 1     | `weights.py`     | weight files, checked, -> tensors                                     |
| 1     | `networks.py`    | normalisation inside; the paper's networks for digits                 |
| 1     | `resting_norms.py` | batch norms held in the kernels of a network that is trained on     |
| 1     | `folding.py`     | batch norm folded into the convolutions, padding fixed                |
| 1     | `fused.py`       | a convolution and what follows it in one pass over the memory         |
| 1     | `digits.py`      | MNIST, and the digits that ship, as tensors                           |
| 1     | `pictures.py`    | bytes <-> picture <-> 8-bit pixels <-> image tensor                   |
| 1     | `gallery.py`     | the photographs that ship, with their credits                         |
| 1     | `attacks.py`     | what FGSM is compared with: random signs, its iteration, its line     |
| 1     | `lbfgs.py`       | what came before FGSM: box-constrained L-BFGS toward a target        |
| 0     | `fgsm.py`        | the method, and nothing else                                          |
| 0     | `scores.py`      | logits -> confidence, predicted label, accuracy                       |
| 0     | `downloads.py`   | a file from the network, whole or not at all                          |
| 0     | `prose.py`       | the pages' longer words, a file a topic                               |
| 0     | `decoding/`      | a stranger's file -> RGB, strip by strip, or one sentence             |
| 0     | `isolation/`     | the process of its own that opens pictures, and its limits            |
| 0     | `device.py`      | CUDA, then MPS, then CPU: chosen once                                 |
"""
