"use strict";

// Draws the figures with Plotly when they first become visible, and handles the reader's choices.
const report = (() => {
    const touch = matchMedia("(pointer: coarse)").matches;
    const hiddenRows = new Set();
    let opened = []; // the details elements that are opened for printing
    const onPaper = { whole: 680, side: 328 }; // widths in pixels of a page and of a column

    const packedType = "application/gzip;base64";

    const unpack = async (text) => {
        const packed = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
        const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
        return new Response(unpacked).text();
    };

    // Plotly and the data of the figures are compressed in the page.
    const load = async () => {
        const unpackData = async (data) => {
            data.textContent = await unpack(data.textContent);
            data.type = "application/json";
        };
        await Promise.all([...document.querySelectorAll(`.drawing + script[type="${packedType}"]`)].map(unpackData));
        const script = document.createElement("script");
        script.textContent = await unpack(document.getElementById("plotly").textContent);
        document.head.append(script);
    };

    const plots = () => [...document.querySelectorAll(".js-plotly-plot")];
    const visible = (element) => element.offsetParent !== null;

    const tracesOf = (plot, row) => plot.data.flatMap((trace, index) => (trace.legendgroup === row ? [index] : []));

    const showRow = (plot, row) => {
        const traces = tracesOf(plot, row);
        if (traces.length > 0) Plotly.restyle(plot, { visible: !hiddenRows.has(row) }, traces);
    };

    const narrow = 520; // pixels below which the names on an axis are shortened
    const longestName = 16; // characters

    const shorten = (name) => (name.length > longestName ? name.slice(0, longestName - 1) + "…" : name);

    const figureOf = (plot) => {
        const figure = JSON.parse(plot.nextElementSibling.textContent);
        if (plot.clientWidth < narrow)
            for (const [key, axis] of Object.entries(figure.layout))
                if (/^[xy]axis/.test(key) && axis.ticktext) axis.ticktext = axis.ticktext.map(shorten);
        // On touch screens, dragging over a figure scrolls the page.
        if (touch) figure.layout.dragmode = false;
        return figure;
    };

    const draw = (plot) => {
        if (!window.Plotly) return; // it is drawn when Plotly is loaded
        if (plot.classList.contains("js-plotly-plot")) {
            Plotly.Plots.resize(plot);
        } else {
            const { data, layout } = figureOf(plot);
            const announce = () => plot.dispatchEvent(new CustomEvent("drawn"));
            Plotly.newPlot(plot, data, layout, { responsive: true, displayModeBar: false }).then(() => {
                plot.on("plotly_afterplot", announce);
                announce();
            });
        }
        hiddenRows.forEach((row) => showRow(plot, row));
    };

    // Redraws a figure with the current data of its script element.
    const redraw = (plot) => {
        if (!window.Plotly) return;
        if (!plot.classList.contains("js-plotly-plot")) return draw(plot);
        const { data, layout } = figureOf(plot);
        Plotly.react(plot, data, layout);
        hiddenRows.forEach((row) => showRow(plot, row));
    };

    const drawVisible = () => [...document.querySelectorAll(".drawing")].filter(visible).forEach(draw);

    const buttons = [...document.querySelectorAll(".legend button[data-row]")];
    const all = document.querySelector(".legend .all");

    const showRows = (isShown) => {
        for (const button of buttons) {
            const row = button.dataset.row;
            const shown = isShown(row);
            if (shown === !hiddenRows.has(row)) continue;
            button.setAttribute("aria-pressed", String(shown));
            if (shown) hiddenRows.delete(row);
            else hiddenRows.add(row);
            plots().forEach((plot) => showRow(plot, row));
        }
        if (all) all.hidden = hiddenRows.size === 0;
    };

    for (const button of buttons)
        button.addEventListener("click", () => {
            const row = button.dataset.row;
            showRows((other) => (other === row) === hiddenRows.has(other));
        });

    all?.addEventListener("click", () => showRows(() => true));

    // A link from a table row hides the other rows in the figures.
    for (const link of document.querySelectorAll("a[data-only]"))
        link.addEventListener("click", () => showRows((row) => row === link.dataset.only));

    for (const choice of document.querySelectorAll(".choice")) {
        const panes = choice.querySelectorAll(".pane");
        choice.querySelector("select").addEventListener("change", (event) => {
            panes.forEach((pane, index) => (pane.hidden = index !== event.target.selectedIndex));
            drawVisible();
        });
    }

    // The target of the address may be in a hidden pane.
    const reveal = () => {
        const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
        const pane = target?.closest(".pane");
        if (!pane?.hidden) return;
        const select = pane.parentElement.querySelector("select");
        select.selectedIndex = [...pane.parentElement.querySelectorAll(":scope > .pane")].indexOf(pane);
        select.dispatchEvent(new Event("change", { bubbles: true }));
        target.scrollIntoView();
    };
    addEventListener("hashchange", reveal);

    addEventListener("beforeprint", () => {
        opened = [...document.querySelectorAll("details:not([open])")];
        opened.forEach((details) => (details.open = true));
        for (const plot of plots().filter(visible)) {
            const column = plot.closest(".side")?.querySelectorAll(".drawing").length > 1;
            Plotly.relayout(plot, { width: column ? onPaper.side : onPaper.whole });
        }
    });

    addEventListener("afterprint", () => {
        opened.forEach((details) => (details.open = false));
        for (const plot of plots()) Plotly.relayout(plot, { width: null, autosize: true });
    });

    reveal();
    const ready = load().then(drawVisible, (error) => {
        for (const place of document.querySelectorAll(".drawing"))
            place.textContent = "This browser cannot draw the figures; use a version of 2023 or later.";
        console.error(error);
    });
    return { ready, redraw };
})();
