//! One row for each page: its route in `src/web/ui/mod.rs`, who looks at it, and how it comes to
//! stand there `empty`, `full`, and with an `error`. A page needs the states that it can have.
//!
//! A new route that answers GET fails the test until it stands here, in FILES or in REDIRECTS. A
//! step is given `{ page, go, world, language }`; `go(path)` opens a page of the server.

import { beginSignIn } from "./sign-ins.mjs";
import { ask, force, submit, unfold } from "./steps.mjs";
import { signIn } from "./visitors.mjs";
import { DPO, log } from "./world.mjs";

/** What a route serves that is no page, by its content type. */
export const FILES = {
  style: "text/css",
  "letter-style": "text/css",
  "keys-module": "text/javascript",
  "session-module": "text/javascript",
  icon: "image/svg+xml",
  "case-file-style": "text/css",
  package: "application/zip",
  "case-file-archive": "application/zip",
  "identity-document": "application/octet-stream",
  attachment: "application/octet-stream",
  "portal-attachment": "application/octet-stream",
  "retention-table": "text/csv",
  "breaches-table": "text/csv",
  "portal-package": "application/zip",
};

/** Routes that only lead elsewhere. */
export const REDIRECTS = [
  "portal", "portal-slash", "portal-language", "next-case", "portal-code", "portal-letter-code", "portal-signed-in",
];

const portal = ({ world, language }, page) => `/t/${world.slug}/${language}/${page}`;

/** The sign-in after a note was sent in a session that was over. */
async function heldBack({ page, go, world }) {
  await go(`/requests/${world.fresh.id}`);
  await unfold(page);
  await page.fill("#note", "Elle a rappelé.\nSon dossier est à Rennes.");
  await page.context().clearCookies({ name: "session" });
  await submit(page, "#note");
}

/** An identity decision that is sent in a newer session than it was shown in. */
async function olderSession({ page, go, world }) {
  await go(`/requests/${world.fresh.id}`);
  await unfold(page);
  await page.selectOption("#level", "v2");
  await page.check("input[name=methods][value=known_facts]");
  await page.fill("#identity-reason", "Elle a nommé trois factures.");
  const other = await page.context().newPage();
  await other.context().clearCookies({ name: "session" });
  await other.goto(`${world.demo.url}/sign-in`);
  await signIn(other, DPO, world.demo.password);
  await other.waitForSelector("h1");
  await submit(page, "#level");
}

