"""Times training steps of a network in PyTorch, with the default or a given number of threads.

usage: train_speed.py NETWORK BATCH.npz STEPS [THREADS]

NETWORK.json describes the network, NETWORK.npz has its weights. BATCH.npz holds features (batch, frames, bands) and labels
(batch, classes). Prints the loss of the first step without dropout, then the wall time and the CPU time of each step in
seconds.
"""
import sys
import time

import numpy
import torch
from torch.nn.functional import binary_cross_entropy

import network as described

network_path, batch_path, steps = sys.argv[1], sys.argv[2], int(sys.argv[3])
if len(sys.argv) > 4:
    torch.set_num_threads(int(sys.argv[4]))
with numpy.load(batch_path) as batch:
    features, labels = torch.tensor(batch["features"]), torch.tensor(batch["labels"])


def loss_of(model):
    strong, weak = model(features)
    repeated = labels.unsqueeze(1).expand_as(strong)
    return binary_cross_entropy(strong, repeated) + binary_cross_entropy(weak, labels)


with torch.no_grad():
    print("loss", float(loss_of(described.load(network_path, dropout=0.0).train())), flush=True)
network = described.load(network_path).train()
optimizer = torch.optim.Adam(network.parameters())
for _ in range(steps):
    start, start_processor = time.perf_counter(), time.process_time()
    optimizer.zero_grad()
    loss_of(network).backward()
    optimizer.step()
    print("step", time.perf_counter() - start, time.process_time() - start_processor, flush=True)
print("torch", torch.__version__, torch.get_num_threads(), "threads", flush=True)
