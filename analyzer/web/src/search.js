// One field to search with. In the table and in the flame graph it finds as one types; everywhere it suggests
// functions, and Enter goes to one.
import {byId, make} from "./dom.js";
import {baseName} from "./format.js";
import {go} from "./router.js";

const SUGGESTIONS = 8;

// Each word must be somewhere in the name, the linkage name or the place.
export function matcher(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    return row => {
        row.searched ??= [row.name, row.linkage_name, row.file, row.module].join("\n").toLowerCase();
        return words.every(word => row.searched.includes(word));
    };
}

export class Search {
    constructor(profile, changed) {
        this.profile = profile;
        this.changed = changed;
        this.field = byId("search");
        this.list = byId("suggestions");
        this.chosen = -1;
        this.field.addEventListener("input", () => this.update());
        this.field.addEventListener("keydown", event => this.key(event));
        this.field.addEventListener("blur", () => this.close());
        this.field.addEventListener("focus", () => this.suggest());
        this.list.addEventListener("mousedown", event => event.preventDefault()); // keeps the focus
    }

    get text() {
        return this.field.value.trim();
    }

    update() {
        this.suggest();
        this.changed(this.text);
    }

    clear() {
        this.field.value = "";
        this.update();
        this.close();
    }

    suggest() {
        const fits = matcher(this.text);
        const found = [];
        for (const row of this.text ? this.profile.functions : []) {
            if (fits(row))
                found.push(row);
            if (found.length === SUGGESTIONS)
                break;
        }
        this.chosen = -1;
        this.list.replaceChildren(...found.map((row, index) => make("li", {
            role: "option", id: `suggestion-${index}`, "aria-selected": "false",
            onclick: () => this.choose(row.index),
        }, make("span", {class: "name"}, row.name), make("span", {class: "place"}, baseName(row.place)))));
        this.found = found;
        this.list.hidden = found.length === 0;
        this.field.setAttribute("aria-expanded", String(found.length > 0));
        this.field.removeAttribute("aria-activedescendant");
    }

    close() {
        this.list.hidden = true;
        this.field.setAttribute("aria-expanded", "false");
    }

    choose(index) {
        this.close();
        go("graph", index);
    }

    move(step) {
        const count = this.found?.length ?? 0;
        if (count === 0)
            return;
        this.list.children[this.chosen]?.setAttribute("aria-selected", "false");
        this.chosen = (this.chosen + step + count) % count;
        const option = this.list.children[this.chosen];
        option.setAttribute("aria-selected", "true");
        this.field.setAttribute("aria-activedescendant", option.id);
    }

    key(event) {
        const moves = {ArrowDown: 1, ArrowUp: -1};
        if (event.key in moves && !this.list.hidden) {
            this.move(this.chosen < 0 && event.key === "ArrowUp" ? 0 : moves[event.key]);
            event.preventDefault();
        } else if (event.key === "Enter" && this.found?.length) {
            this.choose(this.found[Math.max(this.chosen, 0)].index);
        } else if (event.key === "Escape") {
            this.clear();
            this.field.blur();
            event.stopPropagation();
        }
    }
}
