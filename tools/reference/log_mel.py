"""Writes log-mel energies of torchaudio and a standardised clip of DESED_task's TorchScaler, as expected results for tests.

usage: log_mel.py FOLDER

Needs the package torchaudio. FOLDER receives torchaudio-rows.tsv (definition, frame, then one value in decibels for each band) and
clip-rows.tsv (frame, then the standardised value of each band), both of one second of noise whose level falls.
"""
import pathlib
import sys

import torch
from torchaudio.transforms import AmplitudeToDB, MelSpectrogram

FRAMES = (0, 1, 17, 30, 49, 61)


def noise(rate):
    """16-bit noise of a linear congruential generator. Each fifth of a second is 18 dB quieter than the one before; the last is silent."""
    state, samples = 12345, []
    for index in range(rate):
        state = (1664525 * state + 1013904223) % 2**32
        fifth = 5 * index // rate
        samples.append(((state >> 16) - 32768) >> (1 + 3 * fifth) if fifth < 4 else 0)
    return torch.tensor(samples, dtype=torch.float32) / 32768


def desed(samples):
    # As in recipes/dcase2024_task4_baseline/local/sed_trainer_pretrained.py.
    mel = MelSpectrogram(
        16000, n_fft=2048, win_length=2048, hop_length=256, f_min=0, f_max=8000, n_mels=128,
        window_fn=torch.hamming_window, wkwargs={"periodic": False}, power=1,
    )
    decibels = AmplitudeToDB(stype="amplitude")
    decibels.amin = 1e-5
    return decibels(mel(samples)).clamp(min=-50, max=80)


def power(rate, **settings):
    return lambda samples: AmplitudeToDB(stype="power")(MelSpectrogram(rate, power=2, **settings)(samples))


DEFINITIONS = {
    "desed": (16000, desed),
    "8000 Hz": (8000, power(8000, n_fft=512, win_length=256, hop_length=128, f_max=4000, n_mels=40)),
    "16000 Hz": (16000, power(
        16000, n_fft=1024, win_length=640, hop_length=256, f_min=50, n_mels=64, mel_scale="slaney", norm="slaney")),
    "48000 Hz": (48000, power(48000, n_fft=2048, win_length=1920, hop_length=768, n_mels=64)),
}


def row(first, values):
    return "\t".join([*map(str, first), *(f"{value:.7g}" for value in values.tolist())]) + "\n"


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "torchaudio-rows.tsv", "w") as output:
        for name, (rate, extract) in DEFINITIONS.items():
            bands = extract(noise(rate))
            for frame in FRAMES:
                output.write(row((name, frame), bands[:, frame]))
    # Without the frame centred on the end of the clip; as TorchScaler("instance", "standard", dims=(1, 2)).
    clip = desed(noise(16000))[:, :-1]
    scaled = (clip - clip.mean()) / (clip.std() + 1e-8)
    with open(folder / "clip-rows.tsv", "w") as output:
        for frame in FRAMES:
            output.write(row((frame,), scaled[:, frame]))
