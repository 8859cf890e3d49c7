"""Adversarial examples by hand: the package behind `app.py`.

A folder is a layer, a file is a topic. A room imports only from shelves below its own.

| shelf | room              | what lives there                                                     |
| ----- | ----------------- | --------------------------------------------------------------------|
| 11    | `__main__.py`     | `python -m demo ...`                                                 |
| 10    | `web/pages/`      | one page a file: controls -> store -> figures -> what is shown       |
| 9     | `web/controls/`   | widgets and the URL -> one frozen `Choices`                          |
| 8     | `web/store/`      | every cache, a file a page; the worker that computes for all in turn |
| 7     | `web/components/` | HTML, CSS and scripts: the drag-epsilon viewer, the picture's choice |
| 7     | `web/figures/`    | a result -> a Plotly figure                                          |
| 7     | `commands/`       | one command a file                                                   |
| 6     | `experiments/`    | a folder a page: model + picture + numbers -> a frozen result        |
| 5     | `models/`         | the catalogue of networks, their cards, and `load`                   |
| 4     | `training/`       | the one loop, what it trains against, recipes, checkpoints           |
| 3     | `networks/`       | architectures, the rewrites that make them quick, files of weights   |
| 2     | `data/`           | bytes <-> picture <-> tensor; gallery; MNIST; training photographs   |
| 2     | `attacks/`        | what FGSM is compared with: random signs, BIM and PGD, L-BFGS        |
| 1     | `fgsm.py`         | the method, and nothing else                                         |
| 0     | `scores.py`       | logits -> confidence, predicted label, accuracy                      |
| 0     | `device.py`       | CUDA, then MPS, then CPU: chosen once                                |
"""
