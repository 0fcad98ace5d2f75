// The calling context tree. It comes as columns, each context before what it called, one tree for each thread. What
// is shown are views of it: threads are merged, or shown apart, by making nodes that stand for several contexts, and
// a node finds out what is below it when somebody asks: so no more is made than is drawn.

const GROUP = -1; // as in analyzer/page_contexts.c
const LABELS = {[GROUP]: "all", [-2]: "(folded)", [-3]: "(unknown)"};

let lastId = 0;

function sum(values, members) {
    let result = 0;
    for (const member of members)
        result += values[member];
    return result;
}

// Contexts of one function (or several roots), all called from the contexts of the parent.
export class Node {
    constructor(tree, parent, key, members, label) {
        this.id = ++lastId;
        this.tree = tree;
        this.parent = parent;
        this.key = key; // distinct among siblings, and the same when the page is opened again
        this.function = key >= 0 && label === undefined ? key : -1;
        this.label = label ?? tree.nameOf(key);
        this.members = members;
        this.depth = parent ? parent.depth + 1 : 0;
        this.total = sum(tree.total, members);
    }

    get self() { return sum(this.tree.self, this.members); }
    get calls() { return sum(this.tree.calls, this.members); }
    get inlinedCalls() { return sum(this.tree.inlined, this.members); }
    get selfError() { return sum(this.tree.selfError, this.members); }
    get error() { return sum(this.tree.error, this.members); }

    get children() {
        this.known ??= this.tree.childrenOf(this);
        return this.known;
    }

    // Function by function from the root.
    get path() {
        return this.parent ? [...this.parent.path, this.key] : [];
    }
}

export class ContextTree {
    constructor(profile, columns = profile.contexts) {
        this.profile = profile;
        this.leftOut = columns.left_out;
        this.depth = Int32Array.from(columns.depth);
        this.function = Int32Array.from(columns.function);
        for (const [name, column] of [["calls", "calls"], ["inlined", "inlined_calls"], ["self", "self"],
            ["total", "below"], ["selfError", "self_error"], ["error", "error"]])
            this[name] = Float64Array.from(columns[column] ?? []); // of comparisons, not all are there
        this.count = this.depth.length;
        this.end = new Int32Array(this.count); // behind all that is below a context
        const open = [];
        for (let i = 0; i < this.count; i++) {
            this.total[i] += this.self[i];
            while (open.length && this.depth[open.at(-1)] >= this.depth[i])
                this.end[open.pop()] = i;
            open.push(i);
        }
        for (const i of open)
            this.end[i] = this.count;
        this.threads = []; // the contexts that threads begin with
        for (let i = 1; i < this.count; i = this.end[i])
            this.threads.push(i);
        const order = new Map(profile.threads.map((thread, index) => [thread.id, index]));
        this.threadOf = this.threads.map((_, index) => profile.threads[order.get(columns.groups[index])]);
    }

    nameOf(key) {
        return LABELS[key] ?? this.profile.functions[key].name;
    }

    childrenOf(node) {
        const groups = new Map();
        for (const member of node.members) {
            for (let i = member + 1; i < this.end[member]; i = this.end[i]) {
                const group = groups.get(this.function[i]);
                if (group)
                    group.push(i);
                else
                    groups.set(this.function[i], [i]);
            }
        }
        const children = [...groups].map(([key, members]) => new Node(this, node, key, members));
        return children.sort((a, b) => b.total - a.total || a.members[0] - b.members[0]);
    }

    // All there is, with threads merged ("all"), or apart by "program", "process" or "thread".
    root(grouping) {
        const root = new Node(this, null, GROUP, this.threads, "all");
        if (grouping === "all")
            return root;
        const {programs, processes, threads} = this.profile;
        const groups = new Map();
        this.threads.forEach((context, index) => {
            const thread = this.threadOf[index];
            const process = processes.findIndex(other => other.id === thread?.process);
            const key = grouping === "thread" ? threads.indexOf(thread)
                : grouping === "process" ? process : programs.indexOf(processes[process]?.program);
            groups.set(key, [...groups.get(key) ?? [], context]);
        });
        root.known = [...groups].map(([key, members]) =>
            new Node(this, root, key, members, this.labelOf(grouping, key)));
        root.known.sort((a, b) => b.total - a.total || a.key - b.key);
        return root;
    }

    labelOf(grouping, key) {
        const {programs, processes, threads} = this.profile;
        if (grouping === "program")
            return programs[key] ?? "unknown";
        const processName = process => process ? `${process.program} (process ${process.process_id})` : "unknown";
        if (grouping === "process")
            return processName(processes[key]);
        const thread = threads[key];
        const process = processes.find(other => other.id === thread?.process);
        const prefix = processes.length > 1 ? `${processName(process)}, ` : "";
        return `${prefix}thread ${thread?.number} ${thread?.name ?? ""}`.trim();
    }

    // How much of a node, which may be the root, is in contexts of the marked functions and below them.
    totalOf(node, marked) {
        let result = 0, found = 0;
        for (const member of node.members) {
            for (let i = member; i < this.end[member];) {
                if (this.function[i] >= 0 && marked[this.function[i]]) {
                    result += this.total[i];
                    found++;
                    i = this.end[i];
                } else {
                    i++;
                }
            }
        }
        return {total: result, contexts: found};
    }
}
