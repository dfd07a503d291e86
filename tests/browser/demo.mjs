//! A real `guichet demo` on a free port, and calls of its API as its staff.

import { spawn } from "node:child_process";
import { createServer } from "node:net";

const GUICHET = process.env.GUICHET ?? "target/debug/guichet";
const READY_MS = 60_000;

/** As long as a job of the demo may take on a busy machine. */
export const PATIENCE_MS = 30_000;

/** A port that was free a moment ago. */
export async function freePort() {
  const server = createServer();
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

/** Starts the demo: `{ url, password, stop }`. */
export async function startDemo() {
  const port = await freePort();
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("GUICHET")),
  );
  const child = spawn(GUICHET, ["demo", "--port", String(port)], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  let logged = "";
  child.stdout.on("data", (piece) => (printed += piece));
  child.stderr.on("data", (piece) => (logged += piece));
  const ended = new Promise((end) => {
    child.once("exit", end);
    child.once("error", (error) => {
      logged += String(error);
      end(1);
    });
  });
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await until("the demo to be ready", READY_MS, async () => {
      if (child.exitCode !== null) throw new Error(`the demo ended:\n${logged}`);
      const answer = await fetch(`${url}/readyz`).catch(() => null);
      return answer?.ok && /: .+/.test(printed);
    });
  } catch (error) {
    await stop();
    throw error;
  }
  const password = printed.split("\n")[1]?.split(": ").at(-1)?.trim();
  return { url, password, stop, logged: () => logged };
}

/** Waits until `what` holds, and answers what it gave. */
export async function until(what, ms, holds) {
  const last = Date.now() + ms;
  for (;;) {
    const found = await holds();
    if (found) return found;
    if (Date.now() > last) throw new Error(`waited ${ms / 1000} s in vain for ${what}`);
    await new Promise((later) => setTimeout(later, 150));
  }
}

/** A token lives ten minutes; a run of every combination is longer. */
const TOKEN_MS = 8 * 60_000;

/** One member of staff, calling the API. */
export class Staff {
  static async signIn(demo, email) {
    const staff = new Staff(demo, email);
    await staff.renew();
    return staff;
  }

  constructor(demo, email) {
    this.url = demo.url;
    this.credentials = { email, password: demo.password };
  }

  async renew() {
    this.token = null;
    this.renewed = Date.now();
    const { json } = await this.request("POST", "/tokens", this.credentials, {});
    this.token = json.access_token;
  }

  /** The JSON of an answer that must be 2xx. */
  async call(method, path, body, headers = {}) {
    const { json } = await this.send(method, path, body, headers);
    return json;
  }

  async send(method, path, body, headers) {
    if (Date.now() > this.renewed + TOKEN_MS) await this.renew();
    return this.request(method, path, body, headers);
  }

  async request(method, path, body, headers) {
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
        ...(body ? { "content-type": "application/json" } : {}),
        ...headers,
      },
      body: body ? JSON.stringify(body) : undefined,
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return { json: text ? JSON.parse(text) : null, etag: answer.headers.get("etag") };
  }

  /** A verb on a case as it stands now. */
  async act(id, verb, body, method = "POST") {
    const { etag } = await this.send("GET", `/requests/${id}`, undefined, {});
    return this.call(method, `/requests/${id}/${verb}`, body, { "if-match": etag });
  }
}
