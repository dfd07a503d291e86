//! Every page of a real demo in a real browser.
//!
//!     node tests/browser/main.mjs [--full] [--only WORDS]
//!
//! Without --full, fewer runs in which each pair of page, language, theme, state and width stands.
//! Exit 0: all held; 1: what did not stands above; 2: nothing could be tried.

import { chromium } from "playwright-core";

import { Staff, startDemo } from "./demo.mjs";
import { flows } from "./flows.mjs";
import { FILES, PAGES, REDIRECTS, unlisted } from "./pages.mjs";
import { pairwise } from "./pairs.mjs";
import { CLIENT, startProvider } from "./provider.mjs";
import { routes } from "./routes.mjs";
import { accessibility, focus, frame, print, watch } from "./rules.mjs";
import { setProvider } from "./sign-ins.mjs";
import { signEverybodyIn } from "./visitors.mjs";
import { ADMIN, makeWorld } from "./world.mjs";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const AT_ONCE = 2;
const FACTORS = { language: ["fr", "en"], theme: ["light", "dark"], width: [320, 768, 1440] };

const isFull = process.argv.includes("--full");
const only = process.argv.includes("--only") ? process.argv[process.argv.indexOf("--only") + 1] : "";

function runs() {
  const rows = PAGES.flatMap((row) => {
    const name = row.name ?? row.route;
    const states = Object.keys(row.states);
    return states.map((state) => ({ row, name, state }));
  }).filter(({ name }) => name.includes(only));
  let all = rows;
  for (const [factor, values] of Object.entries(FACTORS)) {
    all = all.flatMap((run) => values.map((value) => ({ ...run, [factor]: value })));
  }
  return isFull ? all : pairwise(all, ["name", "state", ...Object.keys(FACTORS)]);
}

/** One page as one reader sees it; what is wrong with it. */
async function look(browser, visitors, world, run, number) {
  const { row, state, language, theme, width } = run;
  const who = typeof row.who === "string" ? row.who : row.who[state];
  const context = await browser.newContext({
    storageState: visitors[who],
    locale: language,
    colorScheme: theme,
    viewport: { width, height: 900 },
    reducedMotion: run.plain ? "reduce" : "no-preference",
    forcedColors: run.plain ? "active" : "none",
  });
  context.setDefaultTimeout(20_000);
  const faults = [];
  try {
    await context.addCookies([{ name: "language", value: language, url: world.demo.url }]);
    const page = await context.newPage();
    const told = watch(page, world.demo.url);
    let status = 0;
    page.on("response", (answer) => {
      if (answer.request().isNavigationRequest()) status = answer.status();
    });
    const go = (path) => page.goto(`${world.demo.url}${path}`);
    await row.states[state]({ page, go, world, language, number });
    const isError = state === "error";
    if (status >= 400 !== isError) faults.push(`answered ${status}`);
    faults.push(...(await frame(page, { language, isError, row })));
    faults.push(...(await accessibility(page, run.plain ? ["color-contrast"] : [])));
    if (run.isFirst) {
      faults.push(...(await print(page)), ...(row.sheet ? [] : await focus(page)));
    }
    if (run.plain) {
      const moving = await page.evaluate(() => document.getAnimations().length);
      if (moving > 0) faults.push(`moves ${moving} things for somebody who wants none moved`);
    }
    faults.push(...told());
  } catch (error) {
    faults.push(`could not be shown: ${error.message.split("\n")[0]}`);
  } finally {
    await context.close();
  }
  return faults;
}

/** The files and redirects of the table are what it says, as far as they need nobody signed in. */
async function files(world, table) {
  const faults = [];
  for (const { id, path } of table.filter(({ method }) => method === "GET")) {
    const address = `${world.demo.url}${path.replace("{slug}", world.slug)}`;
    if (path.replace("{slug}", "").includes("{")) continue;
    if (FILES[id]) {
      const kind = (await fetch(address)).headers.get("content-type") ?? "";
      if (!kind.startsWith(FILES[id])) faults.push(`${id}: is ${kind}`);
    } else if (REDIRECTS.includes(id)) {
      const { status } = await fetch(address, { redirect: "manual" });
      if (status !== 303) faults.push(`${id}: answered ${status}`);
    }
  }
  return faults;
}

async function main() {
  const table = routes();
  const faults = unlisted(table);
  const demo = await startDemo();
  let tried = 0;
  let walked = 0;
  let browser = null;
  let provider = null;
  try {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
    const world = await makeWorld(demo);
    provider = await startProvider(`${demo.url}/t/${world.slug}/signed-in`);
    world.provider = provider;
    await setProvider(await Staff.signIn(demo, ADMIN), world.controller, provider, CLIENT);
    faults.push(...(await files(world, table)));
    const visitors = await signEverybodyIn(browser, world);
    // First, since what the staff calls the API with lasts a quarter of an hour.
    const done = await flows(browser, world, visitors, only);
    faults.push(...done.faults);
    walked = done.tried;
    const seen = new Set();
    const waiting = runs().map((run, number) => {
      const place = `${run.name} ${run.state}`;
      const isFirst = !seen.has(place);
      seen.add(place);
      return { ...run, number, isFirst };
    });
    // Once more as somebody sees them who chose their own colours and wants nothing to move.
    const plain = waiting.filter(({ isFirst }) => isFirst).map((run) => ({ ...run, plain: true, isFirst: false }));
    const queue = [...waiting, ...plain.filter(({ state }) => isFull || state === "full")];
    const total = queue.length;
    const looking = Array.from({ length: AT_ONCE }, async () => {
      for (let run = queue.shift(); run; run = queue.shift()) {
        const found = await look(browser, visitors, world, run, run.number + (run.plain ? total : 0));
        const { name, state, language, theme, width } = run;
        const where = [name, state, language, theme, width, ...(run.plain ? ["own colours"] : [])];
        for (const fault of found) faults.push(`${where.join(", ")}: ${fault}`);
        tried += 1;
      }
    });
    await Promise.all(looking);
    console.log(`${tried} runs of ${seen.size} pages and states, and ${walked} flows`);
  } finally {
    await browser?.close();
    await provider?.stop();
    await demo.stop();
  }
  for (const fault of faults) console.error(`browser: ${fault}`);
  if (tried + walked === 0) {
    console.error("browser: nothing was tried");
    process.exitCode = 2;
  } else if (faults.length > 0) {
    process.exitCode = 1;
  }
}

await main();
