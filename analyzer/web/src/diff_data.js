// The comparison, as analyzer/diff_page.c has packed it into the page; docs/PAGE.md has its keys.
import {ChangeTree} from "./diff_tree.js";
import {unpack} from "./data.js";

export const SIDES = ["before", "after"];

// Functions by their index, which flame graph and edges have; `rank` is their place among all rows.
function functionsOf(rows) {
    const functions = [];
    rows.forEach((row, place) => {
        row.rank = place + 1;
        row.key = `f${row.index}`;
        row.name ||= "(no name)";
        row.place = row.external ? "external" : row.file ? row.file + (row.line ? `:${row.line}` : "") : row.module ?? "";
        row.callers = [];
        row.callees = [];
        row.searched = [row.name, row.linkage_name, row.former_name, row.place].join("\n").toLowerCase();
        functions[row.index] = row;
    });
    return functions;
}

function linkEdges(edges, functions) {
    edges.forEach((row, place) => {
        row.rank = place + 1;
        row.key = `e${place}`;
        row.from = functions[row.caller_index];
        row.to = functions[row.callee_index];
        row.searched = `${row.from.searched}\n${row.to.searched}`;
        row.from.callees.push(row);
        row.to.callers.push(row);
    });
}

export async function readComparison() {
    const comparison = await unpack();
    comparison.rows = comparison.functions; // as they are sorted
    comparison.functions = functionsOf(comparison.rows);
    linkEdges(comparison.edges, comparison.functions);
    comparison.contexts?.forEach((row, place) => {
        row.rank = place + 1;
        row.key = `c${place}`;
        row.name = comparison.functions[row.function_index].name;
        row.searched = row.path.toLowerCase();
    });
    comparison.trees = comparison.flame && Object.fromEntries(SIDES.map(side =>
        [side, new ChangeTree(comparison, side)]));
    return comparison;
}

// What an address calls selected: "f12", a function; "e5", an edge; "c7", a context. Undefined: nothing.
export function rowOf(comparison, key) {
    const place = Number(key.slice(1));
    return {f: comparison.functions, e: comparison.edges, c: comparison.contexts}[key[0]]?.[place];
}
