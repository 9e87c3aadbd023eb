"""Builds a network of SedDsl from PyTorch's modules, given its canonical key (JSON) and its exported weights (.npz).

Modules have the same names as in SedDsl, so weights and gradients are matched by name. Needs PyTorch and NumPy (Debian:
python3-torch and python3-numpy).
"""
import json

import numpy
import torch
from torch import nn
from torch.nn import functional

# Names of the attention weights in SedDsl and in PyTorch.
ATTENTION = [
    ("queriesKeysValues.weight", "attention.in_proj_weight"),
    ("queriesKeysValues.bias", "attention.in_proj_bias"),
    ("merge.weight", "attention.out_proj.weight"),
    ("merge.bias", "attention.out_proj.bias"),
]


def renamed(name, pairs):
    for ours, theirs in pairs:
        if name.endswith(ours):
            return name[: -len(ours)] + theirs
    return name


def to_torch(name):
    return renamed(name, ATTENTION)


def from_torch(name):
    return renamed(name, [(theirs, ours) for ours, theirs in ATTENTION])


class OnMaps(nn.Module):
    """A layer of maps, (batch, maps, frames, bands)."""

    on_vectors, has_dropout, takes_over_dropout = False, True, False


class OnVectors(nn.Module):
    """A layer of vectors, (batch, frames, width)."""

    on_vectors, has_dropout, takes_over_dropout = True, True, False


