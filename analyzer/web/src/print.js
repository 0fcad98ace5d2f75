// On paper: the overview, a table of the functions that the view shows first, and the threads.
import {byId, make} from "./dom.js";
import {count} from "./format.js";
import {averageTime, callTime, cumulativeShare, cumulativeTime, selfShare, selfTime} from "./functions.js";

const MOST_ROWS = 60;

function tableOf(profile, rows) {
    const timed = profile.has_times;
    const headers = ["#", "Function", ...timed ? ["Self %", "Self", "Cum. %", "Cumulative"] : [], "Calls", "Inlined",
        ...timed ? ["Average", "p50", "p95", "p99", "max"] : [], "Where"];
    const line = row => [count(row.rank), row.name,
        ...timed ? [selfShare(row, profile), selfTime(row), cumulativeShare(row, profile), cumulativeTime(row)] : [],
        count(row.calls), count(row.inlined_calls),
        ...timed ? [averageTime(row), ...["p50_ns", "p95_ns", "p99_ns", "max_ns"].map(key => callTime(row, key))] : [],
        row.place];
    return make("table", {}, make("thead", {}, make("tr", {}, headers.map(text => make("th", {}, text)))),
        make("tbody", {}, rows.map(row => make("tr", {}, line(row).map((text, index) =>
            make("td", {class: index === 1 ? "name" : null}, text))))));
}

export function beginPrint(profile, view, beforehand) {
    addEventListener("beforeprint", () => {
        beforehand();
        const rows = view.shown;
        byId("print").replaceChildren(make("h2", {}, "Functions"), tableOf(profile, rows.slice(0, MOST_ROWS)),
            rows.length > MOST_ROWS ? make("p", {}, `${count(rows.length - MOST_ROWS)} more`) : "");
    });
    addEventListener("afterprint", () => byId("print").replaceChildren());
}
