// Makes the picture that `profinst flame` draws searchable and zoomable. All that it knows it reads from
// the picture, and names become text only, never markup.
"use strict";
(() => {
    const MARGIN = 10, ROW = 18, THIN = 3, FRAME = 17, LETTER = 7.23; // as in flame_svg.c
    const SVG = "http://www.w3.org/2000/svg", HTML = "http://www.w3.org/1999/xhtml";
    const picture = document.documentElement;
    const whole = picture.viewBox.baseVal.width - 2 * MARGIN;

    function make(space, name, attributes, ...children) {
        const element = document.createElementNS(space, name);
        for (const [key, value] of Object.entries(attributes))
            element.setAttribute(key, value);
        element.append(...children);
        return element;
    }

    // Frames stand in the order of reading: callers first, and all below a frame before its neighbour.
    function readFrames() {
        const names = JSON.parse(picture.querySelector("script.names").textContent);
        const frames = Array.from(picture.querySelectorAll("svg.f"), (element, index) => {
            const title = element.querySelector("title"), label = element.querySelector("text");
            const lines = title.textContent.split("\n");
            title.remove(); // the browser's own tooltip would cover ours
            lines[0] = names[element.dataset.name] ?? lines[0];
            if (label)
                element.setAttribute("tabindex", 0);
            return {
                element, index, lines, label, name: lines[0], end: index + 1, children: [],
                x: Number(element.getAttribute("x")), y: Number(element.getAttribute("y")),
                width: Number(element.getAttribute("width")), text: label ? label.textContent : "",
            };
        });
        const chain = [];
        for (const frame of frames) {
            chain.length = Math.round(Math.abs(frame.y - frames[0].y) / ROW);
            frame.parent = chain[chain.length - 1];
            frame.parent?.children.push(frame);
            chain.push(frame);
            for (const above of chain)
                above.end = frame.index + 1;
        }
        return frames;
    }

    const frames = readFrames();
    const root = frames[0];
    const upsideDown = frames.some((frame) => frame.y > root.y); // an icicle: callers are above
    const byElement = new Map(frames.map((frame) => [frame.element, frame]));
    const frameOf = (target) => byElement.get(target.closest?.("svg.f"));

    // What is left of a name that must be short: parameters go first, then the end.
    function shorten(name, columns) {
        if (name.length > columns)
            name = name.replace(/\(.*\)/, "()");
        return name.length > columns ? name.slice(0, columns - 1) + "…" : name;
    }

    function write(frame, text) {
        if (!text) {
            frame.label?.remove();
            frame.label = null;
            return;
        }
        if (!frame.label) {
            frame.label = make(SVG, "text", {x: THIN, y: FRAME - 4});
            frame.element.append(frame.label);
        }
        frame.label.textContent = text;
    }

    function show(frame, x, width) {
        const columns = Math.floor((width - 2 * THIN) / LETTER);
        const asDrawn = x === frame.x && width === frame.width;
        frame.element.setAttribute("x", x);
        frame.element.setAttribute("width", width);
        frame.element.classList.toggle("wide", width >= THIN);
        write(frame, asDrawn ? frame.text : columns > 1 ? shorten(frame.name, columns) : "");
        frame.element.setAttribute("tabindex", frame.label ? 0 : -1);
    }

    // Zooming. `zoomed` is as wide as the picture, as are its callers; the root: all is as it was drawn.
    let zoomed = root;

    function zoom(target) {
        zoomed = target;
        const scale = target === root ? 1 : whole / target.width;
        const left = target === root ? MARGIN : target.x;
        for (const frame of frames) {
            const inside = frame.index >= target.index && frame.index < target.end;
            const above = frame.index < target.index && target.index < frame.end;
            frame.element.classList.toggle("gone", !inside && !above);
            frame.element.classList.toggle("above", above);
            if (above)
                show(frame, MARGIN, whole);
            else if (inside)
                show(frame, target === root ? frame.x : MARGIN + (frame.x - left) * scale, frame.width * scale);
        }
        reset.hidden = target === root;
        hideTip();
        search();
    }

    // Searching. Capitals matter if there are some, but for those of classes like \S.
    function expression(text) {
        try {
            return new RegExp(text, /[A-Z]/.test(text.replace(/\\./g, "")) ? "" : "i");
        } catch {
            return null;
        }
    }

    function search() {
        const text = field.value, wanted = text ? expression(text) : null;
        let found = 0, counted = 0; // `counted`: up to here, frames are in one that was added already
        for (const frame of frames) {
            const hit = wanted !== null && wanted.test(frame.name);
            frame.element.classList.toggle("hit", hit);
            if (!hit || frame.index < counted || frame.element.classList.contains("gone"))
                continue;
            found += Number(frame.element.getAttribute("width"));
            counted = frame.end;
        }
        matched.textContent = !text ? "" : !wanted ? "no regular expression"
            : `matched: ${(100 * found / whole).toFixed(1)} %`;
    }

    function clear() {
        field.value = "";
        search();
    }

    const reset = make(HTML, "button", {type: "button", class: "reset"}, "Reset zoom");
    const field = make(HTML, "input", {
        type: "search", placeholder: "Search", "aria-label": "Search names", spellcheck: "false",
        title: "A regular expression; capitals matter if it has some. Keys: / or Ctrl-F",
    });
    const matched = make(HTML, "output", {class: "matched", title: "Share of what is shown"});
    picture.append(make(SVG, "foreignObject", {x: MARGIN, y: MARGIN - 4, width: whole, height: 26, class: "bar"},
        make(HTML, "div", {class: "html tools"}, reset, matched, field)));
    reset.hidden = true;
    reset.addEventListener("click", () => zoom(root));
    field.addEventListener("input", search);

    // What there is to say of a frame, beside the pointer or below the frame.
    const words = make(HTML, "div", {class: "html"});
    const tip = make(SVG, "foreignObject", {class: "tip gone"}, words);
    picture.append(tip);

    function hideTip() {
        tip.classList.add("gone");
    }

    function showTip(frame, clientX, clientY) {
        const toPicture = picture.getScreenCTM().inverse();
        const place = (x, y) => new DOMPoint(x, y).matrixTransform(toPicture);
        const at = place(clientX, clientY), first = place(0, 0), last = place(innerWidth, innerHeight);
        const [name, ...rest] = frame.lines;
        words.replaceChildren(make(HTML, "strong", {}, name), "\n" + rest.join("\n"));
        tip.classList.remove("gone");
        tip.setAttribute("width", Math.min(560, whole));
        const width = words.offsetWidth + 4, height = words.offsetHeight + 4;
        const below = at.y + 16 + height <= last.y || at.y - 12 - height < first.y;
        tip.setAttribute("x", Math.max(first.x, Math.min(at.x + 12, last.x - width, MARGIN + whole - width)));
        tip.setAttribute("y", Math.max(first.y, below ? Math.min(at.y + 16, last.y - height) : at.y - 12 - height));
        tip.setAttribute("height", height);
    }

    picture.addEventListener("pointermove", (event) => {
        const frame = frameOf(event.target);
        if (frame)
            showTip(frame, event.clientX, event.clientY);
        else
            hideTip();
    });
    picture.addEventListener("pointerleave", hideTip);
    document.addEventListener("focusin", (event) => {
        const frame = frameOf(event.target);
        if (!frame || !frame.element.matches(":focus-visible"))
            return;
        const box = frame.element.getBoundingClientRect();
        frame.element.setAttribute("aria-label", frame.lines.join(", "));
        showTip(frame, box.left, box.bottom - 8);
    });
    document.addEventListener("focusout", hideTip);
    picture.addEventListener("click", (event) => {
        const frame = frameOf(event.target);
        if (frame)
            zoom(frame);
    });

    // Keys. Neighbours are those that are shown.
    function neighbour(frame, key) {
        const row = frame.parent?.children ?? [frame], at = row.indexOf(frame);
        const towards = {ArrowLeft: row[at - 1], ArrowRight: row[at + 1]};
        towards[upsideDown ? "ArrowUp" : "ArrowDown"] = frame.parent;
        towards[upsideDown ? "ArrowDown" : "ArrowUp"] = frame.children[0];
        const next = towards[key];
        return next && !next.element.classList.contains("gone") ? next : null;
    }

    function pressInFrame(event, frame) {
        if (event.key === "Enter" || event.key === " ")
            zoom(frame);
        else if (event.key.startsWith("Arrow"))
            neighbour(frame, event.key)?.element.focus();
        else
            return;
        event.preventDefault();
    }

    document.addEventListener("keydown", (event) => {
        const typing = document.activeElement === field;
        const find = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "f";
        if (!typing && (find || event.key === "/")) { // once more, and it is the browser's own search
            field.focus();
            field.select();
            event.preventDefault();
        } else if (event.key === "Escape") {
            if (typing || zoomed === root)
                clear();
            else
                zoom(root);
            if (typing)
                field.blur();
        } else if (!typing && frameOf(event.target)) {
            pressInFrame(event, frameOf(event.target));
        }
    });
})();
