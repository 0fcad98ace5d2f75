// A flame graph: each frame is as wide as its share of the time, and stands on its caller's. Frames are elements, placed
// in percent of the width, so that they can be read, printed and reached by the keyboard like anything else. What
// would be narrower than a pixel is not made, and what is below it is not even looked at.
import {select} from "d3-selection";

import {byId, make, say} from "./dom.js";
import {count, duration, percent, plural} from "./format.js";

const NARROWEST = 1, NARROWEST_NAMED = 26; // pixels

export class FlameGraph {
    // `select` is called with the node that somebody chooses, `open` with a function's index. `levels`: at most.
    constructor(profile, {choose, open, levels = Infinity}) {
        Object.assign(this, {profile, choose, open, levels});
        this.chart = make("div", {class: "flame-chart", role: "tree", "aria-label": "Flame graph"});
        this.element = make("div", {class: "flame-scroll"}, this.chart);
        this.order = "flame";
        this.colours = profile.colours;
        this.marked = null;
        this.chart.addEventListener("click", event => this.click(event));
        this.chart.addEventListener("keydown", event => this.key(event));
        this.chart.addEventListener("focusin", event => this.focusOn(event.target.__data__?.node));
        this.chart.addEventListener("pointermove", event => this.point(event));
        this.chart.addEventListener("pointerleave", () => { byId("tooltip").hidden = true; });
        new ResizeObserver(() => this.resized()).observe(this.element);
    }

    get weight() {
        return this.profile.has_times ? duration : value => plural(value, "call");
    }

    show(root, focus) {
        this.root = root;
        this.focus = focus;
        this.current = focus;
        this.draw();
        this.toRoot();
    }

    toRoot() {
        this.element.scrollTop = this.order === "flame" ? this.element.scrollHeight : 0;
    }

    mark(marked) {
        this.marked = marked;
        this.draw();
    }

    resized() {
        if (this.root && this.chart.clientWidth !== this.drawnWidth)
            this.draw();
    }

    // Frames as {node, left, width}; left and width are shares of the whole.
    layOut() {
        const frames = [];
        for (let node = this.focus.parent; node; node = node.parent)
            frames.unshift({node, left: 0, width: 1, above: true});
        const least = NARROWEST / Math.max(this.chart.clientWidth, 1);
        const total = this.focus.total;
        const stack = [{node: this.focus, left: 0, width: 1}];
        while (stack.length && total > 0) {
            const frame = stack.pop();
            frames.push(frame);
            if (frame.node.depth - this.focus.depth + 1 >= this.levels)
                continue;
            let left = frame.left;
            for (const node of frame.node.children) {
                const width = node.total / total;
                if (width < least)
                    break; // they are sorted
                stack.push({node, left, width});
                left += width;
            }
        }
        return frames;
    }

    draw() {
        const width = this.drawnWidth = this.chart.clientWidth;
        if (!width || !this.root)
            return;
        const frames = this.layOut();
        const depth = frames.reduce((most, frame) => Math.max(most, frame.node.depth), 0);
        this.frames = new Map(frames.map(frame => [frame.node.id, frame]));
        this.chart.className = `flame-chart ${this.order} by-${this.colours} ${this.marked ? "searching" : ""}`;
        this.chart.style.setProperty("--rows", depth + 1);
        const heat = ({node}) => node.function < 0 ? 0 : node.self / this.focus.total;
        const highest = frames.reduce((most, frame) => Math.max(most, heat(frame)), 1e-9);
        const hot = this.colours === "heat";
        function place(frame) {
            frame.element = this;
            this.style.cssText = `--depth:${frame.node.depth};left:${(100 * frame.left).toFixed(4)}%;`
                + `width:${(100 * frame.width).toFixed(4)}%;${hot ? `--heat:${(heat(frame) / highest).toFixed(3)}` : ""}`;
        }
        select(this.chart).selectAll("div").data(frames, frame => frame.node.id).join(
            enter => enter.append("div").attr("role", "treeitem").attr("tabindex", -1)
                .attr("aria-level", frame => frame.node.depth + 1))
            .attr("class", frame => this.classOf(frame))
            .text(frame => frame.width * width < NARROWEST_NAMED ? "" : frame.node.label)
            .each(place);
        this.frames.get(this.current?.id)?.element.setAttribute("tabindex", 0);
    }

