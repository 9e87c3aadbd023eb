// Starts the page and shows stretches.

import { app, byId, changed, clock, notify, onChange, rounded } from "./app.js";
import * as actions from "./actions.js";
import { start, stateOf, viewOf, whenSaved } from "./api.js";
import * as classes from "./classes.js";
import { isInStretch, selection, undecided } from "./detections.js";
import * as items from "./items.js";
import * as keys from "./keys.js";
import { draw } from "./lanes.js";
import * as player from "./player.js";
import * as pointer from "./pointer.js";

app.redraw = draw;

const nextOpen = () => {
    const { items: all, current } = app;
    for (let k = 1; k <= all.length; k++) {
        const at = (current + k) % all.length;
        if (!all[at].isDone) return at;
    }
    return -1;
};

/** Shows a stretch, and loads the next one. */
app.go = async (index) => {
    if (index < 0) return notify("This is the first stretch.");
    if (index >= app.items.length) return notify("This is the last stretch.");
    player.pause();
    Object.assign(app, { current: index, view: null, state: null, selected: "", open: null, preview: null });
    sessionStorage.setItem("stretch", String(index));
    byId("loading").textContent = "Loading";
    byId("layout").classList.remove("list-open");
    byId("list-button").setAttribute("aria-expanded", "false");
    changed();
    try {
        const [view, state] = await Promise.all([viewOf(index), stateOf(index)]);
        if (app.current !== index) return;
        Object.assign(app, { view, state, cursor: app.items[index].onset, classes: state.classes });
        if (!app.classes.includes(app.label)) app.label = app.classes[0] ?? "";
        if (view.problem) notify(view.problem, true);
        changed();
        const next = nextOpen();
        if (next >= 0 && next !== index) viewOf(next).catch(() => {});
    } catch (error) {
        if (app.current !== index) return;
        byId("loading").textContent = `The stretch cannot be shown. ${error.message}`;
    }
};

/** Shows the next stretch that is not done. */
app.goToOpen = () => {
    const next = nextOpen();
    if (next < 0) return notify("All stretches are done.");
    return app.go(next);
};

app.setMode = (mode) => {
    app.mode = mode;
    sessionStorage.setItem("mode", mode);
    changed();
};

const buttons = {
    previous: () => app.go(app.current - 1),
    next: () => app.go(app.current + 1),
    play: player.toggle,
    accept: actions.accept,
    reject: actions.reject,
    "accept-all": actions.acceptAll,
    new: () => actions.startOrEnd("event", app.label),
    undo: actions.undo,
    done: () => (app.items[app.current].isDone ? actions.reopen() : actions.finish()),
    "mode-events": () => app.setMode("events"),
    "mode-tags": () => app.setMode("tags"),
};

const needsView = ["play", "accept", "reject", "accept-all", "new", "done"];

const describeSelection = () => {
    const own = selection();
    if (!own) return app.label ? `Chosen class: ${app.label}` : "";
    const kinds = { event: "event", detection: `detection, probability ${own.probability?.toFixed(2)}`, span: "annotated time" };
    return `${own.label ?? "All classes"}\n${kinds[own.kind]}\n${clock(own.onset)}–${clock(own.offset)} s`;
};

onChange(() => {
    const own = app.items[app.current];
    if (!own) return;
    const isReady = app.view !== null && app.state !== null;
    document.title = `${app.items.filter(({ isDone }) => isDone).length} of ${app.items.length}: Review of ${app.folder}`;
    byId("recording").textContent = own.recording;
    const parts = [`${clock(own.onset, own.onset % 1 ? 1 : 0)}–${clock(own.offset, own.offset % 1 ? 1 : 0)} s of ${clock(own.seconds, 1)} s`];
    for (const [name, value] of own.details) parts.push(`${name}: ${rounded(value)}`);
    if (own.isDone) parts.push("done");
    byId("place").textContent = parts.join(" · ");
    for (const name of needsView) byId(name).disabled = !isReady;
    byId("undo").disabled = !app.state?.canUndo;
    byId("previous").disabled = app.current === 0;
    byId("next").disabled = app.current === app.items.length - 1;
    const isTags = app.mode === "tags";
    byId("mode-events").setAttribute("aria-pressed", String(!isTags));
    byId("mode-tags").setAttribute("aria-pressed", String(isTags));
    byId("layout").classList.toggle("tags-only", isTags);
    byId("done").textContent = own.isDone ? "Reopen" : "Done, next";
    byId("new").textContent = app.open ? "End here" : "New event";
    const open = isReady ? undecided().filter(isInStretch).length : 0;
    byId("accept-all").textContent = open > 0 ? `Accept all (${open})` : "Accept all";
    byId("editor").textContent = describeSelection();
    byId("nudge").hidden = selection() === undefined;
});

const begin = async () => {
    // The address without the token, which a cookie holds from now on.
    history.replaceState(null, "", "/");
    const started = await start();
    app.folder = started.folder;
    app.model = started.model;
    app.classes = started.classes;
    app.items = started.items;
    app.thresholds = new Map(Object.entries(started.thresholds));
    for (const [label, value] of JSON.parse(sessionStorage.getItem("thresholds") ?? "[]")) app.thresholds.set(label, value);
    app.mode = sessionStorage.getItem("mode") ?? (started.tags ? "tags" : "events");
    byId("folder").textContent = [started.folder, started.model && `model ${started.model}`, `reviewer ${started.reviewer}`]
        .filter(Boolean)
        .join(" · ");
    for (const part of [classes, items, keys, player, pointer]) part.prepare();
    for (const [name, act] of Object.entries(buttons)) byId(name).addEventListener("click", () => whenSaved(act));
    for (const button of byId("nudge").querySelectorAll("button"))
        button.addEventListener("click", () => whenSaved(() => actions.nudge(button.dataset.border, Number(button.dataset.seconds))));
    addEventListener("resize", changed);
    addEventListener("focus", () => app.state && actions.refresh().catch(() => {}));
    const before = Number(sessionStorage.getItem("stretch") ?? -1);
    const first = app.items.findIndex(({ isDone }) => !isDone);
    await app.go(before >= 0 && before < app.items.length ? before : Math.max(first, 0));
};

begin().catch((error) => {
    byId("loading").textContent = `The review cannot be shown. ${error.message}`;
});
