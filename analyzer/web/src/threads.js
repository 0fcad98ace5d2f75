// Processes and threads, as tables.
import {bar, byId, make} from "./dom.js";
import {DASH, count, duration, percent} from "./format.js";

export function argumentsOf(process) {
    try {
        const list = JSON.parse(process.arguments);
        return Array.isArray(list) ? list.join(" ") : process.arguments;
    } catch {
        return process.arguments; // what was hidden in it is spelled out, which JSON does not know
    }
}

function table(caption, headers, rows) {
    return make("section", {class: "card"}, make("h2", {}, caption), make("div", {class: "wide"}, make("table", {},
        make("thead", {}, make("tr", {}, headers.map((text, index) =>
            make("th", {scope: "col", class: rows[0]?.[index] instanceof Element ? "name" : null}, text)))),
        make("tbody", {}, rows.map(cells => make("tr", {}, cells.map(cell =>
            make("td", {class: cell instanceof Element ? "name" : null}, cell))))))));
}

const name = (text, more) => make("span", {title: more ? `${text} ${more}` : text}, text,
    more ? make("small", {}, more) : null);

function processRows(profile) {
    return profile.processes.map(process => [
        count(process.process_id).replaceAll(",", ""), name(process.program, argumentsOf(process)),
        process.started ?? DASH, duration(process.duration_ns), count(process.threads), count(process.calls),
        profile.has_times ? duration(process.outside_ns) : DASH,
        profile.has_times ? duration(process.profiler_ns) : DASH,
        process.timing, process.ended ? "exit" : "not by exit",
    ]);
}

function threadRows(profile) {
    const pids = new Map(profile.processes.map(process => [process.id, process.process_id]));
    const longest = Math.max(1, ...profile.threads.map(thread => thread.lifetime_ns));
    return profile.threads.map(thread => [
        String(pids.get(thread.process) ?? ""), String(thread.number), name(thread.name || "(no name)"),
        count(thread.threads),
        make("span", {class: "with-bar"}, bar(thread.lifetime_ns / longest),
            make("span", {class: "share"}, duration(thread.lifetime_ns))),
        count(thread.calls), count(thread.inlined_calls),
        profile.has_times ? duration(thread.outside_ns) : DASH,
        profile.has_times ? percent(thread.profiler_ns, thread.lifetime_ns) : DASH,
        count(thread.samples),
    ]);
}

export function showThreads(profile) {
    byId("threads").append(
        table("Processes", ["Process", "Program", "Started (UTC)", "Duration", "Threads", "Calls", "Outside", "Profiler",
            "Timing", "Ended"], processRows(profile)),
        table("Threads", ["Process", "Thread", "Name", "Lived", "Lifetime", "Calls", "Inlined", "Outside", "Profiler",
            "Samples"], threadRows(profile)),
        profile.threads.length > 1
            ? make("p", {}, make("a", {href: "#/flame/thread"}, "Flame graph of each thread")) : "");
}
