// Plays the sound of the view and moves the cursor.

import { app, byId, clock, item, onChange } from "./app.js";
import { selection } from "./detections.js";
import { share } from "./plot.js";

const audio = new Audio();
audio.preload = "auto";

let end = Infinity; // of the part that plays, in seconds of the recording
let begin = 0;
let loaded = null;

const cursor = byId("cursor");

const show = () => {
    if (!app.view) {
        cursor.hidden = true;
        return;
    }
    const picture = byId("picture");
    cursor.hidden = false;
    const box = byId("timeline").getBoundingClientRect();
    const plot = picture.getBoundingClientRect();
    cursor.style.left = `${plot.left - box.left + share(app.cursor) * plot.width}px`;
    byId("clock").textContent = `${clock(app.cursor)} / ${clock(item().seconds, 0)} s`;
    cursor.setAttribute("aria-valuemin", app.view.from.toFixed(2));
    cursor.setAttribute("aria-valuemax", app.view.until.toFixed(2));
    cursor.setAttribute("aria-valuenow", app.cursor.toFixed(2));
    cursor.setAttribute("aria-valuetext", `${clock(app.cursor)} s`);
};

const showState = () => {
    const button = byId("play");
    button.textContent = audio.paused ? "▶" : "❚❚";
    button.setAttribute("aria-label", audio.paused ? "Play" : "Pause");
};

const follow = () => {
    if (audio.paused || !app.view) return;
    app.cursor = Math.min(app.view.from + audio.currentTime, app.view.until);
    if (app.cursor >= end) {
        if (byId("loop").checked) seek(begin);
        else {
            pause();
            app.cursor = end;
        }
    }
    show();
    if (app.open) app.redraw();
    requestAnimationFrame(follow);
};

export const pause = () => audio.pause();

export const isPlaying = () => !audio.paused;

/** Moves the cursor to a time of the recording, in seconds. */
export const seek = (seconds) => {
    if (!app.view) return;
    app.cursor = Math.min(Math.max(seconds, app.view.from), app.view.until);
    audio.currentTime = app.cursor - app.view.from;
    show();
    if (app.open) app.redraw();
};

const playPart = (from, to) => {
    [begin, end] = [from, to];
    seek(from);
    audio.play().catch(() => {});
};

/** Plays from the cursor to the end of the view, or pauses. */
export const toggle = () => {
    if (!app.view) return;
    if (!audio.paused) return pause();
    const { onset, offset } = item();
    const isAtEnd = app.cursor >= Math.min(offset, app.view.until) - 0.02;
    const from = isAtEnd ? onset : app.cursor;
    playPart(from, app.view.until);
    begin = onset;
    if (!isAtEnd && byId("loop").checked) end = offset;
};

/** Plays the selected event or detection, or the stretch. */
export const playSelection = () => {
    const { onset, offset } = selection() ?? item();
    playPart(Math.max(onset, app.view.from), Math.min(offset, app.view.until));
};

export const prepare = () => {
    for (const name of ["play", "pause", "ended"]) audio.addEventListener(name, showState);
    audio.addEventListener("play", () => requestAnimationFrame(follow));
    audio.addEventListener("ended", () => {
        if (byId("loop").checked) playPart(begin, end);
    });
    byId("rate").addEventListener("change", ({ target }) => {
        audio.defaultPlaybackRate = audio.playbackRate = Number(target.value);
    });
    addEventListener("resize", show);
};

onChange(() => {
    if (app.view && loaded !== app.view) {
        loaded = app.view;
        audio.src = app.view.sound;
        audio.load();
        seek(item().onset);
    }
    if (!app.view && loaded) {
        loaded = null;
        pause();
    }
    show();
});
