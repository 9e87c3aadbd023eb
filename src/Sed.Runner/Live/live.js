"use strict";

// Asks again and again how the run is, and shows what has changed.
(() => {
    const every = 1500; // milliseconds between an answer and the next question
    const byId = (id) => document.getElementById(id);
    let known = ""; // the tag of the last answer

    const replace = (place, html) => {
        // A table keeps its place where it scrolls.
        const left = place.querySelector(".scroll")?.scrollLeft ?? 0;
        place.innerHTML = html;
        if (place.querySelector(".scroll")) place.querySelector(".scroll").scrollLeft = left;
    };

    const element = (html) => {
        const template = document.createElement("template");
        template.innerHTML = html;
        return template.content.firstElementChild;
    };

    const saidBy = (figure) => figure.querySelector("script").textContent;

    // All of them stand in their places before one is drawn, so that each finds the width that it keeps.
    const showFigures = (figures) => {
        const fresh = figures.map(element);
        const added = fresh.filter((figure) => !byId(figure.id));
        const changed = fresh.filter((figure) => !added.includes(figure) && saidBy(byId(figure.id)) !== saidBy(figure));
        byId("figures").append(...added);
        for (const figure of changed) byId(figure.id).querySelector("script").textContent = saidBy(figure);
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
        setTimeout(ask, every);
    };

    ask();
})();
