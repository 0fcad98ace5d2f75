// A function over the points of its history: means with their errors, the levels, and where these change.
import {makeSvg} from "./dom.js";

const WIDTH = 960, HEIGHT = 300, LEFT = 84, RIGHT = 20, TOP = 46, BOTTOM = 34;

const known = values => values.filter(value => value !== null);

// From the least that is drawn, or three quarters of the most if that is less, so that noise stays flat.
function rangeOf(row) {
    const low = row.mean.map((mean, at) => mean === null ? null : mean - (row.error[at] ?? 0));
    const high = row.mean.map((mean, at) => mean === null ? null : mean + (row.error[at] ?? 0));
    const most = Math.max(...known(high), 0);
    const least = Math.max(Math.min(...known(low), 0.75 * most), 0);
    return {least, most: most > least ? most : least + 1};
}

// Round numbers between both ends.
function ticks({least, most}) {
    const rough = (most - least) / 4, size = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map(factor => factor * size).find(size => size >= rough);
    const found = [];
    for (let at = Math.ceil(least / step); at * step <= most; at++)
        found.push(at * step);
    return found;
}

// A small line without anything, for a row of a table.
export function trend(row) {
    const {least, most} = rangeOf({mean: row.mean, error: []});
    const x = at => 2 + 116 * at / Math.max(row.mean.length - 1, 1), y = value => 20 - 18 * (value - least) / (most - least);
    const points = row.mean.map((value, at) => value === null ? null : `${x(at).toFixed(1)},${y(value).toFixed(1)}`);
    return makeSvg("svg", {class: "trend", viewBox: "0 0 120 22", "aria-hidden": "true"},
        makeSvg("polyline", {points: known(points).join(" ")}),
        row.steps.map(({point}) => makeSvg("circle", {cx: x(point), cy: y(row.mean[point]), r: 2.5})));
}

export function chart(history, row, show) {
    const range = rangeOf(row), count = row.mean.length;
    const x = at => LEFT + (WIDTH - LEFT - RIGHT) * (at + 0.5) / count;
    const y = value => HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - range.least) / (range.most - range.least);
    const line = (x1, y1, x2, y2, kind) => makeSvg("line", {x1, y1, x2, y2, class: kind});
    const text = (x, y, kind, content) => makeSvg("text", {x, y, class: kind}, content);
    const steps = row.steps, bounds = [0, ...steps.map(step => step.point), count];
    const levels = steps.length ? [steps[0].before, ...steps.map(step => step.after)] : [];
    const edge = at => (x(at) + x(at - 1)) / 2;
    const label = (step, index) => {
        const at = edge(step.point), right = at > WIDTH / 2;
        const height = TOP - 10 - 15 * (index % 2); // of neighbours, beside each other
        return [line(at, height - 10, at, HEIGHT - BOTTOM, "step"),
            text(at + (right ? -6 : 6), height, right ? "step before" : "step", `${step.change}, ${step.confidence}`)];
    };
    return makeSvg("svg", {class: "chart", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img",
        "aria-label": `${history.what} of ${row.name} at ${count} points`},
    ticks(range).map(value => [line(LEFT, y(value), WIDTH - RIGHT, y(value), "rule"),
        text(LEFT - 8, y(value) + 4, "tick", show(value))]).flat(),
    levels.map((level, at) => line(at ? edge(bounds[at]) : LEFT, y(level),
        at + 1 < levels.length ? edge(bounds[at + 1]) : WIDTH - RIGHT, y(level), "level")),
    steps.map(label).flat(),
    row.mean.map((mean, at) => mean === null ? null : makeSvg("g", {class: "point"},
        makeSvg("title", {}, `${history.points[at].commit ?? history.points[at].started}: ${show(mean)}`),
        row.error[at] ? line(x(at), y(mean + row.error[at]), x(at), y(Math.max(mean - row.error[at], range.least)), "error") : null,
        makeSvg("circle", {cx: x(at), cy: y(mean), r: Math.min(4, Math.max(1.5, 300 / count))}))),
    text(LEFT, HEIGHT - 10, "first", history.points[0].started),
    text(WIDTH - RIGHT, HEIGHT - 10, "last", history.points[count - 1].started));
}
