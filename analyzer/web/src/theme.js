// Light and dark: as the system has it, until somebody chooses here.
import {byId} from "./dom.js";

const KEY = "profinst-theme";
const CHOICES = ["auto", "light", "dark"];
const SIGNS = {auto: "◐", light: "☀", dark: "☾"};

// Browsers may refuse to remember anything for pages from the disk.
function remembered() {
    try {
        return localStorage.getItem(KEY);
    } catch {
        return null;
    }
}

function remember(choice) {
    try {
        localStorage.setItem(KEY, choice);
    } catch { /* then the next page begins as the system has it */ }
}

function apply(choice) {
    const button = byId("theme");
    if (choice === "auto")
        delete document.documentElement.dataset.theme;
    else
        document.documentElement.dataset.theme = choice;
    button.textContent = SIGNS[choice];
    button.title = `Colours: ${choice === "auto" ? "as the system has them" : choice} (t)`;
    button.setAttribute("aria-label", button.title);
    button.dataset.choice = choice;
}

export function nextTheme() {
    const choice = CHOICES[(CHOICES.indexOf(byId("theme").dataset.choice) + 1) % CHOICES.length];
    apply(choice);
    remember(choice);
}

export function beginTheme() {
    const choice = remembered();
    apply(CHOICES.includes(choice) ? choice : "auto");
    byId("theme").addEventListener("click", nextTheme);
}
