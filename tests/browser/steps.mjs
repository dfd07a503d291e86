//! Steps that several pages and flows take.

/** Submits the form that has this field or goes to this address. */
export async function submit(page, selector) {
  const form = page.locator("form").filter({ has: page.locator(selector) }).first();
  await Promise.all([
    page.waitForEvent("load"),
    form.locator("button[type=submit]").first().click(),
  ]);
}

/** Opens every part of a page that is folded. */
export async function unfold(page) {
  await page.evaluate(() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
}

/** Asks for a code in the portal, unless this visit waits for one. */
export async function ask(page) {
  if ((await page.locator("#code").count()) === 0) {
    await Promise.all([
      page.waitForEvent("load"),
      page.locator("form[action$='/code-request'] button").click(),
    ]);
  }
}

/** Hands an identity document in, from the page of a case whose letter asked for one. */
export async function handIn(page) {
  await page.click("main a[href$='/identity-document']");
  const buffer = Buffer.from([0xff, 0xd8, 0xff, 0xe0, ...Buffer.from("a masked card")]);
  await page.setInputFiles("#document", { name: "card.jpg", mimeType: "image/jpeg", buffer });
  await submit(page, "#document");
}

/** Sends a form as it stands, past what the browser itself would refuse. */
export async function force(page, action, fields = {}) {
  await Promise.all([
    page.waitForEvent("load"),
    page.evaluate(([action, fields]) => {
      const form = document.querySelector(`main form[action$='${action}']`);
      form.noValidate = true;
      for (const [name, value] of Object.entries(fields)) {
        const field = form.elements.namedItem(name);
        (field.length && !field.options ? field[0] : field).value = value;
      }
      form.querySelector("button[type=submit]").click();
    }, [action, fields]),
  ]);
}
