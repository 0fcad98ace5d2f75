// Figures of two sides, as the table of `profinst diff` has them. What says how much has changed comes in words.
import {make} from "./dom.js";
import {DASH, count, duration} from "./format.js";

const ABSENT = {before: "after", after: "before"}; // where it is only on the other side

export const isTime = quantity => quantity !== "calls";

export function known(row, quantity, side) {
    const figures = row[quantity]?.[side];
    if (!figures || row.presence === ABSENT[side])
        return false;
    return !isTime(quantity) || (figures.mean !== 0 && !(quantity === "self_ns" && row.below_noise));
}

export function mean(row, quantity, side) {
    const figures = row[quantity]?.[side];
    if (quantity === "self_ns" && row.below_noise && figures?.mean)
        return "< noise";
    if (!known(row, quantity, side))
        return DASH;
    if (isTime(quantity))
        return duration(Math.round(figures.mean));
    return (figures.least === figures.greatest ? "" : "≈ ") + count(Math.round(figures.mean));
}

export function difference(row, quantity) {
    const value = row[quantity]?.difference;
    if (!value || (quantity === "self_ns" && row.below_noise))
        return DASH;
    const size = Math.round(Math.abs(value));
    return (size === 0 ? "" : value > 0 ? "+" : "-") + (isTime(quantity) ? duration(size) : count(size));
}

export function change(row, quantity) {
    return row[quantity] ? row.words[quantity] : DASH;
}

// More is worse: "worse", "better", "unknown" where nobody can tell, "chance".
export function tone(row, quantity) {
    const {verdict, difference} = row[quantity] ?? {};
    return verdict === "different" ? difference > 0 ? "worse" : "better" : verdict === "unknown" ? "unknown" : "chance";
}

export function probability(row, quantity) {
    const p = row[quantity]?.adjusted_p ?? null;
    return p === null ? DASH : p < 0.001 ? "< 0.001" : p.toFixed(3);
}

// Average and percentiles: of all runs of a side together.
export function callTime(row, name, side) {
    const value = row[name]?.[side] ?? null;
    return value === null ? DASH : duration(Math.round(value));
}

// Text in the colour of its tone.
export function toned(text, tone) {
    return make("span", {class: tone}, text);
}

// A bar from the middle, to the right of what has grown, to the left of what has shrunk; of all rows' largest difference.
export function changeBar(row, quantity, largest) {
    const value = row[quantity]?.difference ?? 0;
    const full = make("span", {class: value > 0 ? "more" : "less"});
    const share = largest > 0 ? Math.min(Math.abs(value) / largest, 1) : 0;
    full.style.width = `${(50 * share).toFixed(2)}%`;
    return make("span", {class: `change-bar ${tone(row, quantity)}`, "aria-hidden": "true"}, full);
}

export function largestDifference(rows, quantity) {
    return rows.reduce((most, row) => tone(row, quantity) === "chance" ? most
        : Math.max(most, Math.abs(row[quantity]?.difference ?? 0)), 0);
}
