// Says that a session ends, two minutes before, and lets it go on (WCAG 2.2.1). Nothing is asked of the
// server until somebody wants that: a page that asks by itself would never let a session end.
(() => {
  "use strict";

  const TOLD_BEFORE_MS = 120000;
  const place = document.querySelector("[data-session]");
  if (!place) return;
  const { session: path, sessionMs, sessionEnds, sessionStays, sessionOver, sessionFails } = place.dataset;
  const told = place.querySelector("[role=status]");
  const stay = place.querySelector("button");
  // Another tab of the same session keeps it alive, too.
  const others = new BroadcastChannel(`guichet-session-${path}`);
  let timer = 0;
  let endsAt = 0;

  function say(words, asks) {
    // What has the focus does not vanish from under it.
    if (!asks && stay === document.activeElement) document.getElementById("main").focus();
    told.textContent = words;
    stay.hidden = !asks;
  }

  // Looks at the time anew: a timer stands still while a machine sleeps.
  function look() {
    clearTimeout(timer);
    const left = endsAt - Date.now();
    if (left <= 0) return say(sessionOver, false);
    if (left <= TOLD_BEFORE_MS) {
      if (stay.hidden) say(sessionEnds, true);
      timer = setTimeout(look, left);
    } else {
      timer = setTimeout(look, left - TOLD_BEFORE_MS);
    }
  }

  function begin(words) {
    endsAt = Date.now() + Number(sessionMs);
    say(words, false);
    look();
  }

  stay.addEventListener("click", async () => {
    const answer = await fetch(path, { redirect: "manual", cache: "no-store" }).catch(() => null);
    if (answer?.ok !== true) {
      // Sent elsewhere to sign in, or refused: it is over. Anything else is no word on the session.
      const isOver = answer?.type === "opaqueredirect" || [401, 403].includes(answer?.status);
      if (!isOver) return say(sessionFails, true);
      endsAt = 0;
      return look();
    }
    others.postMessage("");
    begin(sessionStays);
  });
  others.addEventListener("message", () => begin(""));
  document.addEventListener("visibilitychange", look);
  // A page from the memory of the browser renewed nothing.
  window.addEventListener("pageshow", look);
  begin("");
  others.postMessage("");
})();
