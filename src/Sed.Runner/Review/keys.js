// The keyboard. The overlay of keys is made from the same table.

import { app, byId, changed, item, make, notify, threshold } from "./app.js";
import * as actions from "./actions.js";
import { whenSaved } from "./api.js";
import { setThreshold } from "./classes.js";
import { focusSelection } from "./lanes.js";
import { selection } from "./detections.js";
import { isPlaying, playSelection, seek, toggle } from "./player.js";

const [step, fineStep] = [0.05, 0.01];

const nudge = (border, direction) => (event) => actions.nudge(border, direction * (event.shiftKey ? fineStep : step));

const selectNext = (direction) => () => {
    actions.selectNext(direction);
    focusSelection();
    if (!isPlaying() && selection()) seek(selection().onset);
};

/** The digit of a key, also on keyboards on which digits need Shift; NaN for other keys. */
const digitOf = (event) => Number(/^Digit(\d)$/.exec(event.code)?.[1] ?? (/^\d$/.test(event.key) ? event.key : NaN));

const byNumber = (event) => {
    const label = app.classes[(digitOf(event) + 9) % 10];
    if (!label) return;
    if (app.mode === "events") return actions.choose(label);
    app.label = label;
    return actions.nextTag(label);
};

const withLabel = (act) => () => (app.label ? act(app.label) : notify("Choose a class first."));

// Group, keys as shown, description, test of the event, action.
const table = [
    ["Playback", "Space", "play or pause", (event) => event.key === " " && !event.shiftKey, toggle],
    ["Playback", "Shift+Space", "play the selected event, or the stretch", (event) => event.key === " " && event.shiftKey, playSelection],
    ["Playback", "← →", "move the cursor by 0.1 s", "ArrowLeft", () => seek(app.cursor - 0.1)],
    ["", "", "", "ArrowRight", () => seek(app.cursor + 0.1)],
    ["Playback", "Shift+← →", "move the cursor by 1 s", "Shift+ArrowLeft", () => seek(app.cursor - 1)],
    ["", "", "", "Shift+ArrowRight", () => seek(app.cursor + 1)],
    ["Playback", "Home, End", "move the cursor to the start or end of the stretch", "Home", () => seek(item().onset)],
    ["", "", "", "End", () => seek(item().offset)],
    ["Playback", "L", "loop on or off", "l", () => byId("loop").click()],
    ["Stretches", "↑ ↓", "previous or next stretch", "ArrowUp", () => app.go(app.current - 1)],
    ["", "", "", "ArrowDown", () => app.go(app.current + 1)],
    ["Stretches", "Enter", "mark as done and go to the next stretch that is not done", "Enter", () => actions.finish()],
    ["Stretches", "Shift+Enter", "mark as done, or as not done, without leaving", "Shift+Enter", () => (item().isDone ? actions.reopen() : actions.finish(false))],
    ["Stretches", "T", "label events, or tags of whole recordings", "t", () => app.setMode(app.mode === "events" ? "tags" : "events")],
    ["Detections", "J, K", "select the next or previous event or detection", "j", selectNext(1)],
    ["", "", "", "k", selectNext(-1)],
    ["Detections", "A", "accept the selected or next detection, or confirm an event annotated before", "a", actions.accept],
    ["Detections", "X, Delete", "reject the detection, or remove the event", "x", actions.reject],
    ["", "", "", "Delete", actions.reject],
    ["Detections", "Shift+A, Shift+X", "accept or reject all shown detections", "Shift+a", actions.acceptAll],
    ["", "", "", "Shift+x", actions.rejectAll],
    ["Detections", "− +", "lower or raise the threshold of the chosen class", (event) => event.key === "-", withLabel((label) => setThreshold(label, threshold(label) - 0.05))],
    ["", "", "", (event) => event.key === "+" || event.key === "=", withLabel((label) => setThreshold(label, threshold(label) + 0.05))],
    ["Events", "1 … 9, 0", "choose a class, also for the selected event; for tags: set its presence", (event) => !Number.isNaN(digitOf(event)), byNumber],
    ["Events", "C", "find or add a class", "c", () => byId("class-name").focus()],
    ["Events", "N", "start, then end, a new event of the chosen class at the cursor", "n", () => actions.startOrEnd("event", app.label)],
    ["Events", "S, E", "move the start or end of the selection to the cursor", "s", () => actions.moveToCursor("start")],
    ["", "", "", "e", () => actions.moveToCursor("end")],
    ["Events", "Q, W", "move the start by 0.05 s; with Shift by 0.01 s", (event) => event.key.toLowerCase() === "q", nudge("start", -1)],
    ["", "", "", (event) => event.key.toLowerCase() === "w", nudge("start", 1)],
    ["Events", "O, P", "move the end by 0.05 s; with Shift by 0.01 s", (event) => event.key.toLowerCase() === "o", nudge("end", -1)],
    ["", "", "", (event) => event.key.toLowerCase() === "p", nudge("end", 1)],
    ["Recording", "V", "chosen class: present, absent, unknown or not stated", "v", withLabel(actions.nextTag)],
    ["Recording", "M", "start, then end, a time in which the events of all classes are annotated", "m", () => actions.startOrEnd("span", "")],
    ["Recording", "Shift+M", "the same for the chosen class only", "Shift+m", withLabel((label) => actions.startOrEnd("span", label))],
    ["General", "U, Ctrl+Z", "undo the last decision of this tab", "u", actions.undo],
    ["General", "Escape", "end the selection, or cancel a new event", "Escape", () => escape()],
    ["General", "?, H", "show these keys", (event) => event.key === "?", () => showHelp()],
    ["", "", "", "h", () => showHelp()],
];

