// Colours of functions by their files: those with most time have one of their own, the others share.

const COLOURS = 12;

export function colourFiles(profile) {
    const weights = new Map();
    for (const row of profile.functions) {
        const file = row.file ?? row.module;
        if (file && !row.external)
            weights.set(file, (weights.get(file) ?? 0) + (profile.has_times ? row.self_ns : row.calls));
    }
    const files = [...weights].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([file]) => file);
    const colours = new Map(files.map((file, index) => [file, `colour-${index % COLOURS}`]));
    for (const row of profile.functions)
        row.colour = row.external ? "external" : colours.get(row.file ?? row.module) ?? "group";
    profile.legend = files.slice(0, COLOURS).map((file, index) => ({file, colour: `colour-${index}`}));
    profile.filesWithoutColour = Math.max(0, files.length - COLOURS);
}
