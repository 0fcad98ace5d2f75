// What there is to know of one row: all its figures, what each run had, and who called whom.
import {copyButton, make, makeSvg} from "./dom.js";
import {count} from "./format.js";
import {callTime, change, difference, mean, probability, tone, toned} from "./diff_format.js";

const FEW = 8;
const QUANTITIES = [["Self", "self_ns"], ["Cumulative", "cumulative_ns"], ["Calls", "calls"]];
const CALL_TIMES = [["Average", "average_ns"], ["p50", "p50_ns"], ["p95", "p95_ns"], ["p99", "p99_ns"]];

function figures(row) {
    const lines = QUANTITIES.filter(([, name]) => row[name]).map(([title, name]) => make("tr", {},
        make("th", {scope: "row"}, title), make("td", {}, mean(row, name, "before")), make("td", {}, mean(row, name, "after")),
        make("td", {}, toned(difference(row, name), tone(row, name))),
        make("td", {}, toned(change(row, name), tone(row, name))), make("td", {}, probability(row, name))));
    const calls = CALL_TIMES.filter(([, name]) => row[name] && (row[name].before ?? row[name].after ?? null) !== null)
        .map(([title, name]) => make("tr", {}, make("th", {scope: "row"}, title),
            make("td", {}, callTime(row, name, "before")), make("td", {}, callTime(row, name, "after"))));
    return make("table", {class: "both"}, make("thead", {}, make("tr", {},
        ["", "before", "after", "difference", "change", "p"].map(title => make("th", {scope: "col"}, title)))),
    make("tbody", {}, lines, calls));
}

// Each run as a dot, so that one sees how much runs differ by chance.
function runs(row, quantity, title) {
    const sides = ["before", "after"].map(side => row[quantity]?.[side].values ?? []);
    const most = Math.max(...sides.flat());
    if (Math.max(...sides.map(values => values.length)) < 2 || !(most > 0))
        return null;
    const dots = sides.flatMap((values, side) => values.map(value => makeSvg("circle",
        {class: side ? "after" : "before", cx: `${(1 + 97 * value / most).toFixed(2)}%`, cy: 8 + 16 * side, r: 4})));
    return make("section", {}, make("h3", {}, `${title} of each run, from 0`),
        make("div", {class: "runs"}, make("div", {"aria-hidden": "true"}, make("span", {}, "before"), make("span", {}, "after")),
            makeSvg("svg", {role: "img", height: 32,
                "aria-label": `${title} of each run: ${sides[0].length} before, ${sides[1].length} after`}, dots)));
}

export class DiffPanel {
    constructor(comparison, page) {
        this.comparison = comparison;
        this.page = page;
        this.element = make("aside", {class: "panel", "aria-label": "Selected", hidden: true});
    }

    show(row) {
        this.element.hidden = !row;
        if (!row)
            return;
        const parts = {f: () => this.ofFunction(row), e: () => this.ofEdge(row), c: () => this.ofContext(row)}[row.key[0]]();
        const close = make("button", {type: "button", class: "close", "aria-label": "Close", title: "Close (Esc)",
            onclick: () => this.page.go({selected: ""})}, "×");
        this.element.replaceChildren(close, ...parts.filter(Boolean));
        this.element.scrollTop = 0;
    }

    ofFunction(row) {
        const {has_times: timed} = this.comparison;
        const former = [row.former_name && `was ${row.former_name}`, row.former_file && `in ${row.former_file}`];
        const code = {same: "same code", changed: "code changed"}[row.code];
        const lines = [row.why, former.filter(Boolean).join(" "), row.why.includes("code") ? null : code];
        return [
            make("h2", {title: row.linkage_name}, row.name),
            ...[...new Set(lines)].filter(Boolean).map(line => make("p", {class: "reason"}, line)),
            row.place ? make("p", {class: "where"}, make("code", {}, row.place), copyButton(row.place, "Copy the place")) : null,
            figures(row),
            timed ? runs(row, "self_ns", "Self time") : runs(row, "calls", "Calls"),
            this.neighbours("Callers", row.callers, edge => edge.from),
            this.neighbours("Callees", row.callees, edge => edge.to),
        ];
    }

    ofEdge(row) {
        const link = (title, to) => make("p", {class: "where"}, `${title} `, this.link(to));
        return [make("h2", {}, `${row.caller} → ${row.callee}`), row.presence === "both" ? null
            : make("p", {class: "reason"}, row.presence === "after" ? "new" : "gone"),
        link("caller", row.from), link("callee", row.to), figures(row),
        runs(row, row.cumulative_ns ? "cumulative_ns" : "calls", row.cumulative_ns ? "Cumulative time" : "Calls")];
    }

    ofContext(row) {
        return [make("h2", {}, row.name), row.presence === "both" ? null
            : make("p", {class: "reason"}, row.presence === "after" ? "new" : "gone"),
        make("p", {class: "where"}, this.link(this.comparison.functions[row.function_index], "the function in all contexts")),
        figures(row), runs(row, row.self_ns ? "self_ns" : "calls", row.self_ns ? "Self time" : "Calls"),
        make("h3", {}, "Called by"), make("p", {class: "path"}, row.path)];
    }

    link(row, label = row.name) {
        return make("a", {href: this.page.address({view: "functions", selected: row.key}), title: row.name}, label);
    }

    neighbours(title, edges, end) {
        const line = edge => {
            const quantity = edge.cumulative_ns ? "cumulative_ns" : "calls";
            const figure = name => make("td", {}, toned(name === "calls" && change(edge, name) === "=" ? mean(edge, name, "after")
                : change(edge, name), tone(edge, name)));
            return make("tr", {}, make("td", {class: "name"}, this.link(end(edge))),
                make("td", {}, toned(difference(edge, quantity), tone(edge, quantity))),
                quantity === "calls" ? null : figure(quantity), figure("calls"));
        };
        const timed = this.comparison.has_times;
        const body = make("tbody", {}, edges.slice(0, FEW).map(line));
        const more = edges.length > FEW ? make("button", {type: "button", onclick: event => {
            body.append(...edges.slice(FEW).map(line));
            event.target.remove();
        }}, `${count(edges.length - FEW)} more`) : null;
        return make("section", {class: title.toLowerCase()}, make("h3", {}, `${title} (${count(edges.length)})`),
            edges.length ? make("table", {}, make("thead", {}, make("tr", {},
                ["Function", ...timed ? ["Cum. time", "change"] : ["Calls"], "calls"].map((name, index) =>
                    make("th", {scope: "col", class: index ? null : "name"}, name)))), body)
                : make("p", {}, "none"), more);
    }
}
