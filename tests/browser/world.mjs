//! What the pages are shown with: cases of the demo and some of our own, each with its receipt.

import { PATIENCE_MS, Staff, until } from "./demo.mjs";

const SLUG = "maison-exemple";
export const DPO = `dpo@${SLUG}.example`;
export const ADMIN = `admin@${SLUG}.example`;

/** Prepares the demo: who may sign in, and a case in each state that pages need. */
export async function makeWorld(demo) {
  const dpo = await Staff.signIn(demo, DPO);
  const me = await dpo.call("GET", "/me");
  const controller = me.memberships[0].controller_id;
  const world = { demo, dpo, controller, slug: SLUG, me: me.id };
  world.people = await knownPeople(dpo);
  world.fresh = await log(world, { names: ["Zoé Martin"] });
  world.released = await released(world);
  world.waiting = await waiting(world);
  world.overtaken = await overtaken(world);
  world.coded = await log(world, { names: ["Ada Martin"] });
  world.signing = await log(world, { names: ["Eva Martin"] });
  world.doubted = await doubted(world);
  world.draft = await dpo.call("POST", `/requests/${world.fresh.id}/letters`, { letter: "REFUSE" });
  const breach = await dpo.call("POST", `/controllers/${controller}/breaches`, {
    kind: "confidentiality",
    record: { nature: "Un classeur de commandes est resté dans un train." },
  });
  world.breach = breach.id;
  return world;
}

/** The e-mail addresses that stand in the systems of the organisation. */
async function knownPeople(dpo) {
  const { requests } = await dpo.call("GET", "/requests?status=all&limit=50");
  const emails = [];
  for (const { id } of requests) {
    const { subject } = await dpo.call("GET", `/requests/${id}`);
    const email = subject?.identifiers?.find(({ kind }) => kind === "email");
    if (email) emails.push({ name: subject.names[0], email: email.value });
  }
  if (emails.length < 4) throw new Error("the demo has too few people with an address");
  return emails;
}

/** Logs a request: `{ id, reference, receipt }`. */
export async function log(world, subject, rights = ["access"]) {
  const logged = await world.dpo.call("POST", "/requests", {
    controller_id: world.controller,
    channel: "web",
    rights,
    subject,
    words: "Que savez-vous de moi ?",
    language: "fr",
  });
  const { id, reference } = logged.request;
  return { id, reference, receipt: logged.receipt_secret };
}

/** A subject whom the systems of the demo know. */
export function known({ name, email }) {
  return { names: [name], identifiers: [{ kind: "email", value: email }] };
}

/** A case with everything: notes, messages, letters, a search, and a package that can be fetched. */
async function released(world) {
  const { dpo } = world;
  const one = await log(world, known(world.people[0]));
  await dpo.act(one.id, "assignee", { user_id: world.me }, "PUT");
  await dpo.act(one.id, "notes", { note: "The caller asked twice; the second call was about the same thing." });
  await dpo.act(one.id, "messages", { message: "Nous avons bien reçu votre demande." });
  const letter = await dpo.call("POST", `/requests/${one.id}/letters`, { letter: "ACK" });
  await sendLetter(dpo, one.id, letter.id);
  one.letter = letter.id;
  await dpo.act(one.id, "identity-decision", { level: "v2", methods: ["in_person", "known_facts"] });
  await dpo.act(one.id, "searches", {});
  const search = await searched(dpo, one.id);
  const answered = `searches/${search}/systems/archive/answer`;
  one.page = `/requests/${one.id}/searches/${search}/systems/archive`;
  await dpo.act(one.id, answered, { outcome: "nothing_found" });
  await dpo.call("POST", `/requests/${one.id}/packages`, { search_id: search, right: "access" });
  const built = await until("a package", PATIENCE_MS, async () => {
    const { packages } = await dpo.call("GET", `/requests/${one.id}/packages`);
    return packages.find(({ state }) => state === "ready");
  });
  await dpo.act(one.id, `packages/${built.id}/release`, { reference: one.reference });
  one.package = built.id;
  return one;
}

/** A case whose person was asked for a document. */
async function doubted(world) {
  const { dpo } = world;
  const one = await log(world, { names: ["Noa Martin"] });
  await dpo.act(one.id, "pauses", {
    ground: "identity",
    message: { message_id: "IDREQ-1", sent_at: new Date().toISOString(), channel: "web" },
    statement: "Deux personnes de ce nom habitent la même rue.",
  });
  return one;
}

/** A case that waits for an answer by hand, with the page of its system. */
async function waiting(world) {
  const { dpo } = world;
  const one = await log(world, known(world.people[3]));
  await dpo.act(one.id, "identity-decision", { level: "v2", methods: ["in_person", "known_facts"] });
  await dpo.act(one.id, "searches", {});
  one.page = `/requests/${one.id}/searches/${await searched(dpo, one.id)}/systems/archive`;
  return one;
}

/** The case of a minor, with a package that a newer search has overtaken. */
async function overtaken(world) {
  const { dpo } = world;
  const born = new Date().getUTCFullYear() - 9;
  const birth = { kind: "birth_date", value: `${born}-01-31` };
  const one = await log(world, { names: ["Lou Martin"], identifiers: [birth] });
  await dpo.act(one.id, "circumstances", {
    circumstance: "protected_adult",
    holds: true,
    reason: "Sa tutrice a écrit, avec la décision du juge.",
  });
  await dpo.act(one.id, "acknowledgement", {});
  await dpo.act(one.id, "identity-decision", { level: "v2", methods: ["in_person", "known_facts"] });
  await dpo.act(one.id, "searches", {});
  const search = await searched(dpo, one.id);
  await dpo.call("POST", `/requests/${one.id}/packages`, { search_id: search, right: "access" });
  await until("a package", PATIENCE_MS, async () => {
    const { packages } = await dpo.call("GET", `/requests/${one.id}/packages`);
    return packages.find(({ state }) => state === "ready");
  });
  await dpo.act(one.id, "searches", {});
  await searched(dpo, one.id);
  return one;
}

async function sendLetter(dpo, id, letter) {
  const path = `/requests/${id}/letters/${letter}`;
  const { etag } = await dpo.send("GET", path, undefined, {});
  await dpo.call("POST", `${path}/sending`, { delivery: "portal" }, { "if-match": etag });
}

/** The id of the newest search once its connected systems have answered. */
export async function searched(dpo, id) {
  return until("a search", PATIENCE_MS, async () => {
    const { searches } = await dpo.call("GET", `/requests/${id}/searches`);
    const [search] = searches;
    const waiting = search?.systems.filter(({ outcome }) => ["pending"].includes(outcome));
    return search && waiting.length === 0 ? search.id : null;
  });
}
