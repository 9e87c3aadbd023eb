// The decisions of the reviewer.

import { app, changed, clock, item, notify } from "./app.js";
import { decide, newKey, stateOf } from "./api.js";
import { isInStretch, marks, selectable, selection, tagOf, undecided } from "./detections.js";

const shortest = 0.005;

const receive = (index) => (outcome, error) => {
    app.preview = null;
    if (error) {
        notify(`The change was not saved. ${error.message}`, true);
        changed();
        return;
    }
    for (const done of app.items) if (done.recording === app.items[outcome.item].recording) done.isDone = false;
    for (const done of outcome.state.done) app.items[done].isDone = true;
    app.classes = outcome.state.classes;
    if (outcome.item === app.current) app.state = outcome.state;
    if (outcome.message) notify(outcome.message, outcome.status !== 200 || outcome.result === "outdated");
    else if (index === outcome.item) notify("");
    changed();
};

const apply = (operations, after = () => {}) => {
    const index = app.current;
    return decide(index, { operations }, (outcome, error) => {
        receive(index)(outcome, error);
        if (outcome?.status === 200) after(outcome);
    });
};

const set = (key, mark) => ({ key, mark });

const rounded = (seconds) => Number(seconds.toFixed(4));

const originOf = ({ onset, offset, label, probability }) => ({ onset, offset, label, probability });

/** The mark of an event, detection or span, with other properties. */
const markOf = (own, change = {}) => {
    const { kind, onset, offset, label, origin } = own;
    return kind === "detection"
        ? { kind: "event", onset, offset, label, origin: originOf(own), ...change }
        : { kind, onset, offset, label, origin, ...change };
};

/** The key under which a changed event is stored. Detections get a new one. */
const keyOf = (own) => (own.kind === "detection" ? newKey() : own.key);

const change = (own, properties) => {
    const key = keyOf(own);
    app.selected = key;
    return apply([set(key, markOf(own, properties))]);
};

/** Selects the next event or detection in a direction. */
export const selectNext = (direction) => {
    const all = selectable();
    if (all.length === 0) return notify("This stretch has no events or detections.");
    const at = all.findIndex(({ key }) => key === app.selected);
    const next = at >= 0 ? at + direction : direction > 0 ? 0 : all.length - 1;
    select(all[(next + all.length) % all.length].key);
};

/** Selects an event, detection or span. */
export const select = (key) => {
    if (app.selected === key) return;
    app.selected = key;
    const own = selection();
    if (own?.label) app.label = own.label;
    changed();
};

/** Selects the detection that follows a decided one. */
const selectAfter = (own) => {
    const rest = undecided().filter(isInStretch);
    app.selected = (rest.find(({ onset }) => onset >= own.onset) ?? rest[0])?.key ?? "";
};

/** The selected detection or, without a selection, the first undecided one. */
const target = () => selection() ?? undecided().find(isInStretch);

export const accept = () => {
    const own = target();
    if (!own) return notify("There is no detection to accept.");
    // An event that was annotated before becomes one of this review.
    const isOpen = own.kind === "detection" || (own.kind === "event" && own.reviewer === undefined);
    if (!isOpen) return notify("The selection is already accepted.");
    return apply([set(keyOf(own), markOf(own))], () => {
        selectAfter(own);
        changed();
    });
};

export const reject = () => {
    const own = target();
    if (!own) return notify("There is nothing to reject.");
    const { key, kind, origin } = own;
    const rejected = kind === "detection" ? own : origin;
    const rejection = rejected && { kind: "rejection", onset: rejected.onset, offset: rejected.offset, label: rejected.label };
    return apply([set(kind === "detection" ? newKey() : key, rejection ?? null)], () => {
        selectAfter(own);
        changed();
    });
};

const decideAll = (mark, nothing) => {
    const all = undecided().filter(isInStretch);
    if (all.length === 0) return notify(nothing);
    app.selected = "";
    return apply(all.map((own) => set(newKey(), mark(own))));
};

export const acceptAll = () => decideAll((own) => markOf(own), "There is no detection to accept.");

export const rejectAll = () =>
    decideAll(
        ({ onset, offset, label }) => ({ kind: "rejection", onset, offset, label }),
        "There is no detection to reject.",
    );

/** Limits a span to the view, with the start before the end. */
export const within = (onset, offset) => {
    const { from, until } = app.view;
    const first = Math.min(Math.max(Math.min(onset, offset), from), until - shortest);
    const last = Math.max(Math.min(Math.max(onset, offset), until), first + shortest);
    return { onset: rounded(first), offset: rounded(last) };
};

