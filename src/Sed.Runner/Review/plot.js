// The time axis, the spectrogram and the geometry that all rows share.

import { app, byId, clock, item, make, onChange } from "./app.js";

const picture = byId("picture");
const canvas = picture.querySelector("canvas");

/** The part of the view before a time, from 0 to 1. */
export const share = (seconds) => (seconds - app.view.from) / (app.view.until - app.view.from);

/** The time at a horizontal position in the window. */
export const timeAt = (clientX) => {
    const { left, width } = picture.getBoundingClientRect();
    const part = Math.min(Math.max((clientX - left) / width, 0), 1);
    return app.view.from + part * (app.view.until - app.view.from);
};

/** Pixels per second. */
export const pixels = () => picture.clientWidth / (app.view.until - app.view.from);

/** Places an element over a span of time. */
export const place = (element, { onset, offset }) => {
    const [first, last] = [Math.max(share(onset), 0), Math.min(share(offset), 1)];
    element.style.left = `${100 * first}%`;
    element.style.width = `${100 * Math.max(last - first, 0)}%`;
};

// Dark blue, violet, orange and light yellow, with a lightness that increases evenly.
const stops = [
    [4, 6, 22],
    [40, 20, 84],
    [112, 32, 110],
    [186, 58, 86],
    [240, 118, 52],
    [252, 200, 92],
    [255, 252, 214],
];

const palette = Array.from({ length: 256 }, (_, level) => {
    const at = (level / 255) * (stops.length - 1);
    const first = Math.min(Math.floor(at), stops.length - 2);
    return stops[first].map((value, k) => Math.round(value + (at - first) * (stops[first + 1][k] - value)));
});

const pictureOf = ({ columns, bands, levels }) => {
    const image = new ImageData(columns, bands);
    for (let column = 0; column < columns; column++)
        for (let band = 0; band < bands; band++) {
            const at = 4 * ((bands - 1 - band) * columns + column);
            image.data.set(palette[levels[column * bands + band]], at);
            image.data[at + 3] = 255;
        }
    const drawn = new OffscreenCanvas(columns, bands);
    drawn.getContext("2d").putImageData(image, 0, 0);
    return drawn;
};

let drawn = { view: null, width: 0, height: 0 };

const drawSpectrogram = () => {
    const scale = devicePixelRatio;
    const [width, height] = [Math.round(picture.clientWidth * scale), Math.round(picture.clientHeight * scale)];
    if (drawn.view === app.view && drawn.width === width && drawn.height === height) return;
    drawn = { view: app.view, width, height };
    [canvas.width, canvas.height] = [width, height];
    if (!app.view || app.view.spectrogram.columns === 0) return;
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(pictureOf(app.view.spectrogram), 0, 0, width, height);
};

const mel = (hertz) => Math.log10(1 + hertz / 700);

const drawFrequencies = () => {
    const box = byId("frequencies");
    box.replaceChildren();
    const most = app.view.spectrogram.maxHz;
    let last = -1;
    for (const hertz of [125, 250, 500, 1000, 2000, 4000, 8000, 16000, 32000, 64000, 128000]) {
        const at = mel(hertz) / mel(most);
        if (at > 0.97 || at - last < 0.09) continue;
        last = at;
        const tick = make("span", "tick", hertz < 1000 ? `${hertz} Hz` : `${hertz / 1000} kHz`);
        tick.style.bottom = `${100 * at}%`;
        box.append(tick);
    }
};

const drawAxis = () => {
    const axis = byId("axis").querySelector(".plot");
    axis.replaceChildren();
    const { from, until } = app.view;
    const most = Math.max(axis.clientWidth / 70, 2);
    const step = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60].find((one) => (until - from) / one <= most) ?? 60;
    const digits = step < 0.1 ? 2 : step < 1 ? 1 : 0;
    for (let k = Math.ceil(from / step - 1e-6); k * step <= until + 1e-6; k++) {
        // A label needs room to its right.
        if ((1 - share(k * step)) * axis.clientWidth < 36) break;
        const tick = make("span", "tick", clock(k * step, digits));
        tick.style.left = `${100 * share(k * step)}%`;
        axis.append(tick);
    }
    byId("axis").querySelector(".name").textContent = "Time (s)";
};

/** Covers the margins before and after the stretch. */
export const shade = (plot) => {
    plot.querySelectorAll(".margin").forEach((margin) => margin.remove());
    const { onset, offset } = item();
    for (const span of [
        { onset: app.view.from, offset: onset },
        { onset: offset, offset: app.view.until },
    ])
        if (span.offset - span.onset > 1e-6) {
            const margin = make("div", "margin");
            place(margin, span);
            plot.prepend(margin);
        }
};

onChange(() => {
    byId("loading").hidden = app.view !== null;
    drawSpectrogram();
    if (!app.view) return;
    drawAxis();
    drawFrequencies();
    shade(picture);
});
