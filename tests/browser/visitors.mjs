//! Who looks at pages: the cookies of everybody who has signed in once.

import { ADMIN, DPO } from "./world.mjs";
import { ask, handIn } from "./steps.mjs";

/** Signs everybody in: the stored cookies by name, `nobody` without any. */
export async function signEverybodyIn(browser, world) {
  const operator = "operator@both.example";
  const staff = { dpo: DPO, shared: "dpo@both.example", admin: ADMIN, operator };
  const visitors = { nobody: { cookies: [], origins: [] } };
  for (const [name, email] of Object.entries(staff)) {
    visitors[name] = await visit(browser, async (page) => {
      await page.goto(`${world.demo.url}/sign-in`);
      await signIn(page, email, world.demo.password);
    });
  }
  for (const name of ["fresh", "released", "coded", "signing", "doubted"]) {
    visitors[name] = await visit(browser, async (page) => {
      await openCase(page, world, world[name]);
      if (name === "coded") await ask(page);
      if (name === "doubted") await handIn(page);
    });
  }
  // With the code of the telephone, which opens the case and proves nothing.
  const { call_code } = await world.dpo.act(world.released.id, "call-code");
  visitors.caller = await visit(browser, (page) =>
    openCase(page, world, { ...world.released, receipt: call_code }));
  return visitors;
}

async function visit(browser, steps) {
  const context = await browser.newContext();
  try {
    await steps(await context.newPage());
    return await context.storageState();
  } finally {
    await context.close();
  }
}

/** Fills in the sign-in of staff. */
export async function signIn(page, email, password) {
  await page.fill("#email", email);
  await page.fill("#password", password);
  await page.click("main button[type=submit]");
}

/** Opens a case in the portal with its reference and receipt. */
export async function openCase(page, world, one, language = "fr") {
  await page.goto(`${world.demo.url}/t/${world.slug}/${language}/`);
  await page.fill("#reference", one.reference);
  await page.fill("#receipt", one.receipt);
  await page.click("main button[type=submit]");
  await page.waitForURL("**/case");
}
