// The page works without this. With it, an answer changes the page in place: what was said stays, what is new is added to the
// log, where a screen reader hears it; and a connection that breaks is tried again until the answer has come through. Each form
// carries its own number, so that one that is sent twice counts once.
"use strict";
(() => {
  const PAUSES = [1000, 2000, 4000, 8000, 15000];
  const main = () => document.querySelector("main");
  let busy = false;

  const same = (a, b) => a && b && a.isEqualNode(b);

  // What of a page stays the same from one drawing to the next.
  function lasting(part) {
    const copy = part?.cloneNode(true);
    for (const gone of copy?.querySelectorAll("[name=nonce], #lost") ?? []) gone.remove();
    return copy;
  }

  // What was added to the end of the log is added to ours; anything else changes it whole.
  function said(ours, theirs) {
    const [old, fresh] = [[...ours.children], [...theirs.children]];
    if (old.length > fresh.length || !old.every((bubble, n) => same(bubble, fresh[n]))) return false;
    ours.append(...fresh.slice(old.length));
    return true;
  }

  function show(page, moved) {
    const theirs = page.querySelector("main");
    if (!theirs) return false;
    const there = document.getElementById("q")?.contains(document.activeElement);
    document.title = page.title;
    document.documentElement.lang = page.documentElement.lang;
    document.documentElement.dir = page.documentElement.dir;
    const [ourLog, theirLog] = [main().querySelector(".log"), theirs.querySelector(".log")];
    if (ourLog && theirLog && said(ourLog, theirLog)) theirLog.replaceWith(ourLog);
    main().replaceWith(theirs);
    for (const part of ["header", "footer"]) {
      const [ours, next] = [document.querySelector("body > " + part), page.querySelector("body > " + part)];
      if (ours && next) { if (!same(ours, next)) ours.replaceWith(next); }
      else if (ours) ours.remove();
      else if (next) document.body.append(next);
    }
    if (document.body.dataset.news !== page.body.dataset.news) {
      Object.assign(document.body.dataset, page.body.dataset);
      listen();
    }
    if (moved || there) to(document.getElementById("q"));
    return true;
  }

  // The question is read aloud from its beginning; it is never scrolled out of sight.
  function to(question) {
    if (!question) return;
    question.focus({ preventScroll: true });
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    question.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
  }

  function waiting(on) {
    let line = document.getElementById("lost");
    if (!on) { line?.remove(); return; }
    if (line) return;
    line = document.createElement("p");
    line.id = "lost";
    line.className = "note";
    line.setAttribute("role", "alert");
    line.textContent = document.body.dataset.lost;
    document.getElementById("q")?.prepend(line);
  }

  const pause = (time) => new Promise((go) => {
    const timer = setTimeout(done, time);
    addEventListener("online", done);
    function done() { clearTimeout(timer); removeEventListener("online", done); go(); }
  });

  // Until an answer comes. What the service refuses is an answer too.
  async function fetched(address, options) {
    for (let tries = 0; ; tries++) {
      try {
        const answer = await fetch(address, { credentials: "same-origin", ...options });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        waiting(false);
        return page;
      } catch {
        waiting(true);
        await pause(PAUSES[Math.min(tries, PAUSES.length - 1)]);
      }
    }
  }

  async function send(form, button) {
    const fields = new FormData(form, button);
    const body = form.enctype === "multipart/form-data" ? fields : new URLSearchParams(fields);
    busy = true;
    main().setAttribute("aria-busy", "true");
    const page = await fetched(form.action, { method: "POST", body });
    busy = false;
    main().removeAttribute("aria-busy");
    if (!show(page, true)) location.reload();
  }

  document.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!busy) send(event.target, event.submitter);
  });

  // What happens elsewhere: another tab, a reminder, the end of the period. Nothing is listened to while nobody looks.
  let news;
  async function look() {
    if (busy || document.activeElement?.matches("input:not([type=hidden]), textarea, select")) return;
    const page = await fetched(location.pathname + location.search, {});
    // Mostly it is our own answer that we hear of.
    if (!busy && !same(lasting(main()), lasting(page.querySelector("main")))) show(page, false);
  }
  function listen() {
    news?.close();
    news = undefined;
    if (document.visibilityState === "hidden" || !document.body.dataset.news) return;
    news = new EventSource(document.body.dataset.news);
    news.addEventListener("changed", look);
  }
  document.addEventListener("visibilitychange", () => {
    listen();
    if (document.visibilityState === "visible") look();
  });
  addEventListener("pageshow", (event) => { if (event.persisted) look(); });
  listen();
})();
