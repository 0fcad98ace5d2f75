// The dialog with the keys, the words, and the licences of what the page is made with.
import {byId, make} from "./dom.js";

const KEYS = [
    ["/", "search"],
    ["1 – 6", "overview, functions, flame graph, call graph, threads, history if there is one"],
    ["↑ ↓ ← →", "through rows, suggestions and frames"],
    ["Enter", "open a function, zoom into a frame"],
    ["o", "open the frame's function"],
    ["Esc", "clear the search, zoom out, close"],
    ["t", "light, dark, or as the system has it"],
    ["?", "this help"],
];

const WORDS = [
    ["Self time", "spent in the function itself, and in what is inlined into it"],
    ["Cumulative time", "with all that it called; of a recursive function, each moment counts once"],
    ["Inlined", "calls of functions that became part of their caller: they count, and their time is the caller's"],
    ["±", "half of the interval that is to hold the truth in 95 of 100 cases; without it, the time was measured"],
    ["< noise", "less than a tenth of what recording took there"],
    ["p50, p95, p99", "so many of 100 calls took so long or less, with all that they called"],
];

function list(title, pairs, tag) {
    return [make("h3", {}, title), make("dl", {}, pairs.flatMap(([term, text]) =>
        [make("dt", {}, make(tag, {}, term)), make("dd", {}, text)]))];
}

export function openHelp() {
    byId("help-dialog").showModal();
}

export function beginHelp() {
    const dialog = byId("help-dialog");
    const close = make("button", {type: "button", onclick: () => dialog.close()}, "Close");
    dialog.append(make("h2", {id: "help-title"}, "Reading this page"), ...list("Keys", KEYS, "kbd"),
        ...list("Words", WORDS, "span"),
        make("details", {}, make("summary", {}, "Licences of what this page is made with"),
            make("pre", {}, byId("notice").textContent)),
        close);
    dialog.addEventListener("click", event => {
        if (event.target === dialog)
            dialog.close();
    });
    byId("help").addEventListener("click", openHelp);
}