/** Moves the borders of an event, detection or span. */
export const move = (own, onset, offset) => {
    const { from, until } = app.view;
    // Borders outside of the view stay where they are.
    const first = own.onset < from && onset <= from ? own.onset : Math.max(onset, 0);
    const last = own.offset > until && offset >= until ? own.offset : Math.min(offset, item().seconds);
    if (last - first < shortest) return notify("The end must be after the start.");
    if (Math.abs(first - own.onset) < 1e-6 && Math.abs(last - own.offset) < 1e-6) return changed();
    return change(own, { onset: rounded(first), offset: rounded(last) });
};

/** Moves a border of the selection by some seconds. */
export const nudge = (border, seconds) => {
    const own = selection();
    if (!own) return notify("Select an event first, with J, K or a click.");
    return border === "start" ? move(own, own.onset + seconds, own.offset) : move(own, own.onset, own.offset + seconds);
};

/** Moves a border of the selection to the cursor. */
export const moveToCursor = (border) => {
    const own = selection();
    if (!own) return notify("Select an event first, with J, K or a click.");
    return border === "start" ? move(own, app.cursor, own.offset) : move(own, own.onset, app.cursor);
};

/** Draws an event, or an annotated span of one class or of all classes. */
export const draw = (kind, label, onset, offset) => {
    if (kind === "event" && !label) return notify("Choose a class first.");
    const key = newKey();
    app.selected = key;
    return apply([set(key, { kind, label: label || undefined, ...within(onset, offset) })]);
};

/** Starts a mark at the cursor or, if one was started, ends it there. */
export const startOrEnd = (kind, label) => {
    if (!app.open) {
        if (kind === "event" && !label) return notify("Choose a class first.");
        app.open = { kind, label, onset: app.cursor };
        notify(`${kind === "event" ? label : "Annotated time"} starts at ${clock(app.cursor)} s. Press the key again at its end, or Escape.`);
        return changed();
    }
    const { kind: opened, label: own, onset } = app.open;
    app.open = null;
    if (Math.abs(app.cursor - onset) < shortest) {
        notify("The end must differ from the start.");
        return changed();
    }
    notify("");
    return draw(opened, own, onset, app.cursor);
};

/** Gives the selection a class, and chooses the class for new events. */
export const choose = (label) => {
    const own = selection();
    app.label = label;
    if (own && own.kind !== "span" && own.label !== label && app.mode === "events") return change(own, { label });
    changed();
};

/** States the presence of a class in the recording: present, absent or unknown; an empty presence removes the statement. */
export const tag = (label, presence) =>
    apply([set(`tag:${label}`, presence ? { kind: "tag", label, presence } : null)]);

/** States the next presence in the order present, absent, unknown, nothing. */
export const nextTag = (label) => {
    const order = ["", "present", "absent", "unknown"];
    const { presence, isReviewed } = tagOf(label);
    return tag(label, order[(order.indexOf(isReviewed ? presence : "") + 1) % order.length]);
};

export const undo = () => {
    const index = app.current;
    app.open = null;
    return decide(index, { isUndo: true }, (outcome, error) => {
        receive(index)(outcome, error);
        if (outcome?.status === 200 && outcome.item !== app.current) app.go(outcome.item);
    });
};

let confirmed = "";

/** The marks that end the review of a stretch, or of the tags of its recording. */
const endOf = ({ onset, offset }) => {
    if (app.mode === "events") return [set(`done:${onset}-${offset}`, { kind: "done", onset, offset })];
    const events = new Set(marks("event").map(({ label }) => label));
    const missing = app.classes.filter((label) => !tagOf(label).presence);
    return [
        ...missing.map((label) => set(`tag:${label}`, { kind: "tag", label, presence: events.has(label) ? "present" : "absent" })),
        set("tagged", { kind: "tagged" }),
    ];
};

/** Marks the stretch as done and goes on to the next one that is not. */
export const finish = (isLeaving = true) => {
    const index = app.current;
    const open = app.mode === "events" ? undecided().filter(isInStretch) : [];
    const signature = `${index} ${open.map(({ key }) => key).join()}`;
    if (open.length > 0 && confirmed !== signature) {
        confirmed = signature;
        const count = open.length === 1 ? "1 detection is" : `${open.length} detections are`;
        return notify(
            `${count} undecided. Shift+A accepts all, Shift+X rejects all. Enter again marks the stretch as done without them.`,
            true,
        );
    }
    return apply(endOf(item()), () => {
        if (isLeaving && app.current === index) app.goToOpen();
    });
};

/** Marks the stretch as not done. */
export const reopen = () => {
    const { onset, offset } = item();
    const own = (app.state?.marks ?? []).filter(
        ({ mark }) => mark.kind === "tagged" || (mark.kind === "done" && mark.onset === onset && mark.offset === offset),
    );
    if (own.length > 0) return apply(own.map(({ key }) => set(key, null)));
};

/** Requests the labels again, because another tab may have changed them. */
export const refresh = async () => {
    const index = app.current;
    const state = await stateOf(index);
    if (index !== app.current || state.version === app.state?.version) return;
    app.state = state;
    app.classes = state.classes;
    changed();
};
