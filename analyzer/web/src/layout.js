// Where the nodes and edges of a graph go, by Graphviz' dot. It is told sizes and numbers only, never a name.
import {instance} from "@viz-js/viz";

const POINTS = 72; // in an inch, in which sizes of nodes are given

let loading;

function number(text) {
    return Number.parseFloat(text);
}

// "e,x,y x,y ..." with y from below, as points from above; the arrow's tip is the last.
function pointsOf(pos, height) {
    const parts = pos.split(" ").map(part => part.split(","));
    const tip = parts[0][0] === "e" ? parts.shift().slice(1) : null;
    const points = parts.map(([x, y]) => [number(x), height - number(y)]);
    return tip ? [...points, [number(tip[0]), height - number(tip[1])]] : points;
}

// Nodes are {key, width, height}, edges {from, to, label, labelWidth}. The result has the same objects, nodes with the
// middle x and y, edges with points and the label's middle; all in pixels.
export async function layOut(nodes, edges, {direction}) {
    loading ??= instance();
    const viz = await loading;
    const places = new Map(nodes.map((node, index) => [node.key, index]));
    const drawn = viz.renderJSON({
        graphAttributes: {rankdir: direction, nodesep: 0.16, ranksep: direction === "LR" ? 0.7 : 0.3},
        nodeAttributes: {shape: "box", fixedsize: true, label: ""},
        edgeAttributes: {fontsize: 13.5},
        nodes: nodes.map((node, index) => ({
            name: String(index),
            attributes: {width: node.width / POINTS, height: node.height / POINTS},
        })),
        edges: edges.map((edge, index) => ({
            tail: String(places.get(edge.from)),
            head: String(places.get(edge.to)),
            attributes: {id: String(index), label: "0".repeat(edge.label.length), weight: edge.weight ?? 1},
        })),
    });
    const [, , width, height] = drawn.bb.split(",").map(number);
    for (const object of drawn.objects ?? []) {
        const [x, y] = object.pos.split(",").map(number);
        Object.assign(nodes[Number(object.name)], {x, y: height - y});
    }
    for (const object of drawn.edges ?? []) {
        const [x, y] = (object.lp ?? "0,0").split(",").map(number);
        Object.assign(edges[Number(object.id)], {points: pointsOf(object.pos, height), labelX: x, labelY: height - y});
    }
    return {width, height, nodes, edges};
}
