"""Times training steps of a network in PyTorch on a device.

usage: gpu_speed.py NETWORK cuda|cpu float32|tf32|bfloat16 BATCH STEPS

NETWORK.json describes the network, NETWORK.npz has its weights. Prints the throughput in
clips per second, for random clips that are already on the device.
"""
import sys
import time

import torch
from torch.nn.functional import binary_cross_entropy

import network as described

path, device, precision, batch, steps = *sys.argv[1:4], int(sys.argv[4]), int(sys.argv[5])
torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = precision == "tf32"
network = described.load(path).train().to(device)
optimizer = torch.optim.Adam(network.parameters())
clips = torch.randn(batch, 500, 40, device=device)
labels = (torch.rand(batch, 17, device=device) < 0.1).float()


def step():
    optimizer.zero_grad()
    with torch.autocast(device, torch.bfloat16, enabled=precision == "bfloat16"):
        strong, weak = network(clips)
    loss = binary_cross_entropy(
        strong.float(), labels.unsqueeze(1).expand_as(strong)
    ) + binary_cross_entropy(weak.float(), labels)
    loss.backward()
    optimizer.step()


def finish():
    if device == "cuda":
        torch.cuda.synchronize()


for _ in range(3):
    step()
finish()
start = time.perf_counter()
for _ in range(steps):
    step()
finish()
print(batch * steps / (time.perf_counter() - start))
