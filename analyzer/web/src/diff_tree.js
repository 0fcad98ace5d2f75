// The contexts of both sides, as wide as one of them.
import {ContextTree, Node} from "./contexts.js";

const NONE = -1; // of the root, the function

export class ChangeTree extends ContextTree {
    constructor(comparison, side) {
        const {flame} = comparison;
        super({functions: comparison.functions, threads: []}, {
            left_out: flame.left_out, depth: flame.depth, function: flame.function, groups: [],
            calls: flame[`calls_${side}`], self: flame[`self_${side}`], below: flame[`below_${side}`],
        });
        this.parent = new Int32Array(this.count).fill(NONE);
        const open = [];
        for (let i = 0; i < this.count; i++) {
            open.length = this.depth[i];
            this.parent[i] = open.at(-1) ?? NONE;
            open.push(i);
        }
        this.whole = new Node(this, null, NONE, [0], "all");
    }

    // The functions from the root to a context.
    pathOf(context) {
        const path = [];
        for (let i = context; this.parent[i] !== NONE; i = this.parent[i])
            path.unshift(this.function[i]);
        return path;
    }

    // Is it a context of what is selected? Null: nothing is.
    chooser(row) {
        if (!row)
            return null;
        if (row.key[0] === "f")
            return i => this.function[i] === row.index;
        if (row.key[0] === "e")
            return i => this.function[i] === row.callee_index && this.parent[i] !== NONE
                && this.function[this.parent[i]] === row.caller_index;
        return i => i === row.node;
    }

    // How much of a node is in contexts like that, and below them.
    totalWhere(node, chosen) {
        let total = 0, contexts = 0;
        const [member] = node.members;
        for (let i = member; i < this.end[member];) {
            const fits = chosen(i);
            if (fits) {
                total += this.total[i];
                contexts++;
            }
            i = fits ? this.end[i] : i + 1;
        }
        return {total, contexts};
    }
}
