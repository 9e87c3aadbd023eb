// The list of stretches.

import { app, byId, clock, make, onChange, rounded } from "./app.js";

// Longer lists show the stretches around the current one.
const most = 200;

const detail = ([name, value]) => {
    const text = rounded(value);
    return name.toLowerCase() === "reason" ? text : `${name} ${text}`;
};

const entry = (item, index) => {
    const line = make("li");
    const button = make("button", item.isDone ? "is-done" : "");
    button.type = "button";
    const isCurrent = index === app.current;
    if (isCurrent) button.setAttribute("aria-current", "true");
    const mark = make("span", "mark", item.isDone ? "✓" : "");
    if (item.isDone) {
        mark.setAttribute("role", "img");
        mark.setAttribute("aria-label", "Done:");
    }
    button.append(mark);
    const text = make("span", "text");
    text.append(make("span", "recording", item.recording));
    const times = `${clock(item.onset, item.onset % 1 ? 1 : 0)}–${clock(item.offset, item.offset % 1 ? 1 : 0)} s`;
    text.append(make("span", "times", [times, ...item.details.map(detail)].join(", ")));
    button.append(text);
    button.addEventListener("click", () => app.go(index));
    line.append(button);
    return line;
};

let shown = "";

onChange(() => {
    const count = app.items.filter(({ isDone }) => isDone).length;
    byId("progress").textContent = `${count} of ${app.items.length} done`;
    const first = Math.max(0, Math.min(app.current - most / 2, app.items.length - most));
    const some = app.items.slice(first, first + most);
    const state = `${app.current} ${first} ${some.map(({ isDone }) => (isDone ? 1 : 0)).join("")}`;
    if (state === shown) return;
    shown = state;
    const list = byId("items");
    const before = first > 0 ? [make("li", "more", `${first} stretches before`)] : [];
    const rest = app.items.length - first - some.length;
    const after = rest > 0 ? [make("li", "more", `${rest} stretches after`)] : [];
    list.replaceChildren(...before, ...some.map((item, k) => entry(item, first + k)), ...after);
    const current = list.querySelector("[aria-current]");
    if (current && getComputedStyle(byId("list")).overflowY === "auto") current.scrollIntoView({ block: "nearest" });
});

export const prepare = () => {
    const button = byId("list-button");
    button.addEventListener("click", () => {
        const isOpen = byId("layout").classList.toggle("list-open");
        button.setAttribute("aria-expanded", String(isOpen));
    });
};
