// Elements. Whatever comes from the profile gets into the page through these, as text.

function fill(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
        if (value === null || value === undefined || value === false)
            continue;
        if (name.startsWith("on"))
            element.addEventListener(name.slice(2), value);
        else
            element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.flat().filter(child => child !== null && child !== undefined));
    return element;
}

export function make(tag, attributes = {}, ...children) {
    return fill(document.createElement(tag), attributes, children);
}

export function makeSvg(tag, attributes = {}, ...children) {
    return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

export function byId(id) {
    return document.getElementById(id);
}

// Tells those who do not see the page what has changed.
export function say(text) {
    byId("said").textContent = text;
}

// A bar as long as a share, 0 to 1, with the error as a paler piece around its end.
export function bar(share, error = 0) {
    const percent = value => `${(100 * Math.min(Math.max(value, 0), 1)).toFixed(2)}%`;
    const full = make("span", {class: "full"});
    full.style.width = percent(share);
    const element = make("span", {class: "bar", "aria-hidden": "true"}, full);
    if (error > 0) {
        const range = make("span", {class: "range"});
        range.style.left = percent(share - error);
        range.style.width = percent(Math.min(share + error, 1) - Math.max(share - error, 0));
        element.append(range);
    }
    return element;
}

// A button that copies a text.
export function copyButton(text, label) {
    const button = make("button", {type: "button", class: "copy", title: label, "aria-label": label}, "Copy");
    button.addEventListener("click", async () => {
        try {
            await navigator.clipboard.writeText(text);
        } catch { // pages from the disk may not everywhere
            const area = make("textarea", {class: "visually-hidden"}, text);
            document.body.append(area);
            area.select();
            document.execCommand("copy");
            area.remove();
            button.focus();
        }
        button.textContent = "Copied";
        say(`Copied ${text}`);
        setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
    return button;
}
