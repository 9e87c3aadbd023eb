"""Writes random frame scores and the metrics that sed_scores_eval computes from them, as expected results for tests.

usage: score_metrics.py FOLDER

Needs scikit-learn and the package sed_scores_eval (fgnt/sed_scores_eval at c7a3b71) with NumPy 1.24. Newer versions of
NumPy can sort equal values in another order, which changes the areas under ROC curves of sed_scores_eval slightly.

FOLDER receives reference.tsv, durations.tsv, scores.tsv (ten files of random scores with four classes, one of which is
rare) and expected.tsv (name, value). sed_scores_eval has neither the frame error nor the area under the ROC curve of
frames: the frame error is computed with NumPy only, and the area with scikit-learn.
"""
import pathlib
import random
import sys

import numpy
import pandas
from sed_scores_eval import collar_based, intersection_based, segment_based
from sklearn.metrics import roc_auc_score

LABELS = ["alarm", "bus", "car", "dog"]
HOP = 0.2
SHORT = 0.13  # of the last file, so that frames and segments do not begin together
FRAME = 0.01
MEDIANS = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0]
SCENARIOS = {
    1: dict(dtc_threshold=0.7, gtc_threshold=0.7, cttc_threshold=None, alpha_ct=0.0),
    2: dict(dtc_threshold=0.1, gtc_threshold=0.1, cttc_threshold=0.3, alpha_ct=0.5),
    3: dict(dtc_threshold=0.6, gtc_threshold=0.6, cttc_threshold=0.3, alpha_ct=0.5, max_efpr=400.0),
}


def made_files():
    """Scores that follow the events with noise; three decimals, so that values repeat."""
    draw = random.Random(5)
    events, scores, durations = {}, {}, {}
    for index in range(10):
        name = f"file{index}.wav"
        hop = SHORT if index == 9 else HOP
        frames = draw.randint(30, 50)
        durations[name] = round(frames * hop, 3)
        events[name] = []
        table = {"onset": [round(k * hop, 3) for k in range(frames)], "offset": [round((k + 1) * hop, 3) for k in range(frames)]}
        for label in LABELS:
            own, time = [], draw.uniform(0, 3)
            while time < durations[name] - 0.5 and not (label == "dog" and index % 4):
                end = min(durations[name], time + draw.choice([0.3, 0.8, 2.0, 4.0]) * draw.uniform(0.5, 1.5))
                own.append((round(time, 3), round(end, 3)))
                time = end + draw.uniform(0.2, 6)
            events[name] += [(onset, offset, label) for onset, offset in own]
            level, row = 0.0, []
            for onset, offset in zip(table["onset"], table["offset"]):
                active = any(begin < offset and end > onset for begin, end in own)
                level = 0.5 * level + 0.5 * (0.75 if active else 0.2)
                row.append(round(min(1, max(0, level + draw.gauss(0, 0.17))), 3))
            table[label] = row
        scores[name] = pandas.DataFrame(table)
    return events, scores, durations


def frame_error(events, scores, durations):
    wrong = total = 0
    for name, table in scores.items():
        borders = numpy.append(table["onset"].to_numpy(), table["offset"].to_numpy()[-1])
        values = table[LABELS].to_numpy()
        centres = numpy.arange(round(durations[name] / FRAME + 1)) * FRAME + FRAME / 2
        centres = centres[centres < durations[name] - 1e-9]
        rows = numpy.clip(numpy.searchsorted(borders, centres + 1e-9, side="right") - 1, 0, len(values) - 1)
        both = numpy.concatenate([values, 1 - values.max(1, keepdims=True)], axis=1)
        chosen = both.argmax(1)[rows]
        # The score of "no event" equals that of a class only at 0.5; "no event" is then the estimate.
        chosen[values.max(1)[rows] == 0.5] = len(LABELS)
        active = numpy.zeros((len(centres), len(LABELS) + 1), bool)
        for onset, offset, label in events[name]:
            active[(centres >= onset - 1e-9) & (centres < offset - 1e-9), LABELS.index(label)] = True
        active[:, -1] = ~active.any(1)
        wrong += (~active[numpy.arange(len(centres)), chosen]).sum()
        total += len(centres)
    return wrong / total