const escape = () => {
    [app.open, app.preview, app.selected] = [null, null, ""];
    notify("");
    document.activeElement?.blur();
    changed();
};

const matches = (test, event) => {
    if (typeof test === "function") return test(event);
    const [shift, key] = test.startsWith("Shift+") ? [true, test.slice(6)] : [false, test];
    return event.shiftKey === shift && event.key.toLowerCase() === key.toLowerCase();
};

/** Whether the focused element handles a key itself. */
const isTakenBy = (element, event) => {
    if (element.matches("input[type=text]")) return true;
    if (element.matches("select, input[type=range]")) return event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End";
    if (element.matches("input[type=checkbox]")) return event.key === " ";
    return element.matches("button:not(.segment), summary, a") && (event.key === " " || event.key === "Enter");
};

const showHelp = () => {
    const help = byId("help");
    if (!help.open) help.showModal();
};

const buildHelp = () => {
    const help = byId("help");
    const title = make("h2", "", "Keys");
    title.id = "help-title";
    const close = make("button", "close", "Close");
    close.type = "button";
    close.addEventListener("click", () => help.close());
    const groups = make("div", "groups");
    for (const name of [...new Set(table.map(([group]) => group).filter(Boolean))]) {
        const group = make("section");
        const list = make("dl");
        for (const [own, keys, text] of table)
            if (own === name) {
                const term = make("dt");
                term.append(...keys.split(", ").map((key) => make("kbd", "", key)));
                list.append(term, make("dd", "", text));
            }
        group.append(make("h3", "", name), list);
        groups.append(group);
    }
    const mouse = make(
        "p",
        "",
        "Mouse: a click in the spectrogram or in a lane moves the cursor, and dragging draws an event. Click a segment to select it, drag its ends to move them, and double-click it to move the cursor to its start.",
    );
    const head = make("div", "head");
    head.append(title, close);
    help.replaceChildren(head, groups, mouse);
    help.addEventListener("click", (event) => event.target === help && help.close());
};

export const prepare = () => {
    buildHelp();
    byId("help-button").addEventListener("click", showHelp);
    addEventListener("keydown", (event) => {
        const { target } = event;
        if (byId("help").open) {
            if (event.key === "?" || event.key === "h") byId("help").close();
            return;
        }
        if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !event.shiftKey) {
            event.preventDefault();
            whenSaved(actions.undo);
            return;
        }
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.key === "Escape" || !(target instanceof Element && isTakenBy(target, event))) {
            const found = table.find(([, , , test]) => matches(test, event));
            if (!found || (!app.view && !["ArrowUp", "ArrowDown", "?", "h"].includes(event.key))) return;
            event.preventDefault();
            whenSaved(() => found[4](event));
        }
    });
    // Space and Enter belong to the review after a click on a button.
    addEventListener("click", (event) => {
        if (event.detail > 0 && event.target instanceof Element) event.target.closest("button:not(.segment)")?.blur();
    });
};
