/* Ferma's pixel: tells what a known customer looks at. Keeps and sends nothing before consent, and sets no cookies.
   <script async src="…/pixel.js" data-site="KEY" [data-consent]></script>, then ferma('product', {…}). */
(function (w, d) {
  "use strict";
  var me = d.currentScript, base = new URL(me.src).origin, site = me.dataset.site, STORE = "ferma_" + site;
  var agreed = false, token = "", waiting = [], timer = 0;

  function kept(value) {
    try {
      if (value === undefined) return localStorage.getItem(STORE) || "";
      if (value) localStorage.setItem(STORE, value);
      else localStorage.removeItem(STORE);
    } catch (error) { /* storage is closed: the token lives as long as the page */ }
    return "";
  }

  function id() {
    return Array.from(crypto.getRandomValues(new Uint8Array(12)), function (n) {
      return n.toString(16).padStart(2, "0");
    }).join("");
  }

  function flush() {
    clearTimeout(timer);
    timer = 0;
    while (agreed && token && waiting.length) {
      var now = Date.now(), events = waiting.splice(0, 20).map(function (event) {
        return Object.assign({}, event.what, { ago: now - event.at });
      });
      var body = JSON.stringify({ token: token, events: events }), to = base + "/p/" + site + "/";
      if (!navigator.sendBeacon || !navigator.sendBeacon(to, body))
        fetch(to, { method: "POST", body: body, keepalive: true, mode: "no-cors", credentials: "omit" }).catch(Object);
    }
  }

  function note(kind, data) {
    if (!agreed) return;
    var what = Object.assign({ title: d.title }, data, { kind: kind, id: id(), url: location.href });
    waiting = waiting.concat({ at: Date.now(), what: what }).slice(-100);
    timer = timer || setTimeout(flush, 1000);
  }

  function identify(told) {
    token = String(told || "");
    if (agreed) kept(token);
    flush();
  }

  function consent(yes) {
    var before = agreed;
    agreed = yes === true;
    if (!agreed) { waiting = []; kept(""); return; }
    if (token) kept(token);
    else token = kept();
    if (!before) note("page");
  }

  function ferma(command, value) {
    if (command === "consent") consent(value);
    else if (command === "identify") identify(value);
    else note(command, value);
  }

  var address = new URL(location.href), link = address.searchParams.get("fc");
  if (link) {
    token = link;
    address.searchParams.delete("fc");
    history.replaceState(history.state, "", address);
  }
  var before = (w.ferma && w.ferma.q) || [];
  w.ferma = ferma;
  if ("consent" in me.dataset) consent(true);
  before.forEach(function (call) { ferma(call[0], call[1]); });
  w.addEventListener("pagehide", flush);
  d.addEventListener("visibilitychange", function () { if (d.visibilityState === "hidden") flush(); });
})(window, document);
