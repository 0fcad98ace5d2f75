// Makes the pages of which `profinst html` and `profinst diff` write copies: build.mjs SOURCES OUTPUT VERSION
//
// Bundles src/ and style/, puts them into page.html, and cuts that where the data goes: OUTPUT/page_head.html and
// OUTPUT/page_tail.html, and the same for "diff". The packages are those in OUTPUT/node_modules; OUTPUT/NOTICE has
// the licences of what of them went in. Run by CMake.
import {createHash} from "node:crypto";
import {existsSync, readFileSync, readdirSync, writeFileSync} from "node:fs";
import {createRequire} from "node:module";
import path from "node:path";

const [sources, output, version] = process.argv.slice(2);
const packages = path.join(output, "node_modules");
const esbuild = createRequire(path.join(output, "package.json"))("esbuild");

async function bundle(entry) {
    const result = await esbuild.build({
        entryPoints: [path.join(sources, entry)],
        absWorkingDir: output,
        bundle: true,
        charset: "utf8",
        format: "esm",
        legalComments: "inline",
        logLevel: "warning",
        metafile: true,
        minify: true,
        nodePaths: [packages],
        target: ["chrome123", "firefox120", "safari17.5"],
        write: false,
    });
    // In strings only: esbuild writes no such operators. HTML gives these a meaning inside of a script.
    const text = result.outputFiles[0].text.trimEnd().replace(/<(?=!--|\/?script)/gi, "\\x3C");
    return {text, inputs: Object.keys(result.metafile.inputs)};
}

// The names of the packages that these files are of.
function packagesOf(inputs) {
    const names = new Set();
    for (const input of inputs) {
        const [, inside] = input.split("node_modules/");
        if (inside) {
            const parts = inside.split("/");
            names.add(parts.slice(0, inside.startsWith("@") ? 2 : 1).join("/"));
        }
    }
    return [...names].sort();
}

function licenceOf(name) {
    const folder = path.join(packages, name);
    const {version, license} = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).sort().find(entry => /^licen[cs]e/i.test(entry));
    const own = path.join(sources, "notices", `${name.replace(/\W+/g, "-").replace(/^-/, "")}.txt`);
    if (!file && !existsSync(own))
        throw new Error(`${name} says nothing of its licence; write what its source says into ${own}`);
    const text = readFileSync(file ? path.join(folder, file) : own, "utf8").trim();
    return `${name} ${version} (${license})\n\n${text}\n`;
}

function hash(text) {
    return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

// The views that a page has: what the address calls them, the tab, the section; `hidden` until there is something in it.
function tab({name, tab, hidden}) {
    return `<a href="#/${name}" data-view="${name}"${hidden ? " hidden" : ""}>${tab}</a>`;
}

function section({name, tab, label = tab}) {
    return `<section class="view" id="${name}" aria-label="${label}" hidden></section>`;
}

const pages = {
    page: {
        command: "profinst html", script: "src/main.js", style: "style/main.css", wasm: true,
        views: [{name: "overview", tab: "Overview"}, {name: "functions", tab: "Functions"},
            {name: "flame", tab: "Flame graph"}, {name: "graph", tab: "Call graph"},
            {name: "threads", tab: "Threads", label: "Threads and processes"},
            {name: "history", tab: "History", hidden: true}],
    },
    diff: {
        command: "profinst diff", script: "src/diff_main.js", style: "style/diff_main.css",
        views: [{name: "overview", tab: "Overview"}, {name: "functions", tab: "Functions"},
            {name: "edges", tab: "Edges"}, {name: "contexts", tab: "Contexts", hidden: true},
            {name: "flame", tab: "Flame graph", hidden: true}],
    },
};

for (const [name, {command, script: entry, style: sheet, wasm, views}] of Object.entries(pages)) {
    const script = await bundle(entry);
    const style = await bundle(sheet);
    const notice = `The page that "${command}" writes contains parts of these packages.\n\n${
        packagesOf([...script.inputs, ...style.inputs]).map(licenceOf).join(`\n${"-".repeat(80)}\n\n`)}`;
    if (/<\/|<!--/.test(notice) || /<\//.test(style.text))
        throw new Error("something bundled would end its element in the page");

    // Nothing is loaded from anywhere, and nothing runs or styles but what was put in here.
    const policy = ["default-src 'none'", `script-src ${hash(script.text)}${wasm ? " 'wasm-unsafe-eval'" : ""}`,
        `style-src ${hash(style.text)}`, "img-src data:", "base-uri 'none'", "form-action 'none'"].join("; ");
    const parts = {policy, notice, version, style: style.text, script: script.text,
        tabs: views.map(tab).join("\n"), views: views.map(section).join("\n")};
    const page = readFileSync(path.join(sources, "page.html"), "utf8").replace(/@(\w+)@/g,
        (mark, part) => parts[part] ?? mark);
    const [head, tail, ...more] = page.split("@data@");
    if (tail === undefined || more.length)
        throw new Error("page.html has no place for the data, or several");
    writeFileSync(path.join(output, `${name}_head.html`), head);
    writeFileSync(path.join(output, `${name}_tail.html`), tail);
    if (name === "page") // it has all that the others have
        writeFileSync(path.join(output, "NOTICE"), notice);
}
