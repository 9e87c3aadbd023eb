"""Computes outputs of networks published for DESED (DCASE Task 4) with their authors' code and random weights.

usage: desed.py DESED FDY DFD LIGHT FOLDER

DESED is a copy of the repository DCASE-REPO/DESED_task (the baselines), FDY one of frednam93/FDY-SED (Nam et al. 2022), DFD one
of frednam93/MDFD-SED (Nam et al. 2024), LIGHT one of frednam93/lightSED (Nam et al. 2023), FOLDER the output, to be placed as
shared/models/published. Writes NAME.npz with the weights under the authors' names and NAME_reference.npz: features (batch, frames,
bands), weak (batch, classes), strong (batch, frames, classes), computed in double precision. For the baseline of 2024, the features
of a frame are its log-mel energies and an embedding, and the second array also has the classes that each clip's corpus annotates
(batch, classes). The sizes of the networks are those of the authors' configuration files.
"""
import sys
import types

import numpy
import torch
from torch import nn

from authors import load

CLIPS, BANDS, EMBEDDING = 2, 128, 768
POOLS = [(2, 2), (2, 2)] + 5 * [(1, 2)]
desed, fdy, dfd, light, folder = sys.argv[1:]


def write(name, network, features, outputs, single, annotated):
    strong, weak = (output.float() for output in outputs)
    found = {"features": features, "weak": weak, "strong": strong.transpose(1, 2)}
    if annotated is not None:
        found["annotated"] = annotated.float()
    weights = network.to(torch.float32).state_dict()
    numpy.savez(f"{folder}/{name}", **{key: value.numpy() for key, value in weights.items()})
    numpy.savez(f"{folder}/{name}_reference", **{key: value.numpy() for key, value in found.items()})
    print(name, sum(value.numel() for value in network.parameters()), "parameters")
    print("  deviation of strong outputs over frames and of weak outputs", float(strong.std(2).mean()), float(weak.std()))
    print("  largest difference in single precision", [float((a - b).abs().max()) for a, b in zip(outputs, single)])


def prepare(network, log_mel):
    """Random scales, shifts and biases; large logits of all attention; statistics of the features themselves."""
    with torch.no_grad():
        for key, value in network.named_parameters():
            if value.dim() == 1:
                is_scale = ("batchnorm" in key or ".bn." in key) and "weight" in key
                nn.init.normal_(value, 1 if is_scale else 0, 0.2)
            if "conv1d2.weight" in key:
                value.mul_(30)  # so that the softmax over the basis kernels is not uniform
            if "dense" in key or key.startswith("linear"):
                value.mul_(8)
        for module in network.modules():
            if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
                module.momentum = 1.0
            if isinstance(module, nn.Dropout):
                module.p = 0.0
        network.cnn.train()(log_mel.unsqueeze(1))
    network.eval()


def compare(name, network, frames, embeds=False):
    torch.manual_seed(2)
    log_mel = torch.randn(CLIPS, frames, BANDS).cumsum(1) / 10
    inputs = [log_mel] + ([torch.randn(CLIPS, frames, EMBEDDING)] if embeds else [])
    # As in DESED and MAESTRO: the first classes in one corpus, the others in the other one.
    annotated = torch.stack([torch.arange(27) < 10, torch.arange(27) >= 10]) if embeds else None
    prepare(network, log_mel)

    def outputs(precision):
        parts = [values.transpose(1, 2).to(precision) for values in inputs]
        return network.to(precision)(
            parts[0], **({"embeddings": parts[1], "classes_mask": annotated} if embeds else {})
        )

    with torch.no_grad():
        single = outputs(torch.float32)
        write(name, network, torch.cat(inputs, 2), outputs(torch.float64), single, annotated)


def sizes(filters):
    return {"kernel": 7 * [3], "pad": 7 * [1], "stride": 7 * [1], "n_filt": filters, "pooling": POOLS}


# The baselines augment their input in training only.
sys.modules["torchaudio"] = types.ModuleType("torchaudio")
sys.modules["torchaudio.transforms"] = sys.modules["torchaudio"].transforms = types.ModuleType("torchaudio.transforms")
sys.path.insert(0, desed)
from desed_task.nnet.CRNN import CRNN  # noqa: E402

baseline = {
    "dropout": 0.5,
    "kernel_size": 7 * [3],
    "padding": 7 * [1],
    "stride": 7 * [1],
    "nb_filters": [16, 32, 64, 128, 128, 128, 128],
    "pooling": POOLS,
}
torch.manual_seed(1)
compare("Desed2022", CRNN(nclass=10, n_RNN_cell=128, n_layers_RNN=2, **baseline), 102)
torch.manual_seed(1)
embedded = {"use_embeddings": True, "embedding_size": EMBEDDING, "embedding_type": "frame", "aggregation_type": "pool1d"}
compare("Desed2024", CRNN(nclass=27, n_RNN_cell=192, n_layers_RNN=1, **embedded, **baseline), 100, embeds=True)

nam = sizes([32, 64, 128, 256, 256, 256, 256]) | {"n_input_ch": 1, "n_class": 10, "n_RNN_cell": 256}
nam |= {"n_RNN_layer": 2, "attention": "class", "activation": "cg", "conv_dropout": 0.5, "pool_dim": "time"}
dynamic = [0] + 6 * [1]
torch.manual_seed(1)
network = load("fdy", f"{fdy}/utils/model.py").CRNN(DY_layers=dynamic, temperature=31, **nam)
compare("Nam2022", network, 102)
torch.manual_seed(1)
dilated = {"dilated_DY": [0, 1, 1, 1, 1, 1, 0], "dilation_size": [[[1, 1], [1, 2], [1, 3], [1, 3]]]}
network = load("dfd", f"{dfd}/utils/model.py").DYCRNN(DY_layers=dynamic, temperature=45, **dilated, **nam)
compare("Nam2024", network, 102)
torch.manual_seed(1)
excited = 6 * [1] + [0]
network = load("light", f"{light}/utils/model.py").CRNN(
    SE_layers=excited, se_reduction=4, attend_dim="chan",
    SE2_layers=excited, se2_reduction=4, attend_dim2="freq_timewise", **nam,
)
compare("Nam2023", network, 102)
