"""Writes the boxes that the published cSEBBs (Ebbers et al. 2024) find, as expected results for tests.

usage: csebbs.py FOLDER [SCORES GROUND_TRUTH DURATIONS]

Needs the packages sebbs (merlresearch/sebbs) and sed_scores_eval. SCORES is a folder of score lists, GROUND_TRUTH and
DURATIONS are lists of their clips, all in the format of sed_scores_eval; without them, clips of random scores are made.

FOLDER receives scores/, boxes.tsv (for each setting, clip and class "onset offset confidence", separated by semicolons) and, for
given clips, ground_truth.tsv, durations.tsv and metrics.tsv (PSDS1 and the macro-averaged collar-based F1 at the best thresholds).
The settings are the 18 that the authors tune over and 31 more; a merge threshold that is not used is "inf".
"""
import pathlib
import random
import shutil
import sys

import pandas
from sebbs import csebbs
from sebbs.utils import sed_scores_from_sebbs
from sed_scores_eval import collar_based, intersection_based, io

UNUSED = float("inf")
AUTHORS = [(0.15, UNUSED), (0.2, UNUSED), (0.3, UNUSED), (UNUSED, 1.5), (UNUSED, 2.0), (UNUSED, 3.0)]
OTHERS = [(0.05, UNUSED), (0.5, UNUSED), (UNUSED, 1.2), (UNUSED, 5.0), (0.3, 2.0)]
SETTINGS = [(seconds, *merging) for seconds in (0.32, 0.48, 0.64) for merging in AUTHORS]
SETTINGS += [(seconds, *merging) for seconds in (0.2, 0.4, 0.5, 1.0, 1.37, 2.0) for merging in OTHERS]
SETTINGS.append((0.48, 0.0, 1.0))  # merges nothing


def made_clips(hop=0.064, frames=40):
    """Two clips of two classes whose scores move at random between plateaus."""
    draw = random.Random(1)
    for clip in ("a", "b"):
        table = {"onset": [k * hop for k in range(frames)], "offset": [(k + 1) * hop for k in range(frames)]}
        for label in ("Car", "Bus"):
            level, row = 0.0, []
            for _ in range(frames):
                if draw.random() < 0.15:
                    level = draw.random()
                row.append(round(min(1, max(0, level + draw.uniform(-0.2, 0.2))), 4))
            table[label] = row
        yield clip, pandas.DataFrame(table).round(6)


def write(path, header, rows):
    lines = ["\t".join(header), *("\t".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n")


def metrics(predictor, boxes, truth, durations):
    over_time = sed_scores_from_sebbs(boxes, predictor.sound_classes, audio_duration=durations)
    psds = intersection_based.psds(
        scores=over_time, ground_truth=truth, audio_durations=durations, dtc_threshold=0.7, gtc_threshold=0.7,
        cttc_threshold=None, alpha_ct=0.0, alpha_st=1.0, unit_of_time="hour", max_efpr=100.0,
    )[0]  # fmt: skip
    f = collar_based.best_fscore(
        scores=over_time, ground_truth=truth, onset_collar=0.2, offset_collar=0.2, offset_collar_rate=0.2
    )[0]
    return psds, f["macro_average"]


def main(folder, scores=None, ground_truth=None, durations=None):
    folder = pathlib.Path(folder)
    (folder / "scores").mkdir(parents=True, exist_ok=True)
    if scores is None:
        for clip, table in made_clips():
            table.to_csv(folder / "scores" / f"{clip}.tsv", sep="\t", index=False)
    else:
        for path in pathlib.Path(scores).glob("*.tsv"):
            shutil.copy(path, folder / "scores" / path.name)
    clips = {clip: table for clip, table in io.read_sed_scores(folder / "scores").items()}
    clips = {clip: clips[clip] for clip in sorted(clips)}
    rows, results = [], []
    if scores is not None:
        truth = {clip: events for clip, events in io.read_ground_truth_events(ground_truth).items() if clip in clips}
        seconds = {clip: io.read_audio_durations(durations)[clip] for clip in clips}
        write(folder / "durations.tsv", ("filename", "duration"), ((f"{c}.wav", s) for c, s in seconds.items()))
        events = [(f"{clip}.wav", *event) for clip in clips for event in truth.get(clip, [])]
        write(folder / "ground_truth.tsv", ("filename", "onset", "offset", "event_label"), events)
    for setting in SETTINGS:
        predictor = csebbs.CSEBBsPredictor(*setting)
        boxes = predictor.predict(clips)
        for clip in clips:
            for label in predictor.sound_classes:
                own = [box for box in boxes[clip] if box[2] == label]
                text = ";".join(f"{onset:.10g} {offset:.10g} {mean:.7g}" for onset, offset, _, mean in own)
                rows.append((*setting, clip, label, text))
        if scores is not None:
            results.append((*setting, *metrics(predictor, boxes, truth, seconds)))
    names = ("filter", "absolute", "relative")
    write(folder / "boxes.tsv", (*names, "clip", "class", "boxes"), rows)
    if results:
        write(folder / "metrics.tsv", (*names, "psds1", "collar_f1"), results)


main(*sys.argv[1:])