    isHit(node) {
        return this.marked && node.function >= 0 && this.marked[node.function];
    }

    classOf({node, above}) {
        const hit = this.isHit(node);
        return ["frame", this.colourOf(node), above ? "above" : "", hit ? "hit" : ""].join(" ").trim();
    }

    colourOf(node) {
        const row = this.profile.functions[node.function];
        return (this.colours === "function" ? row?.functionColour : row?.fileColour) ?? "group";
    }

    // What there is to say of a node, in lines.
    describe(node) {
        const total = this.root.total, row = this.profile.functions[node.function];
        const lines = [node.label];
        if (this.profile.has_times)
            lines.push(`cumulative ${percent(node.total, total, node.error)}, ${duration(node.total)}`);
        if (!row)
            return [...lines, `${this.weight(node.self)} in no instrumented function`];
        if (this.profile.has_times)
            lines.push(`self ${percent(node.self, total, node.selfError)}, ${duration(node.self)}`);
        const inlined = node.inlinedCalls;
        lines.push(plural(node.calls, "call") + (inlined ? `, ${count(inlined)} of them inlined` : ""));
        return row.place ? [...lines, row.place] : lines;
    }

    click(event) {
        const node = event.target.__data__?.node;
        if (!node)
            return;
        if (event.shiftKey && node.function >= 0)
            this.open(node.function);
        else
            this.choose(node);
    }

    focusOn(node) {
        if (!node)
            return;
        this.frames.get(this.current?.id)?.element.setAttribute("tabindex", -1);
        this.current = node;
        this.frames.get(node.id)?.element.setAttribute("tabindex", 0);
        say(this.describe(node).join(", "));
    }

    // The frame beside this one in the same row.
    beside(frame, step) {
        const row = [...this.frames.values()].filter(other => other.node.depth === frame.node.depth)
            .sort((a, b) => a.left - b.left);
        return row[row.indexOf(frame) + step]?.node;
    }

    key(event) {
        const frame = this.frames.get(this.current?.id);
        if (!frame || event.ctrlKey || event.altKey || event.metaKey)
            return;
        const up = this.order === "flame" ? "ArrowUp" : "ArrowDown";
        const down = this.order === "flame" ? "ArrowDown" : "ArrowUp";
        const next = {
            [up]: () => frame.node.children[0],
            [down]: () => frame.node.parent,
            ArrowLeft: () => this.beside(frame, -1),
            ArrowRight: () => this.beside(frame, 1),
        }[event.key];
        if (next) {
            this.frames.get(next()?.id)?.element.focus();
        } else if (event.key === "Enter" || event.key === " ") {
            this.choose(frame.node);
        } else if (event.key === "o" && frame.node.function >= 0) {
            this.open(frame.node.function);
        } else {
            return;
        }
        event.preventDefault();
    }

    point(event) {
        const node = event.target.__data__?.node;
        const tooltip = byId("tooltip");
        tooltip.hidden = !node;
        if (!node)
            return;
        tooltip.replaceChildren(...this.describe(node).map(line => make("div", {}, line)));
        const left = Math.min(event.clientX + 14, innerWidth - tooltip.offsetWidth - 8);
        const below = event.clientY + 18, above = event.clientY - tooltip.offsetHeight - 12;
        tooltip.style.left = `${Math.max(left, 4)}px`;
        tooltip.style.top = `${below + tooltip.offsetHeight < innerHeight ? below : Math.max(above, 4)}px`;
    }
}
