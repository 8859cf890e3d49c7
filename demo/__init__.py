"""Adversarial examples by hand: the package behind `app.py`.

A folder is a layer, a file is a topic. A room imports only from shelves below its own.

| shelf | room             | what lives there                                                      |
| ----- | ---------------- | --------------------------------------------------------------------- |
| 7     | `__main__.py`    | `python -m demo ...`                                                  |
| 6     | `commands/`      | one command a file                                                    |
| 6     | `pages/`         | one page a file: controls -> store -> figures -> what is shown        |
| 5     | `controls.py`    | widgets and the URL -> one frozen `Choices`                           |
| 5     | `picker/`        | two components that choose the picture: thumbnails, crop              |
| 5     | `store.py`       | every cache, and the one worker that computes for everybody in turn   |
| 5     | `viewer/`        | the drag-epsilon component                                            |
| 4     | `figures/`       | a result -> a Plotly figure                                           |
| 3     | `experiments/`   | model + picture + numbers -> a frozen result of plain arrays          |
| 2     | `models.py`      | the catalogue of networks, and `load`                                 |
| 1     | `weights.py`     | weight files, checked, -> tensors                                     |
| 1     | `networks.py`    | normalisation inside; batch norm folded into the convolutions         |
| 1     | `pictures.py`    | bytes <-> picture <-> 8-bit pixels <-> image tensor                   |
| 1     | `gallery.py`     | the photographs that ship, with their credits                         |
| 1     | `attacks.py`     | what FGSM is compared with: random signs, its iteration, its line     |
| 0     | `fgsm.py`        | the method, and nothing else                                          |
| 0     | `scores.py`      | logits -> confidence, predicted label, accuracy                       |
| 0     | `downloads.py`   | a file from the network, whole or not at all                          |
| 0     | `device.py`      | CUDA, then MPS, then CPU: chosen once                                 |
"""
