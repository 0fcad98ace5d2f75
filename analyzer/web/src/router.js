// What is shown is in the address behind the #, so that back, forward and bookmarks do what they do elsewhere:
// #/VIEW, or #/VIEW/ARGUMENT...

const VIEWS = ["overview", "functions", "flame", "graph", "threads", "history"];

export function parse(hash) {
    const [view, ...rest] = hash.replace(/^#\/?/, "").split("/");
    return VIEWS.includes(view) ? {view, rest} : {view: "overview", rest: []};
}

export function address(view, ...rest) {
    return `#/${[view, ...rest].join("/")}`;
}

export function go(view, ...rest) {
    location.hash = address(view, ...rest);
}

export function onRoute(show) {
    addEventListener("hashchange", () => show(parse(location.hash)));
    show(parse(location.hash));
}
