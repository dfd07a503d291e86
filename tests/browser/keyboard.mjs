//! The work of a DPO with the keyboard alone, and what keeps their words safe. The pointer is never
//! used here.

import { signIn } from "./visitors.mjs";
import { DPO, log } from "./world.mjs";

const focused = (page) =>
  page.evaluate(() => {
    const at = document.activeElement;
    return { id: at.id, href: at.getAttribute("href"), tag: at.tagName };
  });

/** Presses a key that leads to another page. */
async function turn(page, key) {
  await Promise.all([page.waitForEvent("load"), page.keyboard.press(key)]);
}

async function begin(page, world) {
  await page.goto(`${world.demo.url}/sign-in`);
  await signIn(page, DPO, world.demo.password);
  await page.waitForURL(`${world.demo.url}/`);
}

/** Through the queue and a case by single keys. */
export async function keys({ page, world, must }) {
  const one = await log(world, { names: ["Ida Martin"] });
  const at = `${world.demo.url}/requests/${one.id}`;
  await begin(page, world);
  await page.keyboard.press("j");
  const first = await focused(page);
  must(first.href?.startsWith("/requests/"), "j does not go to the first request");
  await page.keyboard.press("j");
  must((await focused(page)).href !== first.href, "j does not go on");
  await page.keyboard.press("k");
  must((await focused(page)).href === first.href, "k does not go back");
  await turn(page, "Enter");
  must(page.url().endsWith(first.href), "Enter does not open the request");
  await turn(page, "n");
  must(/\/requests\/[0-9a-f-]{36}$/.test(page.url()), "n does not go to a case");
  must(!page.url().endsWith(first.href), "n stays on the case");
  await page.keyboard.press("g");
  await turn(page, "t");
  must(page.url() === `${world.demo.url}/`, "g t does not go to the queue");
  await page.keyboard.press("/");
  must((await focused(page)).id === "reference", "/ does not go to the search");
  await page.keyboard.type("jnex");
  must((await page.inputValue("#reference")) === "jnex", "keys act in a field");

  await page.goto(at);
  await turn(page, "e");
  must((await world.dpo.call("GET", `/requests/${one.id}`)).acknowledged_at, "e does not acknowledge");
  await turn(page, "a");
  const taken = await world.dpo.call("GET", `/requests/${one.id}`);
  must(taken.assignee_id === world.me, "a does not take charge");
  await page.keyboard.press("i");
  must((await focused(page)).id === "level", "i does not go to identity");
  await page.evaluate(() => document.activeElement.blur());
  await turn(page, "?");
  must(page.url().endsWith("/keys"), "? does not explain the keys");
  await page.focus("[data-keys-on]");
  await page.keyboard.press("Space");
  await page.goto(`${world.demo.url}/`);
  await page.keyboard.press("j");
  must((await focused(page)).tag === "BODY", "keys act that were switched off");
}

/** Several requests chosen and acknowledged, and each way back to where one was. */
export async function several({ page, world, must }) {
  const cases = [];
  for (const name of ["Ana Martin", "Ben Martin"]) cases.push(await log(world, { names: [name] }));
  await begin(page, world);
  await page.goto(`${world.demo.url}/?assignee=nobody`);
  for (const { id } of cases) {
    await page.focus(`a[href='/requests/${id}']`);
    await page.keyboard.press("x");
    must(await page.isChecked(`input[value^='${id}']`), "x does not choose");
  }
  await page.focus("#several button");
  await turn(page, "Enter");
  must(page.url().endsWith("/?assignee=nobody"), `acknowledging leads to ${page.url()}`);
  for (const { id } of cases) {
    const { acknowledged_at: at } = await world.dpo.call("GET", `/requests/${id}`);
    must(at, "a chosen request was not acknowledged");
  }
}

/** What was typed is asked about, sent by Ctrl+Enter, and kept when somebody else was faster. */
export async function words({ page, world, must }) {
  const one = await log(world, { names: ["Eve Martin"] });
  const at = `${world.demo.url}/requests/${one.id}`;
  await begin(page, world);
  await page.goto(at);
  await page.evaluate(() => (document.querySelector("#note").closest("details").open = true));
  await page.focus("#note");
  await page.keyboard.type("Elle rappellera lundi.");
  const asked = new Promise((told) =>
    page.once("dialog", async (dialog) => {
      told(dialog.type());
      await dialog.dismiss();
    }),
  );
  await page.focus("nav a[href='/']");
  await page.keyboard.press("Enter");
  const late = new Promise((told) => setTimeout(told, 5_000, "nothing"));
  must((await Promise.race([asked, late])) === "beforeunload", "unsent words are lost unasked");
  must((await page.inputValue("#note")) === "Elle rappellera lundi.", "the words are gone");

  await world.dpo.act(one.id, "notes", { note: "Quelqu'un d'autre." });
  await page.focus("#note");
  await turn(page, "Control+Enter");
  must((await page.inputValue("#note")) === "Elle rappellera lundi.", "a collision loses the words");
  const told = await page.locator("[role=alert]").innerText();
  must(/Note ajoutée/.test(told), `a collision does not say what was done: ${told}`);
  await page.focus("#note");
  await turn(page, "Control+Enter");
  must((await page.locator("[role=alert]").count()) === 0, "the words cannot be sent again");
  must((await page.locator(".timeline").innerText()).includes("rappellera lundi"), "no note");
}

/** What was done last, undone by a key; and an offer that goes by itself, not from under the focus. */
export async function undoing({ page, world, must }) {
  const [one, two] = [await log(world, { names: ["Lea Martin"] }), await log(world, { names: ["Leo Martin"] })];
  const at = (request) => `${world.demo.url}/requests/${request.id}`;
  const told = async (request) => (await world.dpo.call("GET", `/requests/${request.id}`)).acknowledged_at;
  await begin(page, world);
  await page.goto(at(one));
  await turn(page, "e");
  must(await told(one), "e does not acknowledge");
  await turn(page, "z");
  must((await told(one)) === null, "z does not undo on the case");

  await page.goto(`${world.demo.url}/?assignee=nobody`);
  for (const { id } of [one, two]) {
    await page.focus(`a[href='/requests/${id}']`);
    await page.keyboard.press("x");
  }
  await page.focus("#several button");
  await turn(page, "Enter");
  must((await told(one)) && (await told(two)), "the chosen ones were not acknowledged");
  await turn(page, "z");
  must(page.url().endsWith("/?assignee=nobody"), `undoing leads to ${page.url()}`);
  must(!(await told(one)) && !(await told(two)), "z does not undo several together");

  await page.goto(at(one));
  await turn(page, "e");
  await page.focus("nav a[href='/']");
  await page.waitForSelector(".undo", { state: "detached", timeout: 15_000 });
  must((await focused(page)).href === "/", "the offer takes the focus with it");
  await page.goto(at(two));
  await turn(page, "e");
  await page.focus(".undo button");
  await page.waitForTimeout(10_500);
  must((await page.locator(".undo button:focus").count()) === 1, "the offer goes from under the focus");
  await page.focus("nav a[href='/']");
  await page.waitForSelector(".undo", { state: "detached", timeout: 2_000 });
}

for (const flow of [keys, several, undoing, words]) flow.script = true;
