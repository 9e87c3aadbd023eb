"""The CRNN of SedDsl in PyTorch, written out plainly, with the weights of an exported network (.npz).

Needs PyTorch and NumPy, for example Debian's python3-torch and python3-numpy.
"""
import re

import numpy
import torch
from torch import nn


class Crnn(nn.Module):
    """Convolution blocks pooled over frequency, bidirectional GRUs whose directions are multiplied, dense layers."""

    def __init__(self, weights, pools=(5, 4, 2), dropout=0.15):
        super().__init__()
        names = sorted(weights, key=lambda name: int(re.match(r"layers\.(\d+)|", name).group(1) or 1000))

        def layers(kind):
            prefixes = [re.match(rf"(layers\.\d+-{kind}\.)", name) for name in names]
            return list(dict.fromkeys(match.group(1) for match in prefixes if match))

        def fill(module, prefix):
            state = {key: torch.tensor(weights[prefix + key]) for key in module.state_dict()}
            module.load_state_dict(state)
            return module

        self.pools = pools
        self.dropout = nn.Dropout(dropout)
        self.convolutions = nn.ModuleList()
        self.normalisations = nn.ModuleList()
        for prefix in layers("convolution"):
            filters, maps, *kernel = weights[prefix + "convolution.weight"].shape
            padding = [size // 2 for size in kernel]
            self.convolutions.append(fill(nn.Conv2d(maps, filters, kernel, padding=padding), prefix + "convolution."))
            self.normalisations.append(fill(nn.BatchNorm2d(filters), prefix + "normalisation."))
        self.recurrent = nn.ModuleList()
        for prefix in layers("gru"):
            units3, width = weights[prefix + "recurrent.weight_ih_l0"].shape
            gru = nn.GRU(width, units3 // 3, batch_first=True, bidirectional=True)
            self.recurrent.append(fill(gru, prefix + "recurrent."))
        self.dense = nn.ModuleList()
        for prefix in layers("dense"):
            units, width = weights[prefix + "dense.weight"].shape
            self.dense.append(fill(nn.Linear(width, units), prefix + "dense."))
        classes, width = weights["strong.weight"].shape
        self.strong = fill(nn.Linear(width, classes), "strong.")
        classes, width = weights["weak.dense.weight"].shape
        self.weak = fill(nn.Linear(width, classes), "weak.dense.")

    def forward(self, clips):
        """(batch, frames, bands) to the strong (batch, frames, classes) and the weak output (batch, classes)."""
        maps = clips.unsqueeze(1)
        for convolution, normalisation, pool in zip(self.convolutions, self.normalisations, self.pools):
            maps = torch.relu(normalisation(convolution(maps)))
            maps = self.dropout(nn.functional.max_pool2d(maps, (1, pool)))
        hidden = maps.transpose(1, 2).flatten(2)
        for gru in self.recurrent:
            forward, backward = gru(hidden)[0].chunk(2, 2)
            hidden = self.dropout(forward * backward)
        for dense in self.dense:
            hidden = self.dropout(dense(hidden))
        strong = torch.sigmoid(self.strong(hidden))
        return strong, torch.sigmoid(self.weak(strong.flatten(1)))


def load(path, **settings):
    """The network of an exported file."""
    with numpy.load(path) as weights:
        return Crnn(dict(weights), **settings)
