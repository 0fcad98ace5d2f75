// The dialog with the keys, the words, and the licences of what the page is made with.
import {byId, make} from "./dom.js";

function list(title, pairs, tag) {
    return [make("h3", {}, title), make("dl", {}, pairs.flatMap(([term, text]) =>
        [make("dt", {}, make(tag, {}, term)), make("dd", {}, text)]))];
}

export function openHelp() {
    byId("help-dialog").showModal();
}

// Pairs of keys, or words, and what they are.
export function beginHelp(keys, words) {
    const dialog = byId("help-dialog");
    const close = make("button", {type: "button", onclick: () => dialog.close()}, "Close");
    dialog.append(make("h2", {id: "help-title"}, "Reading this page"), ...list("Keys", keys, "kbd"),
        ...list("Words", words, "span"),
        make("details", {}, make("summary", {}, "Licences of what this page is made with"),
            make("pre", {}, byId("notice").textContent)),
        close);
    dialog.addEventListener("click", event => {
        if (event.target === dialog)
            dialog.close();
    });
    byId("help").addEventListener("click", openHelp);
}
