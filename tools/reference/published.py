"""Computes outputs of published networks with their authors' code.

usage: published.py PANNS CDUR FOLDER

PANNS is a copy of the repository qiuqiangkong/audioset_tagging_cnn (Kong et al. 2020), CDUR one of RicherMans/CDur (Dinkel et
al. 2021), FOLDER the output, to be placed as shared/models/published. Writes NAME.npz with the weights under the authors'
names, random for PANNs and those trained on DCASE 2017 Task 4 for CDur, and NAME_reference.npz: features (batch, frames,
bands), weak (batch, classes) and, for a network with a strong output, strong (batch, frames, classes). The networks start
from log-mel energies: torchlibrosa, which computes these in the code of PANNs, is replaced.
"""
import sys

import numpy
import torch
from torch import nn

from authors import load

CLIPS, FRAMES, BANDS = 2, 100, 64
panns, cdur, folder = sys.argv[1:]


def write(name, network, features, weak, strong=None):
    found = {"features": features, "weak": weak} | ({} if strong is None else {"strong": strong})
    numpy.savez(f"{folder}/{name}", **{key: tensor.numpy() for key, tensor in network.state_dict().items()})
    numpy.savez(f"{folder}/{name}_reference", **{key: tensor.numpy() for key, tensor in found.items()})
    print(name, sum(parameter.numel() for parameter in network.parameters()), "parameters")


sys.path.insert(0, f"{panns}/pytorch")  # for the modules that it imports
models = load("panns", f"{panns}/pytorch/models.py")
for ours, theirs in {
    "Cnn6": "Cnn6",
    "Cnn10": "Cnn10",
    "Cnn14": "Cnn14",
    "Cnn14DecisionLevelMax": "Cnn14_DecisionLevelMax",
}.items():
    torch.manual_seed(1)
    network = getattr(models, theirs)(32000, 1024, 320, BANDS, 50, 14000, 527)
    log_mel = torch.randn(CLIPS, FRAMES, BANDS) * 15 - 30
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.weight, 1, 0.2)
            nn.init.normal_(module.bias, 0, 0.2)
            module.momentum = 1.0
    # Statistics of the features themselves: with random ones, the features hardly change the outputs.
    with torch.no_grad():
        network.train()(log_mel.unsqueeze(1))
    network.eval()
    with torch.no_grad():
        outputs = network(log_mel.unsqueeze(1))
    write(ours, network, log_mel, outputs["clipwise_output"], outputs.get("framewise_output"))

network = load("cdur", f"{cdur}/models.py").CDur(BANDS, 17)
network.load_state_dict(torch.load(f"{cdur}/pretrained/DCASE2017/run_model.pth", map_location="cpu"))
network.eval()
torch.manual_seed(1)
log_mel = torch.randn(CLIPS, FRAMES + 1, BANDS).cumsum(1) - 5
with torch.no_grad():
    weak, strong = network(log_mel)
write("CDur", network, log_mel, weak, strong)
