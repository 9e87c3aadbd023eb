"""Writes augmented features of the authors' code, as expected results for tests.

usage: augmentations.py FILTERAUG CPJKU DESED FILE

FILTERAUG, CPJKU and DESED are checkouts of frednam93/FilterAugSED, CPJKU/cpjku_dcase24 and DCASE-REPO/DESED_task. FILE receives
rows of case, clip, frame, then a value for each band, or a label for each class; of values, every fifth frame.
The random numbers of the authors' code are replaced by given ones.
"""
import contextlib
import pathlib
import random
import sys
from unittest import mock

import numpy as np
import torch

from authors import load

CLIPS, FRAMES, BANDS, CLASSES, POOLING = 3, 12, 16, 4, 2


def uniforms(seed, *shape):
    """Numbers from 0 to 1 of a linear congruential generator."""
    state, values = seed, []
    for _ in range(int(np.prod(shape))):
        state = (1664525 * state + 1013904223) % 2**32
        values.append((state >> 16) / 65536)
    return torch.tensor(values, dtype=torch.float32).reshape(shape)


def magnitudes():
    """Mel magnitudes from -40 to 20 dB, shape (clips, bands, frames)."""
    return (10 ** (-2 + 3 * uniforms(1, CLIPS, FRAMES, BANDS))).transpose(1, 2)


def labels():
    """Frame labels, shape (clips, classes, output frames)."""
    return (uniforms(2, CLIPS, FRAMES // POOLING, CLASSES) > 0.5).float().transpose(1, 2)


def decibels(mel):
    return (20 * torch.log10(mel.clamp(min=1e-5))).clamp(min=-50, max=80)


def standardised(values):
    """Each clip with its own mean and standard deviation, as TorchScaler of DESED_task."""
    mean = values.mean((1, 2), keepdim=True)
    return (values - mean) / (values.std((1, 2), keepdim=True) + 1e-8)


@contextlib.contextmanager
def drawing(module, **draws):
    """Replaces functions that draw random numbers by functions that return given values, in order."""
    with contextlib.ExitStack() as patches:
        for name, values in draws.items():
            owner, function = {
                "beta": (np.random, "beta"),
                "uniform": (np.random, "uniform"),
                "position": (random, "randint"),
            }.get(name, (torch, name))
            patches.enter_context(mock.patch.object(owner, function, side_effect=list(values)))
        yield


class Shares:
    """Takes the place of the beta distribution of MixStyle."""

    def __init__(self, *_):
        pass

    def sample(self, shape):
        return uniforms(5, CLIPS).reshape(shape)


def cases(filteraug, cpjku, desed):
    mel = magnitudes()
    values = decibels(mel)
    order = torch.tensor([2, 0, 1])
    for shape, count in (("step", 3), ("linear", 4)):
        draws = {"randint": [torch.tensor([3]), torch.tensor([5, 2])], "rand": [uniforms(3, CLIPS, count)]}
        with drawing(filteraug, **draws):
            filtered = filteraug.filt_aug(mel, db_range=[-6, 6], n_band=[3, 4], min_bw=2, filter_type=shape)
        yield f"filter {shape}", decibels(filtered)
        yield f"filter {shape} of standardised clips", standardised(decibels(filtered))
    with drawing(cpjku, uniform=[0.7, 1.0], position=[3]):
        yield "warp", cpjku.RandomResizeCrop((1, 1.0), time_scale=(1.0, 1.0))(values)
    with mock.patch.object(cpjku, "Beta", Shares), drawing(cpjku, randperm=[order]):
        yield "mixstyle", cpjku.mixstyle(values.unsqueeze(1), 0.3).squeeze(1)
    with drawing(desed, rand=[uniforms(6, CLIPS)], randn=[uniforms(7, CLIPS, FRAMES, BANDS).transpose(1, 2)]):
        yield "noise", desed.add_noise(values, snrs=(6, 30))
    with drawing(cpjku, randint=[torch.tensor([3]), torch.tensor([2])]):
        masked, left = cpjku.time_mask(
            standardised(values).unsqueeze(1), labels(), net_pooling=POOLING, min_mask_ratio=0.4, max_mask_ratio=0.6)
    yield "mask", masked.squeeze(1)
    yield "mask labels", left
    for kind in ("soft", "hard"):
        with drawing(desed, beta=[0.3], randperm=[order]):
            mixed, together = desed.mixup(values, labels(), mixup_label_type=kind)
        yield f"mixup {kind}", mixed
        yield f"mixup {kind} labels", together


if __name__ == "__main__":
    roots = [pathlib.Path(root) for root in sys.argv[1:4]]
    files = [roots[0] / "utils/data_aug.py", roots[1] / "helpers/augment.py", roots[2] / "desed_task/data_augm.py"]
    modules = [load(f"authors{index}", file) for index, file in enumerate(files)]
    with open(sys.argv[4], "w") as output:
        for case, result in cases(*modules):
            for clip, frames in enumerate(result.transpose(1, 2).tolist()):
                for frame, row in list(enumerate(frames))[:: 1 if case.endswith("labels") else 5]:
                    output.write("\t".join([case, str(clip), str(frame), *(f"{value:.7g}" for value in row)]) + "\n")
