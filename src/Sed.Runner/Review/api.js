// Requests to the server. Decisions are sent one after the other and, if the connection is lost, again with the same id.

import { app, byId, item } from "./app.js";

const random = () => [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const sessionOf = () => {
    let session = sessionStorage.getItem("session");
    if (!session) sessionStorage.setItem("session", (session = random()));
    return session;
};

/** Identifier of this tab. It stays the same when the page is loaded again. */
export const session = sessionOf();

export const newKey = random;

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const connected = (isConnected) => {
    byId("lost").hidden = isConnected;
};

const checked = async (response) => {
    if (!response.ok) throw new Error((await response.text()).trim());
    return response;
};

/** Requests something; fails with the server's message. */
const get = async (path) => {
    let response;
    try {
        response = await fetch(path);
    } catch (error) {
        connected(false);
        throw error;
    }
    connected(true);
    return checked(response);
};

export const start = async () => (await get("start")).json();

export const stateOf = async (index) => (await get(`state?item=${index}&session=${session}`)).json();

const numbers = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

const kept = new Map();

const load = async (index) => {
    const [view, sound] = await Promise.all([
        get(`view?item=${index}`).then((response) => response.json()),
        get(`sound?item=${index}`).then((response) => response.blob()),
    ]);
    view.spectrogram.levels = numbers(view.spectrogram.levels);
    if (view.scores) view.scores.frames = new Float32Array(numbers(view.scores.frames).buffer);
    view.sound = URL.createObjectURL(sound);
    return view;
};

/** The view of a stretch. The most recent views are kept. */
export const viewOf = (index) => {
    if (!kept.has(index)) {
        const loading = load(index);
        loading.catch(() => kept.delete(index));
        kept.set(index, loading);
        for (const old of [...kept.keys()].slice(0, -6))
            if (old !== app.current) {
                kept.get(old).then((view) => URL.revokeObjectURL(view.sound), () => {});
                kept.delete(old);
            }
    }
    return kept.get(index);
};

let queue = Promise.resolve();

const send = async (body) => {
    for (;;) {
        try {
            const response = await fetch("decide", {
                method: "POST",
                headers: { "Content-Type": "application/json" },
                body: JSON.stringify(body),
            });
            connected(true);
            if ([200, 409, 422].includes(response.status)) return { status: response.status, ...(await response.json()) };
            throw new Refusal((await response.text()).trim());
        } catch (error) {
            if (error instanceof Refusal) throw error;
            connected(false);
            await wait(1000);
        }
    }
};

/** An answer that is not the outcome of a decision. */
class Refusal extends Error {}

let unsaved = 0;

const count = (change) => {
    unsaved += change;
    byId("saved").textContent = unsaved > 0 ? "Saving" : "Saved";
};

/** Sends a decision on a stretch. `after` receives the outcome before the next decision is sent. */
export const decide = (index, request, after) => {
    count(1);
    const id = random();
    queue = queue.then(async () => {
        try {
            const { from, until } = (index === app.current && app.view) || { from: item().onset, until: item().offset };
            const version = index === app.current ? app.state.version : (await stateOf(index)).version;
            after(await send({ id, session, item: index, version, from, to: until, ...request }), null);
        } catch (error) {
            after(null, error);
        } finally {
            count(-1);
        }
    });
    return queue;
};

/** Acts when all earlier decisions are saved, because they can change what is selected. */
export const whenSaved = (act) => {
    if (unsaved === 0) act();
    // The action must not be awaited, because its own decisions wait for the queue.
    else if (byId("lost").hidden) queue = queue.then(() => void (app.state && act())).catch(console.error);
};

addEventListener("beforeunload", (event) => {
    if (unsaved > 0) event.preventDefault();
});
