/* What the pages do without a round trip: keys, toasts, dialogs, rows that open, copying. */
"use strict";

(() => {
  const body = document.body;

  // --- toasts ---------------------------------------------------------------------------------
  const toasts = document.getElementById("toasts");
  const SECONDS_SHOWN = 8;

  function expire(note) {
    if (!note.classList.contains("note-error")) setTimeout(() => note.remove(), SECONDS_SHOWN * 1000);
  }

  function toast(text, level = "info") {
    const note = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
    note.classList.add(`note-${level}`);
    note.firstElementChild.textContent = text;
    toasts.append(note);
    expire(note);
  }

  toasts.querySelectorAll(".note").forEach(expire);
  document.addEventListener("toast", (event) => toast(event.detail.text, event.detail.level));

  // --- htmx: one progress line for the page, failures said aloud --------------------------------
  let underway = 0;
  document.addEventListener("htmx:beforeRequest", () => body.classList.toggle("is-loading", ++underway > 0));
  document.addEventListener("htmx:afterRequest", () => body.classList.toggle("is-loading", --underway > 0));
  document.addEventListener("htmx:responseError", () => toast(body.dataset.failed, "error"));
  document.addEventListener("htmx:sendError", () => toast(body.dataset.offline, "error"));

  // --- menus, dialogs, copying ------------------------------------------------------------------
  function closeMenus(except) {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(except)) menu.open = false;
    });
  }

  async function copy(button) {
    const source = button.dataset.copy ? document.getElementById(button.dataset.copy) : button.previousElementSibling;
    await navigator.clipboard.writeText(source.textContent.trim());
    toast(body.dataset.copied, "success");
  }

  document.addEventListener("click", (event) => {
    closeMenus(event.target);
    const opener = event.target.closest("[data-open]");
    if (opener) document.getElementById(opener.dataset.open).open = true;
    const button = event.target.closest("button");
    if (!button) return;
    if ("dismiss" in button.dataset) button.closest(".note").remove();
    if ("dialog" in button.dataset) document.getElementById(button.dataset.dialog).showModal();
    if ("close" in button.dataset) button.closest("dialog").close();
    if ("copy" in button.dataset) copy(button);
    if ("foldSidebar" in button.dataset) foldSidebar(button);
    if ("print" in button.dataset) window.print();
  });

  // A click on the backdrop closes a dialog: the event's target is then the dialog itself.
  document.addEventListener("mousedown", (event) => {
    if (event.target.nodeName === "DIALOG") event.target.close();
  });

  function foldSidebar(button) {
    const narrow = document.documentElement.dataset.sidebar !== "narrow";
    document.documentElement.dataset.sidebar = narrow ? "narrow" : "wide";
    button.setAttribute("aria-pressed", String(narrow));
    document.cookie = `ferma_sidebar=${narrow ? "narrow" : "wide"}; path=/; max-age=31536000; samesite=lax`;
  }

  // --- fields that send their form when changed, boxes that tick a whole table ---------------------
  document.addEventListener("change", (event) => {
    const field = event.target;
    if ("submit" in field.dataset) field.form.requestSubmit();
    if ("tickAll" in field.dataset) {
      field.closest("table").querySelectorAll("tbody input[type=checkbox]").forEach((box) => (box.checked = field.checked));
    }
  });

  // An empty field says nothing: it stays out of the address.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!("tidy" in form.dataset)) return;
    form.querySelectorAll("input, select").forEach((field) => (field.disabled ||= field.value === ""));
    setTimeout(() => form.querySelectorAll("input, select").forEach((field) => (field.disabled = false)));
  });

  // --- rows ---------------------------------------------------------------------------------------
  const INTERACTIVE = "a, button, input, select, textarea, label, summary, details";

  function rows() {
    return [...document.querySelectorAll("[data-rows] [data-href]")].filter((row) => row.offsetParent !== null);
  }

  function currentRow() {
    return document.querySelector("[data-rows] .is-current");
  }

  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-href]");
    if (!row || event.target.closest(INTERACTIVE) || String(getSelection())) return;
    if (event.ctrlKey || event.metaKey) window.open(row.dataset.href, "_blank", "noopener");
    else location.assign(row.dataset.href);
  });

  function move(step) {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(currentRow());
    const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    currentRow()?.classList.remove("is-current");
    next.classList.add("is-current");
    next.scrollIntoView({ block: "nearest" });
    next.querySelector("a[href]")?.focus({ preventScroll: true });
  }

  // A masked address is opened first; its link is followed as soon as it has come.
  let following = "";

  function follow(scheme) {
    const place = currentRow() ?? document;
    const link = place.querySelector(`a[href^="${scheme}:"]`);
    if (link) return link.click();
    const opener = place.querySelector(`button[data-scheme="${scheme}"]`);
    if (!opener) return;
    following = scheme;
    opener.click();
  }

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("button[data-follow]");
    if (opener) following = opener.dataset.scheme;
  });

  document.addEventListener("htmx:load", (event) => {
    if (!following || !(event.target instanceof Element)) return;
    const link = [event.target, ...event.target.querySelectorAll("a")].find((one) => one.dataset.opened === following);
    if (!link) return;
    following = "";
    link.click();
    link.focus({ preventScroll: true });
  });

  const KEYS = {
    "/": () => document.getElementById("finder")?.select(),
    j: () => move(1),
    k: () => move(-1),
    Enter: () => currentRow() && location.assign(currentRow().dataset.href),
    c: () => follow("tel"),
    e: () => follow("mailto"),
    "?": () => document.getElementById("help")?.showModal(),
  };
  // The same keys on a Russian keyboard.
  const CYRILLIC = { о: "j", л: "k", с: "c", у: "e", ".": "/", ",": "?" };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") closeMenus(null);
    if (document.querySelector("dialog[open]")) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    if (event.key === "Enter" && event.target.closest(INTERACTIVE)) return;
    const isCyrillic = document.documentElement.lang === "ru" && event.key in CYRILLIC;
    const action = KEYS[event.key] ?? (isCyrillic ? KEYS[CYRILLIC[event.key]] : undefined);
    if (!action) return;
    event.preventDefault();
    action();
  });

  // --- the search box: arrows walk through what it found --------------------------------------------
  const finder = document.querySelector(".finder");
  finder?.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      document.getElementById("finder-results").replaceChildren();
      document.getElementById("finder").focus();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const stops = [document.getElementById("finder"), ...finder.querySelectorAll("#finder-results a")];
    const at = stops.indexOf(document.activeElement);
    stops[(at + step + stops.length) % stops.length].focus();
  });
})();
