// The view with the flame graph: what it is of, which way up, and what is found in it.
import {byId, make} from "./dom.js";
import {baseName, count, percent, plural} from "./format.js";
import {FlameGraph} from "./flame.js";
import {go} from "./router.js";
import {matcher} from "./search.js";

export function findNode(root, path) {
    let node = root;
    for (const key of path) {
        const next = node.children.find(child => child.key === key);
        if (!next)
            break;
        node = next;
    }
    return node;
}

export function choice(label, choices, changed) {
    const list = make("select", {onchange: event => changed(event.target.value)},
        choices.map(([value, text]) => make("option", {value}, text)));
    return make("label", {class: "choice"}, make("span", {}, label), list);
}

export class FlameView {
    constructor(profile, search) {
        this.profile = profile;
        this.search = search;
        this.roots = new Map();
        this.graph = new FlameGraph(profile, {
            choose: node => go("flame", this.grouping, node.path.join(".")),
            open: index => go("graph", index),
        });
        this.found = make("output", {class: "found", "aria-live": "polite"});
        this.reset = make("button", {type: "button", onclick: () => this.zoomOut()}, "Whole program");
        this.about = make("p", {class: "about"});
        byId("flame").append(make("div", {class: "tools"}, ...this.choices(), this.reset, this.found),
            this.graph.element, this.about, this.legend());
    }

    legend() {
        const {legend, filesWithoutColour} = this.profile;
        return make("ul", {class: "legend by-file", "aria-label": "Colours"}, legend.map(({file, colour}) =>
            make("li", {title: file}, make("span", {class: `swatch ${colour}`}), baseName(file))),
        filesWithoutColour ? make("li", {}, `${plural(filesWithoutColour, "smaller file")} in the same colours`) : null);
    }

    choices() {
        const {programs, processes, threads} = this.profile;
        const groupings = [["all", "everything together"]];
        if (programs.length > 1)
            groupings.push(["program", "each program"]);
        if (processes.length > 1)
            groupings.push(["process", "each process"]);
        if (threads.length > 1)
            groupings.push(["thread", "each thread"]);
        const redraw = (key, value) => {
            this.graph[key] = value;
            byId("flame").dataset.colours = this.graph.colours;
            this.graph.draw();
            this.graph.toRoot();
        };
        const controls = [
            choice("Order", [["flame", "flame: callers below"], ["icicle", "icicle: callers above"]],
                value => redraw("order", value)),
            choice("Colour", [["file", "by file"], ["function", "by function"], ["heat", "by self time"]],
                value => redraw("colours", value)),
        ];
        controls[1].querySelector("select").value = this.profile.colours;
        byId("flame").dataset.colours = this.profile.colours;
        if (groupings.length > 1) {
            const grouping = choice("Of", groupings, value => go("flame", value));
            this.groupingList = grouping.querySelector("select");
            controls.unshift(grouping);
        }
        return controls;
    }

    show([grouping = "all", path = ""]) {
        this.grouping = ["program", "process", "thread"].includes(grouping) ? grouping : "all";
        if (this.groupingList)
            this.groupingList.value = this.grouping;
        if (!this.roots.has(this.grouping))
            this.roots.set(this.grouping, this.profile.contexts.root(this.grouping));
        const root = this.roots.get(this.grouping);
        const focus = findNode(root, path ? path.split(".").map(Number) : []);
        this.mark(false);
        this.graph.show(root, focus);
        this.reset.disabled = focus === root;
        this.tell();
        this.graph.toRoot();
    }

    zoomOut() {
        go("flame", this.grouping);
    }

    // False: there is nothing to leave.
    escape() {
        if (this.graph.focus === this.graph.root)
            return false;
        go("flame", this.grouping, this.graph.focus.parent.path.join("."));
        return true;
    }

    mark(draw = true) {
        const text = this.search.text;
        const fits = matcher(text);
        this.graph.marked = text ? Uint8Array.from(this.profile.functions, row => fits(row) ? 1 : 0) : null;
        if (draw) {
            this.graph.draw();
            this.tell();
        }
    }

    tell() {
        const {graph, profile} = this;
        const {contexts} = profile;
        this.about.textContent = [
            profile.has_times ? "As wide as the time spent in it and in what it called."
                : "No times were taken: as wide as the calls of it and of what it called.",
            "A click zooms, Shift and a click opens the function.",
            contexts.leftOut ? `${plural(contexts.leftOut, "context")} that are smaller than any shown are left out.` : "",
        ].join(" ").trim();
        if (!graph.marked) {
            this.found.textContent = "";
            return;
        }
        const {total, contexts: found} = contexts.totalOf(graph.focus, graph.marked);
        this.found.textContent = found ? `${count(found)} found: ${percent(total, graph.focus.total)} of what is shown`
            : "nothing found";
    }
}
