// What pages share around their views: keys, addresses, and what is said when a page cannot be shown.
import {byId, make} from "./dom.js";
import {openHelp} from "./help.js";
import {go, onRoute, parse} from "./router.js";
import {beginTheme, nextTheme} from "./theme.js";

// `views` by name, each with show(rest), and mark() and escape() if it has something to search or to leave. `order`: their
// names, by the keys 1 to 9. `enter` goes to one of them.
function listenToKeys({views, search, order, enter = go}) {
    addEventListener("keydown", event => {
        const typing = event.target.closest?.("input:not([type=checkbox]), select, textarea, dialog[open]");
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
            enter(order[Number(event.key) - 1]);
        } else {
            return;
        }
        event.preventDefault();
    });
}

function listenToAddresses(views) {
    onRoute(async ({view, rest}) => {
        for (const section of document.querySelectorAll("section.view"))
            section.hidden = section.id !== view;
        for (const link of document.querySelectorAll("nav a")) {
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

// `build` reads what the page is of and makes what listenToKeys is told.
export async function begin(build) {
    try {
        beginTheme();
        performance.mark("begun");
        const page = await build();
        listenToKeys(page);
        byId("loading").remove();
        listenToAddresses(page.views);
    } catch (error) {
        byId("loading")?.remove();
        byId("main").prepend(make("p", {class: "failure", role: "alert"},
            `This page cannot be shown: ${error.message}. It may be incomplete; make it again with profinst, or open it `
            + "with a newer browser."));
        throw error;
    }
}
