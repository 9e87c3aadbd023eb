// The detections of a stretch: the scores of the model at the thresholds of the page.

import { app, item, threshold } from "./app.js";

const ofFrames = (scores, k, limit) => {
    const { hop, classes, frames } = scores;
    const count = frames.length / classes.length;
    const found = [];
    for (let frame = 0; frame < count; frame++) {
        if (!(frames[frame * classes.length + k] >= limit)) continue;
        const onset = frame;
        let sum = 0;
        for (; frame < count && frames[frame * classes.length + k] >= limit; frame++) sum += frames[frame * classes.length + k];
        found.push([onset * hop, frame * hop, sum / (frame - onset)]);
    }
    return found;
};

/** The detections of a class, including those that were accepted or rejected. */
export const detectionsOf = (label) => {
    const { scores, from, until } = app.view;
    const k = scores ? scores.classes.indexOf(label) : -1;
    if (k < 0) return [];
    const limit = threshold(label);
    const boxes = scores.boxes[k];
    const found = boxes ? boxes.filter(([, , confidence]) => confidence >= limit) : ofFrames(scores, k, limit);
    return found
        .map(([onset, offset, probability]) => ({
            kind: "detection",
            label,
            onset: Number((from + onset).toFixed(4)),
            offset: Number(Math.min(from + offset, until).toFixed(4)),
            probability,
        }))
        .filter(({ onset, offset }) => offset > onset)
        .map((detection) => ({ ...detection, key: `detection:${label}:${detection.onset}` }));
};

/** Whether two spans share at least half of the shorter one. */
const overlap = (first, second) => {
    const shared = Math.min(first.offset, second.offset) - Math.max(first.onset, second.onset);
    return shared > 0 && shared >= 0.5 * Math.min(first.offset - first.onset, second.offset - second.onset);
};

const decides = ({ mark }, detection) =>
    (["event", "rejection"].includes(mark.kind) && mark.label === detection.label && overlap(mark, detection)) ||
    (mark.origin?.label === detection.label && overlap(mark.origin, detection));

/** The detections that have been neither accepted nor rejected, in order. */
export const undecided = () => {
    if (!app.view || !app.state) return [];
    return app.classes
        .flatMap(detectionsOf)
        .filter((detection) => !app.state.marks.some((own) => decides(own, detection)))
        .sort((first, second) => first.onset - second.onset || first.offset - second.offset);
};

/** Whether a span overlaps the stretch, not only its margins. */
export const isInStretch = ({ onset, offset }) => onset < item().offset - 1e-6 && offset > item().onset + 1e-6;

/** The highest score of a class in the view; 0 without scores. */
export const highest = (label) => {
    const scores = app.view?.scores;
    const k = scores ? scores.classes.indexOf(label) : -1;
    if (k < 0) return 0;
    let most = scores.tags[k];
    for (let at = k; at < scores.frames.length; at += scores.classes.length) most = Math.max(most, scores.frames[at]);
    return most;
};

/** The marks of a kind, with their keys. */
export const marks = (kind) =>
    (app.state?.marks ?? []).filter(({ mark }) => mark.kind === kind).map(({ key, mark, reviewer }) => ({ key, reviewer, ...mark }));

/** Everything that can be selected, in order of time. */
export const selectable = () =>
    [...marks("event"), ...undecided(), ...marks("span")].sort((first, second) => first.onset - second.onset || first.offset - second.offset);

/** The selected event, detection or span; undefined if nothing is selected. */
export const selection = () => selectable().find(({ key }) => key === app.selected);

/** The presence of a class, and whether the review states it. */
export const tagOf = (label) => {
    const own = marks("tag").find((tag) => tag.label === label);
    return own ? { presence: own.presence, isReviewed: own.reviewer !== undefined } : { presence: "", isReviewed: false };
};
