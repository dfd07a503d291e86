//! Whole ways through the pages, without script and with the keyboard.

import { PATIENCE_MS, until } from "./demo.mjs";
import { keys, several, undoing, words } from "./keyboard.mjs";
import { session, unscripted } from "./session.mjs";
import { watch } from "./rules.mjs";
import { providerSignIn } from "./sign-ins.mjs";
import { ask, submit } from "./steps.mjs";
import { openCase, signIn } from "./visitors.mjs";
import { DPO, known, log, searched } from "./world.mjs";

const FLOWS = {
  "the portal without script": portal,
  "signing in at an identity provider without script": providerSignIn,
  "taking a request back without script": withdrawal,
  "the work of a DPO without script": staff,
  "undoing without script": undone,
  "every case at the width of a telephone": narrow,
  "the keys of staff": keys,
  "undoing with the keyboard": undoing,
  "several requests with the keyboard": several,
  "unsent words": words,
  "the end of a session": session,
  "the end of a session without script": unscripted,
};

/** Runs each flow; what went wrong, and how many were tried. */
export async function flows(browser, world, visitors, only) {
  const faults = [];
  const wanted = Object.entries(FLOWS).filter(([name]) => name.includes(only));
  for (const [name, flow] of wanted) {
    const context = await browser.newContext({
      javaScriptEnabled: flow.script ?? false,
      locale: "fr",
      viewport: { width: 1200, height: 900 },
    });
    context.setDefaultTimeout(20_000);
    try {
      const page = await context.newPage();
      const told = watch(page, world.demo.url);
      const must = (holds, what) => holds || faults.push(`${name}: ${what}`);
      await flow({ page, world, visitors, context, must });
      for (const fault of told()) faults.push(`${name}: ${fault}`);
    } catch (error) {
      faults.push(`${name}: ${error.message.split("\n")[0]}`);
    } finally {
      await context.close();
    }
  }
  return { faults, tried: wanted.length };
}

/** In with the receipt, a code by mail, a message, the answer, and out again. */
async function portal({ page, world, must }) {
  const one = await log(world, known(world.people[1]));
  await openCase(page, world, one);
  await ask(page);
  const code = await until("the mail with the code", PATIENCE_MS, () => codeOf(world, world.people[1]));
  await page.fill("#code", code);
  await submit(page, "#code");
  must((await page.locator("#code").count()) === 0, "the right code was not taken");
  await page.click("nav a[href$='/messages']");
  await page.fill("#message", "Je cherche mes commandes de 2024.");
  await submit(page, "#message");
  const own = await page.locator(".messages .own").innerText();
  must(own.includes("commandes de 2024"), "the message does not stand there");
  await world.dpo.act(one.id, "searches", {});
  const search = await searched(world.dpo, one.id);
  await world.dpo.act(one.id, `searches/${search}/systems/archive/answer`, { outcome: "nothing_found" });
  await world.dpo.call("POST", `/requests/${one.id}/packages`, { search_id: search, right: "access" });
  const built = await until("a package", PATIENCE_MS, async () => {
    const { packages } = await world.dpo.call("GET", `/requests/${one.id}/packages`);
    return packages.find(({ state }) => state === "ready");
  });
  await world.dpo.act(one.id, `packages/${built.id}/release`, { reference: one.reference });
  await page.click("nav a[href$='/case']");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.locator("main a[href*='/packages/']").first().click(),
  ]);
  must((await download.failure()) === null, "the answer was not downloaded");
  await Promise.all([page.waitForEvent("load"), page.click("form[action$='/leave'] button")]);
  await page.goto(`${world.demo.url}/t/${world.slug}/fr/case`);
  must((await page.locator("#receipt").count()) === 1, "who has left still sees the case");
}

/** The digits in the newest mail of the demo to somebody. */
async function codeOf(world, { email }) {
  const text = await (await fetch(`${world.demo.url}/mail`)).text();
  for (const mail of text.split("<article").slice(1)) {
    const code = /\b(\d{4}[ \u00a0-]?\d{4})\b/.exec(mail.split("<details")[0]);
    if (mail.includes(email) && code) return code[1];
  }
  return null;
}

async function withdrawal({ page, world, must }) {
  const one = await log(world, { names: ["Tom Martin"] });
  await openCase(page, world, one, "en");
  await page.click("main a[href$='/withdrawal']");
  await form(page, "/withdrawal");
  const request = await world.dpo.call("GET", `/requests/${one.id}`);
  must(request.status === "withdrawn", `the request is ${request.status}`);
}

