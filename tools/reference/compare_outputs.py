"""Compares the outputs of an exported network in SedDsl and in PyTorch.

usage: compare_outputs.py NETWORK OUTPUTS.npz

NETWORK.json describes the network, NETWORK.npz has its weights. OUTPUTS.npz holds clips
(batch, frames, bands) and SedDsl's strong and weak outputs for them. Fails if a value differs by more than 1e-5.
"""
import sys

import numpy
import torch

import network

with numpy.load(sys.argv[2]) as outputs:
    clips, expected = torch.tensor(outputs["clips"]), [torch.tensor(outputs[name]) for name in ("strong", "weak")]
with torch.no_grad():
    found = network.load(sys.argv[1]).eval()(clips)
differences = [float((a - b).abs().max()) for a, b in zip(found, expected)]
print(f"largest difference: strong {differences[0]:.1e}, weak {differences[1]:.1e}")
sys.exit(0 if max(differences) <= 1e-5 else 1)
