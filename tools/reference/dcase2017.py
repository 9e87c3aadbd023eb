"""Computes outputs of networks published for DCASE 2017 Task 4 with their authors' code and random weights.

usage: dcase2017.py KONG WANG FOLDER

KONG is a copy of the repository qiuqiangkong/sound_event_detection_dcase2017_task4 (Kong et al. 2019), WANG one of
MaigoAkisame/cmu-thesis (Wang, Li and Metze 2018), FOLDER the output, to be placed as shared/models/published. Writes
NAME.npz with the weights and NAME_reference.npz: features (batch, frames, bands), weak (batch, classes), strong (batch,
frames, classes). The weights have the authors' names, without those that no output uses; queries, keys and values are
concatenated, and kernels of one frame are matrices. The networks start from log-mel energies: torchlibrosa, which
computes these in the code of Kong et al., is replaced.
"""
import argparse
import sys

import numpy
import torch
from torch import nn

from authors import load

CLIPS, FRAMES, BANDS, CLASSES = 2, 200, 64, 17
UNUSED = ("att_block.bn_att", "multihead.layer_norm")
kong, wang, folder = sys.argv[1:]


def weights_of(network):
    weights = {key: value for key, value in network.state_dict().items() if not key.startswith(UNUSED)}
    for kind in ("weight", "bias"):
        parts = [weights.pop(f"multihead.w_{part}s.{kind}", None) for part in "qkv"]
        if parts[0] is not None:
            weights[f"multihead.qkv.{kind}"] = torch.cat(parts)
    return {key: value.squeeze(2) if value.dim() == 3 else value for key, value in weights.items()}


def write(name, network, features, weak, strong):
    weights = weights_of(network)
    found = {"features": features, "weak": weak, "strong": strong}
    numpy.savez(f"{folder}/{name}", **{key: value.numpy() for key, value in weights.items()})
    numpy.savez(f"{folder}/{name}_reference", **{key: value.numpy() for key, value in found.items()})
    used = sum(value.numel() for key, value in network.named_parameters() if not key.startswith(UNUSED))
    print(name, used, "parameters; strong outputs differ over frames by", float(strong.std(1).mean()))


def prepare(network, features):
    """Random scales, shifts and biases; statistics of the features themselves; attention that differs over frames."""
    with torch.no_grad():
        for key, value in network.named_parameters():
            if value.dim() == 1:
                nn.init.normal_(value, 1 if ("bn" in key and "weight" in key) else 0, 0.2)
            if "w_qs.weight" in key or "w_ks.weight" in key:
                value.mul_(5)
            if "att_block.att.weight" in key:
                value.mul_(12)  # so that the limits of the logits are reached
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = 1.0
        network.train()(features)
    network.eval()


sys.path.insert(0, f"{kong}/pytorch")  # for the modules that it imports
models = load("kong", f"{kong}/pytorch/models.py")
for ours, theirs in {
    "KongMean": "Cnn_9layers_FrameAvg",
    "KongGru": "Cnn_9layers_Gru_FrameAtt",
    "KongTransformer": "Cnn_9layers_Transformer_FrameAtt",
}.items():
    torch.manual_seed(1)
    network = getattr(models, theirs)(32000, 1024, 320, BANDS, 50, 14000, CLASSES)
    log_mel = torch.randn(CLIPS, FRAMES, BANDS) * 15 - 30
    prepare(network, log_mel.unsqueeze(1))
    with torch.no_grad():
        outputs = network(log_mel.unsqueeze(1))
    write(ours, network, log_mel, outputs["clipwise_output"], outputs["framewise_output"])

sys.path[0] = f"{wang}/code/dcase"
network = load("wang", f"{wang}/code/dcase/Net.py").Net(argparse.Namespace(pooling="lin", dropout=0.0))
torch.manual_seed(1)
log_mel = torch.randn(CLIPS, 400, BANDS)
prepare(network, log_mel)
with torch.no_grad():
    weak, strong = network(log_mel)[:2]
write("Wang", network, log_mel, weak, strong)