/** Sign in, find the case, take it, prove identity, search, build, release. */
async function staff({ page, world, must }) {
  const one = await log(world, known(world.people[2]));
  const at = `${world.demo.url}/requests/${one.id}`;
  await page.goto(`${world.demo.url}/`);
  await signIn(page, DPO, world.demo.password);
  await page.fill("#reference", one.reference);
  await submit(page, "#reference");
  await page.click(`a[href='/requests/${one.id}']`);
  await form(page, "/assignee");
  await form(page, "/acknowledgement");
  await open(page, "/identity-decision");
  await page.selectOption("#level", "v2");
  await page.check("input[value=in_person]");
  await page.check("input[value=known_facts]");
  await form(page, "/identity-decision");
  await open(page, "/searches");
  await form(page, "/searches");
  await searched(world.dpo, one.id);
  await page.goto(at);
  await page.click("main a[href$='/systems/archive']");
  await page.fill("#rows-0", "2026-03-02;un courrier");
  await page.click("button[value=answer]");
  await page.waitForSelector("#rows-0-wrong");
  const kept = await page.inputValue("#rows-0");
  must(kept === "2026-03-02;un courrier", `a refused form keeps ${kept}`);
  await page.fill("#rows-0", "day;what\n2026-03-02;un courrier");
  await page.setInputFiles("#files", { name: "courrier.txt", mimeType: "text/plain", buffer: Buffer.from("Madame") });
  await page.click("button[value=answer]");
  await page.waitForSelector("#given");
  await page.goto(at);
  await open(page, "/packages");
  await form(page, "/packages");
  await until("a package", PATIENCE_MS, async () => {
    await page.goto(at);
    return (await page.locator("form[action$='/release']").count()) === 1;
  });
  await open(page, "/release");
  await page.fill("form[action$='/release'] [name=reference]", one.reference);
  await form(page, "/release");
  must((await page.locator("[role=alert]").count()) === 0, "the release was refused");
  const { packages } = await world.dpo.call("GET", `/requests/${one.id}/packages`);
  must(packages[0].state === "released", `the package is ${packages[0].state}`);
}

/** An action, taken back on the page that follows, at the width of a telephone. */
async function undone({ page, world, must }) {
  const one = await log(world, { names: ["Max Martin"] });
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto(`${world.demo.url}/`);
  await signIn(page, DPO, world.demo.password);
  await page.goto(`${world.demo.url}/requests/${one.id}`);
  await form(page, "/assignee");
  const told = await page.locator(".undo [role=status]").innerText();
  must(/jusqu'à \d\d:\d\d:\d\d/.test(told), `the offer does not say till when: ${told}`);
  await page.reload();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  must(wide <= 320, `the page with the offer is ${wide} wide`);
  await form(page, "/undo");
  const request = await world.dpo.call("GET", `/requests/${one.id}`);
  must(request.assignee_id === null, "what was undone stands");
  must((await page.locator(".undo").count()) === 0, "an undo can be undone");
}

/** No case of the demo, however late, is wider than the window, folded or unfolded. */
async function narrow({ page, world, context, must }) {
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto(`${world.demo.url}/`);
  await signIn(page, DPO, world.demo.password);
  const { requests } = await world.dpo.call("GET", "/requests?status=all&limit=100");
  must(requests.length > 8, `only ${requests.length} cases`);
  for (const language of ["fr", "en"]) {
    await context.addCookies([{ name: "language", value: language, url: world.demo.url }]);
    for (const { id, reference } of requests) {
      await page.goto(`${world.demo.url}/requests/${id}`);
      for (const open of [false, true]) {
        const wide = await page.evaluate((open) => {
          for (const folded of document.querySelectorAll("details")) folded.open = open;
          return document.documentElement.scrollWidth;
        }, open);
        must(wide <= 320, `${reference} is ${wide} wide in ${language}`);
      }
    }
  }
}

/** Presses the button of the form that goes there. */
async function form(page, action) {
  await Promise.all([
    page.waitForEvent("load"),
    page.locator(`main form[action$='${action}'] button[type=submit]`).first().click(),
  ]);
}

/** Unfolds what a form stands in. */
async function open(page, action) {
  const folded = page.locator("details").filter({ has: page.locator(`form[action$='${action}']`) });
  if ((await folded.getAttribute("open")) === null) await folded.locator("summary").click();
}
