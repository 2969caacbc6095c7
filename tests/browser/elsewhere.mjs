// On an institution's own website: a link leads to the conversation, and no frame can hold it.
import assert from "node:assert/strict";
import { browser, service } from "./page.mjs";

const SITE = "http://bibliotek.example/";
const CHAT = `${service}/c/aabn_hjemmeside`;

await browser(async (citizen) => {
  const { context } = await citizen();
  const body = `<a href="${CHAT}" target="_blank" rel="noopener">Svar her</a> <iframe src="${CHAT}"></iframe>`;
  await context.route(SITE, (route) => route.fulfill({ contentType: "text/html", body }));
  const site = await context.newPage();
  await site.goto(SITE);
  const frame = await (await site.locator("iframe").elementHandle()).contentFrame();
  assert.equal(await frame.locator("main").count(), 0, "nobody can lay anything over its buttons");

  const opened = context.waitForEvent("page");
  await site.getByText("Svar her").click();
  const chat = await opened;
  await chat.getByRole("button", { name: "Start" }).click();
  await chat.getByRole("button", { name: "Aldrig" }).click();
  await chat.getByText("Hvad holder dig væk").first().waitFor();
});
