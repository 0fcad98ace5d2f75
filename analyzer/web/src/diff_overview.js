// What there is to see first: what is compared, how it came out, and what has changed most.
import {byId, make} from "./dom.js";
import {plural} from "./format.js";
import {change, changeBar, difference, largestDifference, mean, tone, toned} from "./diff_format.js";

const FIRST = 8;
const WORDS = {"~": "no more than chance", "=": "the same"};
const WHOLE = [["Wall time", "wall_ns"], ["Self time", "self_ns"], ["Calls", "calls"]];

function tiles(comparison) {
    return make("div", {class: "tiles"}, WHOLE.filter(([, name]) => comparison[name]).map(([title, name]) => {
        const row = {presence: "both", words: comparison.words, [name]: comparison[name]};
        return make("div", {class: "card tile"}, make("h3", {}, title),
            make("p", {class: `big ${tone(row, name)}`}, WORDS[change(row, name)] ?? change(row, name)),
            make("p", {class: "quiet"}, `${mean(row, name, "before")} → ${mean(row, name, "after")}`));
    }));
}

function about(comparison) {
    const {facts} = comparison, told = new Set(WHOLE.map(([title]) => title));
    const differs = facts.filter(([, before, after]) => before !== after);
    const line = (label, text, className) => make("div", {class: className}, make("dt", {}, label), make("dd", {}, text));
    return make("section", {class: "card summary"}, make("h2", {}, "What is compared"),
        make("dl", {}, comparison.summary.filter(([label]) => !told.has(label)).map(([label, text]) => line(label, text)),
            comparison.warnings.map(text => line("Warning", text, "note")),
            facts.filter(([name, before, after]) => /^git\./.test(name) || (before !== after && !/^binary\./.test(name)))
                .slice(0, FIRST).map(([name, before, after]) => line(name,
                    before === after ? before : `${before ?? "–"} → ${after ?? "–"}`, "fact"))),
        facts.length ? make("details", {class: "facts"}, make("summary", {},
            `How they were made: ${differs.length ? `${differs.length} of ${plural(facts.length, "fact")} differ`
                : "all facts are the same"}`),
        make("div", {class: "wide"}, make("table", {}, make("thead", {}, make("tr", {}, ["", "before", "after"].map(name =>
            make("th", {scope: "col"}, name)))),
        make("tbody", {}, facts.map(([name, before, after]) => make("tr", {class: before === after ? null : "differs"},
            make("th", {scope: "row"}, name), make("td", {}, before ?? "–"), make("td", {}, after ?? "–"))))))) : null);
}

function first(comparison, page) {
    const quantity = comparison.has_times ? "self_ns" : "calls";
    const changed = comparison.rows.filter(row => row.changed);
    const rows = changed.slice(0, FIRST), largest = largestDifference(comparison.rows, quantity);
    if (!rows.length)
        return make("section", {class: "card first"}, make("h2", {}, "What has changed"),
            make("p", {}, "No function has changed beyond chance."));
    return make("section", {class: "card first"}, make("h2", {}, "What has changed most"),
        make("table", {}, make("thead", {}, make("tr", {}, ["Function", "Why", "", comparison.has_times ? "Self time" : "Calls",
            "Change", ...comparison.has_times ? ["Calls"] : []].map((name, index) =>
            make("th", {scope: "col", class: index < 2 ? "name" : null}, name)))),
        make("tbody", {}, rows.map(row => make("tr", {"data-key": row.key},
            make("td", {class: "name"}, make("a", {href: page.address({selected: row.key}), title: row.name}, row.name)),
            make("td", {class: "why", title: row.why}, row.why),
            make("td", {class: "wide"}, tone(row, quantity) === "chance" ? null : changeBar(row, quantity, largest)),
            make("td", {}, toned(difference(row, quantity), tone(row, quantity))),
            make("td", {}, toned(change(row, quantity), tone(row, quantity))),
            comparison.has_times ? make("td", {}, toned(change(row, "calls"), tone(row, "calls"))) : null)))),
        make("p", {}, make("a", {href: page.address({view: "functions"})}, changed.length > FIRST
            ? `All ${plural(changed.length, "function")} that changed` : "All functions")));
}

export class DiffOverview {
    constructor(comparison, page) {
        this.element = byId("overview");
        this.element.append(tiles(comparison),
            make("div", {class: "columns"}, about(comparison), first(comparison, page)));
        this.element.addEventListener("click", event => {
            const key = event.target.closest("tr[data-key]")?.dataset.key;
            if (key && !event.target.closest("a"))
                page.go({selected: key});
        });
        this.page = page;
    }

    show({selected}) {
        for (const line of this.element.querySelectorAll("tr[data-key]")) {
            line.classList.toggle("selected", line.dataset.key === selected?.key);
            line.querySelector("a").href = this.page.address({selected: line.dataset.key});
        }
    }
}
