"use strict";

// Requests the state of the run repeatedly and shows the changes.
(() => {
    const interval = 1500; // milliseconds between a response and the next request
    const byId = (id) => document.getElementById(id);
    let known = ""; // the ETag of the last response

    const replace = (place, html) => {
        // Keeps the horizontal scroll position.
        const left = place.querySelector(".scroll")?.scrollLeft ?? 0;
        place.innerHTML = html;
        if (place.querySelector(".scroll")) place.querySelector(".scroll").scrollLeft = left;
    };

    const element = (html) => {
        const template = document.createElement("template");
        template.innerHTML = html;
        return template.content.firstElementChild;
    };

    const dataOf = (figure) => figure.querySelector("script").textContent;

    // All figures are in the document before the first one is drawn, so that each is drawn with its final width.
    const showFigures = (figures) => {
        const fresh = figures.map(element);
        const added = fresh.filter((figure) => !byId(figure.id));
        const changed = fresh.filter((figure) => !added.includes(figure) && dataOf(byId(figure.id)) !== dataOf(figure));
        byId("figures").append(...added);
        for (const figure of changed) byId(figure.id).querySelector("script").textContent = dataOf(figure);
        const stale = added.length > 0 ? [...byId("figures").children] : changed.map((figure) => byId(figure.id));
        for (const figure of stale) report.redraw(figure.querySelector(".drawing"));
    };

    const show = (state) => {
        document.title = state.title;
        replace(byId("status"), state.status);
        replace(byId("table"), state.table);
        byId("learning").hidden = state.figures.length === 0;
        showFigures(state.figures);
    };

    const ask = async () => {
        try {
            const answer = await fetch("state", { cache: "no-store", headers: known ? { "If-None-Match": known } : {} });
            if (answer.status === 200) {
                known = answer.headers.get("ETag");
                show(await answer.json());
            } else if (answer.status !== 304) throw new Error(String(answer.status));
            byId("lost").hidden = true;
        } catch {
            byId("lost").hidden = false;
        }
        setTimeout(ask, interval);
    };

    ask();
})();
