"""`demo.device`: the choice, and the variable that overrides it."""

import pytest
import torch
from streamlit.testing.v1 import AppTest

from demo import device


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A machine with a CPU and nothing else, whatever this one has."""
    monkeypatch.delenv(device.VARIABLE, raising=False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    return monkeypatch


def test_a_machine_without_a_gpu_computes_on_its_cpu(machine: pytest.MonkeyPatch) -> None:
    assert device.choose() == torch.device("cpu")


def test_mps_comes_before_the_cpu_and_cuda_before_both(machine: pytest.MonkeyPatch) -> None:
    machine.setattr(torch.backends.mps, "is_available", lambda: True)
    assert device.choose() == torch.device("mps")
    machine.setattr(torch.cuda, "is_available", lambda: True)
    machine.setattr(torch.cuda, "device_count", lambda: 2)
    assert device.choose() == torch.device("cuda")


def test_the_variable_overrides_the_order(machine: pytest.MonkeyPatch) -> None:
    machine.setattr(torch.backends.mps, "is_available", lambda: True)
    machine.setenv(device.VARIABLE, " CPU ")
    assert device.choose() == torch.device("cpu")


def test_the_page_says_which_devices_there_are(machine: pytest.MonkeyPatch) -> None:
    machine.setenv(device.VARIABLE, "tpu")
    app = AppTest.from_file("../app.py", default_timeout=120).run()
    sentence = "DEMO_DEVICE must be cpu on this machine, not 'tpu'."
    assert [error.value for error in app.error] == [sentence]
    assert not app.exception


@pytest.mark.parametrize("wrong", ["cuda", "cuda:7", "tpu", "cpu:0"])
def test_a_device_that_is_not_there_is_refused_in_one_sentence(
    machine: pytest.MonkeyPatch, wrong: str
) -> None:
    machine.setenv(device.VARIABLE, wrong)
    sentence = f"^DEMO_DEVICE must be cpu on this machine, not '{wrong}'\\.$"
    with pytest.raises(ValueError, match=sentence):
        device.choose()


def test_devices_have_names_for_people(machine: pytest.MonkeyPatch) -> None:
    machine.setattr(torch, "get_num_threads", lambda: 1)
    assert device.name(torch.device("cpu")) == "CPU, 1 thread"
    machine.setattr(torch, "get_num_threads", lambda: 2)
    assert device.name(torch.device("cpu")) == "CPU, 2 threads"
    machine.setattr(torch.cuda, "get_device_name", lambda _device: "NVIDIA H200")
    assert device.name(torch.device("cuda")) == "NVIDIA H200 (CUDA)"
    assert device.name(torch.device("mps")) == "Apple GPU (MPS)"


@pytest.mark.parametrize("known", ["avx512_bf16", "amx_bf16", "bf16", "avx2"])
def test_a_processor_computes_in_half_precision_only_if_it_has_the_instructions(
    machine: pytest.MonkeyPatch, known: str
) -> None:
    machine.setattr(torch.cpu, "get_capabilities", lambda: {known: True, "sse": True})
    assert device.fast_in_half(torch.device("cpu")) == (known != "avx2")
    assert device.fast_in_half(torch.device("cuda"))
    assert not device.fast_in_half(torch.device("mps"))
