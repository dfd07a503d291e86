//! What a page says before its session ends, and how it goes on.

import { signIn } from "./visitors.mjs";
import { DPO } from "./world.mjs";

const MINUTE_MS = 60_000;

/** Two minutes before the end it is said and offered, without taking the focus; and nothing before. */
export async function session({ page, world, must }) {
  await page.clock.install();
  await page.goto(`${world.demo.url}/sign-in`);
  await signIn(page, DPO, world.demo.password);
  await page.waitForURL(`${world.demo.url}/`);
  const told = () => page.locator(".session [role=status]").innerText();
  const stay = page.locator(".session button");
  await page.focus("#reference");
  await page.clock.fastForward(26 * MINUTE_MS);
  must((await told()) === "" && !(await stay.isVisible()), "the end is told too early");
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.clock.fastForward(MINUTE_MS + 1_000);
  must(/deux minutes/.test(await told()), `the end is not told: ${await told()}`);
  must(await page.evaluate(() => document.activeElement.id === "reference"), "the focus was taken");
  must(asked.length === 0, `a page asks by itself: ${asked}`);
  // A server that is away says nothing of the session: the button stays.
  await page.evaluate(() => {
    window.reached = window.fetch;
    window.fetch = () => Promise.reject(new TypeError("no network"));
  });
  await stay.click();
  await page.locator(".session [role=status]", { hasText: "Réessayez" }).waitFor();
  must(await stay.isVisible(), "it cannot be tried again");
  await page.evaluate(() => {
    window.fetch = window.reached;
  });
  await stay.focus();
  await page.keyboard.press("Enter");
  await stay.waitFor({ state: "hidden" });
  must(/restez connecté/.test(await told()), `it does not go on: ${await told()}`);
  must(asked.length === 1 && asked[0].endsWith("/keys"), `asked for ${asked}`);
  await page.clock.fastForward(26 * MINUTE_MS);
  must(!(await stay.isVisible()), "it was not renewed for its whole time");
  await page.clock.fastForward(4 * MINUTE_MS);
  must(/déconnecté/.test(await told()) && !(await stay.isVisible()), "the end itself is not told");
}
session.script = true;

/** Where there is no script, nothing stands there that could not work. */
export async function unscripted({ page, world, must }) {
  await page.goto(`${world.demo.url}/sign-in`);
  await signIn(page, DPO, world.demo.password);
  await page.waitForURL(`${world.demo.url}/`);
  must((await page.locator(".session button").count()) === 1, "there is no button");
  must(!(await page.locator(".session button").isVisible()), "a button stands there that does nothing");
}
