// Every page and state through axe-core, at WCAG 2.2 AA and its best practices, in light and dark, narrow and wide.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { browser, service } from "./page.mjs";

const AXE = readFileSync(new URL("./node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const WORDS = { date: "2026-12-01", time: "12:00", email: "anna@nordby.example", tel: "12345678" };
const LOOKS = [
  { colorScheme: "light", viewport: { width: 390, height: 844 } },
  { colorScheme: "dark", viewport: { width: 320, height: 640 } },
  // 1280 at 400 %, as WCAG has it, is 320 wide; this is a desk at 200 %.
  { colorScheme: "dark", viewport: { width: 640, height: 480 }, deviceScaleFactor: 2 },
];
let pages = 0;

await browser(async (citizen) => {
  for (const look of LOOKS) {
    const { page, enter, followed, open } = await citizen({ ...look, bypassCSP: true });
    const check = async (what) => {
      pages += 1;
      await page.evaluate(AXE);
      const found = await page.evaluate((rules) => axe.run(document, { runOnly: rules }), RULES);
      const told = found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(", ")}`);
      assert.deepEqual(told, [], `${what}, ${JSON.stringify(look)}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      assert.ok(!wide, `${what} is wider than its window, ${JSON.stringify(look)}`);
    };
    // Some way of answering whatever is asked, until nothing is.
    const answered = async (n) => {
      const form = open().locator("form.answer").first();
      if (await form.count() === 0) return false;
      await followed(async () => {
        const [boxes, options, lists, skip] =
          ["input[type=checkbox]", "button.option", "select", "button.quiet"].map((what) => form.locator(what));
        if (await options.count()) return options.nth(n % 2).click();
        if (await boxes.count()) await boxes.first().check();
        else if (await lists.count()) await lists.first().selectOption({ index: 1 });
        else if (await skip.count()) return skip.first().click();
        else await form.locator("#words").fill(WORDS[await form.locator("#words").getAttribute("type")] ?? "12");
        await form.locator("button.send").click();
      });
      return true;
    };
    // The bot speaks Arabic, the dialogue does not: who writes so in the chat gets these pages.
    const inArabic = () => followed(async () => {
      const button = page.locator("button[name=language]").first();
      await button.evaluate((at) => { at.value = "ar"; });
      await button.click();
    });
    for (const [entry, arabic] of [["aabn_station"], ["scene?lang=en"], ["park"], ["aabn_station", true], ["park", true]]) {
      await enter(entry);
      await check(`${entry}, the opening`);
      await followed(() => page.locator("button.send").first().click());
      if (arabic) await inArabic();
      const direction = await page.locator("html").getAttribute("dir");
      assert.equal(direction, arabic ? "rtl" : "ltr");
      const foreign = await page.locator("#q-text bdi").getAttribute("lang");
      assert.equal(foreign, arabic ? "da" : null, "a Danish question is read as Danish");
      for (let n = 0; n < 30; n += 1) {
        await check(`${entry}, question ${n + 1}`);
        if (!await answered(n)) break;
      }
      assert.equal(await open().locator("form.answer").count(), 0, `${entry} comes to its end`);
      await page.locator("footer a[href$='/data']").click();
      await check(`${entry}, what is kept`);
      await page.locator("footer a[href*='/accessibility']").click();
      await check(`${entry}, the accessibility statement`);
      await enter(entry);
      await page.locator("#delete summary").click();
      await page.locator("#delete button").click();
      await page.locator("main.trouble [role=log]").waitFor();
      await check(`${entry}, all of it deleted`);
    }
    await enter("aabn");
    await followed(() => page.locator("button.send").first().click());
    await answered(0);
    await followed(async () => {
      await open().locator("input[type=checkbox]").last().check();
      await open().locator("button.send").click();
    });
    for (const word of ["/sprog", "/del"]) {
      await page.locator("#words").fill(word);
      await followed(() => open().locator("button.send").click());
      await check(`${word} at a question`);
    }
    await page.goto(`${service}/c`);
    await check("what can be answered");
    await page.goto(`${service}/c/ingenting`);
    await check("a code that nobody has");
  }
});
console.log(`${pages} pages`);
