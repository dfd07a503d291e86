//! Signing in at a real identity provider, as somebody does who opened a case in the portal.

import { until } from "./demo.mjs";
import { openCase } from "./visitors.mjs";
import { known, log } from "./world.mjs";

const HERE = ["127.0.0.1", "localhost"];

/** Says no there, then signs in there: the case is at V1, in a browser without script. */
export async function providerSignIn({ page, world, context, must }) {
  const one = await log(world, known(world.people[0]));
  await openCase(page, world, one);
  // The pages of the provider are its own: they may ask for what they like, and get what is here.
  const other = await context.newPage();
  await other.route((url) => !HERE.includes(url.hostname), (route) => route.abort());
  const level = async () => (await world.dpo.call("GET", `/requests/${one.id}`)).identity.level;

  await leave(other, world);
  await Promise.all([other.waitForURL("**/sign-in?outcome=*"), other.locator("a[href*='abort']").click()]);
  must(other.url().endsWith("outcome=denied"), `a no leads to ${other.url()}`);
  must((await level()) === "v0", "a no raised the level");

  await leave(other, world);
  await other.fill("input[name=login]", world.people[0].email);
  await other.fill("input[name=password]", "whatever: the provider of the tests takes it");
  await press(other);
  await Promise.all([other.waitForURL(`${world.demo.url}/t/**`), press(other, false)]);
  const place = `${world.demo.url}/t/${world.slug}/fr/case`;
  must(other.url() === place, `the way back led to ${other.url()}`);
  must((await level()) === "v1", `the level is ${await level()}`);
  const { events } = await world.dpo.call("GET", `/requests/${one.id}/events`);
  const proof = events.find(({ kind }) => kind === "ProviderSignInConfirmed");
  must(proof?.detail.issuer === "localhost", "the history does not say where");
  await page.goto(place);
  must((await page.locator("form[action$='/sign-in-request']").count()) === 0, "it is asked for again");
}

/** From the case to the first page of the provider. */
async function leave(page, world) {
  await page.goto(`${world.demo.url}/t/${world.slug}/fr/case`);
  await beginSignIn(page);
  await Promise.all([page.waitForURL(`${world.provider.issuer}/**`), page.click("main a.button")]);
}

/** Presses the button of the provider's own page. */
async function press(page, waits = true) {
  const button = page.locator("button[type=submit]").first();
  await Promise.all(waits ? [page.waitForEvent("load"), button.click()] : [button.click()]);
}

/** Asks for the link to the provider, on the page of the case. */
export async function beginSignIn(page) {
  await Promise.all([
    page.waitForEvent("load"),
    page.locator("form[action$='/sign-in-request'] button").click(),
  ]);
}

/** Sets the provider of the demo, and waits until it was tried. */
export async function setProvider(admin, controller, provider, client) {
  const path = `/controllers/${controller}/identity-provider`;
  await admin.call("PUT", path, {
    issuer: provider.issuer,
    ...client,
    claims: [{ claim: "email", kind: "email" }],
  });
  await until("the test of the provider", 30_000, async () => {
    const { provider: shown } = await admin.call("GET", path);
    if (shown.test.state === "failed") throw new Error(`the provider failed: ${shown.test.code}`);
    return shown.offered;
  });
}
