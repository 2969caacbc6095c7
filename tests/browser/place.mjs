// Where the citizen is: the telephone says it, or will not say it, or is not asked at all.
import assert from "node:assert/strict";
import { browser } from "./page.mjs";

const SHARE = "📍 Del sted";
const NEXT = "Tag gerne et billede";

async function toThePlace({ context, enter, press }) {
  await context.addInitScript(() => {
    globalThis.asked = 0;
    const ask = navigator.geolocation.getCurrentPosition.bind(navigator.geolocation);
    navigator.geolocation.getCurrentPosition = (...how) => { asked += 1; ask(...how); };
  });
  await enter("park_bane");
  for (const name of ["Start", "Nej", "Jeg går mest bare forbi", "25-64"]) await press(name);
}

await browser(async (citizen) => {
  const open = await citizen({ permissions: ["geolocation"], geolocation: { latitude: 55.7013, longitude: 12.4014 } });
  await toThePlace(open);
  assert.equal(await open.page.evaluate(() => asked), 0, "nobody is asked before the button is pressed");
  await open.press(SHARE);
  await open.says(NEXT);
  assert.equal(await open.page.evaluate(() => asked), 1);
  await open.says("55.7013");

  const shy = await citizen();
  await toThePlace(shy);
  await shy.button(SHARE).click();
  await shy.says("Jeg kan ikke se, hvor du er. Skriv det gerne i stedet.");
  assert.equal(await shy.page.evaluate(() => document.activeElement.id), "words", "it can be written at once");
  await shy.write("Ved broen over bækken", "Send");
  await shy.says(NEXT);

  const far = await citizen({ permissions: ["geolocation"], geolocation: { latitude: 57, longitude: 10 } });
  await toThePlace(far);
  await far.press(SHARE);
  await far.says("et stykke fra parken");
  await far.press(SHARE);
  await far.says(NEXT);

  const plain = await citizen({ javaScriptEnabled: false });
  await toThePlace({ ...plain, context: { addInitScript() {} } });
  assert.ok(await plain.page.locator("button.locate").isHidden(), "without a script it would do nothing");
  await plain.write("Ved broen over bækken", "Send");
  await plain.says(NEXT);
});
