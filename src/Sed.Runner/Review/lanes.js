// One lane per class with its scores, detections and events, and a lane of annotated times.

import { app, byId, clock, colour, make, onChange, threshold } from "./app.js";
import { highest, marks, selection, tagOf, undecided } from "./detections.js";
import { classCell, updateClass } from "./classes.js";
import { pixels, place, shade } from "./plot.js";

const lanes = byId("lanes");
const fewClasses = 12;

// Pixels of the narrowest segment with a text.
const leastText = 48;

/** The key of the lane of annotated times among the lanes. */
const annotatedLane = "\u0000annotated";

const isRelevant = (label) =>
    label === app.label ||
    marks("event").some((own) => own.label === label) ||
    tagOf(label).isReviewed ||
    highest(label) >= Math.min(threshold(label), 0.3);

const shownClasses = () => {
    if (app.classes.length <= fewClasses || app.showAll) return app.classes;
    return app.classes.filter(isRelevant);
};

const rows = new Map();

const rowOf = (label) => {
    if (rows.has(label)) return rows.get(label);
    const row = make("div", "row lane");
    const name = make("div", "name");
    const plot = make("div", "plot");
    const tools = make("div", "tools");
    row.append(name, plot, tools);
    if (label === annotatedLane) {
        row.classList.add("annotated");
        name.append(make("span", "heading", "Annotated times"));
        tools.append(make("span", "hint", "M starts and ends a span"));
    } else {
        row.dataset.label = label;
        plot.append(make("canvas"));
        classCell(label, name, tools);
    }
    plot.dataset.lane = label;
    rows.set(label, row);
    return row;
};

/** The class of a lane; empty for the lane of annotated times. */
export const labelOf = (plot) => (plot.dataset.lane === annotatedLane ? "" : plot.dataset.lane);

const drawScores = (label, plot) => {
    const canvas = plot.querySelector("canvas");
    const scores = app.view.scores;
    const k = scores ? scores.classes.indexOf(label) : -1;
    const scale = devicePixelRatio;
    const [width, height] = [plot.clientWidth * scale, plot.clientHeight * scale];
    [canvas.width, canvas.height] = [width, height];
    canvas.hidden = k < 0;
    if (k < 0) return;
    const context = canvas.getContext("2d");
    const { hop, classes, frames } = scores;
    const perSecond = width / (app.view.until - app.view.from);
    const level = (score) => height - 1 - score * (height - 2);
    context.beginPath();
    context.moveTo(0, height);
    for (let frame = 0; frame < frames.length / classes.length; frame++) {
        const y = level(frames[frame * classes.length + k]);
        context.lineTo(frame * hop * perSecond, y);
        context.lineTo((frame + 1) * hop * perSecond, y);
    }
    context.lineTo(width, height);
    context.fillStyle = colour(label);
    context.globalAlpha = 0.22;
    context.fill();
    context.globalAlpha = 0.7;
    context.setLineDash([4 * scale, 4 * scale]);
    context.strokeStyle = colour(label);
    context.lineWidth = scale;
    context.beginPath();
    context.moveTo(0, level(threshold(label)));
    context.lineTo(width, level(threshold(label)));
    context.stroke();
};

const names = { event: "event", detection: "detection", span: "annotated time" };

const describe = ({ kind, label, onset, offset, probability, reviewer }) =>
    `${label ? `${label}, ` : ""}${names[kind]} from ${clock(onset)} s to ${clock(offset)} s` +
    (kind === "detection" ? `, probability ${probability.toFixed(2)}` : "") +
    (kind === "event" ? (reviewer === undefined ? ", annotated before" : `, by ${reviewer}`) : "");

const segments = new Map();

