// One field to search with. The table and the flame graph show what is found as one types, other views have it suggested
// (as those do after the down key); Enter goes to the first function found.
import {byId, make} from "./dom.js";
import {baseName} from "./format.js";

const SUGGESTIONS = 8;

// Each word must be somewhere in the name, the linkage name or the place. Modules are left out, as most programs have one
// that everything is in.
export function matcher(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    return row => {
        row.searched ??= [row.name, row.linkage_name, row.place].join("\n").toLowerCase();
        return words.every(word => row.searched.includes(word));
    };
}

export class Search {
    // `changed` is called with what is to be searched for, and returns whether the view shows what is found itself;
    // `chosen` with a function's index.
    constructor(profile, changed, chosen) {
        this.profile = profile;
        this.changed = changed;
        this.goTo = chosen;
        this.field = byId("search");
        this.list = byId("suggestions");
        this.chosen = -1;
        this.field.addEventListener("input", () => this.update());
        this.field.addEventListener("keydown", event => this.key(event));
        this.field.addEventListener("blur", () => this.close());
        this.field.addEventListener("focus", () => this.update());
        this.list.addEventListener("mousedown", event => event.preventDefault()); // keeps the focus
    }

    get text() {
        return this.field.value.trim();
    }

    update() {
        this.suggest();
        if (this.changed(this.text))
            this.close();
    }

    open() {
        const any = this.found?.length > 0;
        this.list.hidden = !any;
        this.field.setAttribute("aria-expanded", String(any));
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
        this.field.removeAttribute("aria-activedescendant");
        this.open();
    }

    close() {
        this.list.hidden = true;
        this.field.setAttribute("aria-expanded", "false");
    }

    choose(index) {
        this.close();
        this.goTo(index);
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
        if (event.key in moves) {
            this.open();
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
