// The page of a comparison: reads it, makes the views, and shows what the address says:
// #/VIEW/SIDE/FRAME/SELECTED, with the side that widths of the flame graph are of, the frame that it is zoomed to, by the
// functions that lead to it, and the selected row.
import {readComparison, rowOf, SIDES} from "./diff_data.js";
import {FlameDock} from "./diff_flame.js";
import {DiffOverview} from "./diff_overview.js";
import {KINDS, RowsView} from "./diff_table.js";
import {byId} from "./dom.js";
import {beginHelp} from "./help.js";
import {address, parse} from "./router.js";
import {Search} from "./search.js";
import {begin} from "./shell.js";

const KEYS = [
    ["/", "search"],
    ["1 – 5", "the views, from left to right"],
    ["↑ ↓ ← →", "through rows, suggestions and frames"],
    ["Enter", "select a row, zoom into a frame"],
    ["o", "the frame's function in the table"],
    ["Esc", "clear the search, select nothing, zoom out"],
    ["t", "light, dark, or as the system has it"],
    ["?", "this help"],
];

const WORDS = [
    ["+12 % ±3", "the change, with half of the interval that holds the truth in 95 of 100 cases"],
    ["~", "no more than what runs differ by chance, or too little to be tested"],
    ["?", "a side has one run only, so nobody knows what is chance"],
    ["=", "the same"],
    ["p", "of how many such differences chance alone makes one, corrected for all that were tested"],
    ["Self time", "spent in the function itself, and in what is inlined into it"],
    ["Cumulative time", "with all that it called"],
    ["same code", "the function was compiled from the same: the reason is elsewhere"],
    ["< noise", "less than a tenth of what recording took there"],
];

class Page {
    constructor(comparison) {
        this.comparison = comparison;
        const names = Object.keys(KINDS).filter(name => KINDS[name].rows(comparison));
        this.search = new Search({functions: comparison.rows}, () => {
            for (const view of [this.parts[this.state.view], this.dock])
                view?.mark?.();
            return this.state.view !== "overview";
        }, index => this.go({view: "functions", selected: `f${index}`}));
        this.state = this.read(parse(location.hash));
        this.dock = comparison.flame ? new FlameDock(comparison, this.search, this) : null;
        this.parts = {overview: new DiffOverview(comparison, this), flame: {show() {}}};
        for (const name of names)
            this.parts[name] = new RowsView(name, comparison, this.search, this);
        this.order = ["overview", ...names, ...this.dock ? ["flame"] : []];
        for (const name of this.order)
            document.querySelector(`nav [data-view="${name}"]`).hidden = false;
        this.views = Object.fromEntries(["overview", "functions", "edges", "contexts", "flame"].map(name =>
            [name, {show: () => this.show(), escape: () => this.escape()}]));
    }

    // Of views that this comparison has not, the overview is shown.
    read({view, rest: [side = "after", path = "", selected = ""]}) {
        return {view: this.order && !this.order.includes(view) ? "overview" : view,
            side: SIDES.includes(side) ? side : "after",
            path: path ? path.split(".").map(Number) : [],
            selected: rowOf(this.comparison, selected)?.key ?? ""};
    }

    // The address of what is shown, but for what is to be another.
    address(other = {}) {
        const {view, side, path, selected} = {...this.state, ...other};
        const rest = [side === "after" ? "" : side, path.join("."), selected];
        while (rest.length && !rest.at(-1))
            rest.pop();
        if (rest.length)
            rest[0] = side;
        return address(view, ...rest);
    }

    go(other) {
        location.hash = this.address(other);
    }

    // A row that is selected already is no more.
    select(row) {
        this.go({selected: this.state.selected === row.key ? "" : row.key});
    }

    // A frame: zooms, and selects what the view has of it.
    choose(node) {
        const {contexts, edges, functions} = this.comparison;
        const [context] = node.members;
        const rows = {
            edges: () => edges.find(row => row.callee_index === node.function && row.caller_index === node.parent?.function),
            contexts: () => contexts.find(row => row.node === context),
        }[this.state.view] ?? (() => functions[node.function]);
        this.go({path: node.path, selected: rows()?.key ?? ""});
    }

    escape() {
        if (this.state.selected)
            this.go({selected: ""});
        else if (this.state.path.length)
            this.go({path: this.state.path.slice(0, -1)});
    }

    show() {
        this.state = this.read(parse(location.hash));
        const shown = {...this.state, selected: rowOf(this.comparison, this.state.selected)};
        for (const link of document.querySelectorAll("nav a"))
            link.href = this.address({view: link.dataset.view});
        this.parts[this.state.view].show(shown);
        this.dock?.show(shown);
    }
}

function showTitle({title, before, after}) {
    byId("program").textContent = title;
    byId("program").title = title;
    document.title = `${title} – profinst`;
    const programs = [...new Set([before.program, after.program])].filter(Boolean).join(" → ");
    byId("arguments").textContent = programs;
    byId("arguments").title = programs;
}

begin(async () => {
    beginHelp(KEYS, WORDS);
    const comparison = await readComparison();
    performance.mark("read");
    showTitle(comparison);
    const page = new Page(comparison);
    return {views: page.views, search: page.search, order: page.order, enter: view => page.go({view})};
});
