// The controls of a class: its name and key, its presence in the recording and its threshold.

import { app, byId, changed, colour, make, notify, onChange, threshold } from "./app.js";
import { choose, tag } from "./actions.js";
import { highest, tagOf } from "./detections.js";

const presences = [
    ["present", "+", "present in the recording"],
    ["absent", "−", "absent from the recording"],
    ["unknown", "?", "unknown in the recording"],
];

const tagButtons = (label) => {
    const group = make("div", "tags");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", `Presence of ${label}`);
    for (const [presence, sign, meaning] of presences) {
        const button = make("button", presence, sign);
        button.type = "button";
        button.dataset.presence = presence;
        button.title = `${label}: ${meaning}`;
        button.setAttribute("aria-label", `${label}: ${meaning}`);
        button.addEventListener("click", () => {
            const own = tagOf(label);
            tag(label, own.isReviewed && own.presence === presence ? "" : presence);
        });
        group.append(button);
    }
    return group;
};

const slider = (label) => {
    const box = make("label", "threshold");
    const range = make("input");
    [range.type, range.min, range.max, range.step] = ["range", "0.01", "0.99", "0.01"];
    range.setAttribute("aria-label", `Threshold of ${label}`);
    range.addEventListener("input", () => setThreshold(label, Number(range.value)));
    box.append(range, make("output"));
    return box;
};

/** Sets the threshold of a class for the detections that the page shows. */
export const setThreshold = (label, value) => {
    app.thresholds.set(label, Number(Math.min(Math.max(value, 0.01), 0.99).toFixed(2)));
    sessionStorage.setItem("thresholds", JSON.stringify([...app.thresholds]));
    changed();
};

/** Adds the controls of a class to its lane. */
export const classCell = (label, name, tools) => {
    const button = make("button", "class");
    button.type = "button";
    const swatch = make("span", "swatch");
    swatch.style.background = colour(label);
    button.append(make("kbd"), swatch, make("span", "label", label));
    button.addEventListener("click", () => choose(label));
    name.append(button);
    tools.append(tagButtons(label), make("span", "probability"), slider(label));
};

/** Shows the state of a class in its lane. */
export const updateClass = (label, row) => {
    const button = row.querySelector(".class");
    const index = app.classes.indexOf(label);
    button.querySelector("kbd").textContent = index < 10 ? String((index + 1) % 10) : "";
    button.setAttribute("aria-pressed", String(label === app.label));
    button.title = `Choose ${label} for new events`;
    const { presence, isReviewed } = tagOf(label);
    for (const one of row.querySelectorAll(".tags button")) {
        const isOwn = one.dataset.presence === presence;
        one.setAttribute("aria-pressed", String(isOwn && isReviewed));
        one.classList.toggle("before", isOwn && !isReviewed);
    }
    const range = row.querySelector("input[type=range]");
    const k = app.view.scores?.classes.indexOf(label) ?? -1;
    const hasScores = k >= 0;
    const probability = row.querySelector(".probability");
    probability.textContent = hasScores ? `p = ${app.view.scores.tags[k].toFixed(2)}` : "";
    probability.title = `Probability of ${label} in the view`;
    row.querySelector(".threshold").hidden = !hasScores;
    range.value = String(threshold(label));
    row.querySelector("output").textContent = threshold(label).toFixed(2);
    row.querySelector(".threshold").title = `Threshold of ${label}. Highest score in view: ${highest(label).toFixed(2)}`;
};

const add = (name) => {
    const label = name.trim();
    if (!label) return;
    const known = app.classes.find((one) => one.toLowerCase() === label.toLowerCase());
    if (!known) {
        app.classes = [...app.classes, label];
        notify(`The class '${label}' is saved with its first event or tag.`);
    }
    choose(known ?? label);
};

/** Prepares the field that finds or adds a class. */
export const prepare = () => {
    const field = byId("class-name");
    byId("add-class").addEventListener("submit", (event) => {
        event.preventDefault();
        const typed = field.value.trim().toLowerCase();
        const matches = app.classes.filter((label) => label.toLowerCase().startsWith(typed));
        add(matches.length === 1 ? matches[0] : field.value);
        field.value = "";
        field.blur();
    });
    byId("all-classes").addEventListener("click", () => {
        app.showAll = !app.showAll;
        changed();
    });
};

let listed = "";

onChange(() => {
    const names = app.classes.join("\n");
    if (names === listed) return;
    listed = names;
    byId("class-names").replaceChildren(
        ...app.classes.map((label) => {
            const option = make("option");
            option.value = label;
            return option;
        }),
    );
});
