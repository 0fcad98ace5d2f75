// The tables of functions, edges and contexts. Only the rows that are seen are elements.
import {Tabulator, FilterModule, FormatModule, InteractionModule, ResizeColumnsModule, ResponsiveLayoutModule, SortModule}
    from "tabulator-tables";

import {byId, make} from "./dom.js";
import {baseName, count} from "./format.js";
import {callTime, change, changeBar, difference, known, largestDifference, mean, probability, tone, toned}
    from "./diff_format.js";
import {DiffPanel} from "./diff_panel.js";
import {choice} from "./flame_view.js";
import {matcher} from "./search.js";

Tabulator.registerModule([FilterModule, FormatModule, InteractionModule, ResizeColumnsModule, ResponsiveLayoutModule,
    SortModule]);

const text = (value, className) => make("span", {class: className}, value);

// What is not known comes last, whichever way it is sorted.
function byValue(valueOf) {
    return (a, b, rowA, rowB, column, direction) => {
        const [left, right] = [rowA.getData(), rowB.getData()];
        const [x, y] = [valueOf(left), valueOf(right)];
        if ((x === null) !== (y === null))
            return (x === null ? 1 : -1) * (direction === "desc" ? -1 : 1);
        return (x === null ? 0 : x - y) || right.rank - left.rank;
    };
}

// `field` is only to tell the columns apart.
function numberColumn(title, field, valueOf, show, {width = 84, responsive = 1, start = "desc"} = {}) {
    return {
        title, field, width, responsive, hozAlign: "right", headerHozAlign: "right",
        sorter: byValue(valueOf), headerSortStartingDir: start, formatter: cell => show(cell.getData()),
    };
}

function quantityColumns(name, quantity, rows, {bar = true, responsive = 1} = {}) {
    const largest = largestDifference(rows, quantity);
    const told = row => tone(row, quantity) !== "chance";
    const of = (row, get) => row[quantity] ? get(row[quantity]) : null;
    const side = which => numberColumn(`${name} ${which}`, `${quantity}.${which}`,
        row => known(row, quantity, which) ? row[quantity][which].mean : null,
        row => text(mean(row, quantity, which)), {width: quantity === "calls" ? 108 : 98, responsive: responsive + (which === "before" ? 0.5 : 0)});
    return [side("before"), side("after"),
        numberColumn(bar ? "Difference" : `${name} ±`, `${quantity}.difference`, row => of(row, value => value.difference),
            row => bar ? make("span", {class: "with-change-bar"}, told(row) ? changeBar(row, quantity, largest) : text(""),
                toned(difference(row, quantity), tone(row, quantity))) : toned(change(row, quantity), tone(row, quantity)),
            {width: bar ? 168 : 120, responsive: 0}),
        ...bar ? [numberColumn("Change", `${quantity}.change`, row => told(row) ? of(row, value => value.ratio) : null,
            row => toned(change(row, quantity), tone(row, quantity)), {width: 112, responsive: 0})] : []];
}

const probabilityColumn = quantity => numberColumn("p", `${quantity}.p`, row => row[quantity]?.adjusted_p ?? null,
    row => text(probability(row, quantity)), {width: 72, responsive: 4, start: "asc"});

function callTimeColumns(names) {
    return names.flatMap(([title, name]) => ["before", "after"].map(side => numberColumn(`${title} ${side}`, `${name}.${side}`,
        row => row[name]?.[side] ?? null, row => text(callTime(row, name, side)), {width: 98})));
}

const badge = row => row.presence === "both" ? null : text(row.presence === "after" ? "new" : "gone", "badge");

function nameColumn(title, field, show, {minWidth = 150, widthGrow = 3} = {}) {
    return {title, field, minWidth, widthGrow, sorter: "string", responsive: 0, formatter: cell => show(cell.getData())};
}

const rankColumn = {title: "#", field: "rank", width: 56, hozAlign: "right", headerHozAlign: "right", sorter: "number",
    responsive: 3, formatter: cell => text(count(cell.getValue()))};

// What a choice of figures shows of rows; the first one is there to begin with.
const FIGURES = {
    self: ["self time and calls", (rows, timed) => [...timed ? [...quantityColumns("Self", "self_ns", rows),
        probabilityColumn("self_ns")] : [], ...quantityColumns("Calls", "calls", rows, {bar: !timed, responsive: 2})]],
    cumulative: ["cumulative time and calls", rows => [...quantityColumns("Cum.", "cumulative_ns", rows),
        probabilityColumn("cumulative_ns"), ...quantityColumns("Calls", "calls", rows, {bar: false, responsive: 2})]],
    calls: ["calls", rows => [...quantityColumns("Calls", "calls", rows), probabilityColumn("calls")]],
    average: ["average, median, p95, p99", () => callTimeColumns([["Average", "average_ns"], ["p50", "p50_ns"],
        ["p95", "p95_ns"], ["p99", "p99_ns"]])],
};

