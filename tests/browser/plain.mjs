// Without JavaScript: forms and links alone.
import { browser } from "./page.mjs";

await browser(async (citizen) => {
  const { enter, press, tick, write, says } = await citizen({ javaScriptEnabled: false });
  await enter("aabn_station");
  await press("Start");
  await press("Aldrig");
  await tick(["Der er for langt"], "Færdig");
  await tick(["Efter kl. 18"], "Færdig");
  await press("Ja");
  await write("Kaffe", "Send");
  await says("Tak for dine svar!");
});
