// The map's colours are the style sheet's custom properties, so light and dark are told once.

const NAMES = [
  "sea", "land", "land-edge", "state-edge", "place", "place-halo", "empty", "empty-mark",
  "edge", "outer-edge", "hover", "hover-casing", "selected", "symbol", "symbol-edge", "mark",
  "plain", "label", "reported", "zero", "zero-mark", "partly", "partly-mark", "missing",
  "missing-mark", "higher", "higher-mark", "similar", "lower", "lower-mark", "reference",
];
const dark = window.matchMedia("(prefers-color-scheme: dark)");

export function theme() {
  const style = getComputedStyle(document.documentElement);
  const colours = Object.fromEntries(
    NAMES.map((name) => [name, style.getPropertyValue(`--map-${name}`).trim()]),
  );
  // A widget may be told its theme; else it is the reader's.
  const name = document.documentElement.dataset.theme || (dark.matches ? "dark" : "light");
  return { name, colours, font: style.getPropertyValue("--font") };
}

export function onThemeChange(callback) {
  dark.addEventListener("change", callback);
}