// What each table has besides figures, in which it is different from the others.
export const KINDS = {
    functions: {
        one: "function", figures: ["self", "cumulative", "average"], rows: comparison => comparison.rows,
        columns: [
            nameColumn("Function", "name", row => make("span", {class: "name", title: row.name}, row.name,
                row.external ? text("external", "badge") : null)),
            nameColumn("Why", "why", row => make("span", {class: "why", title: row.why}, row.why), {minWidth: 200, widthGrow: 2}),
        ],
        last: [{title: "Where", field: "place", minWidth: 100, widthGrow: 1, sorter: "string", responsive: 5,
            formatter: cell => make("span", {class: "place", title: cell.getValue()}, baseName(cell.getValue()))}],
    },
    edges: {
        one: "edge", figures: ["cumulative", "calls"], rows: comparison => comparison.edges,
        columns: [
            nameColumn("Caller", "caller", row => make("span", {class: "name", title: row.caller}, row.caller), {minWidth: 130}),
            nameColumn("Callee", "callee", row => make("span", {class: "name", title: row.callee}, row.callee, badge(row)),
                {minWidth: 130}),
        ],
        last: [],
    },
    contexts: {
        one: "context", figures: ["self", "cumulative"], rows: comparison => comparison.contexts,
        columns: [
            nameColumn("Function", "name", row => make("span", {class: "name", title: row.name}, row.name, badge(row)),
                {widthGrow: 2}),
            nameColumn("Context", "path", row => make("span", {class: "place from-end", title: row.path}, make("bdi", {}, row.path)),
                {widthGrow: 3}),
        ],
        last: [],
    },
};

export class RowsView {
    constructor(name, comparison, search, page) {
        Object.assign(this, {name, comparison, search, page, kind: KINDS[name]});
        this.rows = this.kind.rows(comparison);
        this.all = comparison.all || !this.rows.some(row => row.changed);
        this.count = make("output", {class: "found", "aria-live": "polite"});
        this.holder = make("div", {class: "rows-table"});
        this.panel = new DiffPanel(comparison, page);
        const box = make("input", {type: "checkbox", onchange: event => {
            this.all = event.target.checked;
            this.mark();
        }});
        box.checked = this.all;
        byId(name).classList.add("rows-view");
        const unchanged = this.rows.some(row => !row.changed)
            ? make("label", {class: "choice"}, box, make("span", {}, "also what has not changed")) : "";
        byId(name).append(make("div", {class: "rows"},
            make("div", {class: "tools"}, this.figures() ?? "", unchanged, this.count), this.holder), this.panel.element);
    }

    figures() {
        const timed = this.comparison.has_times;
        const names = timed ? this.kind.figures : ["calls"];
        this.figuresShown = names[0];
        return names.length < 2 ? null : choice("Figures", names.map(name => [name, FIGURES[name][0]]), name => {
            this.figuresShown = name;
            this.table.setColumns(this.columns());
            this.table.setSort("rank", "asc");
        });
    }

    columns() {
        return [rankColumn, ...this.kind.columns,
            ...FIGURES[this.figuresShown][1](this.rows, this.comparison.has_times), ...this.kind.last];
    }

    show({selected}) {
        this.selected = selected?.key[0] === this.name[0] ? selected : undefined;
        this.panel.show(this.selected);
        if (this.table)
            this.table.redraw();
        else
            this.begin();
        this.mark();
        this.reveal();
    }

    begin() {
        this.table = new Tabulator(this.holder, {
            columns: this.columns(),
            data: this.rows,
            index: "key",
            layout: "fitColumns",
            responsiveLayout: "hide",
            height: "100%",
            initialSort: [{column: "rank", dir: "asc"}],
            columnHeaderSortMulti: false,
            rowHeight: 28,
            placeholder: `No ${this.kind.one} is like that`,
            rowFormatter: row => this.paint(row),
        });
        this.table.on("tableBuilt", () => {
            this.built = true;
            this.mark();
            this.reveal();
        });
        this.table.on("rowClick", (event, row) => {
            if (!getSelection().toString())
                this.page.select(row.getData());
        });
        this.table.on("dataFiltered", (filters, rows) => this.tell(rows.length));
        this.holder.addEventListener("keydown", event => this.key(event));
    }

    paint(row) {
        const element = row.getElement();
        element.classList.toggle("selected", row.getData() === this.selected);
        element.tabIndex = -1;
    }

    async reveal() {
        if (!this.built)
            return;
        for (const row of this.table.getRows("visible"))
            this.paint(row);
        const row = this.selected && this.table.getRow(this.selected.key);
        if (row)
            await this.table.scrollToRow(row, "nearest", false).catch(() => {});
    }

    // What is searched for or selected is shown though it has not changed.
    mark() {
        if (!this.built)
            return;
        const found = matcher(this.search.text), searching = Boolean(this.search.text);
        this.table.setFilter(row => row === this.selected || (found(row) && (this.all || searching || row.changed)));
    }

    tell(number) {
        const all = this.rows.length;
        const word = all === 1 ? this.kind.one : `${this.kind.one}s`;
        this.count.textContent = number === all ? `${count(all)} ${word}` : `${count(number)} of ${count(all)} ${word}`;
    }

    // Up and down through the rows, Enter selects one.
    key(event) {
        const rows = this.table.getRows("active");
        const move = {ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity}[event.key];
        if (!rows.length || event.target.closest(".tabulator-header"))
            return;
        if (event.key === "Enter" && rows[this.at])
            this.page.select(rows[this.at].getData());
        else if (move !== undefined)
            this.goTo(rows, (this.at ?? -1) + move);
        else
            return;
        event.preventDefault();
    }

    async goTo(rows, to) {
        this.at = Math.min(Math.max(to, 0), rows.length - 1);
        await this.table.scrollToRow(rows[this.at], "nearest", false).catch(() => {});
        rows[this.at].getElement().focus({preventScroll: true});
    }
}
