"""Times tagging and detection of WAV clips in PyTorch: reading, log-mel features, network and thresholding.

usage: predict_speed.py NETWORK MEL.npz CLIPS.txt ROUNDS

NETWORK.json describes the network, NETWORK.npz has its weights; MEL.npz holds filters (bands, bins); CLIPS.txt lists
16-bit mono WAV files of equal length, one per line. Uses PyTorch's default settings, batches of 16 clips and the features
of DCASE 2017 in single precision. Prints the wall time and the CPU time of each round in seconds.
"""
import sys
import time
import wave

import numpy
import torch

import network as described

with numpy.load(sys.argv[2]) as mel:
    filters = torch.tensor(mel["filters"])
network = described.load(sys.argv[1]).eval()
window = torch.hamming_window(1764)
with open(sys.argv[3]) as clips:
    paths = clips.read().split("\n")[:-1]


def read(path):
    with wave.open(path) as sound:
        samples = numpy.frombuffer(sound.readframes(sound.getnframes()), "<i2")
    return torch.from_numpy(samples.astype(numpy.float32) / 32768)


def predict(batch):
    sounds = torch.stack([read(path) for path in batch])
    spectrum = torch.stft(sounds, 2048, 882, 1764, window, center=True, return_complex=True).abs()
    features = torch.log(filters @ spectrum + 2.0**-52).transpose(1, 2)[:, :500]
    strong, _ = network((features + 1).contiguous())
    return (strong >= 0.5).any(1).sum()


def predict_all(paths):
    return sum(int(predict(paths[at : at + 16])) for at in range(0, len(paths), 16))


with torch.no_grad():
    predict_all(paths[:32])
    for _ in range(int(sys.argv[4])):
        start, start_processor = time.perf_counter(), time.process_time()
        predict_all(paths)
        print(time.perf_counter() - start, time.process_time() - start_processor, flush=True)
