// The table of all functions. Only the rows that are seen are elements.
import {Tabulator, FilterModule, FormatModule, InteractionModule, ResizeColumnsModule, ResponsiveLayoutModule, SortModule}
    from "tabulator-tables";

import {bar, byId, make} from "./dom.js";
import {DASH, baseName, count, duration, percent} from "./format.js";
import {go} from "./router.js";
import {matcher} from "./search.js";

Tabulator.registerModule([FilterModule, FormatModule, InteractionModule, ResizeColumnsModule, ResponsiveLayoutModule,
    SortModule]);

const text = (value, className) => make("span", {class: className}, value);

// What a function has no time of is a dash, as in profinst report.
const hasSelf = row => !row.below_noise && (!row.onlyInlined || row.self_ns !== 0);
const hasCumulative = row => (!row.onlyInlined && !row.onlyRecursive) || row.cumulative_ns !== 0;
const hasAverage = row => row.average_ns !== null && (!row.onlyRecursive || row.average_ns !== 0);

export function selfShare(row, profile) {
    if (row.below_noise)
        return "< noise";
    return hasSelf(row) ? percent(row.self_ns, profile.total_ns, row.self_error_ns) : DASH;
}

export function cumulativeShare(row, profile) {
    return hasCumulative(row) ? percent(row.cumulative_ns, profile.total_ns, row.cumulative_error_ns) : DASH;
}

export const selfTime = row => hasSelf(row) ? duration(row.self_ns) : DASH;
export const cumulativeTime = row => hasCumulative(row) ? duration(row.cumulative_ns) : DASH;
export const averageTime = row => hasAverage(row) ? duration(row.average_ns) : DASH;

// The longest call may be one of those that were not measured.
export function callTime(row, name) {
    const value = row[name];
    if (value === null)
        return DASH;
    const all = row.measured_calls >= row.calls - row.inlined_calls;
    return (name === "max_ns" && !all ? "≥ " : "") + duration(value);
}

// Its bar is relative to the longest one, so that there is something to compare.
export function shareCell(row, profile) {
    const cell = text(selfShare(row, profile), "share");
    profile.longestBar ??= profile.functions.reduce((most, other) =>
        hasSelf(other) ? Math.max(most, other.self_ns + other.self_error_ns) : most, 1);
    return hasSelf(row) && profile.total_ns > 0 ? make("span", {class: "with-bar"},
        bar(row.self_ns / profile.longestBar, row.self_error_ns / profile.longestBar), cell) : cell;
}

export function severityBadge(severity) {
    return severity ? text(severity, `badge ${severity}`) : null;
}

function nameCell(row) {
    const link = make("a", {href: `#/graph/${row.index}`, tabindex: -1, title: row.name}, row.name);
    return make("span", {class: "name"}, link, row.severity === "low" ? null : severityBadge(row.severity),
        row.onlyInlined ? text("inlined", "badge") : null,
        row.external ? text("external", "badge") : null);
}

// What is not known comes last, whichever way it is sorted. What is below the noise likewise.
function byNumber(field, known) {
    return (a, b, rowA, rowB, column, direction) => {
        const [left, right] = [rowA.getData(), rowB.getData()];
        const [hasLeft, hasRight] = [known(left), known(right)];
        if (hasLeft !== hasRight)
            return (hasLeft ? -1 : 1) * (direction === "desc" ? -1 : 1);
        return (hasLeft ? left[field] - right[field] : 0) || right.rank - left.rank;
    };
}

function numberColumn(title, field, show, {known = () => true, width = 82, responsive = 1} = {}) {
    return {
        title, field, width, responsive, hozAlign: "right", headerHozAlign: "right",
        sorter: byNumber(field, known), headerSortStartingDir: "desc",
        formatter: cell => show(cell.getData()),
    };
}

