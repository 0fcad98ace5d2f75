// Numbers as `profinst report` writes them, to the last digit.

export const DASH = "–";

// As printf does it, which rounds what lies exactly in the middle to the even digit.
function fixed(value, decimals) {
    const doubled = value * 2 ** (decimals + 1);
    if (Number.isInteger(doubled) && doubled % 2 !== 0) {
        const scaled = value * 10 ** decimals;
        if (Math.abs(scaled % 1) === 0.5)
            return (2 * Math.round(scaled / 2) / 10 ** decimals).toFixed(decimals);
    }
    return value.toFixed(decimals);
}

// Past 2^53 a number of JavaScript is not exact any more.
function whole(value) {
    return (Number.isSafeInteger(value) ? "" : "≈ ") + value.toLocaleString("en-US", {maximumFractionDigits: 0});
}

export function count(value) {
    return whole(value);
}

export function duration(nanoseconds) {
    const two = number => String(number).padStart(2, "0");
    const seconds = Math.trunc(nanoseconds / 1e9);
    if (seconds >= 3600)
        return `${Math.trunc(seconds / 3600)} h ${two(Math.trunc(seconds / 60) % 60)} min`;
    if (seconds >= 1000)
        return `${Math.trunc(seconds / 60)} min ${two(seconds % 60)} s`;
    for (const [size, name] of [[1e9, "s"], [1e6, "ms"], [1e3, "µs"]]) {
        if (nanoseconds < size)
            continue;
        const value = nanoseconds / size;
        return `${fixed(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0)} ${name}`;
    }
    return `${nanoseconds} ns`;
}

export function percent(part, total, error = 0) {
    if (!(total > 0))
        return DASH;
    const range = error > 0 ? ` ±${fixed(100 * error / total, 1)}` : "";
    return `${fixed(100 * part / total, 1)}${range} %`;
}

export function plural(number, one, many = `${one}s`) {
    return `${count(number)} ${number === 1 ? one : many}`;
}

export function baseName(path) {
    return path.slice(path.lastIndexOf("/") + 1) || path;
}
