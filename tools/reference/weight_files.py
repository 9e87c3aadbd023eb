"""Writes the files of weights that tests/Sed.Core.Tests/Networks/Weights reads, and their values as PyTorch reads them.

python3 tools/reference/weight_files.py tests/Sed.Core.Tests/Networks/Weights/Golden
"""

import collections
import json
import os
import struct
import sys

import torch


def tensors():
    """One tensor of each kind: element types, views that share a storage, parameters, buffers."""
    torch.manual_seed(1)
    base = torch.randn(6, 4)
    state = collections.OrderedDict()
    state["conv.weight"] = torch.randn(3, 2, 3, 3)
    state["conv.bias"] = torch.nn.Parameter(torch.randn(3))
    state["norm.num_batches_tracked"] = torch.tensor(17)
    state["transposed"] = base.t()
    state["columns"] = base[:, 1:3]
    state["every second row"] = base[1::2]
    state["permuted"] = torch.randn(2, 3, 4).permute(2, 0, 1)
    state["double"] = torch.randn(3, dtype=torch.float64)
    state["half"] = torch.tensor([1.5, -2.25, 65504.0, 6e-8]).half()
    state["bfloat16"] = torch.tensor([1.0, -3.140625, 1e30]).bfloat16()
    state["int32"] = torch.tensor([[1, -2], [3, 2**31 - 1]], dtype=torch.int32)
    state["int16"] = torch.tensor([-32768, 5], dtype=torch.int16)
    state["int8"] = torch.tensor([-128, 127], dtype=torch.int8)
    state["uint8"] = torch.tensor([0, 255], dtype=torch.uint8)
    state["bool"] = torch.tensor([True, False, True])
    state["empty"] = torch.zeros(0, 4)
    return state


def module():
    torch.manual_seed(2)
    return torch.nn.Sequential(
        collections.OrderedDict(
            conv=torch.nn.Conv2d(1, 2, 3), norm=torch.nn.BatchNorm2d(2), out=torch.nn.Linear(2, 3)
        )
    )


def checkpoint():
    """What training scripts save: a state dict of DataParallel between an optimizer and plain values."""
    model = module()
    optimizer = torch.optim.Adam(model.parameters())
    return {
        "epoch": 3,
        "best": [0.5, None, True, (1, 2**40, -(2**70))],
        "state_dict": collections.OrderedDict(("module." + k, v) for k, v in model.state_dict().items()),
        "optimizer": optimizer.state_dict(),
        "note": "caf\u00e9",
    }


def safetensors(path, state):
    types = {
        torch.float64: "F64",
        torch.float32: "F32",
        torch.float16: "F16",
        torch.bfloat16: "BF16",
        torch.int64: "I64",
        torch.int32: "I32",
        torch.int16: "I16",
        torch.int8: "I8",
        torch.uint8: "U8",
        torch.bool: "BOOL",
    }
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, tensor in state.items():
        values = tensor.detach().contiguous()
        raw = values.view(torch.int16) if values.dtype == torch.bfloat16 else values
        part = raw.numpy().tobytes()
        header[name] = {
            "dtype": types[values.dtype],
            "shape": list(values.shape),
            "data_offsets": [len(data), len(data) + len(part)],
        }
        data += part
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


class Code:
    def __reduce__(self):
        return os.system, ("echo executed > executed.txt",)


def values(state):
    return {
        name: {"shape": list(tensor.shape), "values": tensor.detach().double().flatten().tolist()}
        for name, tensor in state.items()
    }


folder = sys.argv[1]


def at(name):
    return os.path.join(folder, name)


torch.save(tensors(), at("zip.pt"))
torch.save(tensors(), at("protocol4.pt"), pickle_protocol=4)
torch.save(tensors(), at("legacy.pth"), _use_new_zipfile_serialization=False)
safetensors(at("small.safetensors"), tensors())
torch.save(checkpoint(), at("checkpoint.pt"))
torch.save({"state_dict": module().state_dict(), "hook": Code()}, at("code.pt"))
torch.save({"state_dict": module().state_dict(), "hook": Code()}, at("code.pth"), _use_new_zipfile_serialization=False)
torch.save(module(), at("whole-module.pt"))
torch.serialization.location_tag = lambda storage: "cuda:0"
torch.save(tensors(), at("cuda.pth"), _use_new_zipfile_serialization=False)
expected = {"tensors": values(tensors()), "module": values(module().state_dict())}
with open(at("expected.json"), "w") as file:
    json.dump(expected, file, indent=1)
    file.write("\n")
