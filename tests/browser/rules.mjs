//! What holds of every page, in every language, theme, state and width.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** WCAG 2.2 AA holds the rules of the versions before it. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Follows what a page asks for and says, from its beginning: `faults()` names what it may not. */
export function watch(page, origin) {
  const faults = [];
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && url.protocol !== "data:") {
      faults.push(`asks another origin for ${url.origin}${url.pathname}`);
    }
  });
  page.on("console", (message) => {
    // Chromium reports the status of the page itself, which the steps want to be an error.
    const own = /Failed to load resource.* status of 4\d\d/.test(message.text());
    const isPage = message.location().url === page.url();
    if (["error", "warning"].includes(message.type()) && !(own && isPage)) {
      faults.push(`says in the console: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => faults.push(`throws: ${error.message}`));
  return () => faults.splice(0);
}

/** What axe finds, each with its place. */
export async function accessibility(page, without = []) {
  await page.evaluate(AXE);
  const found = await page.evaluate(async ([tags, without]) => {
    const rules = Object.fromEntries(without.map((rule) => [rule, { enabled: false }]));
    const options = { runOnly: { type: "tag", values: tags }, rules, resultTypes: ["violations"] };
    const { violations, passes } = await window.axe.run(document, options);
    return {
      passed: passes.length,
      violations: violations.map(({ id, help, nodes }) => ({
        id,
        help,
        where: nodes.slice(0, 3).map(({ target, any }) => `${target} ${any[0]?.message ?? ""}`),
      })),
    };
  }, [TAGS, without]);
  if (found.passed < 5) return [`axe tried only ${found.passed} rules`];
  return found.violations.map(({ id, help, where }) => `axe ${id}: ${help}: ${where.join("; ")}`);
}

/** The frame that every page has: one heading, landmarks, its language, a title, no sideways scroll. */
export async function frame(page, { language, isError, row }) {
  const seen = await page.evaluate(() => ({
    headings: document.querySelectorAll("h1").length,
    mains: document.querySelectorAll("main").length,
    banner: document.querySelectorAll("body > header").length,
    navigation: [...document.querySelectorAll("nav")].filter((it) => !it.ariaLabel).length,
    language: document.documentElement.lang,
    title: document.title,
    width: document.scrollingElement.scrollWidth,
    room: document.documentElement.clientWidth,
    styled: document.styleSheets.length,
    inline: document.querySelectorAll("style, [style], script:not([src])").length,
  }));
  const faults = [];
  const must = (holds, told) => holds || faults.push(told);
  must(seen.headings === 1, `has ${seen.headings} h1`);
  must(seen.mains === 1, `has ${seen.mains} main`);
  must(row.sheet || seen.banner === 1, `has ${seen.banner} header`);
  must(seen.navigation === 0, "has navigation without a name");
  must(row.sheet || seen.language === language, `has the language "${seen.language}"`);
  must(seen.width <= seen.room, `is ${seen.width} px wide in ${seen.room}`);
  must(seen.styled > 0, "has no style sheet");
  must(seen.inline === 0, "has inline style or script, which the policy forbids");
  const error = language === "fr" ? /^Erreur\u00a0:/ : /^Error:/;
  must(seen.title.trim().length > 3, "has no title");
  must(row.problem || error.test(seen.title) === isError,
    isError ? `has an error and is called "${seen.title}"` : `is called "${seen.title}"`);
  return faults;
}

/** Every place that Tab reaches shows where it is, and can be seen. */
export async function focus(page) {
  const faults = new Set();
  const wanted = await page.evaluate(() => {
    document.activeElement?.blur();
    window.scrollTo(0, 0);
    const open = (it) => it.checkVisibility() && !it.disabled && it.type !== "hidden";
    const places = "a[href], button, input, select, textarea, summary, [tabindex='0']";
    return [...document.querySelectorAll(places)].filter(open).length;
  });
  let reached = 0;
  for (let presses = 0; presses < Math.min(wanted, 90); presses += 1) {
    await page.keyboard.press("Tab");
    const told = await page.evaluate(() => {
      const at = document.activeElement;
      if (!at || at === document.body) return null;
      const { outlineStyle, outlineWidth } = getComputedStyle(at);
      const box = at.getBoundingClientRect();
      const name = `${at.tagName.toLowerCase()}${at.id ? `#${at.id}` : ""}`;
      const inView = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
      const faults = [];
      if (outlineStyle === "none" || parseFloat(outlineWidth) < 2) faults.push(`${name} shows no focus`);
      if (!inView) faults.push(`${name} has the focus out of view`);
      return faults;
    });
    if (told === null) break;
    reached += 1;
    for (const fault of told) faults.add(fault);
  }
  if (reached === 0) faults.add("Tab reaches nothing");
  return [...faults];
}

/** On paper there is nothing to press, and nothing is cut off. */
export async function print(page) {
  await page.emulateMedia({ media: "print" });
  const seen = await page.evaluate(() => ({
    buttons: [...document.querySelectorAll("main button, .bar")].filter((it) => it.checkVisibility())
      .length,
    // A line that leads to something ends in nothing where that is not printed.
    nothing: [...document.querySelectorAll("main p.primary")]
      .filter((it) => it.checkVisibility())
      .map((it) => it.innerText.trim())
      .filter((text) => text === "" || text.endsWith(":")),
    heading: document.querySelector("h1").checkVisibility(),
    address: document.querySelector(".window")?.getBoundingClientRect().toJSON(),
    text: document.querySelector(".text")?.getBoundingClientRect().toJSON(),
    mm: 96 / 25.4,
  }));
  await page.emulateMedia({ media: null });
  const faults = [];
  if (seen.buttons > 0) faults.push(`prints ${seen.buttons} buttons or bars`);
  if (seen.nothing.length > 0) faults.push(`prints "${seen.nothing[0]}" with nothing behind it`);
  if (!seen.heading) faults.push("prints no heading");
  if (seen.address) {
    // 50 mm from the edge of the paper, of which the printer's margin takes 20.
    const top = seen.address.top / seen.mm;
    if (Math.abs(top - 30) > 1) faults.push(`prints the address ${top.toFixed()} mm down, not 30`);
    if (seen.address.bottom > seen.text.top) faults.push("prints the text over the address");
  }
  return faults;
}
