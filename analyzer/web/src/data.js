// The profile, as analyzer/page_data.c has packed it into the page; docs/PAGE.md has its keys.
import {chooseColours} from "./colours.js";
import {ContextTree} from "./contexts.js";

function bytesOf(base64) {
    if (Uint8Array.fromBase64)
        return Uint8Array.fromBase64(base64);
    const text = atob(base64), bytes = new Uint8Array(text.length);
    for (let i = 0; i < bytes.length; i++)
        bytes[i] = text.charCodeAt(i);
    return bytes;
}

export async function unpack() {
    const element = document.getElementById("profile");
    const stream = new Blob([bytesOf(element.textContent)]).stream().pipeThrough(new DecompressionStream("deflate"));
    element.remove();
    return new Response(stream).json();
}

function functionsOf(columns) {
    const names = Object.keys(columns);
    return columns.name.map((name, index) => {
        const row = {index, rank: index + 1};
        for (const column of names)
            row[column] = columns[column][index];
        row.name = name || "(no name)";
        row.onlyInlined = row.calls > 0 && row.inlined_calls === row.calls;
        row.onlyRecursive = row.calls > 0 && row.recursive_calls === row.calls;
        row.place = row.external ? "external"
            : row.file ? row.file + (row.line ? `:${row.line}` : "") : row.module ?? "";
        return row;
    });
}

// The edges of each function, those with most time first.
function edgesOf(columns, functions) {
    const names = Object.keys(columns);
    const edges = columns.calls.map((_, index) => {
        const edge = {};
        for (const column of names)
            edge[column] = columns[column][index];
        return edge;
    }).filter(edge => functions[edge.caller] && functions[edge.callee]);
    const lists = () => functions.map(() => []);
    const callers = lists(), callees = lists();
    for (const edge of edges) {
        callers[edge.callee].push(edge);
        callees[edge.caller].push(edge);
    }
    return {edges, callers, callees};
}

export async function readProfile() {
    const profile = await unpack();
    profile.functions = functionsOf(profile.functions);
    Object.assign(profile, edgesOf(profile.edges, profile.functions));
    chooseColours(profile);
    profile.contexts = new ContextTree(profile);
    profile.pieces = new Map((profile.sources ?? []).map(piece => [piece.function, piece]));
    profile.programs = [...new Set(profile.processes.map(process => process.program))];
    return profile;
}
