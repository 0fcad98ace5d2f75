// What there is to see first: the program, where its time goes, and what to do about it.
import {bar, byId, make} from "./dom.js";
import {count, plural} from "./format.js";
import {FlameGraph} from "./flame.js";
import {selfShare, selfTime} from "./functions.js";
import {go} from "./router.js";

const FIRST = 10, LEVELS = 14;

function summary(profile) {
    return make("section", {class: "card summary"}, make("h2", {}, "Run"),
        make("dl", {}, profile.summary.map(([label, text]) => make("div", {class: label === "Note" ? "note" : null},
            make("dt", {}, label), make("dd", {}, text)))));
}

function first(profile) {
    const {functions, has_times, total_ns} = profile;
    const most = Math.max(1, ...functions.slice(0, FIRST).map(row => row.calls));
    const rows = functions.slice(0, FIRST).map(row => make("tr", {},
        make("td", {class: "name"}, make("a", {href: `#/graph/${row.index}`, title: row.name}, row.name)),
        make("td", {class: "with-bar"}, bar(has_times ? (row.below_noise ? 0 : row.self_ns / total_ns) : row.calls / most,
            has_times && !row.below_noise ? row.self_error_ns / total_ns : 0),
        make("span", {class: "share"}, has_times ? selfShare(row, profile) : "")),
        has_times ? make("td", {}, row.below_noise ? "–" : selfTime(row)) : null,
        make("td", {}, count(row.calls))));
    return make("section", {class: "card first"}, make("h2", {}, has_times ? "Where the time goes" : "What is called most"),
        make("table", {}, make("thead", {}, make("tr", {}, ["Function", has_times ? "Self %" : "",
            ...has_times ? ["Self"] : [], "Calls"].map(name => make("th", {scope: "col"}, name)))),
        make("tbody", {}, rows)),
        functions.length > FIRST ? make("p", {}, make("a", {href: "#/functions"},
            `All ${plural(functions.length, "function")}`)) : null);
}

export class Overview {
    constructor(profile) {
        this.profile = profile;
        const element = byId("overview");
        if (profile.empty) {
            element.append(make("p", {class: "card empty"}, profile.empty), summary(profile));
            return;
        }
        this.graph = new FlameGraph(profile, {
            choose: node => go("flame", "all", node.path.join(".")),
            open: index => go("graph", index),
            levels: LEVELS,
        });
        element.append(
            make("div", {class: "columns"}, summary(profile), first(profile)),
            make("section", {class: "card picture"}, make("h2", {}, make("a", {href: "#/flame"}, "Flame graph")),
                this.graph.element));
    }

    show() {
        if (!this.graph)
            return;
        const root = this.root ??= this.profile.contexts.root("all");
        this.graph.show(root, root);
    }
}
