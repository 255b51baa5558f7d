// What all of the console's JavaScript weighs on the wire. Fails above the budget.
import { readFileSync, readdirSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";

const BUDGET = 350_000;
const folder = new URL("../dist/", import.meta.url);
const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".js"));

let brotli = 0;
let gzip = 0;
for (const name of names) {
  const bytes = readFileSync(new URL(name, folder));
  brotli += brotliCompressSync(bytes).length;
  gzip += gzipSync(bytes).length;
}
const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
console.log(`JavaScript: ${names.length} files, ${kB(brotli)} brotli, ${kB(gzip)} gzip; budget ${kB(BUDGET)}`);
if (gzip > BUDGET) {
  console.error("More JavaScript than the budget allows");
  process.exit(1);
}
