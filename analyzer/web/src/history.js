// Functions over the runs of the database: a list to choose from, the chart of one, and its points.
import {byId, make} from "./dom.js";
import {DASH, count, duration} from "./format.js";
import {chart, trend} from "./history_chart.js";
import {address} from "./router.js";

const latest = values => values.findLast(value => value !== null) ?? null;

export class HistoryView {
    constructor(profile) {
        this.profile = profile;
        this.history = profile.history;
        this.known = Boolean(this.history?.functions.length);
        if (!this.known) {
            byId("history").append(make("p", {class: "card"}, this.history ? "No function was called at any point."
                : "There are fewer than two points: nothing to compare."));
            return;
        }
        document.querySelector('nav [data-view="history"]').hidden = false;
        this.timed = profile.has_times;
        this.list = make("tbody", {}, this.history.functions.map((row, index) => this.line(row, index)));
        this.detail = make("section", {class: "card"});
        byId("history").append(this.detail, make("section", {class: "card list"},
            make("h2", {}, `${this.history.what} of ${this.history.program} over ${count(this.history.points.length)} points`),
            make("table", {}, make("thead", {}, make("tr", {}, ["Function", "Trend", "First", "Last", "Change", "Step",
                "Confidence"].map(name => make("th", {scope: "col"}, name)))), this.list)),
        ...this.history.notes.map(note => make("p", {class: "about"}, note)));
    }

    quantity(value) {
        if (value === null)
            return DASH;
        return this.timed ? duration(Math.round(value)) : count(Math.round(10 * value) / 10);
    }

    line(row, index) {
        const step = row.steps[row.strongest], first = row.mean.find(value => value !== null) ?? null;
        return make("tr", {},
            make("td", {class: "name"}, make("a", {href: address("history", index), title: row.name}, row.name)),
            make("td", {}, trend(row)), make("td", {}, this.quantity(first)),
            make("td", {}, this.quantity(latest(row.mean))), make("td", {}, row.change ?? DASH),
            make("td", {class: step ? "step" : null}, step ? step.change : DASH),
            make("td", {}, step ? step.confidence : DASH));
    }

    steps(row) {
        return row.steps.map(({point, before, after, change, confidence}) => {
            const {commit, started} = this.history.points[point];
            return make("p", {class: "found"}, `${this.quantity(before)} → ${this.quantity(after)} (${change}), `,
                confidence === "exact" ? "exact" : `with a confidence of ${confidence}`,
                ...commit ? [", at commit ", make("code", {}, commit), ` of ${started}`] : [`, at ${started}`]);
        });
    }

    points(row) {
        const {points} = this.history;
        const steps = new Map(row.steps.map(step => [step.point, step]));
        const lines = points.map((point, at) => make("tr", {class: steps.has(at) ? "step" : null},
            make("td", {}, point.started), make("td", {class: "name"}, point.commit ?? DASH),
            make("td", {class: "name"}, point.name ?? DASH), make("td", {}, count(point.runs)),
            make("td", {}, this.quantity(row.mean[at])), make("td", {}, this.quantity(row.error[at])),
            make("td", {}, row.changes[at] ?? DASH),
            make("td", {}, count(Math.round(10 * row.calls[at]) / 10)),
            make("td", {}, steps.get(at)?.confidence ?? DASH)));
        return make("table", {}, make("thead", {}, make("tr", {}, ["When", "Commit", "Series", "Runs", this.history.what, "±",
            "Change", "Calls", "Step"].map(name => make("th",
            {scope: "col", class: ["Commit", "Series"].includes(name) ? "name" : null}, name)))),
        make("tbody", {}, lines));
    }

    show([wanted]) {
        if (!this.known)
            return;
        const index = Number(wanted) in this.history.functions ? Number(wanted) : 0;
        const row = this.history.functions[index];
        [...this.list.children].forEach((line, at) => line.classList.toggle("chosen", at === index));
        this.detail.replaceChildren(
            make("h2", {class: "name"}, this.profile.functions[row.index]
                ? make("a", {href: address("graph", row.index)}, row.name) : row.name),
            chart(this.history, row, value => this.quantity(value)), ...this.steps(row),
            make("details", {}, make("summary", {}, "Points"), make("div", {class: "wide"}, this.points(row))));
    }
}
