//! The pages that the server has, read from its own table of routes.

import { readFileSync } from "node:fs";

const TABLE = new URL("../../src/web/ui/mod.rs", import.meta.url);
const ROW = /^\s*"(?<id>[a-z-]+)" (?:get|post|put|delete) "(?<method>[A-Z]+)" "(?<path>[^"]+)" =>/gm;

/** Every route of the pages: `{ id, method, path }`. Throws when the table cannot be read any more. */
export function routes() {
  const source = readFileSync(TABLE, "utf8");
  const table = source.slice(source.indexOf("pub const ROUTES"));
  const found = [...table.matchAll(ROW)].map((row) => ({ ...row.groups }));
  const arrows = table.match(/=>/g) ?? [];
  if (found.length < 20 || found.length !== arrows.length) {
    throw new Error(`the table of routes has ${arrows.length} rows, and ${found.length} were read`);
  }
  return found;
}
