// The differential flame graph: red has become more, blue less. It stands below the tables, and shows what is selected there.
import {byId, make} from "./dom.js";
import {count, percent, plural} from "./format.js";
import {FlameGraph} from "./flame.js";
import {choice, findNode} from "./flame_view.js";
import {matcher} from "./search.js";

const WAY = ["both", "before", "after"]; // presences by their numbers in the columns
const ABOVE = 44; // pixels between a frame that is scrolled to and the edge
const ONLY = {before: "gone", after: "new"};

class ChangeFlame extends FlameGraph {
    constructor(comparison, actions) {
        super({...comparison, colours: "change"}, actions);
        this.comparison = comparison;
        this.chosen = null; // says of a context whether it is of what is selected
    }

    colourOf(node) {
        const step = this.comparison.flame.step[node.members[0]];
        const colour = step === 0 ? "same" : `${step > 0 ? "more" : "less"}-${Math.abs(step)}`;
        return this.comparison.flame.presence[node.members[0]] ? `${colour} alone` : colour;
    }

    classOf(frame) {
        return this.chosen?.(frame.node.members[0]) ? `${super.classOf(frame)} chosen` : super.classOf(frame);
    }

    draw() {
        super.draw();
        this.chart.classList.toggle("choosing", Boolean(this.chosen));
    }

    // "390 ms → 460 ms (+18 %)"; of what is on one side only, its figure.
    pair(context, values, change, show) {
        const {flame} = this.comparison;
        const [before, after] = ["before", "after"].map(side => show(values[side]));
        const only = WAY[flame.presence[context]];
        const word = flame.words[flame[change][context]];
        return only !== "both" ? only === "before" ? before : after
            : before === after && word === "=" ? before : `${before} → ${after} (${word})`;
    }

    describe(node) {
        const {flame, trees, functions, has_times: timed} = this.comparison;
        const [context] = node.members;
        const row = functions[node.function];
        const sides = of => ({before: of(trees.before), after: of(trees.after)});
        const totals = sides(tree => tree.total[context]), selves = sides(tree => tree.self[context]);
        if (!row) {
            const show = value => this.weight(value);
            return [node.label, `${show(totals.before)} → ${show(totals.after)}`];
        }
        const why = flame.presence[context] ? ONLY[WAY[flame.presence[context]]] : row.why;
        return [node.label,
            ...timed ? [`cumulative ${this.pair(context, totals, "cumulative_change", this.weight)}`,
                `self ${this.pair(context, selves, "self_change", this.weight)}`] : [],
            `calls ${this.pair(context, sides(tree => tree.calls[context]), "calls_change", count)}`,
            why, row.place].filter(Boolean);
    }
}

function legend({steps, scale}) {
    const middle = (steps.length - 1) / 2;
    const swatches = steps.map((text, index) => {
        const step = index - middle;
        return make("li", {class: step === 0 ? "same" : `${step > 0 ? "more" : "less"}-${Math.abs(step)}`}, text);
    });
    return make("div", {class: "change-legend"}, make("span", {}, scale), make("ul", {"aria-label": `Colours: ${scale}`}, swatches),
        make("span", {}, make("span", {class: "swatch alone"}), "new or gone"));
}

export class FlameDock {
    // `page.go` changes what is shown, `page.choose` is told of a frame that was clicked.
    constructor(comparison, search, page) {
        this.comparison = comparison;
        this.search = search;
        this.page = page;
        this.graph = new ChangeFlame(comparison, {
            choose: node => page.choose(node),
            open: index => page.go({view: "functions", selected: `f${index}`}),
        });
        const word = comparison.has_times ? "time" : "calls";
        this.sides = choice("Widths", [["after", `${word} after`], ["before", `${word} before`]], side => page.go({side}));
        const order = choice("Order", [["flame", "flame: callers below"], ["icicle", "icicle: callers above"]], value => {
            this.graph.order = value;
            this.graph.draw();
            this.graph.toRoot();
        });
        this.reset = make("button", {type: "button", onclick: () => page.go({path: []})}, "Whole program");
        this.found = make("output", {class: "found", "aria-live": "polite"});
        this.about = make("p", {class: "about"});
        this.element = make("section", {class: "dock", "aria-label": "Flame graph of the changes"},
            make("div", {class: "tools"}, make("h2", {}, "Flame graph"), this.sides, order, this.reset, this.found),
            this.graph.element, make("div", {class: "below"}, legend(comparison.flame), this.about));
        byId("main").append(this.element);
    }

    show({side, path, selected}) {
        const tree = this.comparison.trees[side];
        const moved = this.side !== side || this.path !== path.join();
        this.tree = tree;
        this.row = selected;
        this.graph.chosen = tree.chooser(selected);
        this.sides.querySelector("select").value = side;
        this.mark(false);
        if (moved) {
            this.side = side;
            this.path = path.join();
            this.graph.show(tree.whole, findNode(tree.whole, path));
        } else {
            this.graph.draw();
        }
        this.reset.disabled = this.graph.focus === tree.whole;
        this.tell();
        if (moved || selected)
            this.reveal();
    }

    // Scrolls to the widest frame of what is selected, or else of what has changed most; callers of it are seen, too.
    reveal() {
        const {flame} = this.comparison, {graph} = this;
        const worth = graph.chosen ? context => graph.chosen(context) ? 1 : 0 : context => Math.abs(flame.step[context]);
        let best = null, most = 0;
        for (const frame of graph.frames?.values() ?? []) {
            const value = worth(frame.node.members[0]) + frame.width / 2;
            if (worth(frame.node.members[0]) && value > most)
                [best, most] = [frame, value];
        }
        const shown = graph.element.getBoundingClientRect(), place = best?.element.getBoundingClientRect();
        if (place && (place.top < shown.top || place.bottom > shown.bottom))
            graph.element.scrollTop += place.top - shown.top
                - (graph.order === "flame" ? ABOVE : shown.height - place.height - ABOVE);
        else if (!place)
            graph.toRoot();
    }

    mark(draw = true) {
        const fits = matcher(this.search.text);
        this.graph.marked = this.search.text ? Uint8Array.from(this.comparison.functions, row => row && fits(row) ? 1 : 0) : null;
        if (draw) {
            this.graph.draw();
            this.tell();
        }
    }

    tell() {
        const {flame} = this.comparison, {graph, tree} = this;
        this.about.textContent = [
            `colours are of a frame's own ${this.comparison.has_times ? "time" : "calls"}, not of what it calls`,
            "a click zooms and selects",
            flame.doubt, flame[`unseen_${this.side}`],
            tree.leftOut ? `${plural(tree.leftOut, "context")} that are smaller than any shown are left out` : "",
        ].filter(Boolean).join(" · ");
        const searched = graph.marked;
        if (!searched && !graph.chosen) {
            this.found.textContent = "";
            return;
        }
        const {total, contexts} = tree.totalWhere(graph.focus, searched
            ? i => tree.function[i] >= 0 && searched[tree.function[i]] : graph.chosen);
        const what = searched ? "found" : plural(contexts, "context").replace(/^\S+ /, "");
        this.found.textContent = contexts ? `${count(contexts)} ${what}: ${percent(total, graph.focus.total)} of what is shown`
            : searched ? "nothing found" : "not in what is shown";
    }
}