class Convolution(OnMaps):
    def __init__(self, layer, shapes):
        super().__init__()
        filters, maps, *kernel = shapes["convolution.weight"]
        padding = [(size - 1) // 2 for size in kernel]
        self.extra = [value for size in reversed(kernel) for value in (0, 1 - size % 2)]
        self.convolution = nn.Conv2d(maps, filters, kernel, padding=padding, bias=layer.get("bias", True))
        self.first = layer.get("normalisesInput", False)
        self.normalisation = nn.Identity()
        if layer.get("normalises", True):
            size = maps if self.first else filters
            self.normalisation = nn.BatchNorm2d(size, layer.get("epsilon", 1e-5), layer.get("momentum", 0.1))
        self.has_dropout = layer.get("activates", True)
        self.slope = layer.get("slope", 0.0) if self.has_dropout else 1.0

    def forward(self, maps):
        order = [self.normalisation, self.convolution] if self.first else [self.convolution, self.normalisation]
        for module in order:
            maps = module(functional.pad(maps, self.extra) if module is self.convolution else maps)
        return functional.leaky_relu(maps, self.slope)


class GatedConvolution(Convolution):
    def forward(self, maps):
        return functional.glu(self.normalisation(self.convolution(maps)), 1)


class DoubleConvolution(OnMaps):
    def __init__(self, layer, shapes):
        super().__init__()
        filters, maps = shapes["first.convolution.weight"][:2]
        self.first = Convolution(layer, {"convolution.weight": (filters, maps, 3, 3)})
        bias = layer.get("bias", True)
        self.second = nn.Conv2d(filters, filters, 3, padding=1, bias=bias)
        self.secondNormalisation = nn.BatchNorm2d(filters)
        self.shortcut = nn.Conv2d(maps, filters, 1, bias=bias) if "shortcut.weight" in shapes else nn.Identity()
        self.residual = layer["residual"]

    def forward(self, maps):
        values = self.secondNormalisation(self.second(self.first(maps)))
        return torch.relu(values + self.shortcut(maps) if self.residual else values)


class DenseBlock(OnMaps):
    def __init__(self, layer, shapes):
        super().__init__()
        found = [shapes[f"normalisations.{k}.weight"][0] for k in range(layer["convolutions"])]
        self.normalisations = nn.ModuleList(nn.BatchNorm2d(maps) for maps in found)
        self.convolutions = nn.ModuleList(nn.Conv2d(maps, layer["growth"], 3, padding=1, bias=False) for maps in found)

    def forward(self, maps):
        for normalisation, convolution in zip(self.normalisations, self.convolutions):
            maps = torch.cat([maps, convolution(torch.relu(normalisation(maps)))], 1)
        return maps


class SampleConvolution(OnMaps):
    def __init__(self, layer, shapes):
        super().__init__()
        filters, maps, kernel = shapes["convolution.weight"]
        step = layer["step"]
        self.convolution = nn.Conv1d(maps, filters, kernel, stride=step, padding=(kernel - step) // 2)
        self.normalisation = nn.BatchNorm1d(filters)
        self.extra = (kernel - step) % 2

    def forward(self, maps):
        batch, _, frames, _ = maps.shape
        samples = functional.pad(maps.flatten(2), (0, self.extra))
        values = torch.relu(self.normalisation(self.convolution(samples)))
        return values.reshape(batch, values.shape[1], frames, -1)


class Pooling(OnMaps):
    takes_over_dropout = True

    def __init__(self, layer, shapes):
        super().__init__()
        kind = nn.AvgPool2d if layer.get("statistic") == "mean" else nn.MaxPool2d
        self.pool = kind((layer.get("frames", 1), layer["bands"]))

    def forward(self, maps):
        return self.pool(maps)


class NormPooling(OnMaps):
    takes_over_dropout = True

    def __init__(self, layer, shapes):
        super().__init__()
        self.pool = nn.LPPool2d(layer["exponent"], (layer["frames"], layer["bands"]))

    def forward(self, maps):
        return self.pool(maps)


class BandNormalisation(OnMaps):
    has_dropout = False

    def __init__(self, layer, shapes):
        super().__init__()
        self.normalisation = nn.BatchNorm2d(shapes["normalisation.weight"][0])

    def forward(self, maps):
        return self.normalisation(maps.transpose(1, 3)).transpose(1, 3)


class MapNormalisation(OnMaps):
    has_dropout = False

    def __init__(self, layer, shapes):
        super().__init__()
        maps = shapes["normalisation.weight"][0]
        self.normalisation = nn.BatchNorm2d(maps, layer["epsilon"], layer.get("momentum", 0.1))

    def forward(self, maps):
        return self.normalisation(maps)


class MapGating(OnMaps):
    def __init__(self, layer, shapes):
        super().__init__()
        maps = shapes["linear.weight"][0]
        self.linear, self.is_context = nn.Linear(maps, maps), layer["gate"] == "context"

    def forward(self, maps):
        mixed = self.linear(maps.movedim(1, 3)).movedim(3, 1)
        return maps * torch.sigmoid(mixed) if self.is_context else mixed * torch.sigmoid(maps)


class FrequencyDynamicConvolution(OnMaps):
    has_dropout = False

    def __init__(self, layer, shapes):
        super().__init__()
        hidden, maps, size = shapes["squeeze.weight"]
        self.dilations, self.temperature = layer["dilations"], layer["temperature"]
        self.kernels = nn.Parameter(torch.empty(shapes["kernels"]))
        self.squeeze = nn.Conv1d(maps, hidden, size, padding=1, bias=False)
        self.normalisation = nn.BatchNorm1d(hidden)
        self.attention = nn.Conv1d(hidden, len(self.dilations), 1)

    def forward(self, maps):
        logits = self.attention(torch.relu(self.normalisation(self.squeeze(maps.mean(2)))))
        weights = torch.softmax(logits / self.temperature, 1)
        outputs = [
            functional.conv2d(maps, kernel, padding=(1, dilation), dilation=(1, dilation))
            for kernel, dilation in zip(self.kernels, self.dilations)
        ]
        return torch.einsum("bkf,kbotf->botf", weights, torch.stack(outputs))


class MobileConvolution(nn.Module):
    """On (batch, maps, bands, frames): the kernels have bands before frames."""

    def __init__(self, shapes, activation, stride=1):
        super().__init__()
        filters, maps, kernel, _ = shapes["convolution.weight"]
        groups = filters if shapes.get("depthwise") else 1
        self.convolution = nn.Conv2d(maps * groups, filters, kernel, stride, kernel // 2, groups=groups, bias=False)
        self.normalisation = nn.BatchNorm2d(filters, eps=1e-3, momentum=0.01)
        self.activation = activation

    def forward(self, maps):
        return self.activation(self.normalisation(self.convolution(maps)))


def inner(shapes, name):
    return {key[len(name) + 1 :]: shape for key, shape in shapes.items() if key.startswith(name + ".")}


class StridedConvolution(MobileConvolution):
    on_vectors, has_dropout, takes_over_dropout = False, True, False

    def __init__(self, layer, shapes):
        super().__init__(shapes, nn.Hardswish(), layer["stride"])

    def forward(self, maps):
        return super().forward(maps.transpose(2, 3)).transpose(2, 3)


class Excitation(nn.Module):
    def __init__(self, shapes, bands=False):
        super().__init__()
        squeezed, size = shapes["squeeze.weight"]
        biases = "squeeze.bias" in shapes
        self.squeeze, self.excite = nn.Linear(size, squeezed, biases), nn.Linear(squeezed, size, biases)
        self.bands = bands

    def forward(self, maps):
        means = maps.mean(1) if self.bands else maps.mean((2, 3))
        weights = torch.sigmoid(self.excite(torch.relu(self.squeeze(means))))
        return maps * (weights[:, None] if self.bands else weights[:, :, None, None])


class SqueezeExcitation(Excitation):
    on_vectors, has_dropout, takes_over_dropout = False, False, False

    def __init__(self, layer, shapes):
        super().__init__(shapes, layer["excited"] == "bands")


class InvertedResidual(OnMaps):
    def __init__(self, layer, shapes):
        super().__init__()
        activation = nn.Hardswish() if layer["activation"] == "hardSwish" else nn.ReLU()
        expansion, excitation = inner(shapes, "expansion"), inner(shapes, "excitation")
        self.expansion = MobileConvolution(expansion, activation) if expansion else nn.Identity()
        depthwise = inner(shapes, "depthwise") | {"depthwise": True}
        self.depthwise = MobileConvolution(depthwise, activation, layer["stride"])
        self.excitation = Excitation(excitation) if excitation else nn.Identity()
        self.projection = MobileConvolution(inner(shapes, "projection"), nn.Identity())

    def forward(self, maps):
        maps = maps.transpose(2, 3)
        values = self.projection(self.excitation(self.depthwise(self.expansion(maps))))
        return (maps + values if values.shape == maps.shape else values).transpose(2, 3)


class FramePooling(OnVectors):
    def __init__(self, layer, shapes):
        super().__init__()
        self.window, self.statistic = layer.get("window"), layer["statistic"]

    def forward(self, vectors):
        values = vectors.transpose(1, 2)
        if self.window is None:
            mean, maximum = values.mean(2, keepdim=True), values.max(2, keepdim=True)[0]
        else:
            size = self.window, 1, self.window // 2
            mean, maximum = functional.avg_pool1d(values, *size), functional.max_pool1d(values, *size)
        pooled = {"mean": mean, "maximum": maximum, "maximumPlusMean": maximum + mean}[self.statistic]
        return pooled.transpose(1, 2)


class Drop(nn.Dropout):
    on_vectors, has_dropout, takes_over_dropout = None, False, False

    def __init__(self, layer, shapes):
        super().__init__(layer["rate"])


class Context(OnVectors):
    has_dropout = False

    def __init__(self, layer, shapes):
        super().__init__()
        self.reach = layer["frames"] // 2

    def forward(self, vectors):
        padded = functional.pad(vectors.transpose(1, 2), (self.reach, self.reach), mode="replicate").transpose(1, 2)
        frames = vectors.shape[1]
        return torch.cat([padded[:, k : k + frames] for k in range(2 * self.reach + 1)], 2)


class Dense(OnVectors):
    def __init__(self, layer, shapes):
        super().__init__()
        units, width = shapes["dense.weight"]
        self.dense = nn.Linear(width, units)
        self.activation = {"relu": nn.ReLU(), "hardSwish": nn.Hardswish()}.get(layer["activation"], nn.Identity())

    def forward(self, vectors):
        return self.activation(self.dense(vectors))


class BidirectionalGru(OnVectors):
    def __init__(self, layer, shapes):
        super().__init__()
        units, width = layer["units"], shapes["recurrent.weight_ih_l0"][1]
        self.recurrent = nn.GRU(width, units, batch_first=True, bidirectional=True)
        self.multiplies = layer.get("merge", "concatenate") == "multiply"

    def forward(self, vectors):
        both = self.recurrent(vectors)[0]
        if not self.multiplies:
            return both
        forward, backward = both.chunk(2, 2)
        return forward * backward


class KerasDirection(nn.Module):
    """One direction of a GRU in Keras' convention. The gates are ordered update, reset, candidate."""

    def __init__(self, shapes, candidate, backward=False):
        super().__init__()
        self.kernel, self.recurrent = (nn.Parameter(torch.empty(shapes[name])) for name in ("kernel", "recurrent"))
        self.bias = nn.Parameter(torch.empty(shapes["bias"]))
        self.candidate = {"tanh": torch.tanh, "sigmoid": torch.sigmoid, "linear": lambda values: values}[candidate]
        self.backward = backward

    def forward(self, vectors):
        batch, frames, _ = vectors.shape
        recurrent, state = self.recurrent.chunk(3, 1), torch.zeros(batch, self.recurrent.shape[0])
        states = []
        for inputs in (vectors.flip(1) if self.backward else vectors).unbind(1):
            update, reset, candidate = (inputs @ self.kernel + self.bias).chunk(3, 1)
            update = torch.clamp(0.2 * (update + state @ recurrent[0]) + 0.5, 0, 1)
            reset = torch.clamp(0.2 * (reset + state @ recurrent[1]) + 0.5, 0, 1)
            state = update * state + (1 - update) * self.candidate(candidate + (reset * state) @ recurrent[2])
            states.append(state)
        found = torch.stack(states, 1)
        return found.flip(1) if self.backward else found


class KerasGru(OnVectors):
    def __init__(self, layer, shapes):
        super().__init__()
        self.merge, candidate = layer.get("merge"), layer["candidate"]
        self.forwards = KerasDirection(inner(shapes, "forwards"), candidate)
        if self.merge:
            self.backwards = KerasDirection(inner(shapes, "backwards"), candidate, True)

    def forward(self, vectors):
        states = self.forwards(vectors)
        if not self.merge:
            return states
        others = self.backwards(vectors)
        return states * others if self.merge == "multiply" else torch.cat([states, others], 2)


class GatedKerasGru(OnVectors):
    def __init__(self, layer, shapes):
        super().__init__()
        self.values, self.gates = (
            KerasGru({"merge": "concatenate", "candidate": candidate}, inner(shapes, name))
            for name, candidate in (("values", "linear"), ("gates", "sigmoid"))
        )

    def forward(self, vectors):
        return self.values(vectors) * self.gates(vectors)


class PlainAttention(OnVectors):
    def __init__(self, layer, shapes):
        super().__init__()
        width = shapes["merge.weight"][0]
        # Dropout is not compared, because its random numbers differ.
        self.attention = nn.MultiheadAttention(width, layer["heads"], batch_first=True)

    def forward(self, vectors):
        return torch.relu(self.attention(vectors, vectors, vectors, need_weights=False)[0])


class SelfAttention(OnVectors):
    def __init__(self, layer, shapes):
        super().__init__()
        width = shapes["first.weight"][0]
        self.register_buffer("positions", torch.zeros(shapes["positions"]))
        self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = nn.MultiheadAttention(width, layer["heads"], batch_first=True)
        self.widen, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, vectors):
        placed = vectors + self.positions
        normed = self.first(placed)
        attended = placed + self.attention(normed, normed, normed, need_weights=False)[0]
        return attended + self.narrow(torch.relu(self.widen(self.second(attended))))


class HalfStep(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.normalisation = nn.LayerNorm(width)
        self.widen, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, vectors):
        return vectors + self.narrow(functional.silu(self.widen(self.normalisation(vectors)))) / 2


class FrameConvolution(nn.Module):
    def __init__(self, width, kernel):
        super().__init__()
        self.normalisation = nn.LayerNorm(width)
        self.gates, self.output = nn.Linear(width, 2 * width), nn.Linear(width, width)
        self.convolution = nn.Conv1d(width, width, kernel, padding=kernel // 2, groups=width)
        self.batchNormalisation = nn.BatchNorm1d(width)

    def forward(self, vectors):
        gated = functional.glu(self.gates(self.normalisation(vectors)), 2).transpose(1, 2)
        swept = functional.silu(self.batchNormalisation(self.convolution(gated)))
        return vectors + self.output(swept.transpose(1, 2))


class Conformer(OnVectors):
    def __init__(self, layer, shapes):
        super().__init__()
        width = shapes["last.weight"][0]
        self.register_buffer("positions", torch.zeros(shapes["positions"]))
        self.before, self.after = HalfStep(width), HalfStep(width)
        self.attentionNormalisation, self.last = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = nn.MultiheadAttention(width, layer["heads"], batch_first=True)
        self.convolution = FrameConvolution(width, layer["kernel"])

    def forward(self, vectors):
        values = self.before(vectors)
        seen = self.attentionNormalisation(values) + self.positions
        values = values + self.attention(seen, seen, seen, need_weights=False)[0]
        return self.last(self.after(self.convolution(values)))


class LayerNormalisation(nn.LayerNorm):
    on_vectors, has_dropout, takes_over_dropout = True, False, False

    def __init__(self, layer, shapes):
        super().__init__(shapes["weight"][0])


class Upsampling(OnVectors):
    has_dropout = False

    def __init__(self, layer, shapes):
        super().__init__()
        self.factor, self.linear = layer["factor"], layer["interpolation"] == "linear"

    def forward(self, vectors):
        if not self.linear:
            return vectors.repeat_interleave(self.factor, 1)
        upsample = nn.Upsample(scale_factor=float(self.factor), mode="linear", align_corners=False)
        return upsample(vectors.transpose(1, 2)).transpose(1, 2)


class FrameMask(OnVectors):
    """Masks frames in training. Only masks shorter than one frame, which mask nothing, are compared."""

    has_dropout = False

    def __init__(self, layer, shapes):
        super().__init__()
        assert layer["frames"] == 1

    def forward(self, vectors):
        return vectors


class Fuse(OnVectors):
    """Concatenates the other feature sources, whose frames are averaged over the output frames of the layers before."""

    has_dropout = False

    def __init__(self, layer, shapes):
        super().__init__()
        self.first, self.others = layer["first"], layer["others"]

    def forward(self, vectors, sources):
        others = torch.cat([sources[name] for name in self.others], 2)
        count, stride = vectors.shape[1], others.shape[1] // vectors.shape[1]
        if stride > 1:
            others = others[:, : count * stride].unflatten(1, (count, stride)).mean(2)
        elif count > others.shape[1]:
            others = others.repeat_interleave(count // others.shape[1], 1)
        return torch.cat([vectors, others], 2)


LAYERS = {
    layer.__name__[0].lower() + layer.__name__[1:]: layer
    for layer in (
        Convolution, GatedConvolution, DoubleConvolution, DenseBlock, SampleConvolution, Pooling, Context, Dense,
        BidirectionalGru, KerasGru, GatedKerasGru, PlainAttention, SelfAttention, Conformer, LayerNormalisation,
        Upsampling, NormPooling, BandNormalisation, MapNormalisation, StridedConvolution, InvertedResidual,
        FramePooling, Drop, Fuse, MapGating, FrequencyDynamicConvolution, SqueezeExcitation, FrameMask,
    )
} | {"bandPooling": Pooling}


class Weak(nn.Module):
    """Computes the weak output from the hidden vectors and the strong output."""

    def __init__(self, kind, hidden, frames, classes):
        super().__init__()
        self.kind = kind
        if kind == "denseOverFrames":
            self.dense = nn.Linear(frames * classes, classes)
        elif kind in ("attention", "classAttention", "flooredClassAttention", "maskedClassAttention", "limitedAttention"):
            self.linear = nn.Linear(hidden, classes, bias=kind != "attention")
        elif kind == "strongClassAttention":
            self.linear = nn.Linear(classes, classes)

    def forward(self, hidden, strong):
        if self.kind == "denseOverFrames":
            return torch.sigmoid(self.dense(strong.flatten(1)))
        if self.kind == "max":
            return strong.amax(1)
        if self.kind == "attention":
            return (strong * torch.softmax(self.linear(hidden), 1)).sum(1)
        if self.kind == "strongClassAttention":
            weights = torch.softmax(self.linear(strong), 2)
            return (strong * weights).sum(1) / weights.clamp(min=1e-7).sum(1)
        weights = {
            "mean": lambda: torch.ones_like(strong),
            "linearSoftmax": lambda: strong,
            "exponentialSoftmax": lambda: strong.exp(),
            "classAttention": lambda: torch.softmax(self.linear(hidden), 2),
            "flooredClassAttention": lambda: torch.softmax(self.linear(hidden), 2).clamp(min=1e-7),
            # Without a mask of classes
            "maskedClassAttention": lambda: torch.softmax(self.linear(hidden), 2).clamp(min=1e-7),
            "limitedAttention": lambda: self.linear(hidden).clamp(-10, 10).exp() + 1e-6,
        }[self.kind]()
        return (strong * weights).sum(1) / weights.sum(1)


class Network(nn.Module):
    """Maps (batch, frames, bands) to the strong output, (batch, frames, classes), and the weak output, (batch, classes)."""

    def __init__(self, description, weights, dropout=None):
        super().__init__()
        rate = description["dropout"] if dropout is None else dropout
        self.dropout = nn.Dropout(rate)
        self.parts = description.get("parts", [])
        self.layers = nn.ModuleDict()
        for number, layer in enumerate(description["layers"], 1):
            start = f"layers.{number}-"
            keys = [key for key in weights if key.startswith(start)]
            name = keys[0].split(".")[1] if keys else f"{number}-"
            shapes = {key.split(".", 2)[2]: weights[key].shape for key in keys}
            self.layers[name] = LAYERS[layer["kind"]](layer, shapes)
        classes, hidden = weights["strong.weight"].shape
        self.strong = nn.Linear(hidden, classes)
        outputs = weights["weak.dense.weight"].shape[1] // classes if "weak.dense.weight" in weights else 0
        output = description.get("strong", {})
        self.interpolation, self.floor = output.get("interpolation"), output.get("floor", 0.0)
        self.pools_interpolated = output.get("poolsInterpolated", False)
        self.weak = Weak(description["weak"]["kind"], hidden, outputs, classes)
        self.load_state_dict({to_torch(name): torch.as_tensor(array) for name, array in weights.items()})

    def forward(self, clips):
        values, layers = clips, list(self.layers.values())
        parts = clips.split([part["bands"] for part in self.parts], 2) if self.parts else ()
        sources = {part["name"]: values for part, values in zip(self.parts, parts)}
        for fusion in layers:
            if isinstance(fusion, Fuse):
                values = sources[fusion.first]
        for layer, following in zip(layers, layers[1:] + [None]):
            if layer.on_vectors and values.dim() == 4:
                values = values.transpose(1, 2).flatten(2)
            if layer.on_vectors is False and values.dim() == 3:
                values = values.unsqueeze(1)
            values = layer(values, sources) if isinstance(layer, Fuse) else layer(values)
            if layer.has_dropout and not (following is not None and following.takes_over_dropout):
                values = self.dropout(values)
        hidden = values.transpose(1, 2).flatten(2) if values.dim() == 4 else values
        probabilities = torch.sigmoid(self.strong(hidden)).clamp(min=self.floor)
        strong = self.interpolated(probabilities, clips.shape[1])
        weak = self.weak(hidden, strong if self.pools_interpolated else probabilities)
        return strong, weak.clamp(min=self.floor)

    def interpolated(self, probabilities, frames):
        if self.interpolation == "linear":
            upsampled = functional.interpolate(probabilities.transpose(1, 2), frames, mode="linear")
            return upsampled.transpose(1, 2)
        if self.interpolation == "repetition":
            repeated = probabilities.repeat_interleave(frames // probabilities.shape[1], 1)
            rest = frames - repeated.shape[1]
            return torch.cat([repeated, probabilities[:, -1:].expand(-1, rest, -1)], 1)
        return probabilities


def load(path, dropout=None):
    """Loads a network from PATH.json and PATH.npz. `dropout` overrides the network's dropout rate unless it is None."""
    with open(path + ".json") as description, numpy.load(path + ".npz") as weights:
        return Network(json.load(description), dict(weights), dropout)
