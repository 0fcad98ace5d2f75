// The page: reads the profile, makes the views, and shows what the address says.
import {byId} from "./dom.js";
import {readProfile} from "./data.js";
import {FlameView} from "./flame_view.js";
import {baseName} from "./format.js";
import {FunctionsView} from "./functions.js";
import {GraphView} from "./graph.js";
import {beginHelp} from "./help.js";
import {HistoryView} from "./history.js";
import {Overview} from "./overview.js";
import {beginPrint} from "./print.js";
import {go, parse} from "./router.js";
import {Search} from "./search.js";
import {begin} from "./shell.js";
import {argumentsOf, showThreads} from "./threads.js";

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

function showTitle(profile) {
    const names = profile.programs.map(baseName);
    const title = names.length > 3 ? `${names.slice(0, 3).join(", ")}, …` : names.join(", ") || "no program";
    byId("program").textContent = title;
    document.title = `${title} – profinst`;
    const [, line] = profile.summary.find(([label]) => label === "Program") ?? [];
    const text = profile.processes.length === 1 ? argumentsOf(profile.processes[0]) : line ?? "";
    byId("arguments").textContent = text;
    byId("arguments").title = text;
}

function viewsOf(profile) {
    const views = {};
    const search = new Search(profile, () => {
        const view = views[parse(location.hash).view];
        view.mark?.();
        return Boolean(view.mark);
    }, index => go("graph", index));
    views.overview = new Overview(profile);
    views.functions = new FunctionsView(profile, search);
    views.flame = new FlameView(profile, search);
    views.graph = new GraphView(profile, search);
    views.threads = {show() {}};
    showThreads(profile);
    views.history = new HistoryView(profile);
    return {views, search};
}

begin(async () => {
    beginHelp(KEYS, WORDS);
    const profile = await readProfile();
    performance.mark("read");
    showTitle(profile);
    const {views, search} = viewsOf(profile);
    beginPrint(profile, views);
    const order = ["overview", "functions", "flame", "graph", "threads", ...views.history.known ? ["history"] : []];
    return {views, search, order};
});
