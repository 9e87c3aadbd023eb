"use strict";

// Draws the report's figures with Plotly when they can be seen for the first time, and lets the reader choose.
(() => {
    const touch = matchMedia("(pointer: coarse)").matches;
    const hiddenRows = new Set();
    let opened = []; // what is shown on paper alone
    const onPaper = { whole: 680, side: 328 }; // pixels between the margins of a page, and of a column

    const plots = () => [...document.querySelectorAll(".js-plotly-plot")];
    const visible = (element) => element.offsetParent !== null;

    const tracesOf = (plot, row) => plot.data.flatMap((trace, index) => (trace.legendgroup === row ? [index] : []));

    const showRow = (plot, row) => {
        const traces = tracesOf(plot, row);
        if (traces.length > 0) Plotly.restyle(plot, { visible: !hiddenRows.has(row) }, traces);
    };

    const draw = (plot) => {
        if (plot.classList.contains("js-plotly-plot")) {
            Plotly.Plots.resize(plot);
        } else {
            const { data, layout } = JSON.parse(plot.nextElementSibling.textContent);
            // A finger that moves over a figure scrolls the page.
            if (touch) layout.dragmode = false;
            Plotly.newPlot(plot, data, layout, { responsive: true, displayModeBar: false });
        }
        hiddenRows.forEach((row) => showRow(plot, row));
    };

    const drawVisible = () => [...document.querySelectorAll(".drawing")].filter(visible).forEach(draw);

    for (const button of document.querySelectorAll(".legend button"))
        button.addEventListener("click", () => {
            const row = button.dataset.row;
            const shown = button.getAttribute("aria-pressed") === "true";
            button.setAttribute("aria-pressed", String(!shown));
            if (shown) hiddenRows.add(row);
            else hiddenRows.delete(row);
            plots().forEach((plot) => showRow(plot, row));
        });

    for (const choice of document.querySelectorAll(".choice")) {
        const panes = choice.querySelectorAll(".pane");
        choice.querySelector("select").addEventListener("change", (event) => {
            panes.forEach((pane, index) => (pane.hidden = index !== event.target.selectedIndex));
            drawVisible();
        });
    }

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

    drawVisible();
})();
