// What of the call graph is drawn: a function with those around it, or the largest of the whole program.

const LARGEST = 28, LEAST_SHARE = 0.01;
const AT_ONCE = [10, 4, 3]; // callers or callees of one function, by how far away it is

function weightOf(profile, edge) {
    return profile.has_times ? edge.cumulative_ns || edge.calls / 1e9 : edge.calls;
}

function largest(profile, edges, limit) {
    return [...edges].sort((a, b) => weightOf(profile, b) - weightOf(profile, a) || b.calls - a.calls).slice(0, limit);
}

// Edges are those on a way to the function or from it.
export function around(profile, index, steps) {
    const functions = new Set([index]), edges = new Set();
    let hidden = 0;
    for (const [lists, end] of [[profile.callers, "caller"], [profile.callees, "callee"]]) {
        let border = [index];
        for (let step = 0; step < steps; step++) {
            const next = [];
            for (const from of border) {
                const shown = largest(profile, lists[from], AT_ONCE[step]);
                if (step === 0)
                    hidden += lists[from].length - shown.length;
                for (const edge of shown) {
                    edges.add(edge);
                    if (!functions.has(edge[end]))
                        next.push(edge[end]);
                    functions.add(edge[end]);
                }
            }
            border = next;
        }
    }
    return {functions: [...functions], edges: [...edges], hidden};
}

// The functions with the largest cumulative times. An edge of little time only tangles the picture: it stays if it is
// recursion, or the largest into its function, so that each hangs where it belongs.
export function overall(profile) {
    const weight = row => profile.has_times ? row.cumulative_ns : row.calls;
    const total = profile.has_times ? profile.total_ns : Math.max(1, ...profile.functions.map(weight));
    const chosen = [...profile.functions].sort((a, b) => weight(b) - weight(a) || a.index - b.index)
        .slice(0, LARGEST).filter(row => weight(row) >= LEAST_SHARE * total || profile.functions.length <= LARGEST);
    const functions = new Set(chosen.map(row => row.index));
    const hasCaller = new Set(), edges = [];
    for (const edge of largest(profile, profile.edges, Infinity)) {
        if (!functions.has(edge.caller) || !functions.has(edge.callee))
            continue;
        const loop = edge.caller === edge.callee;
        if (!loop && edge.recursive_calls === 0 && hasCaller.has(edge.callee) && weightOf(profile, edge) < LEAST_SHARE * total)
            continue;
        if (!loop)
            hasCaller.add(edge.callee);
        edges.push(edge);
    }
    return {functions: [...functions], edges, hidden: profile.functions.length - functions.size};
}
