// With the keyboard alone: what has the focus is reached by Tab, in the order of the page, and pressed by Enter or Space.
import assert from "node:assert/strict";
import { browser } from "./page.mjs";

await browser(async (citizen) => {
  const { page, enter, followed, says } = await citizen();
  const focused = () => page.evaluate(() => {
    const at = document.activeElement;
    const label = at.labels?.[0] ?? at;
    return { name: label.innerText?.trim(), seen: at.matches(":focus-visible") };
  });
  const to = async (name) => {
    for (let n = 0; n < 40; n++) {
      await page.keyboard.press("Tab");
      const at = await focused();
      if (at.name === name) return assert.ok(at.seen, `${name} has the focus, and it cannot be seen`);
    }
    assert.fail(`${name} is not reached`);
  };
  const press = async (name) => { await to(name); await followed(() => page.keyboard.press("Enter")); };
  const tick = async (name) => { await to(name); await page.keyboard.press("Space"); };

  await enter("aabn_station");
  await press("Start");
  await press("Aldrig");
  await tick("Der er for langt");
  await press("Færdig");
  await tick("Midt på dagen");
  await tick("Efter kl. 18");
  await press("Færdig");
  await press("Ret forrige svar");
  await press("Færdig");
  await press("Nej");
  await to("Dit svar");
  await page.keyboard.type("Kaffe");
  await press("Send");
  await says("Tak for dine svar!");
});
