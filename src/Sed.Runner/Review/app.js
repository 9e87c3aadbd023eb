// The state that the modules of the page share, and its changes.

/** What the page shows. `view` is the sound, spectrogram and scores of the stretch; `state` is its labels. */
export const app = {
    folder: "",
    model: "",
    classes: [],
    items: [],
    current: -1,
    view: null,
    state: null,
    thresholds: new Map(),
    mode: "events",
    label: "", // the chosen class
    selected: "", // key of the selected mark or detection
    open: null, // a mark that is being drawn by keys: { kind, label, onset }
    preview: null, // a mark that is being dragged: { key, kind, label, onset, offset }
    cursor: 0,
    showAll: false,
};

const listeners = [];

/** Calls a function after every change. */
export const onChange = (listener) => listeners.push(listener);

/** Redraws everything that depends on the state. */
export const changed = () => listeners.forEach((listener) => listener());

export const item = () => app.items[app.current];

/** The element with an id. */
export const byId = (id) => document.getElementById(id);

/** A new element with a class and a text. */
export const make = (name, className = "", text = "") => {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text) element.textContent = text;
    return element;
};

/** Seconds as text: 3.25 or 1:03.25. */
export const clock = (seconds, digits = 2) => {
    const whole = Math.max(seconds, 0);
    if (whole < 60) return whole.toFixed(digits);
    const minutes = Math.floor(whole / 60);
    const rest = (whole - 60 * minutes).toFixed(digits).padStart(digits > 0 ? 3 + digits : 2, "0");
    return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${rest}`;
};

/** A decimal number in a text with three significant digits; other texts are unchanged. */
export const rounded = (text) => {
    const number = Number(text);
    return text.includes(".") && Number.isFinite(number) ? String(Number(number.toPrecision(3))) : text;
};

// White text is legible on each of these colours.
const palette = ["#0072b2", "#b84f00", "#007a5a", "#b0407f", "#8a6500", "#00798c", "#8c564b", "#7f3fbf", "#5f7d00", "#c21e56"];

/** The colour of a class. */
export const colour = (label) => palette[Math.max(app.classes.indexOf(label), 0) % palette.length];

export const threshold = (label) => app.thresholds.get(label) ?? 0.5;

let timer = 0;

/** Shows a message below the toolbar; an empty one removes it. */
export const notify = (text, isWarning = false) => {
    const notice = byId("notice");
    clearTimeout(timer);
    notice.hidden = !text;
    notice.textContent = text;
    notice.classList.toggle("warning", isWarning);
    if (text && !isWarning) timer = setTimeout(() => notify(""), 5000);
};
