//! A real OpenID provider (npm `oidc-provider`) in a process of its own, on loopback and a free port.
//!
//!     node tests/browser/provider.mjs PORT REDIRECT_URI
//!
//! It stands on the name `localhost` and the demo on 127.0.0.1: two sites, so that browsers treat the
//! way back as one from elsewhere. Whoever signs in is who they say, with a verified address.

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

import { freePort, until } from "./demo.mjs";

export const CLIENT = { client_id: "guichet", client_secret: "a secret of the tests" };

const READY_MS = 20_000;

/** Starts a provider that sends people back to an address: `{ issuer, stop }`. */
export async function startProvider(redirectUri) {
  const port = await freePort();
  const script = fileURLToPath(import.meta.url);
  const child = spawn(process.execPath, [script, String(port), redirectUri], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let logged = "";
  child.stderr.on("data", (piece) => (logged += piece));
  const ended = new Promise((end) => child.once("exit", end));
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  const issuer = `http://localhost:${port}`;
  try {
    await until("the provider to be ready", READY_MS, async () => {
      if (child.exitCode !== null) throw new Error(`the provider ended:\n${logged}`);
      const document = `http://127.0.0.1:${port}/.well-known/openid-configuration`;
      return (await fetch(document).catch(() => null))?.ok;
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { issuer, stop };
}

async function serve(port, redirectUri) {
  const { default: Provider } = await import("oidc-provider");
  const provider = new Provider(`http://localhost:${port}`, {
    clients: [{ ...CLIENT, redirect_uris: [redirectUri] }],
    claims: { openid: ["sub"], email: ["email", "email_verified"] },
    conformIdTokenClaims: false,
    cookies: { keys: [randomBytes(32).toString("hex")] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: id, email_verified: true }),
    }),
  });
  createServer(provider.callback()).listen(Number(port), "127.0.0.1");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await serve(process.argv[2], process.argv[3]);
}
