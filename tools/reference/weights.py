"""Converts the weights that PyTorch saved to an .npz archive with the same names.

usage: weights.py WEIGHTS.pth OUTPUT.npz
"""
import sys

import numpy
import torch

state = torch.load(sys.argv[1], map_location="cpu")
state = state.get("model", state)
numpy.savez(sys.argv[2], **{name: tensor.detach().numpy() for name, tensor in state.items()})
