// Numbers in words, by the same rules as mapsvc/maps/text.py: in every language as in English.

import { _ } from "./words.js";

const formats = new Map();

export function decimals(number) {
  const size = Math.abs(number);
  if (size === 0 || size >= 100) return 0;
  return size < 1 ? 2 : 1;
}

export function number(value, places = decimals(value)) {
  if (!formats.has(places)) {
    formats.set(
      places,
      new Intl.NumberFormat("en-US", {
        minimumFractionDigits: places,
        maximumFractionDigits: places,
      }),
    );
  }
  return formats.get(places).format(value);
}

export function count(value) {
  return number(value, Number.isInteger(value) ? 0 : 1);
}

export function interval(value, lower, upper) {
  const places = decimals(value || upper);
  return _("{lower} to {upper}", { lower: number(lower, places), upper: number(upper, places) });
}

export function period(text) {
  return text.replace("-", "–");
}

// A bound of a class with as many decimals as it has, three at most.
export function bound(value) {
  return number(value, [0, 1, 2].find((places) => Number(value.toFixed(places)) === value) ?? 3);
}

export function sentence(text) {
  const trimmed = text.trim();
  return !trimmed || /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
