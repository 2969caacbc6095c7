// The page works without this. With it, an answer changes the page in place: the log of what was said stays where it is, what is
// new is added to it, and a screen reader hears that alone; and what is sent is tried again until it has come through. Each form
// carries its own number, so that one that is sent twice counts once.
"use strict";
(() => {
  const PAUSES = [1000, 2000, 4000, 8000, 15000];
  // Refused, and yet not for ever: it took too long, it came too early, there was too much of it.
  const PASSING = [408, 425, 429];
  const main = () => document.querySelector("main");
  const log = (part) => part.querySelector(":scope > .log");
  const same = (a, b) => a && b && a.isEqualNode(b);
  let busy = false;
  let sendings = 0;

  // What of a page stays the same from one drawing to the next.
  function lasting(part) {
    const copy = part.cloneNode(true);
    for (const gone of copy.querySelectorAll("[name=nonce], #lost")) gone.remove();
    return copy;
  }

  function dress(ours, theirs) {
    for (const { name } of [...ours.attributes]) if (!theirs.hasAttribute(name)) ours.removeAttribute(name);
    for (const { name, value } of theirs.attributes) if (ours.getAttribute(name) !== value) ours.setAttribute(name, value);
  }

  // Our log becomes theirs: what both begin with stays untouched.
  function said(ours, theirs) {
    const [old, fresh] = [[...ours.children], [...theirs.children]];
    let n = 0;
    while (same(old[n], fresh[n])) n += 1;
    for (const bubble of old.slice(n)) bubble.remove();
    ours.append(...fresh.slice(n));
    dress(ours, theirs);
  }

  // Everything in it is changed, but the log is never taken out.
  function redraw(ours, theirs) {
    const [kept, next] = [log(ours), log(theirs)];
    dress(ours, theirs);
    if (!kept || !next) return ours.replaceChildren(...theirs.children);
    for (const part of [...ours.children]) if (part !== kept) part.remove();
    const parts = [...theirs.children];
    const at = parts.indexOf(next);
    said(kept, next);
    kept.before(...parts.slice(0, at));
    kept.after(...parts.slice(at + 1));
  }

  function around(place, where, theirs) {
    const ours = document.querySelector("body > " + place);
    if (ours && theirs) { if (!same(ours, theirs)) ours.replaceWith(theirs); }
    else if (ours) ours.remove();
    else if (theirs) document.body[where](theirs);
  }

  function show(page, moved) {
    const there = document.getElementById("q")?.contains(document.activeElement);
    document.title = page.title;
    document.documentElement.lang = page.documentElement.lang;
    document.documentElement.dir = page.documentElement.dir;
    redraw(main(), page.querySelector("main"));
    around("header", "prepend", page.querySelector("body > header"));
    around(".jump", "prepend", page.querySelector("body > .jump"));
    around("footer", "append", page.querySelector("body > footer"));
    const { news } = document.body.dataset;
    dress(document.body, page.body);
    if (document.body.dataset.news !== news) listen();
    locatable();
    if (moved || there) to(wrong() ?? document.getElementById("q") ?? main());
  }

  const wrong = () => document.querySelector("#q [aria-invalid=true]");

  // Read aloud from its beginning; never scrolled out of sight.
  function to(part) {
    part.focus({ preventScroll: true });
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    part.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
  }

  // What became of what was sent, while it has not come through; nothing once it has.
  function tell(words) {
    let line = document.getElementById("lost");
    if (!words) { line?.remove(); return; }
    if (!line) {
      line = document.createElement("p");
      line.id = "lost";
      line.className = "note";
      line.setAttribute("role", "alert");
      (document.getElementById("q") ?? main()).prepend(line);
    }
    if (line.textContent !== words) line.textContent = words;
  }

  const pause = (time) => new Promise((go) => {
    const timer = setTimeout(done, time);
    addEventListener("online", done);
    function done() { clearTimeout(timer); removeEventListener("online", done); go(); }
  });

  // A page of ours, or none: what a proxy or a public network puts in its place is no answer.
  async function fetched(address, options) {
    const answer = await fetch(address, { credentials: "same-origin", ...options });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const ours = page.querySelector("body[data-lost] > main");
    return { page: ours ? page : undefined, status: answer.status, wait: Number(answer.headers.get("retry-after")) };
  }

  // Until a page of ours has come; `undefined` where the same would be refused again and again.
  async function posted(address, body) {
    for (let tries = 0; ; tries++) {
      let time = PAUSES[Math.min(tries, PAUSES.length - 1)];
      let words = document.body.dataset.lost;
      try {
        const { page, status, wait } = await fetched(address, { method: "POST", body });
        if (page && status !== 429) return page;
        if (status >= 400 && status < 500 && !PASSING.includes(status)) return undefined;
        if (page) words = page.querySelector("h1").textContent;
        if (wait > 0) time = Math.min(wait, 60) * 1000;
      } catch { /* No connection. */ }
      tell(words);
      await pause(time);
    }
  }

  async function send(form, button) {
    const fields = new FormData(form, button);
    const body = form.enctype === "multipart/form-data" ? fields : new URLSearchParams(fields);
    busy = true;
    sendings += 1;
    main().setAttribute("aria-busy", "true");
    const page = await posted(form.action, body);
    busy = false;
    main().removeAttribute("aria-busy");
    tell(page ? undefined : document.body.dataset.kept);
    if (page) show(page, true);
  }

  // Where the citizen is: the telephone is asked when the button is pressed, and never before.
  function locatable() {
    const can = isSecureContext && "geolocation" in navigator;
    for (const button of document.querySelectorAll("button.locate")) button.hidden = !can;
  }
  function locate(button) {
    const field = button.form.querySelector("#words");
    const told = document.getElementById("q-place");
    told.textContent = button.dataset.looking;
    const here = ({ coords }) => {
      if (busy || !field.isConnected) return;
      // Five decimals are a metre.
      field.value = `${coords.latitude.toFixed(5)}, ${coords.longitude.toFixed(5)}`;
      button.form.requestSubmit(button.form.querySelector(".send"));
    };
    const denied = () => { told.textContent = button.dataset.denied; field.focus(); };
    navigator.geolocation.getCurrentPosition(here, denied, { enableHighAccuracy: true, timeout: 20000, maximumAge: 60000 });
  }
  // A link to pass on, by whatever way the telephone has; else it is copied with the words that go with it.
  async function pass(link) {
    const { words, copied } = link.dataset;
    if (navigator.share) return navigator.share({ text: words, url: link.href });
    await navigator.clipboard.writeText(`${words} ${link.href}`);
    link.parentElement.querySelector("[role=status]").textContent = copied;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button.locate");
    if (button) locate(button);
    const link = event.target.closest(".share a[data-words]");
    if (!link || !(navigator.share || navigator.clipboard)) return;
    event.preventDefault();
    // Who thinks better of it has only closed a list.
    pass(link).catch(() => {});
  });

  document.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!busy) send(event.target, event.submitter);
  });

  // What happens elsewhere: another tab, a reminder, the end of the period. Nothing is listened to while nobody looks, and a look
  // that fails is no concern of the reader's: the stream tries again by itself, and looks when it is there again.
  let news;
  const writes = () => document.activeElement?.matches("input:not([type=hidden]), textarea, select");
  async function look() {
    if (busy || writes() || !document.body.dataset.news) return;
    const before = sendings;
    const { page } = await fetched(location.pathname + location.search, {}).catch(() => ({}));
    // Mostly it is our own answer that we hear of.
    if (!page || sendings !== before || writes() || same(lasting(main()), lasting(page.querySelector("main")))) return;
    show(page, false);
  }
  function listen() {
    news?.close();
    news = undefined;
    if (document.visibilityState === "hidden" || !document.body.dataset.news) return;
    news = new EventSource(document.body.dataset.news);
    let lost = false;
    news.addEventListener("changed", look);
    news.addEventListener("error", () => { lost = true; });
    news.addEventListener("open", () => { if (lost) look(); lost = false; });
  }
  document.addEventListener("visibilitychange", () => {
    listen();
    if (document.visibilityState === "visible") look();
  });
  addEventListener("pageshow", (event) => { if (event.persisted) look(); });
  wrong()?.focus();
  locatable();
  listen();
})();
