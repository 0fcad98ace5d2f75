// The comparison, as analyzer/diff_page.c has packed it into the page; docs/PAGE.md has its keys.
import {ChangeTree} from "./diff_tree.js";
import {unpack} from "./data.js";

export const SIDES = ["before", "after"];

// A class of rows that find their fields in the columns when somebody asks, as most rows of most tables are never looked at.
function rowsOf(columns) {
    class Row {
        constructor(at) {
            Object.defineProperty(this, "at", {value: at});
        }
    }
    for (const [key, column] of Object.entries(columns)) {
        let get;
        if (Array.isArray(column)) {
            get = function () { return column[this.at]; };
        } else if ("same" in column) {
            get = () => column.same;
        } else {
            const Inner = rowsOf(column);
            get = function () { return new Inner(this.at); };
        }
        Object.defineProperty(Row.prototype, key, {get, set() { /* Tabulator writes what it has read */ }});
    }
    return Row;
}

function allRows({count, columns}) {
    const Row = rowsOf(columns);
    return Array.from({length: count}, (_, at) => new Row(at));
}

// Functions by their index, which flame graph and edges have; `rank` is their place among all rows.
function functionsOf(rows) {
    const functions = [];
    rows.forEach((row, place) => {
        row.rank = place + 1;
        row.key = `f${row.index}`;
        row.place = row.external ? "external" : row.file ? row.file + (row.line ? `:${row.line}` : "") : row.module ?? "";
        row.callers = [];
        row.callees = [];
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
        row.caller = row.from.name;
        row.callee = row.to.name;
        for (const field of ["name", "linkage_name", "place"]) // to be searched
            row[field] = [row.from[field], row.to[field]].filter((text) => text).join(" ");
        row.from.callees.push(row);
        row.to.callers.push(row);
    });
}

export async function readComparison() {
    const comparison = await unpack();
    comparison.rows = allRows(comparison.functions); // as they are sorted
    comparison.functions = functionsOf(comparison.rows);
    comparison.edges = allRows(comparison.edges);
    linkEdges(comparison.edges, comparison.functions);
    comparison.contexts &&= allRows(comparison.contexts);
    comparison.contexts?.forEach((row, place) => {
        row.rank = place + 1;
        row.key = `c${place}`;
        row.name = comparison.functions[row.function_index].name;
        row.searched = row.path.toLowerCase();
    });
    comparison.trees = {};
    for (const side of SIDES) { // made when it is looked at
        let tree;
        Object.defineProperty(comparison.trees, side, {get: () => tree ??= new ChangeTree(comparison, side)});
    }
    return comparison;
}

// What an address calls selected: "f12", a function; "e5", an edge; "c7", a context. Undefined: nothing.
export function rowOf(comparison, key) {
    const place = Number(key.slice(1));
    return {f: comparison.functions, e: comparison.edges, c: comparison.contexts}[key[0]]?.[place];
}