const segmentOf = (own) => {
    let segment = segments.get(own.key);
    if (!segment) {
        segment = make("button", "segment");
        segment.type = "button";
        segment.dataset.key = own.key;
        segment.append(make("span", "edge start"), make("span", "text"), make("span", "edge end"));
        segments.set(own.key, segment);
    }
    const isSelected = own.key === app.selected;
    segment.classList.toggle("event", own.kind === "event");
    segment.classList.toggle("detection", own.kind === "detection");
    segment.classList.toggle("span", own.kind === "span");
    segment.classList.toggle("before", own.kind === "event" && own.reviewer === undefined);
    segment.classList.toggle("selected", isSelected);
    segment.setAttribute("aria-pressed", String(isSelected));
    segment.setAttribute("aria-label", describe(own));
    segment.title = describe(own);
    segment.style.setProperty("--own", own.label ? colour(own.label) : "var(--quiet)");
    const text = own.kind === "detection" ? own.probability.toFixed(2) : (own.label ?? "all classes");
    segment.querySelector(".text").textContent = (own.offset - own.onset) * pixels() < leastText ? "" : text;
    place(segment, own);
    return segment;
};

/** A mark as it is while its borders are moved. */
const previewed = (own) => (app.preview?.key === own.key ? { ...own, ...app.preview } : own);

const fill = (plot, own, extra) => {
    const kept = new Set(own.map(({ key }) => key));
    plot.querySelectorAll(".segment").forEach((segment) => kept.has(segment.dataset.key) || segment.remove());
    plot.querySelectorAll(".ghost, .known, .rejected").forEach((part) => part.remove());
    for (const one of own) {
        const segment = segmentOf(previewed(one));
        if (segment.parentElement !== plot) plot.append(segment);
    }
    for (const [className, span] of extra) {
        const part = make("div", className);
        if (span.label) part.style.setProperty("--own", colour(span.label));
        place(part, span);
        plot.append(part);
    }
    shade(plot);
};

/** The mark that is being drawn, as an element of its lane. */
const ghosts = (label, kind) => {
    const found = [];
    if (app.preview && !app.preview.key && app.preview.kind === kind && app.preview.label === label) found.push(["ghost", app.preview]);
    if (app.open?.kind === kind && (kind === "span" || app.open.label === label)) {
        const [onset, offset] = [app.open.onset, app.cursor].sort((first, second) => first - second);
        found.push(["ghost", { onset, offset, label }]);
    }
    return found;
};

/** The times at which events are known: reviewed stretches, and annotations from before. */
const known = () => [
    ...marks("done").map((own) => ["known", { onset: own.onset, offset: own.offset }]),
    ...(app.state?.annotated ?? []).filter(({ label }) => !label).map((own) => ["known before", { onset: own.onset, offset: own.offset }]),
];

const overlay = make("div", "selection");

const showSelection = () => {
    const own = selection() ?? (app.preview && !app.preview.key ? app.preview : undefined);
    if (!own || !app.view) return overlay.remove();
    const span = previewed(own);
    overlay.style.setProperty("--own", span.label ? colour(span.label) : "#ffffff");
    place(overlay, span);
    byId("picture").append(overlay);
};

export const draw = () => {
    if (!app.view || !app.state) return;
    const labels = shownClasses();
    const wanted = [...labels, annotatedLane].map(rowOf);
    if (wanted.length !== lanes.children.length || wanted.some((row, k) => lanes.children[k] !== row)) lanes.replaceChildren(...wanted);
    const [events, detections, rejected] = [marks("event"), undecided(), marks("rejection")];
    for (const label of labels) {
        const row = rowOf(label);
        const plot = row.querySelector(".plot");
        row.classList.toggle("chosen", label === app.label);
        updateClass(label, row);
        drawScores(label, plot);
        fill(
            plot,
            [...detections, ...events].filter((own) => own.label === label),
            [...rejected.filter((own) => own.label === label).map((own) => ["rejected", own]), ...ghosts(label, "event")],
        );
    }
    fill(rowOf(annotatedLane).querySelector(".plot"), marks("span"), [...known(), ...ghosts("", "span")]);
    showSelection();
    const shown = new Set([...detections, ...events, ...marks("span")].map(({ key }) => key));
    for (const key of segments.keys()) if (!shown.has(key)) segments.delete(key);
    const button = byId("all-classes");
    button.hidden = app.classes.length <= fewClasses;
    button.textContent = app.showAll ? "Show relevant classes" : `Show all ${app.classes.length} classes`;
};

/** Moves the focus to the selected mark. */
export const focusSelection = () => segments.get(app.selected)?.focus({ preventScroll: false });

onChange(draw);
