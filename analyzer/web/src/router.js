// What is shown is in the address behind the #, so that back, forward and bookmarks do what they do elsewhere:
// #/VIEW, or #/VIEW/ARGUMENT...

// The views are those that page.html was given.
const known = view => [...document.querySelectorAll("section.view")].some(section => section.id === view);

export function parse(hash) {
    const [view, ...rest] = hash.replace(/^#\/?/, "").split("/");
    return known(view) ? {view, rest} : {view: "overview", rest: []};
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
