"""Computes outputs and gradients of exported networks in PyTorch.

usage: gradients.py FOLDER

Reads each NAME.json in the folder, with weights in NAME.npz and a batch in NAME.batch.npz: clips (batch, frames, bands) and the
coefficients of the outputs in the loss, strong (batch, frames, classes) and weak (batch, classes). Writes NAME.torch.npz in
training mode: both outputs, the gradient of the clips, and by name the gradient of each parameter and the updated running
statistics of batch normalisation.
"""
import glob
import sys

import numpy
import torch

import network

for path in sorted(glob.glob(sys.argv[1] + "/*.json")):
    name = path[: -len(".json")]
    with numpy.load(name + ".batch.npz") as batch:
        clips, strong_weights, weak_weights = (torch.tensor(batch[key]) for key in ("clips", "strong", "weak"))
    model = network.load(name, dropout=0.0).train()
    clips.requires_grad_()
    strong, weak = model(clips)
    ((strong * strong_weights).sum() + (weak * weak_weights).sum()).backward()
    found = {"strong": strong, "weak": weak, "clips": clips.grad}
    found |= {network.from_torch(key): parameter.grad for key, parameter in model.named_parameters()}
    found |= {key: buffer for key, buffer in model.named_buffers() if "running" in key}
    numpy.savez(name + ".torch.npz", **{key: tensor.detach().numpy() for key, tensor in found.items()})
print("torch", torch.__version__)