def frame_areas(events, scores):
    """Area under the ROC curve of each class; a frame is positive if an event covers its centre."""
    for label in LABELS:
        positive, values = [], []
        for name, table in scores.items():
            own = [(onset, offset) for onset, offset, other in events[name] if other == label]
            # Times have three decimals, so centres in units of half a millisecond are exact.
            centres = [round(1000 * onset) + round(1000 * offset) for onset, offset in zip(table["onset"], table["offset"])]
            positive += [any(round(2000 * a) <= centre < round(2000 * b) for a, b in own) for centre in centres]
            values += list(table[label])
        yield label, roc_auc_score(positive, values)


def metrics(events, scores, durations):
    segments = dict(scores=scores, ground_truth=events, audio_durations=durations, segment_length=1.0)
    f, p, r, *_ = segment_based.fscore(**segments, threshold=0.5)
    yield "strongF", f["micro_average"]
    yield "strongMacroF", f["macro_average"]
    f, *_ = collar_based.fscore(
        scores, events, threshold=0.5, onset_collar=0.2, offset_collar=0.2, offset_collar_rate=0.5
    )
    yield "eventF", f["micro_average"]
    yield "eventMacroF", f["macro_average"]
    f, *_ = collar_based.fscore(
        scores, events, threshold=0.5, onset_collar=0.2, offset_collar=0.2, offset_collar_rate=0.2
    )
    yield "eventMacroF20", f["macro_average"]
    f, *_ = intersection_based.fscore(scores, events, threshold=0.5, dtc_threshold=0.5, gtc_threshold=0.5)
    yield "intersectionF", f["micro_average"]
    yield "intersectionMacroF", f["macro_average"]
    f, *_ = segment_based.best_fscore(**segments)
    yield "bestStrongF", f["micro_average"]
    yield "bestStrongMacroF", f["macro_average"]
    areas, _ = segment_based.auroc(**segments, max_fpr=0.1)
    yield "mpAUC", areas["mean"]
    for label in LABELS:
        yield f"mpAUC {label}", areas[label]
    areas = dict(frame_areas(events, scores))
    yield "frameAuc", sum(areas.values()) / len(areas)
    for label in LABELS:
        yield f"frameAuc {label}", areas[label]
    yield "frameError", frame_error(events, scores, durations)
    for number, scenario in SCENARIOS.items():
        given = dict(scores=scores, ground_truth=events, audio_durations=durations, alpha_st=1.0, **scenario)
        psds, by_class, *_ = intersection_based.psds(**given)
        yield f"psds{number}", psds
        for label in LABELS:
            yield f"psds{number} {label}", by_class[label]
        psds, by_class, *_ = intersection_based.median_filter_independent_psds(
            **given, median_filter_lengths_in_sec=MEDIANS
        )
        yield f"piPsds{number}", psds
        for label in LABELS:
            yield f"piPsds{number} {label}", by_class[label]


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    events, scores, durations = made_files()
    rows = [f"{name}\t{onset:g}\t{offset:g}\t{label}" for name in events for onset, offset, label in sorted(events[name])]
    (folder / "reference.tsv").write_text("\n".join(rows) + "\n")
    (folder / "durations.tsv").write_text("".join(f"{name}\t{seconds:g}\n" for name, seconds in durations.items()))
    tables = [table.assign(filename=name)[["filename", "onset", "offset", *LABELS]] for name, table in scores.items()]
    pandas.concat(tables).to_csv(folder / "scores.tsv", sep="\t", index=False, float_format="%g", lineterminator="\n")
    values = metrics(events, scores, durations)
    (folder / "expected.tsv").write_text("".join(f"{name}\t{float(value)!r}\n" for name, value in values))
