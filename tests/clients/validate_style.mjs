// Print the faults of MapLibre styles, a JSON list on standard input, as a list of messages.

import { readFileSync } from "node:fs";
import { validateStyleMin } from "@maplibre/maplibre-gl-style-spec";

const faults = JSON.parse(readFileSync(0, "utf-8")).flatMap(
  (style) => validateStyleMin(style).map(({ message }) => `${style.name}: ${message}`),
);
console.log(JSON.stringify(faults));
