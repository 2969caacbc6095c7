// Chromium as a citizen has it: a phone, in Danish, over loopback and to nowhere else.
import { chromium } from "playwright-core";
import assert from "node:assert/strict";

export const service = process.argv[2];

const ARGUMENTS = [
  "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

export async function browser(walk) {
  const chrome = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ARGUMENTS });
  try {
    await walk(async (options = {}) => {
      const context = await chrome.newContext({
        viewport: { width: 390, height: 844 }, locale: "da-DK", reducedMotion: "reduce", ...options,
      });
      context.setDefaultTimeout(30_000);
      const page = await context.newPage();
      page.on("pageerror", (error) => { throw error; });
      page.on("request", (request) => assert.ok(request.url().startsWith(service), `${request.url()} is not ours`));
      return { context, page, ...hands(page) };
    });
  } finally {
    await chrome.close();
  }
}

// What a citizen does, each until the page has followed.
function hands(page) {
  const open = () => page.locator("#q");
  const asked = async () => (await open().innerText()) + (await page.locator("main").innerText()).length;
  const followed = async (deed) => {
    const before = await asked();
    await deed();
    for (let n = 0; n < 1_500 && await asked().catch(() => before) === before; n++) await page.waitForTimeout(20);
    assert.notEqual(await asked(), before, "nothing happened");
  };
  const button = (name) => page.getByRole("button", { name, exact: true }).last();
  return {
    open, followed, button,
    says: (words) => page.getByText(words).first().waitFor(),
    enter: (code) => page.goto(`${service}/c/${code}`),
    press: (name) => followed(() => button(name).click()),
    tick: (names, send) => followed(async () => {
      for (const name of names) await page.getByLabel(name, { exact: true }).check();
      await button(send).click();
    }),
    write: (words, send) => followed(async () => {
      await page.locator("#words").fill(words);
      await button(send).click();
    }),
  };
}
