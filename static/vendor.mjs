// Copies the libraries that the pages load from node_modules to vendor/, each with its licence.
// Browsers resolve no bare module names, so `from 'pbf'` becomes the address of the copy. Modules that
// come as they were written are half comments: those go, as every first view would fetch them.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { minify } from "terser";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const vendor = join(here, "vendor");

const copies = [
  ["leaflet/dist/leaflet.js", "leaflet.js"],
  ["leaflet/dist/leaflet.css", "leaflet.css"],
  ["leaflet/LICENSE", "leaflet.LICENSE.txt"],
  ["@mapbox/vector-tile/index.js", "vector-tile.js"],
  ["@mapbox/vector-tile/LICENSE.txt", "vector-tile.LICENSE.txt"],
  ["@mapbox/point-geometry/index.js", "point-geometry.js"],
  ["@mapbox/point-geometry/LICENSE", "point-geometry.LICENSE.txt"],
  ["pbf/index.js", "pbf.js"],
  ["pbf/LICENSE", "pbf.LICENSE.txt"],
  // What words in PNG pictures are set in, so that their bytes are the same on every machine.
  ["@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf", "inter-regular.ttf"],
  ["@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf", "inter-semibold.ttf"],
  ["@expo-google-fonts/inter/LICENSE_FONT", "inter.LICENSE.txt"],
];
const addresses = {
  "@mapbox/point-geometry": "./point-geometry.js",
  "@mapbox/vector-tile": "./vector-tile.js",
  pbf: "./pbf.js",
};

rmSync(vendor, { recursive: true, force: true });
mkdirSync(vendor, { recursive: true });
for (const [from, to] of copies) {
  const source = join(modules, from);
  const target = join(vendor, to);
  if (!to.endsWith(".js")) {
    cpSync(source, target);
    continue;
  }
  const text = readFileSync(source, "utf8")
    .replace(/^(import .* from )(['"])([^'"./][^'"]*)\2/gm, (whole, head, quote, name) => {
      if (!(name in addresses)) throw new Error(`${source} needs ${name}, which is not copied`);
      return `${head}${quote}${addresses[name]}${quote}`;
    })
    .replace(/^\/\/# sourceMappingURL=.*$/m, "");
  const written = to === "leaflet.js" ? text : (await minify(text, { module: true })).code;
  writeFileSync(target, written);
}
