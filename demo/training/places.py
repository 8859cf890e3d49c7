"""Where a training computes: a device, and its rank among the processes that train together."""

import os
from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Place:
    """Where a run computes: a device, and its rank among the processes that train together.

    workers: processes that decode pictures.  dtype: float64 is for comparing runs bit by bit.
    """

    device: torch.device
    rank: int = 0
    ranks: int = 1
    workers: int = 1
    dtype: torch.dtype = torch.float32

    @property
    def leads(self) -> bool:
        """Whether this process measures, prints and writes."""
        return self.rank == 0

    def agreed(self, number: float) -> float:
        """The leader's number, for all: clocks differ, and every rank must take the same step."""
        if self.ranks == 1:
            return number
        told = torch.tensor([number], device=self.device)
        torch.distributed.broadcast(told, src=0)
        return float(told.item())


def processes() -> tuple[int, int]:
    """(rank, ranks) as `torchrun` tells them; (0, 1) without it."""
    return int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
