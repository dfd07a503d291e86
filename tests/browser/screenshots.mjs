//! Pictures of the main pages, from a fresh demo: those of README, or all that somebody wants to see.
//!
//!     node tests/browser/screenshots.mjs FOLDER [--look WIDTH]
//!
//! Each picture is a PNG. With --look, every page of the table of pages, light and dark.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "playwright-core";

import { startDemo } from "./demo.mjs";
import { PAGES } from "./pages.mjs";
import { withPalette } from "./png.mjs";
import { signEverybodyIn } from "./visitors.mjs";
import { makeWorld } from "./world.mjs";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const WIDE = { width: 1200, height: 780 };
const NARROW = { width: 390, height: 780 };

/** Name, row and state of the table of pages, language, theme, and the size of the picture. */
const PICTURES = [
  ["queue", "queue of several organisations", "full", "en", "light", WIDE],
  ["case", "case", "full", "en", "light", WIDE],
  ["case-dark", "case", "empty", "en", "dark", WIDE],
  ["letter", "letter", "empty", "en", "light", WIDE],
  ["portal", "portal-case", "full", "en", "light", NARROW],
  ["file", "queue of several organisations", "full", "fr", "light", WIDE],
  ["dossier", "case", "full", "fr", "light", WIDE],
  ["portail", "portal-case", "full", "fr", "light", NARROW],
];

const [folder, option, width] = process.argv.slice(2);
if (!folder) {
  console.error("usage: node tests/browser/screenshots.mjs FOLDER [--look WIDTH]");
  process.exit(2);
}

function everything() {
  const size = { width: Number(width), height: 900 };
  return PAGES.flatMap((row) => {
    const name = row.name ?? row.route;
    return Object.keys(row.states).flatMap((state) =>
      ["light", "dark"].map((theme) => {
        const file = [name.replaceAll(" ", "-"), state, theme, width].join("-");
        return [file, name, state, theme === "light" ? "en" : "fr", theme, size];
      }),
    );
  });
}

async function take(browser, world, visitors, picture) {
  const [file, name, state, language, theme, viewport] = picture;
  const row = PAGES.find((it) => (it.name ?? it.route) === name);
  const who = typeof row.who === "string" ? row.who : row.who[state];
  const context = await browser.newContext({
    storageState: visitors[who],
    locale: language,
    colorScheme: theme,
    viewport,
  });
  await context.addCookies([{ name: "language", value: language, url: world.demo.url }]);
  const page = await context.newPage();
  const go = (path) => page.goto(`${world.demo.url}${path}`);
  await row.states[state]({ page, go, world, language, number: 0 });
  if (option !== "--look") {
    await page.evaluate(() => {
      for (const details of document.querySelectorAll("details")) details.open = false;
      window.scrollTo(0, 0);
    });
  }
  const small = withPalette(await page.screenshot({ fullPage: option === "--look" }));
  await writeFile(join(folder, `${file}.png`), small);
  await context.close();
}

await mkdir(folder, { recursive: true });
const demo = await startDemo();
let browser = null;
try {
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  const world = await makeWorld(demo);
  const visitors = await signEverybodyIn(browser, world);
  for (const picture of option === "--look" ? everything() : PICTURES) {
    await take(browser, world, visitors, picture);
  }
} finally {
  await browser?.close();
  await demo.stop();
}
