// The page: reads the profile, makes the views, and shows what the address says.
import {byId, make} from "./dom.js";
import {readProfile} from "./data.js";
import {FlameView} from "./flame_view.js";
import {baseName} from "./format.js";
import {FunctionsView} from "./functions.js";
import {GraphView} from "./graph.js";
import {beginHelp, openHelp} from "./help.js";
import {HistoryView} from "./history.js";
import {Overview} from "./overview.js";
import {beginPrint} from "./print.js";
import {go, onRoute, parse} from "./router.js";
import {Search} from "./search.js";
import {beginTheme, nextTheme} from "./theme.js";
import {argumentsOf, showThreads} from "./threads.js";

function showTitle(profile) {
    const names = profile.programs.map(baseName);
    const title = names.length > 3 ? `${names.slice(0, 3).join(", ")}, …` : names.join(", ") || "no program";
    byId("program").textContent = title;
    document.title = `${title} – profinst`;
    const [, line] = profile.summary.find(([label]) => label === "Program") ?? [];
    const text = profile.processes.length === 1 ? argumentsOf(profile.processes[0]) : line ?? "";
    byId("arguments").textContent = text;
    byId("arguments").title = text;
}

function viewsOf(profile) {
    const views = {};
    const search = new Search(profile, () => {
        const view = views[parse(location.hash).view];
        view.mark?.();
        return Boolean(view.mark);
    });
    views.overview = new Overview(profile);
    views.functions = new FunctionsView(profile, search);
    views.flame = new FlameView(profile, search);
    views.graph = new GraphView(profile, search);
    views.threads = {show() {}};
    showThreads(profile);
    views.history = new HistoryView(profile);
    return {views, search};
}

function listenToKeys(views, search) {
    const order = ["overview", "functions", "flame", "graph", "threads", ...views.history.known ? ["history"] : []];
    addEventListener("keydown", event => {
        const typing = event.target.closest?.("input, select, textarea, dialog[open]");
        if (event.ctrlKey || event.altKey || event.metaKey || typing)
            return;
        const view = views[parse(location.hash).view];
        if (event.key === "/") {
            search.field.focus();
            search.field.select();
        } else if (event.key === "?") {
            openHelp();
        } else if (event.key === "t") {
            nextTheme();
        } else if (event.key === "Escape") {
            if (search.text)
                search.clear();
            else
                view.escape?.();
        } else if (order[Number(event.key) - 1]) {
            go(order[Number(event.key) - 1]);
        } else {
            return;
        }
        event.preventDefault();
    });
}

async function begin() {
    beginTheme();
    beginHelp();
    performance.mark("begun");
    const profile = await readProfile();
    performance.mark("read");
    showTitle(profile);
    const {views, search} = viewsOf(profile);
    listenToKeys(views, search);
    beginPrint(profile, views);
    byId("loading").remove();
    onRoute(async ({view, rest}) => {
        for (const section of document.querySelectorAll("section.view"))
            section.hidden = section.id !== view;
        for (const link of document.querySelectorAll("nav a"))
            {
            if (link.dataset.view === view)
                link.setAttribute("aria-current", "page");
            else
                link.removeAttribute("aria-current");
        }
        document.body.dataset.view = view;
        byId("tooltip").hidden = true;
        await views[view].show(rest);
        document.body.dataset.ready = location.hash || "#";
        performance.mark("shown");
    });
}

begin().catch(error => {
    byId("loading")?.remove();
    byId("main").prepend(make("p", {class: "failure", role: "alert"},
        `This page cannot be shown: ${error.message}. It may be incomplete; make it again with profinst html, or open it `
        + "with a newer browser."));
    throw error;
});
