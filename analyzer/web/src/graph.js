// The call graph: a function between its callers and its callees, and what there is to know of it.
import {select} from "d3-selection";

import {byId, make, makeSvg} from "./dom.js";
import {FunctionPanel} from "./function_panel.js";
import {count, duration, plural} from "./format.js";
import {cumulativeShare, selfShare} from "./functions.js";
import {layOut} from "./layout.js";
import {around, overall} from "./neighbours.js";
import {go} from "./router.js";

const LINE = 15, PADDING = 9, WIDEST = 230, NARROWEST = 90, LETTER = 7.1;
const MARGIN = 12, SMALLEST = 0.72; // what is smaller cannot be read, and is scrolled

function cut(name, width) {
    const letters = Math.floor((width - 2 * PADDING) / LETTER);
    return name.length > letters ? `${name.slice(0, letters - 1)}…` : name;
}

// A name without what tells least, if it is long.
function brief(name) {
    return name.length * LETTER + 2 * PADDING <= WIDEST ? name : name.replace(/\(.*$/s, "()");
}

function curve(points) {
    const [start, ...rest] = points;
    const tip = (rest.length - 1) % 3 === 0 && rest.length > 3 ? rest.pop() : null;
    const pieces = [];
    for (let i = 0; i + 2 < rest.length; i += 3)
        pieces.push(`C${rest.slice(i, i + 3).map(point => point.join(",")).join(" ")}`);
    return `M${start.join(",")}${pieces.join("")}${tip ? `L${tip.join(",")}` : ""}`;
}

export class GraphView {
    constructor(profile, search) {
        this.profile = profile;
        this.steps = 1;
        this.panel = new FunctionPanel(profile, search);
        this.drawing = make("div", {class: "drawing", tabindex: -1});
        this.caption = make("p", {class: "about"});
        this.stepsList = make("select", {onchange: event => this.setSteps(Number(event.target.value))},
            [1, 2, 3].map(steps => make("option", {value: steps}, steps === 1 ? "one call away" : `${steps} calls away`)));
        this.stepsLabel = make("label", {class: "choice"}, make("span", {}, "Show"), this.stepsList);
        this.whole = make("a", {class: "button", href: "#/graph"}, "Whole program");
        this.size = 1;
        const zoom = (text, label, factor) => make("button", {type: "button", "aria-label": label, title: label,
            onclick: () => this.zoom(factor)}, text);
        byId("graph").append(
            make("div", {class: "graph-side"},
                make("div", {class: "tools"}, this.whole, this.stepsLabel, zoom("−", "Smaller", 1 / 1.25),
                    zoom("+", "Larger", 1.25), zoom("Fit", "Fit into the view", 0)),
                this.drawing, this.caption),
            this.panel.element);
    }

    async show([argument]) {
        const index = argument !== undefined && argument !== "" && this.profile.functions[argument]
            ? Number(argument) : null;
        this.index = index;
        this.panel.show(index);
        this.whole.hidden = index === null;
        this.stepsLabel.hidden = index === null;
        await this.draw();
    }

    setSteps(steps) {
        this.steps = steps;
        this.draw();
    }

    nodeOf(index) {
        const row = this.profile.functions[index];
        const lines = this.profile.has_times
            ? [`self ${selfShare(row, this.profile)}`, `cum. ${cumulativeShare(row, this.profile)}`]
            : [plural(row.calls, "call")];
        const name = brief(row.name);
        const longest = Math.max(name.length * LETTER, ...lines.map(line => line.length * LETTER * 0.88));
        const width = Math.min(Math.max(longest + 2 * PADDING, NARROWEST), WIDEST);
        return {key: index, row, name: cut(name, width), lines, width, height: (lines.length + 1) * LINE + PADDING};
    }

    async draw() {
        const {profile, index} = this;
        const chosen = index === null ? overall(profile) : around(profile, index, this.steps);
        const nodes = chosen.functions.map(each => this.nodeOf(each));
        const edges = chosen.edges.map(edge => ({
            from: edge.caller, to: edge.callee, edge, label: `${count(edge.calls)}×`,
        }));
        const turn = this.turn = {};
        const drawn = await layOut(nodes, edges, {direction: index === null ? "TB" : "LR"});
        if (turn !== this.turn)
            return; // something else is wanted by now
        this.drawing.replaceChildren(this.picture(drawn));
        this.zoom(0);
        this.drawing.dataset.of = index === null ? "all" : String(index);
        const rest = chosen.hidden;
        this.caption.textContent = index === null
            ? `The functions with the largest cumulative times${
                rest ? `; ${plural(rest, "smaller function")} not drawn` : ""}. A click walks to a function.`
            : `${rest ? `${plural(rest, "smaller caller or callee", "smaller callers and callees")} not drawn, but listed. `
                : ""}Dashed: all calls inlined. Numbers are calls.`;
    }

    picture({width, height, nodes, edges}) {
        const svg = makeSvg("svg", {
            viewBox: `${-MARGIN} ${-MARGIN} ${width + 2 * MARGIN} ${height + 2 * MARGIN}`,
            role: "group", "aria-label": "Call graph",
        }, makeSvg("defs", {}, makeSvg("marker", {
            id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto",
            markerUnits: "userSpaceOnUse",
        }, makeSvg("path", {d: "M0,0.5L8,4L0,7.5z"}))));
        this.natural = {width: width + 2 * MARGIN, height: height + 2 * MARGIN};
        this.drawEdges(select(svg), edges);
        this.drawNodes(select(svg), nodes);
        return svg;
    }

    drawEdges(svg, edges) {
        const total = this.profile.total_ns;
        const groups = svg.append("g").attr("aria-hidden", "true").selectAll("g").data(edges).join("g")
            .attr("class", ({edge}) => `edge ${edge.inlined_calls === edge.calls ? "inlined" : ""}`);
        groups.append("path").attr("d", ({points}) => curve(points)).attr("marker-end", "url(#arrow)")
            .style("stroke-width", ({edge}) => 1 + 4 * Math.sqrt(total > 0 ? Math.min(edge.cumulative_ns / total, 1) : 0));
        groups.append("title").text(({edge}) => this.describe(edge));
        svg.append("g").attr("class", "labels").attr("aria-hidden", "true").selectAll("text").data(edges).join("text")
            .attr("x", ({labelX}) => labelX).attr("y", ({labelY}) => labelY + 3).text(({label}) => label);
    }

    describe(edge) {
        const {functions, has_times} = this.profile;
        const time = has_times && edge.cumulative_ns ? `, ${duration(edge.cumulative_ns)}` : "";
        return `${functions[edge.caller].name} → ${functions[edge.callee].name}: ${plural(edge.calls, "call")}${time}`;
    }

    drawNodes(svg, nodes) {
        const total = this.profile.total_ns;
        const groups = svg.append("g").selectAll("a").data(nodes).join("a")
            .attr("href", node => `#/graph/${node.key}`)
            .attr("class", node => `node ${node.key === this.index ? "here" : ""} ${node.row.external ? "external" : ""}`)
            .attr("aria-label", node => [node.row.name, ...node.lines].join(", "))
            .attr("transform", node => `translate(${node.x - node.width / 2},${node.y - node.height / 2})`)
            .style("--heat", node => total > 0 && !node.row.below_noise
                ? Math.min(1, 1.6 * Math.sqrt(node.row.self_ns / total)) : 0);
        groups.append("title").text(node => [node.row.name, node.row.place].filter(Boolean).join("\n"));
        groups.append("rect").attr("rx", 5).attr("width", node => node.width).attr("height", node => node.height);
        groups.append("text").attr("class", "name").attr("x", PADDING).attr("y", LINE + 2).text(node => node.name);
        groups.selectAll("text.figure").data(node => node.lines).join("text").attr("class", "figure")
            .attr("x", PADDING).attr("y", (line, index) => (index + 2) * LINE + 1).text(line => line);
    }

    // 0: as large as fits, and no larger than it is meant to be.
    zoom(factor) {
        const svg = this.drawing.firstElementChild;
        if (!svg)
            return;
        const {width, height} = this.natural;
        const fit = Math.min(this.drawing.clientWidth / width, this.drawing.clientHeight / height, 1);
        this.size = factor === 0 ? Math.max(fit, SMALLEST) : Math.min(Math.max(this.size * factor, 0.2), 3);
        svg.style.width = `${width * this.size}px`;
        svg.style.height = `${height * this.size}px`;
        const here = svg.querySelector(".here");
        if (factor === 0)
            this.drawing.scrollTop = 0;
        if (here && factor === 0) {
            const box = here.getBoundingClientRect(), outer = this.drawing.getBoundingClientRect();
            this.drawing.scrollLeft += box.left + box.width / 2 - outer.left - outer.width / 2;
            this.drawing.scrollTop += box.top + box.height / 2 - outer.top - outer.height / 2;
        }
    }

    escape() {
        if (this.index === null)
            return false;
        go("graph");
        return true;
    }
}
