// Writes FILE.br and FILE.gz beside each FILE.
// Usage: node compress.mjs BROTLI_QUALITY FILE...
//
// Node's own zlib is native and works on all cores, where a brotli crate in an
// unoptimised xtask would take half a minute over one wasm file.
import { readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import zlib from "node:zlib";

const brotli = promisify(zlib.brotliCompress);
const gzip = promisify(zlib.gzip);

async function compress(file, quality) {
  const bytes = await readFile(file);
  const params = {
    [zlib.constants.BROTLI_PARAM_QUALITY]: quality,
    [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  const [br, gz] = await Promise.all([
    brotli(bytes, { params }),
    gzip(bytes, { level: quality > 5 ? 9 : 1 }),
  ]);
  await Promise.all([writeFile(`${file}.br`, br), writeFile(`${file}.gz`, gz)]);
}

const [quality, ...files] = process.argv.slice(2);
await Promise.all(files.map((file) => compress(file, Number(quality))));