function columnsOf(profile) {
    const timed = profile.has_times;
    const hasDurations = profile.functions.some(row => row.measured_calls > 0);
    const inlined = profile.functions.some(row => row.inlined_calls > 0);
    const call = (title, field, responsive, width = 76) => numberColumn(title, field, row => text(callTime(row, field)),
        {known: row => row[field] !== null, responsive, width});
    return [
        {title: "#", field: "rank", width: 58, hozAlign: "right", headerHozAlign: "right", sorter: "number",
            responsive: 2, formatter: cell => text(count(cell.getValue()))},
        {title: "Function", field: "name", minWidth: 180, widthGrow: 3, sorter: "string", responsive: 0,
            formatter: cell => nameCell(cell.getData())},
        ...timed ? [
            numberColumn("Self %", "self_ns", row => shareCell(row, profile),
                {known: hasSelf, width: 172, responsive: 0}),
            numberColumn("Self", "self_ns", row => text(selfTime(row)), {known: hasSelf}),
            numberColumn("Cum. %", "cumulative_ns", row => text(cumulativeShare(row, profile)),
                {known: hasCumulative, width: 112, responsive: 2}),
            numberColumn("Cumulative", "cumulative_ns", row => text(cumulativeTime(row)),
                {known: hasCumulative, width: 100, responsive: 3}),
        ] : [],
        numberColumn("Calls", "calls", row => text(count(row.calls)), {width: 104, responsive: 1}),
        ...inlined ? [numberColumn("Inlined", "inlined_calls",
            row => text(row.inlined_calls ? count(row.inlined_calls) : DASH), {width: 104, responsive: 5})] : [],
        ...timed ? [numberColumn("Average", "average_ns", row => text(averageTime(row)),
            {known: hasAverage, responsive: hasDurations ? 9 : 4})] : [],
        ...timed && hasDurations ? [call("p50", "p50_ns", 4), call("p95", "p95_ns", 8), call("p99", "p99_ns", 6),
            call("max", "max_ns", 7, 94)] : [],
        {title: "Where", field: "place", minWidth: 110, widthGrow: 1, sorter: "string", responsive: 4,
            formatter: cell => make("span", {class: "place", title: cell.getValue()}, baseName(cell.getValue()))},
    ];
}

export class FunctionsView {
    constructor(profile, search) {
        this.profile = profile;
        this.search = search;
        this.count = make("output", {class: "found", "aria-live": "polite"});
        this.holder = make("div", {class: "functions-table"});
        byId("functions").append(make("div", {class: "tools"}, this.count), this.holder);
        this.rows = profile.functions;
    }

    show() {
        if (!this.table)
            this.begin();
        else
            this.table.redraw();
        this.mark();
    }

    begin() {
        this.table = new Tabulator(this.holder, {
            columns: columnsOf(this.profile),
            data: this.profile.functions,
            index: "index",
            layout: "fitColumns",
            responsiveLayout: "hide",
            height: "100%",
            initialSort: [{column: "rank", dir: "asc"}],
            columnHeaderSortMulti: false,
            rowHeight: 28,
            placeholder: "No function is like that",
        });
        this.table.on("tableBuilt", () => {
            this.built = true;
            this.mark();
        });
        this.table.on("rowClick", (event, row) => {
            if (!event.target.closest("a") && !getSelection().toString())
                go("graph", row.getData().index);
        });
        this.table.on("dataFiltered", (filters, rows) => this.tell(rows.length));
        this.holder.addEventListener("keydown", event => this.key(event));
    }

    mark() {
        if (!this.built || this.marked === this.search.text)
            return;
        this.marked = this.search.text;
        if (this.marked)
            this.table.setFilter(matcher(this.marked));
        else
            this.table.clearFilter();
        this.tell(this.table.getDataCount("active"));
    }

    tell(number) {
        const all = this.profile.functions.length;
        this.count.textContent = number === all ? `${count(all)} ${all === 1 ? "function" : "functions"}`
            : `${count(number)} of ${count(all)} functions`;
    }

    // The rows as they stand there, sorted and filtered.
    get shown() {
        return this.built ? this.table.getData("active") : this.profile.functions;
    }

    // Up and down through the rows, Enter into one.
    key(event) {
        const rows = this.table.getRows("active");
        const move = {ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15, Home: -Infinity, End: Infinity}[event.key];
        if (move === undefined || !rows.length || event.target.closest(".tabulator-header"))
            return;
        event.preventDefault();
        this.goTo(rows, (this.at ?? -1) + move);
    }

    async goTo(rows, to) {
        this.at = Math.min(Math.max(to, 0), rows.length - 1);
        const row = rows[this.at];
        await this.table.scrollToRow(row, "nearest", false).catch(() => {});
        row.getElement().querySelector("a")?.focus({preventScroll: true});
    }
}
