// With JavaScript: the page changes in place, follows what happens elsewhere, and gets over a connection that breaks.
import assert from "node:assert/strict";
import { browser } from "./page.mjs";

await browser(async (citizen) => {
  const { context, page, enter, press, says, button, followed, open } = await citizen();
  let loads = 0;
  page.on("load", () => { loads += 1; });
  await enter("aabn_station");
  await press("Start");
  await page.evaluate(() => { document.querySelector(".log").dataset.kept = "yes"; });
  await press("Aldrig");
  assert.equal(await page.locator(".log").getAttribute("data-kept"), "yes", "what was said is not drawn anew");
  assert.equal(await page.evaluate(() => document.activeElement.id), "q", "the question has the focus");

  // The same conversation in another tab.
  const other = await context.newPage();
  await other.goto(page.url());
  await page.bringToFront();
  await followed(async () => {
    await other.getByLabel("Der er for langt", { exact: true }).check();
    await other.getByRole("button", { name: "Færdig" }).click();
  });
  await says("Hvornår ville det passe dig");
  await other.close();

  // No connection: it is said, the answer stands there, and goes when the connection is back. Once.
  await page.getByLabel("Efter kl. 18", { exact: true }).check();
  await context.setOffline(true);
  await button("Færdig").click();
  await says("Forbindelsen er væk.");
  assert.ok(await page.getByLabel("Efter kl. 18", { exact: true }).isChecked());
  await context.setOffline(false);
  await says("låse dig ind");
  assert.equal(await page.locator("#lost").count(), 0);

  // A slow connection: whoever presses twice answers once.
  await context.route("**/c/aabn_station*", async (route) => {
    await new Promise((go) => { setTimeout(go, 300); });
    await route.continue();
  });
  await followed(async () => {
    await button("Ja").click();
    await button("Ja").click({ force: true }).catch(() => {});
  });
  await context.unroute("**/c/aabn_station*");
  await open().locator("#words").waitFor();

  // The tab is closed, and opened again.
  await page.close();
  const again = await context.newPage();
  await again.goto(page.url());
  await again.locator("#words").fill("Kaffe");
  await again.getByRole("button", { name: "Send" }).click();
  await again.getByText("Tak for dine svar!").first().waitFor();
  assert.equal(await again.locator(".you", { hasText: /Ja$/ }).count(), 1, "the answer counts once");
  assert.equal(loads, 1, "the page was loaded once");
});
