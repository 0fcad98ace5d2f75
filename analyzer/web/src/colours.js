// Colours of functions: by their names, or by their files, of which those with most time have one of their own.

const COLOURS = 12;
const MOST_IN_ONE = 0.7; // with more of the time in one file, colours of files tell little

function hash(text) {
    let value = 5;
    for (let i = 0; i < text.length; i++)
        value = (Math.imul(value, 31) + text.charCodeAt(i)) >>> 0;
    return (value ^ value >>> 15) >>> 0;
}

export function chooseColours(profile) {
    const weights = new Map();
    for (const row of profile.functions) {
        const file = row.file ?? row.module;
        if (file && !row.external)
            weights.set(file, (weights.get(file) ?? 0) + (profile.has_times ? row.self_ns : row.calls));
    }
    const files = [...weights].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([file]) => file);
    const colours = new Map(files.map((file, index) => [file, `colour-${index % COLOURS}`]));
    for (const row of profile.functions) {
        row.fileColour = row.external ? "external" : colours.get(row.file ?? row.module) ?? "group";
        row.functionColour = `colour-${hash(row.name) % COLOURS}`;
    }
    const all = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
    profile.colours = weights.get(files[0]) > MOST_IN_ONE * all ? "function" : "file";
    profile.legend = files.slice(0, COLOURS).map((file, index) => ({file, colour: `colour-${index}`}));
    profile.filesWithoutColour = Math.max(0, files.length - COLOURS);
}
