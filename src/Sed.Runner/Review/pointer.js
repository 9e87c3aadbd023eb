// The mouse, pen and touch: seek, select, draw, and move borders.

import { app, byId, changed } from "./app.js";
import { draw, move, select, within } from "./actions.js";
import { selectable } from "./detections.js";
import { labelOf } from "./lanes.js";
import { pixels, timeAt } from "./plot.js";
import { seek } from "./player.js";

// Pixels that the pointer must move before a click becomes a drag.
const least = 4;

const find = (key) => selectable().find((own) => own.key === key);

/** What a press on a plot does: it moves a border, selects a mark, or draws a new one. */
const pressed = (event, plot) => {
    const segment = event.target.closest(".segment");
    const edge = event.target.closest(".edge");
    const own = segment && find(segment.dataset.key);
    if (own && edge) return { own, border: edge.classList.contains("start") ? "onset" : "offset" };
    if (own) return { own };
    const isPicture = plot.id === "picture";
    const label = isPicture ? app.label : labelOf(plot);
    const kind = isPicture || label ? "event" : "span";
    return { kind, label };
};

const preview = (drag, event) => {
    const time = timeAt(event.clientX);
    if (drag.border) {
        const moved = { onset: drag.own.onset, offset: drag.own.offset, [drag.border]: time };
        app.preview = { key: drag.own.key, ...within(moved.onset, moved.offset) };
        // Borders outside of the view stay where they are.
        const other = drag.border === "onset" ? "offset" : "onset";
        if (drag.own.onset < app.view.from || drag.own.offset > app.view.until) app.preview[other] = drag.own[other];
    } else if (drag.kind) app.preview = { kind: drag.kind, label: drag.label, ...within(drag.time, time) };
    changed();
};

const release = (drag, event) => {
    const isDrag = drag.isMoving && app.preview;
    const { onset, offset } = app.preview ?? {};
    if (!isDrag) {
        app.preview = null;
        if (drag.own) select(drag.own.key);
        else {
            app.selected = "";
            if (drag.label && drag.plot.id !== "picture") app.label = drag.label;
            seek(timeAt(event.clientX));
            changed();
        }
    } else if (drag.border) move(drag.own, onset, offset);
    else draw(drag.kind, drag.label, onset, offset);
    if (isDrag && drag.border) app.preview = { key: app.selected, onset, offset };
};

/** Handles presses on all plots, also those that are added later. */
export const prepare = () => {
    let drag = null;
    const timeline = byId("timeline");

    timeline.addEventListener("pointerdown", (event) => {
        const plot = event.target.closest(".plot");
        if (!plot || event.button !== 0 || !app.view || !app.state || plot.closest("#axis")) return;
        drag = { ...pressed(event, plot), plot, x: event.clientX, time: timeAt(event.clientX), isMoving: false };
        plot.setPointerCapture(event.pointerId);
    });

    timeline.addEventListener("pointermove", (event) => {
        if (!drag) return;
        if (!drag.isMoving && Math.abs(event.clientX - drag.x) < least) return;
        drag.isMoving = true;
        preview(drag, event);
    });

    timeline.addEventListener("pointerup", (event) => {
        if (!drag) return;
        const ended = drag;
        drag = null;
        release(ended, event);
    });

    timeline.addEventListener("pointercancel", () => {
        drag = null;
        app.preview = null;
        changed();
    });

    byId("axis").addEventListener("click", (event) => app.view && seek(timeAt(event.clientX)));

    // Keyboard focus selects a mark.
    timeline.addEventListener("focusin", (event) => {
        const segment = event.target.closest(".segment");
        if (segment && !drag) select(segment.dataset.key);
    });

    timeline.addEventListener("dblclick", (event) => {
        const own = find(event.target.closest(".segment")?.dataset.key);
        if (own) seek(own.onset);
    });
};

/** The time of some pixels, in seconds. */
export const secondsOf = (count) => count / pixels();
