// On paper: the overview, the functions that the table shows first, the threads, and the call graph if that is seen.
import {byId, make} from "./dom.js";
import {baseName, count} from "./format.js";
import {callTime, cumulativeShare, cumulativeTime, selfShare, selfTime} from "./functions.js";

const MOST_ROWS = 60;

function tableOf(profile, rows) {
    const timed = profile.has_times;
    const headers = ["#", "Function", ...timed ? ["Self %", "Self", "Cum. %", "Cumulative"] : [], "Calls", "Inlined",
        ...timed ? ["p50", "p99", "max"] : [], "Where"];
    const line = row => [count(row.rank), row.name,
        ...timed ? [selfShare(row, profile), selfTime(row), cumulativeShare(row, profile), cumulativeTime(row)] : [],
        count(row.calls), count(row.inlined_calls),
        ...timed ? ["p50_ns", "p99_ns", "max_ns"].map(key => callTime(row, key)) : [], baseName(row.place)];
    const kinds = {1: "name", [headers.length - 1]: "place"};
    return make("table", {}, make("thead", {}, make("tr", {}, headers.map((text, index) =>
        make("th", {class: kinds[index]}, text)))),
    make("tbody", {}, rows.map(row => make("tr", {}, line(row).map((text, index) =>
        make("td", {class: kinds[index]}, text))))));
}

export function beginPrint(profile, views) {
    let hidden = false;
    addEventListener("beforeprint", () => {
        const overview = byId("overview");
        hidden = overview.hidden;
        overview.hidden = false; // what is hidden has no width to draw in
        views.overview.show();
        const rows = views.functions.shown;
        byId("print").replaceChildren(make("h2", {}, "Functions"), tableOf(profile, rows.slice(0, MOST_ROWS)),
            rows.length > MOST_ROWS ? make("p", {}, `${count(rows.length - MOST_ROWS)} more`) : "");
    });
    addEventListener("afterprint", () => {
        byId("overview").hidden = hidden;
        byId("print").replaceChildren();
    });
}
