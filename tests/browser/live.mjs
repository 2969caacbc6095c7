// With JavaScript: the page changes in place, follows what happens elsewhere, and gets over a connection that breaks.
import assert from "node:assert/strict";
import { browser } from "./page.mjs";

await browser(async (citizen) => {
  const { context, page, enter, press, says, button, followed, open } = await citizen();
  let loads = 0;
  page.on("load", () => { loads += 1; });
  await enter("aabn_station");
  await press("Start");
  await page.evaluate(() => {
    globalThis.removed = 0;
    const log = document.querySelector(".log");
    const gone = (changes) => changes.flatMap((change) => [...change.removedNodes]).filter((node) => node.contains(log));
    new MutationObserver((changes) => { removed += gone(changes).length; }).observe(document, { childList: true, subtree: true });
  });
  await press("Aldrig");
  assert.equal(await page.evaluate(() => document.activeElement.id), "q", "the question has the focus");

  // The same conversation in another tab. A look that fails promises nothing, for nothing was sent.
  const other = await context.newPage();
  await other.goto(page.url());
  await page.bringToFront();
  await page.route("**/c/aabn_station*", (route) => route.abort());
  const failed = page.waitForEvent("requestfailed");
  await other.getByLabel("Der er for langt", { exact: true }).check();
  await other.getByRole("button", { name: "Færdig" }).click();
  await failed;
  await page.evaluate(() => new Promise((go) => { setTimeout(go); }));
  assert.equal(await page.locator("#lost").count(), 0, "looking is not sending");
  await page.unroute("**/c/aabn_station*");
  await followed(() => page.evaluate(() => document.dispatchEvent(new Event("visibilitychange"))));
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

  // A page of somebody else's in place of ours is no answer: of a network that wants a login, or of a proxy that refuses.
  const instead = async (status, words) => {
    await page.route("**/c/aabn_station*", (route) => route.fulfill({
      status, contentType: "text/html", body: "<title>Net</title><main><h1>Log ind på nettet</h1></main>",
    }));
    await button("Ja").click();
    await says(words);
    assert.equal(await page.getByText("Log ind på nettet").count(), 0);
    assert.ok(await button("Ja").isVisible(), "the question still stands there");
    await page.unroute("**/c/aabn_station*");
  };
  await instead(413, "Dit svar er ikke gemt endnu.");
  await instead(200, "Forbindelsen er væk.");
  await open().locator("#words").waitFor();

  // Too much at once from one address: it is said where the answer stands, and after the time that was told it goes by itself.
  await press("Ret forrige svar");
  const busy = "<body data-lost='x'><main><h1>Der er mange, der svarer herfra lige nu.</h1></main>";
  await page.route("**/c/aabn_station*", (route) => route.fulfill({
    status: 429, headers: { "retry-after": "1" }, contentType: "text/html", body: busy,
  }), { times: 1 });
  await button("Nej").click();
  await page.locator("#q [role=alert]").getByText("Der er mange, der svarer herfra").waitFor();
  assert.ok(await button("Nej").isVisible());
  await open().locator("#words").waitFor();

  // A slow connection: whoever presses twice answers once.
  await press("Ret forrige svar");
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
  assert.equal(await page.evaluate(() => removed), 0, "the log is one and the same: what was said is not said again");

  // The tab is closed, and opened again.
  await page.close();
  const again = await context.newPage();
  await again.goto(page.url());

  // What was typed does not fit: the field has the focus, and with it is read what is wrong.
  await again.locator("#words").fill("x".repeat(600));
  await again.getByRole("button", { name: "Send" }).click();
  await again.locator("#words[aria-invalid=true]").waitFor();
  const field = await again.evaluate(() => {
    const at = document.activeElement;
    const told = (at.getAttribute("aria-describedby") ?? "").split(" ").map((id) => document.getElementById(id)?.innerText);
    return { id: at.id, told: told.join("\n"), length: at.value?.length };
  });
  assert.match(field.told, /^Chatbotten:\s+Det er 600 tegn, og der er plads til 500/);
  assert.deepEqual([field.id, field.length], ["words", 600]);

  await again.locator("#words").fill("Kaffe");
  await again.getByRole("button", { name: "Send" }).click();
  await again.getByText("Tak for dine svar!").first().waitFor();
  assert.equal(await again.locator(".you", { hasText: /Ja$/ }).count(), 1, "the answer counts once");
  assert.equal(loads, 1, "the page was loaded once");

  // Passed on, with the words that go with it.
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await again.getByText("Del med en, du kender").click();
  await again.getByText("Linket er kopieret.").waitFor();
  const copied = await again.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, /^Har du også lyst til at svare\? .+ http:\/\/127\.0\.0\.1:\d+\/c\/aabn_ven$/);

  // Everything is deleted: the receipt is read aloud and stays, and nothing is listened to any more.
  await again.evaluate(() => { globalThis.log = document.querySelector(".log"); });
  const closed = again.waitForEvent("requestfailed", (request) => request.url().includes("/news/"));
  await again.getByText("Slet mine svar", { exact: true }).click();
  await again.getByRole("button", { name: "Ja, slet alt" }).click();
  await again.locator("[role=log]").getByText("Kvitteringsnummer").waitFor();
  assert.ok(await again.evaluate(() => log.isConnected && log === document.querySelector("[role=log]")), "the same log says it");
  assert.equal(await again.evaluate(() => document.activeElement.localName), "main", "the page has the focus");
  assert.equal(await again.evaluate(() => document.body.dataset.news), undefined);
  await closed;
  const asked = [];
  again.on("request", (request) => { asked.push(new URL(request.url()).pathname); });
  await again.evaluate(() => { document.dispatchEvent(new Event("visibilitychange")); return fetch("/healthz"); });
  assert.deepEqual(asked, ["/healthz"], "there is nothing to look for");
  assert.ok(await again.getByText("Kvitteringsnummer").isVisible());
});
