// What there is to see first: the program, where its time goes, and what to do about it.
import {bar, byId, make} from "./dom.js";
import {count, plural} from "./format.js";
import {FlameGraph} from "./flame.js";
import {selfTime, severityBadge, shareCell} from "./functions.js";
import {go} from "./router.js";

const FIRST = 8, LEVELS = 12;

function summary(profile) {
    return make("section", {class: "card summary"}, make("h2", {}, "Run"),
        make("dl", {}, profile.summary.map(([label, text]) => make("div", {class: label === "Note" ? "note" : null},
            make("dt", {}, label), make("dd", {}, text)))));
}

function first(profile) {
    const {functions, has_times} = profile;
    const most = Math.max(1, ...functions.slice(0, FIRST).map(row => row.calls));
    const rows = functions.slice(0, FIRST).map(row => make("tr", {},
        make("td", {class: "name"}, make("a", {href: `#/graph/${row.index}`, title: row.name}, row.name)),
        make("td", {class: "wide"}, has_times ? shareCell(row, profile) : bar(row.calls / most)),
        has_times ? make("td", {}, selfTime(row)) : null,
        make("td", {}, count(row.calls))));
    return make("section", {class: "card first"}, make("h2", {}, has_times ? "Where the time goes" : "What is called most"),
        make("table", {}, make("thead", {}, make("tr", {}, ["Function", has_times ? "Self %" : "",
            ...has_times ? ["Self"] : [], "Calls"].map(name => make("th", {scope: "col"}, name)))),
        make("tbody", {}, rows)),
        functions.length > FIRST ? make("p", {}, make("a", {href: "#/functions"},
            `All ${plural(functions.length, "function")}`)) : null);
}

function advice(profile) {
    if (!profile.advice?.length)
        return null;
    const item = ({severity, index, text, remedy, rule}) => make("li", {},
        severityBadge(severity), make("div", {}, make("p", {}, text,
            profile.functions[index] ? [" ", make("a", {href: `#/graph/${index}`}, "Look at it")] : null),
        make("p", {class: "quiet", title: `rule ${rule}: profinst report --explain=${rule}`}, remedy)));
    return make("section", {class: "card advice"}, make("h2", {}, "What to do first"),
        make("ul", {}, profile.advice.map(item)));
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
            advice(profile) ?? "",
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
