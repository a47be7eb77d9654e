// Bundle a module, read from standard input, as a site that uses packages would.

import { readFileSync } from "node:fs";
import { build } from "esbuild";

const made = await build({
  stdin: { contents: readFileSync(0, "utf-8"), resolveDir: import.meta.dirname },
  bundle: true,
  format: "esm",
  write: false,
  logLevel: "error",
});
process.stdout.write(made.outputFiles[0].text);
