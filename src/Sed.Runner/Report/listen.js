"use strict";

// Plays the clips below their figures and moves a playhead over each figure. Clicking on the figure, dragging the playhead,
// or pressing a key while the playhead is focused seeks in the clip.
(() => {
    const step = 0.5; // seconds for each press of an arrow key
    const players = [...document.querySelectorAll(".playable")];

    const listen = (playable) => {
        const plot = playable.querySelector(".drawing");
        const head = playable.querySelector(".playhead");
        const audio = playable.querySelector("audio");

        // The axis and the plot area; undefined before the figure is drawn.
        const area = () => plot._fullLayout?.xaxis && { axis: plot._fullLayout.xaxis, ...plot._fullLayout._size };
        const length = () => (Number.isFinite(audio.duration) ? audio.duration : 0);

        const show = () => {
            const { axis, l, t, w, h } = area() ?? {};
            head.hidden = !axis;
            if (!axis) return;
            const x = axis.l2p(audio.currentTime);
            head.style.left = `${l + Math.min(Math.max(x, 0), w)}px`;
            head.style.top = `${plot.offsetTop + t}px`;
            head.style.height = `${h}px`;
            // The playhead may be outside the visible part of a zoomed figure.
            head.classList.toggle("beyond", x < -1 || x > w + 1);
            head.setAttribute("aria-valuemax", length().toFixed(2));
            head.setAttribute("aria-valuenow", audio.currentTime.toFixed(2));
            head.setAttribute("aria-valuetext", `${audio.currentTime.toFixed(1)} s of ${length().toFixed(1)} s`);
        };

        const follow = () => {
            show();
            if (!audio.paused) requestAnimationFrame(follow);
        };

        const seek = (seconds) => {
            audio.currentTime = Math.min(Math.max(seconds, 0), length());
            show();
        };

        const seekTo = (clientX) => {
            const { axis, l } = area();
            seek(axis.p2l(clientX - plot.getBoundingClientRect().left - l));
        };

        plot.addEventListener("drawn", show);
        plot.addEventListener("click", (event) => {
            const { l, t, w, h } = area();
            const box = plot.getBoundingClientRect();
            const x = event.clientX - box.left - l;
            const y = event.clientY - box.top - t;
            if (x >= 0 && x <= w && y >= 0 && y <= h) seekTo(event.clientX);
        });

        head.addEventListener("pointerdown", (event) => head.setPointerCapture(event.pointerId));
        head.addEventListener("pointermove", (event) => {
            if (head.hasPointerCapture(event.pointerId)) seekTo(event.clientX);
        });

        const keys = {
            ArrowLeft: () => seek(audio.currentTime - step),
            ArrowDown: () => seek(audio.currentTime - step),
            ArrowRight: () => seek(audio.currentTime + step),
            ArrowUp: () => seek(audio.currentTime + step),
            Home: () => seek(0),
            End: () => seek(length()),
            " ": () => (audio.paused ? audio.play() : audio.pause()),
        };
        head.addEventListener("keydown", (event) => {
            const act = event.ctrlKey || event.altKey || event.metaKey ? undefined : keys[event.key];
            if (!act) return;
            event.preventDefault();
            act();
        });

        for (const name of ["loadedmetadata", "timeupdate", "seeked", "pause"]) audio.addEventListener(name, show);
        audio.addEventListener("play", () => {
            // Only one clip plays at a time.
            for (const other of players) if (other !== playable) other.querySelector("audio").pause();
            follow();
        });
        show();
    };

    players.forEach(listen);

    // Pauses clips that become hidden.
    document.addEventListener("change", () => {
        for (const playable of players) if (playable.offsetParent === null) playable.querySelector("audio").pause();
    });
})();
