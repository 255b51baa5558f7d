import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import type { Plugin } from "vite";

const WORTH_PACKING = 1024;

/// Lays a `.br` beside each file that is worth it, so that the server sends what was packed once.
export function packed(): Plugin {
  let folder = "dist";
  return {
    name: "packed",
    apply: "build",
    configResolved(config) {
      folder = join(config.root, config.build.outDir);
    },
    async closeBundle() {
      // The folder stays in git without what is built, and emptying it took this away.
      await writeFile(join(folder, ".gitignore"), "*\n!.gitignore\n");
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || entry.name.startsWith(".") || entry.name.endsWith(".br")) continue;
        const path = join(entry.parentPath, entry.name);
        const bytes = await readFile(path);
        if (bytes.length <= WORTH_PACKING) continue;
        const best = { [constants.BROTLI_PARAM_QUALITY]: 11 };
        await writeFile(`${path}.br`, brotliCompressSync(bytes, { params: best }));
      }
    },
  };
}
