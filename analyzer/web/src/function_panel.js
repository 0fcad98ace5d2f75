// What there is to know of one function: figures, place, callers, callees, source.
import {bar, copyButton, make} from "./dom.js";
import {DASH, count, duration, percent} from "./format.js";
import {averageTime, callTime, cumulativeShare, cumulativeTime, selfShare, selfTime, severityBadge} from "./functions.js";
import {go} from "./router.js";

const FEW = 12;

export class FunctionPanel {
    constructor(profile, search) {
        this.profile = profile;
        this.search = search;
        this.element = make("aside", {class: "panel", "aria-label": "Function"});
    }

    show(index) {
        this.element.hidden = index === null;
        if (index === null)
            return;
        const row = this.profile.functions[index];
        this.element.replaceChildren(
            make("h2", {title: row.linkage_name ?? row.name}, row.name),
            this.where(row),
            this.figures(row),
            this.links(row),
            this.neighbours("Callers", this.profile.callers[index], "caller", row),
            this.neighbours("Callees", this.profile.callees[index], "callee", row),
            this.source(row));
        this.element.scrollTop = 0;
    }

    where(row) {
        const lines = [];
        if (row.file)
            lines.push(make("p", {class: "where"}, make("code", {}, row.place), copyButton(row.place, "Copy the place")));
        if (row.linkage_name)
            lines.push(make("p", {class: "where"}, make("code", {}, row.linkage_name),
                copyButton(row.linkage_name, "Copy the linkage name")));
        if (row.external)
            lines.push(make("p", {class: "where"}, "not part of the build"));
        else if (row.module)
            lines.push(make("p", {class: "where"}, row.module));
        return make("div", {class: "places"}, lines);
    }

    figures(row) {
        const {profile} = this;
        const figures = [];
        if (profile.has_times) {
            figures.push(["Self", `${selfShare(row, profile)}`, row.below_noise ? "" : selfTime(row)],
                ["Cumulative", cumulativeShare(row, profile), cumulativeTime(row)]);
        }
        figures.push(["Calls", count(row.calls), row.inlined_calls ? `${count(row.inlined_calls)} inlined` : ""]);
        if (row.recursive_calls)
            figures.push(["Recursive", count(row.recursive_calls), ""]);
        if (profile.has_times)
            figures.push(["Average", averageTime(row), ""]);
        if (row.measured_calls)
            figures.push(["p50", callTime(row, "p50_ns"), ""], ["p95", callTime(row, "p95_ns"), ""],
                ["p99", callTime(row, "p99_ns"), ""], ["max", callTime(row, "max_ns"), ""]);
        return make("dl", {class: "figures"}, figures.map(([term, value, more]) => make("div", {},
            make("dt", {}, term), make("dd", {}, value, more ? make("small", {}, more) : null))));
    }

    links(row) {
        return make("p", {class: "links"}, severityBadge(row.severity), make("button", {type: "button", onclick: () => {
            this.search.field.value = row.name;
            go("flame", "all");
        }}, "Find in the flame graph"));
    }

    // Lines of a table: the function at the other end, calls, time and its share of this function's.
    neighbours(title, edges, end, row) {
        const {functions, has_times} = this.profile;
        const sorted = [...edges].sort((a, b) => b.cumulative_ns - a.cumulative_ns || b.calls - a.calls);
        const line = edge => {
            const other = functions[edge[end]];
            const timeless = edge.cumulative_ns === 0
                && (edge.inlined_calls === edge.calls || edge.recursive_calls === edge.calls);
            const timed = has_times && !timeless;
            const calls = `${count(edge.calls)}×${edge.inlined_calls
                ? edge.inlined_calls === edge.calls ? " inlined" : `, ${count(edge.inlined_calls)} inlined` : ""}`;
            return make("tr", {},
                make("td", {class: "name"}, make("a", {href: `#/graph/${edge[end]}`, title: other.name}, other.name)),
                make("td", {}, bar(timed && row.cumulative_ns > 0 ? edge.cumulative_ns / row.cumulative_ns : 0)),
                make("td", {}, timed ? percent(edge.cumulative_ns, row.cumulative_ns) : DASH),
                make("td", {}, timed ? duration(edge.cumulative_ns) : DASH),
                make("td", {class: "calls"}, calls));
        };
        const body = make("tbody", {}, sorted.slice(0, FEW).map(line));
        const more = sorted.length > FEW ? make("button", {type: "button", onclick: event => {
            body.append(...sorted.slice(FEW).map(line));
            event.target.remove();
        }}, `${count(sorted.length - FEW)} more`) : null;
        return make("section", {class: title.toLowerCase()}, make("h3", {}, `${title} (${count(edges.length)})`),
            edges.length ? make("table", {},
                make("thead", {class: "visually-hidden"}, make("tr", {}, ["Function", "", "Of this", "Time", "Calls"].map(
                    name => make("th", {scope: "col"}, name)))), body)
                : make("p", {}, title === "Callers" ? "none: called from outside, or where its thread began" : "none"),
            more);
    }

    source(row) {
        const piece = this.profile.pieces.get(row.index);
        if (!piece)
            return null;
        const lines = piece.text.replace(/\n$/, "").split("\n");
        return make("section", {class: "source"}, make("h3", {}, "Source"),
            piece.changed ? make("p", {class: "warning"}, "The file is newer than the run: it may not be what ran.") : null,
            make("pre", {tabindex: 0, "aria-label": `Source of ${row.name}`}, lines.map((line, index) => make("span", {
                class: piece.line + index === row.line ? "line here" : "line", "data-number": piece.line + index,
            }, `${line}\n`))),
            piece.cut ? make("p", {}, "The function goes on.") : null);
    }
}
