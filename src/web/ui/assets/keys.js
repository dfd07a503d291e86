// The keys of staff, on top of pages that work without script. Letters act one at a time, never in
// a field, and can be switched off on /keys (WCAG 2.1.4). Nothing here holds or sends data.
(() => {
  "use strict";

  const OFF = "guichet-keys-off";
  const SEQUENCE_MS = 1500;
  const FIELDS = "textarea, select, input:not([type=checkbox]):not([type=radio])";

  const one = (selector, within = document) => within.querySelector(selector);
  const isOn = () => localStorage.getItem(OFF) === null;

  let chosen = null;
  let pending = 0;
  let unsent = false;
  let leaving = false;

  // The queue: one row has the focus, on the link that Enter opens.
  function rowAt() {
    const here = document.activeElement?.closest("[data-row]");
    if (here) chosen = here;
    return chosen;
  }

  function move(by) {
    const rows = [...document.querySelectorAll("[data-row]")];
    if (rows.length === 0) return;
    const from = rows.indexOf(rowAt());
    const to = from < 0 ? (by > 0 ? 0 : rows.length - 1) : from + by;
    chosen = rows[Math.min(Math.max(to, 0), rows.length - 1)];
    one("[data-open]", chosen).focus();
    chosen.scrollIntoView({ block: "nearest" });
  }

  // Unfolds what a place stands in, and puts the focus there.
  function reveal(id) {
    const place = id && document.getElementById(id);
    if (!place) return;
    for (let at = place.parentElement; at; at = at.parentElement) {
      if (at.tagName === "DETAILS") at.open = true;
    }
    place.focus();
    place.scrollIntoView({ block: "center" });
  }

  function identity(row) {
    if (row) location.assign(`${one("[data-open]", row).href}#level`);
    else reveal("level");
    return true;
  }

  function press(key) {
    const row = one("[data-row]") ? rowAt() : null;
    if (one("[data-row]") && !row) return false;
    if (key === "i") return identity(row);
    const found = one(`[data-key="${key}"]`, row ?? document);
    if (!found) return false;
    if (found.type === "checkbox") found.focus();
    found.click();
    return true;
  }

  function letter(key) {
    if (pending > Date.now() && key === "t") {
      location.assign("/");
      return true;
    }
    pending = key === "g" ? Date.now() + SEQUENCE_MS : 0;
    switch (key) {
      case "g": return true;
      case "j": move(1); return one("[data-row]") !== null;
      case "k": move(-1); return one("[data-row]") !== null;
      case "?": location.assign("/keys"); return true;
      case "/": {
        const search = one("[data-search]");
        if (search) search.focus();
        else location.assign("/#reference");
        return true;
      }
      case "z": {
        const undo = one("[data-key=z]");
        if (undo) undo.click();
        return undo !== null;
      }
      default: return "eaixnp".includes(key) && press(key);
    }
  }

  document.addEventListener("keydown", (event) => {
    const at = event.target;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && at.form) {
      event.preventDefault();
      // The button that sends; a form with only one way to go needs no mark.
      at.form.requestSubmit(one("[data-send]", at.form) ?? one("button[type=submit]", at.form));
      return;
    }
    // No combination that a browser or a system owns; Shift only where it makes the sign.
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat && !"jk".includes(event.key)) return;
    if (event.key.length !== 1 || at.closest?.(FIELDS) || at.isContentEditable || !isOn()) return;
    if (letter(event.key)) event.preventDefault();
  });

  // Words that were typed and not sent are not lost by a slip.
  document.addEventListener("input", (event) => {
    if (event.target.matches("textarea") && event.target.form?.method === "post") unsent = true;
  });
  document.addEventListener("submit", () => { leaving = true; });
  window.addEventListener("beforeunload", (event) => {
    if (unsent && !leaving) event.preventDefault();
  });
  window.addEventListener("pageshow", () => { leaving = false; });

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href^='#']");
    if (link) setTimeout(() => reveal(link.hash.slice(1)));
  });
  if (location.hash.length > 1) reveal(decodeURIComponent(location.hash.slice(1)));

  // What can be undone is offered for some seconds. It goes away by itself, but never from under the
  // focus, nor while it is read with the pointer.
  for (const offer of document.querySelectorAll("[data-undo-ms]")) {
    const endsAt = Date.now() + Number(offer.dataset.undoMs);
    const end = () => {
      const used = offer.contains(document.activeElement) || offer.matches(":hover");
      if (Date.now() >= endsAt && !used) offer.remove();
    };
    setTimeout(end, Number(offer.dataset.undoMs));
    offer.addEventListener("focusout", () => setTimeout(end));
    offer.addEventListener("pointerleave", end);
    window.addEventListener("pageshow", end);
  }

  // The switch on the help page stands there only where it works.
  const toggle = one("[data-keys-on]");
  if (toggle) {
    one("[data-keys-switch]").hidden = false;
    toggle.checked = isOn();
    toggle.addEventListener("change", () => {
      if (toggle.checked) localStorage.removeItem(OFF);
      else localStorage.setItem(OFF, "1");
    });
  }
})();