/** A row: the name is that of the route where none is given. */
export const PAGES = [
  {
    route: "queue",
    who: "dpo",
    states: {
      empty: ({ go }) => go("/?reference=7K4M-Q2XD-5"),
      full: ({ go }) => go("/?status=all"),
      error: ({ go }) => go("/?reference=wrong"),
    },
  },
  {
    route: "queue",
    name: "queue of several organisations",
    who: "shared",
    states: {
      empty: ({ go }) => go("/?status=forwarded&overdue=true"),
      full: ({ go }) => go("/"),
      error: async ({ page, go }) => {
        await go("/");
        await unfold(page);
        await Promise.all([page.waitForEvent("load"), page.click("form[method=post][action='/'] button")]);
      },
    },
  },
  {
    route: "queue",
    name: "home",
    who: "admin",
    states: { full: ({ go }) => go("/") },
  },
  {
    route: "queue",
    name: "home of an operator",
    who: "operator",
    states: { empty: ({ go }) => go("/") },
  },
  {
    route: "case",
    who: "dpo",
    states: {
      empty: async ({ page, go, world }) => {
        await go(`/requests/${world.fresh.id}`);
        await unfold(page);
      },
      full: async ({ page, go, world }) => {
        await go(`/requests/${world.released.id}`);
        await unfold(page);
      },
      error: async ({ page, go, world }) => {
        await go(`/requests/${world.fresh.id}`);
        await force(page, "/notes");
      },
    },
  },
  {
    route: "case",
    name: "the case of a minor with a package that is out of date",
    who: "dpo",
    states: { full: ({ go, world }) => go(`/requests/${world.overtaken.id}`) },
  },
  {
    route: "case",
    name: "case that was just taken",
    who: "dpo",
    states: { full: async ({ page, go, world }) => {
      const { id } = await log(world, { names: ["Noa Martin"] });
      await go(`/requests/${id}`);
      await Promise.all([page.waitForEvent("load"), page.click("form[action$='/assignee'] button")]);
    } },
  },
  {
    route: "queue",
    name: "queue with several just acknowledged",
    who: "dpo",
    states: { full: async ({ page, go, world }) => {
      const { id } = await log(world, { names: ["Noe Martin"] });
      await go("/?assignee=nobody");
      await page.check(`input[type=checkbox][value^='${id}']`);
      await Promise.all([page.waitForEvent("load"), page.click("#several button")]);
    } },
  },
  {
    route: "case",
    name: "case with an identity document",
    who: "dpo",
    states: {
      full: async ({ page, go, world }) => {
        await go(`/requests/${world.doubted.id}`);
        await unfold(page);
      },
      // A reply that is said to be not enough, without what is missing.
      error: async ({ page, go, world }) => {
        await go(`/requests/${world.doubted.id}`);
        await unfold(page);
        await page.fill("#reply-received-at", "2026-01-01T09:00");
        await page.check("input[name=sufficient][value=not_enough]");
        await force(page, "/replies");
      },
    },
  },
  {
    route: "case",
    name: "case with something to look after",
    who: "dpo",
    states: { full: ({ go, world }) => go(`/requests/${world.waiting.id}`) },
  },
  {
    route: "case",
    name: "letter with a code",
    who: "dpo",
    states: {
      // A case and an address of its own: each is sent few.
      full: async ({ page, go, world }) => {
        const { id } = await log(world, { names: ["Lou Martin"] });
        await go(`/requests/${id}`);
        await unfold(page);
        await page.fill("#letter-address", `${id}\n31000 Toulouse`);
        await page.fill("#found-in", "boutique");
        await page.check("input[name=is_on_file]");
        const form = "form[action$='/letter-code'] button";
        await Promise.all([page.waitForEvent("load"), page.click(form)]);
      },
    },
    // A letter is written in the language of the person, on a sheet without anything around it.
    sheet: true,
  },
  {
    route: "keys",
    who: "dpo",
    states: { full: ({ go }) => go("/keys") },
  },
  {
    route: "letter",
    who: "dpo",
    states: {
      empty: ({ go, world }) => go(`/requests/${world.fresh.id}/letters/${world.draft.id}`),
      full: ({ go, world }) => go(`/requests/${world.released.id}/letters/${world.released.letter}`),
      error: async ({ page, go, world }) => {
        await go(`/requests/${world.fresh.id}/letters/${world.draft.id}`);
        await Promise.all([page.waitForEvent("load"), page.click("button[value=send]")]);
      },
    },
  },
  {
    route: "printing-letter",
    who: "dpo",
    states: {
      empty: ({ go, world }) => go(`/requests/${world.fresh.id}/letters/${world.draft.id}/print`),
      full: ({ go, world }) =>
        go(`/requests/${world.released.id}/letters/${world.released.letter}/print`),
    },
    // A letter is written in the language of the person, on a sheet without anything around it.
    sheet: true,
  },
  {
    route: "review",
    who: "dpo",
    states: {
      full: ({ go, world }) => go(`/requests/${world.released.id}/review`),
    },
  },
  {
    route: "found-rows",
    who: "dpo",
    states: {
      full: async ({ page, go, world }) => {
        await go(`/requests/${world.released.id}/review`);
        await Promise.all([page.waitForEvent("load"), page.click("main a[href*='/review/rows']")]);
      },
    },
  },
  {
    route: "system",
    who: "dpo",
    states: {
      empty: ({ go, world }) => go(world.waiting.page),
      full: ({ go, world }) => go(world.released.page),
      error: async ({ page, go, world }) => {
        await go(world.waiting.page);
        await page.fill("#rows-0", "day;note");
        await page.click("button[value=answer]");
        await page.waitForSelector("#rows-0-wrong");
      },
    },
  },
  {
    route: "waiting-systems",
    who: "dpo",
    states: {
      full: ({ go }) => go("/waiting-systems"),
    },
  },
  {
    route: "step-up",
    who: "dpo",
    states: { empty: ({ go, world }) => go(`/requests/${world.released.id}/step-up`) },
  },
  {
    route: "printing-answer",
    who: "dpo",
    states: {
      full: ({ go, world }) =>
        go(`/requests/${world.released.id}/packages/${world.released.package}/print`),
    },
    sheet: true,
  },
  {
    route: "case-file",
    who: "dpo",
    states: {
      empty: ({ go, world }) => go(`/requests/${world.fresh.id}/case-file`),
      full: ({ go, world }) => go(`/requests/${world.released.id}/case-file`),
    },
    sheet: true,
  },
  {
    route: "retention",
    who: "admin",
    states: {
      full: ({ go, world }) => go(`/controllers/${world.controller}/retention`),
      error: async ({ page, go, world }) => {
        await go(`/controllers/${world.controller}/retention`);
        await force(page, "/retention", { justification: "" });
      },
    },
  },
  {
    route: "identity-provider",
    who: "admin",
    states: {
      full: ({ go, world }) => go(`/controllers/${world.controller}/identity-provider`),
      error: async ({ page, go, world }) => {
        await go(`/controllers/${world.controller}/identity-provider`);
        await page.fill("#issuer", "http://id.example");
        await Promise.all([page.waitForEvent("load"), page.click("button[value=save]")]);
      },
    },
  },
  {
    route: "least-level",
    who: "admin",
    states: {
      full: ({ go, world }) => go(`/controllers/${world.controller}/least-level`),
      error: async ({ page, go, world }) => {
        await go(`/controllers/${world.controller}/least-level`);
        await force(page, "/least-level", { least_level: "v0" });
      },
    },
  },
  {
    route: "breaches",
    who: "dpo",
    states: {
      full: ({ go, world }) => go(`/controllers/${world.controller}/breaches`),
      error: async ({ page, go, world }) => {
        await go(`/controllers/${world.controller}/breaches`);
        await force(page, "/breaches");
      },
    },
  },
  {
    route: "breach",
    who: "dpo",
    states: {
      full: ({ go, world }) => go(`/controllers/${world.controller}/breaches/${world.breach}`),
    },
  },
  {
    route: "printing-breaches",
    who: "dpo",
    states: { full: ({ go, world }) => go(`/controllers/${world.controller}/breaches/print`) },
  },
  {
    route: "letter-texts",
    who: "admin",
    states: { full: ({ go, world }) => go(`/controllers/${world.controller}/letter-texts`) },
  },
  {
    route: "letter-text",
    who: "admin",
    states: {
      full: ({ go, world }) => go(`/controllers/${world.controller}/letter-texts/ACK/fr`),
      error: async ({ page, go, world }) => {
        await go(`/controllers/${world.controller}/letter-texts/ACK/fr`);
        await page.fill("#text", "{nobody_knows_this}");
        await Promise.all([page.waitForEvent("load"), page.click("button[value=save]")]);
      },
    },
  },
  {
    route: "sign-in",
    who: "nobody",
    states: {
      empty: ({ go }) => go("/sign-in"),
      error: async ({ page, go, number }) => {
        await go("/sign-in");
        // Somebody else each time: tries are counted for each account.
        await page.fill("#email", `nobody${number}@maison.example`);
        await page.fill("#password", "not the password of anybody");
        await Promise.all([page.waitForEvent("load"), page.click("main button[type=submit]")]);
      },
    },
  },
  {
    route: "sign-in",
    name: "words of a form that was shown in an older session",
    who: "dpo",
    states: { full: (it) => olderSession(it) },
  },
  {
    route: "sign-in",
    name: "words that were typed when the session was over",
    who: "dpo",
    states: {
      empty: (it) => heldBack(it),
      full: async (it) => {
        await heldBack(it);
        await signIn(it.page, DPO, it.world.demo.password);
        await it.page.waitForSelector("form[action$='/notes']");
      },
    },
  },
  {
    route: "password",
    who: "admin",
    states: {
      empty: ({ go }) => go("/password"),
      error: async ({ page, go, world }) => {
        await go("/password");
        await page.fill("#present", world.demo.password);
        await page.fill("#new", "short");
        await page.fill("#again", "short");
        await Promise.all([page.waitForEvent("load"), page.click("main button[type=submit]")]);
      },
    },
  },
  {
    route: "mailbox",
    who: "nobody",
    states: { full: ({ go }) => go("/mail") },
  },
  {
    route: "portal-entry",
    who: "nobody",
    states: {
      empty: (it) => it.go(portal(it, "")),
      full: async (it) => {
        await it.go(portal(it, ""));
        await it.page.fill("#reference", it.world.fresh.reference);
        await unfold(it.page);
      },
      error: async (it) => {
        await it.go(portal(it, ""));
        await force(it.page, `/${it.language}/`, { reference: "wrong" });
      },
    },
  },
  {
    route: "portal-case",
    who: { empty: "fresh", full: "released", error: "coded" },
    states: {
      empty: (it) => it.go(portal(it, "case")),
      full: (it) => it.go(portal(it, "case")),
      error: async (it) => {
        await it.go(portal(it, "case"));
        await ask(it.page);
        // What cannot be a code is no guess, so that this may be done again and again.
        await force(it.page, "/code", { code: "wrong" });
      },
    },
  },
  {
    route: "portal-case",
    name: "portal of a caller whose answer is ready",
    who: "caller",
    states: { full: async (it) => {
      await it.go(portal(it, "case"));
      await it.page.waitForSelector("#ways-title");
    } },
  },
  {
    route: "portal-sign-in",
    who: "signing",
    states: {
      empty: (it) => it.go(portal(it, "sign-in?outcome=denied")),
      full: async (it) => {
        await it.go(portal(it, "sign-in"));
        // What was begun lasts ten minutes; without it one is led to the case.
        if ((await it.page.locator("main a.button[href*='code_challenge']").count()) === 0) {
          await beginSignIn(it.page);
        }
      },
    },
  },
  {
    route: "portal-messages",
    who: { empty: "fresh", full: "released", error: "fresh" },
    states: {
      empty: (it) => it.go(portal(it, "messages")),
      full: (it) => it.go(portal(it, "messages")),
      error: async (it) => {
        await it.go(portal(it, "messages"));
        await force(it.page, "/messages");
      },
    },
  },
  {
    route: "portal-identity-document",
    who: { empty: "fresh", full: "doubted", error: "doubted" },
    states: {
      empty: (it) => it.go(portal(it, "identity-document")),
      full: (it) => it.go(portal(it, "identity-document")),
      error: async (it) => {
        await it.go(portal(it, "identity-document"));
        await force(it.page, "/identity-document");
      },
    },
  },
  {
    route: "portal-withdrawal",
    who: "fresh",
    states: { full: (it) => it.go(portal(it, "withdrawal")) },
  },
  {
    route: null,
    name: "nothing here",
    who: "nobody",
    states: { error: ({ go }) => go("/no-such-page") },
    problem: true,
  },
  {
    route: null,
    name: "no such portal",
    who: "nobody",
    states: { error: ({ go, language }) => go(`/t/nobody/${language}/`) },
    problem: true,
  },
  {
    route: null,
    name: "no such case",
    who: "dpo",
    states: { error: ({ go }) => go("/requests/019aac8e-7a10-7c3e-9d2b-0c7f4f1d2a13") },
    problem: true,
  },
];

/** The routes that answer GET and stand nowhere above, and rows whose route is gone. */
export function unlisted(routes) {
  const gets = routes.filter(({ method }) => method === "GET").map(({ id }) => id);
  const listed = [...PAGES.map(({ route }) => route), ...Object.keys(FILES), ...REDIRECTS];
  const faults = gets
    .filter((id) => !listed.includes(id))
    .map((id) => `the route "${id}" has no row in tests/browser/pages.mjs`);
  const gone = listed.filter((id) => id !== null && !gets.includes(id));
  return faults.concat(gone.map((id) => `tests/browser/pages.mjs lists "${id}": no such route`));
}
