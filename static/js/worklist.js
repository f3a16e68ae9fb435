/* My day: a row opens into its form, digits choose an outcome, and after each touch the next row is at hand. */
"use strict";

(() => {
  const list = document.querySelector("[data-worklist]");
  if (!list) return;

  const rowOf = (element) => element.closest(".work-row");
  const current = () => list.querySelector(".is-current") ?? rowOf(document.activeElement ?? list);
  const isOpen = (row) => row.querySelector(".work-form").childElementCount > 0;

  function select(row) {
    list.querySelector(".is-current")?.classList.remove("is-current");
    if (!row) return;
    row.classList.add("is-current");
    row.scrollIntoView({ block: "nearest" });
  }

  function fold(row) {
    row.querySelector(".work-form").replaceChildren();
    const opener = row.querySelector(".work-open");
    opener.setAttribute("aria-expanded", "false");
    opener.focus({ preventScroll: true });
  }

  function open(row, outcome) {
    row.dataset.wanted = outcome ?? "";
    row.querySelector(".work-open").click();
  }

  // A click on a free place of the row opens the form instead of leaving for the card; the name is the link to it.
  list.addEventListener("click", (event) => {
    const row = rowOf(event.target);
    if (!row) return;
    if (event.target.closest("[data-fold]")) return fold(row);
    const opener = event.target.closest(".work-open");
    if (opener && isOpen(row)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return fold(row);
    }
    select(row);
    if (event.ctrlKey || event.metaKey || event.target.closest("a, button, input, select, textarea, label, form, .work-form")) return;
    event.stopPropagation();
    if (!String(getSelection()) && !isOpen(row)) open(row);
  }, true);

  list.addEventListener("htmx:afterSwap", (event) => {
    const row = event.target.matches?.(".work-form") ? rowOf(event.target) : null;
    if (!row || !isOpen(row)) return;
    row.querySelector(".work-open").setAttribute("aria-expanded", "true");
    select(row);
    const wanted = row.dataset.wanted && row.querySelector(`.touch-form [data-key="${row.dataset.wanted}"]`);
    (wanted || row.querySelector(".touch-form [data-key]")).focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  });

  // A refused form stays in its place: only the form is exchanged, not the row.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status !== 422) return;
    const row = event.detail.target.matches?.(".work-row") ? event.detail.target : null;
    if (!row) return;
    event.detail.target = row.querySelector(".work-form");
    event.detail.swapOverride = "innerHTML";
  });

  // Done: on to the next row that waits.
  document.addEventListener("htmx:afterSettle", (event) => {
    const done = event.target.matches?.(".work-done") ? event.target : null;
    if (!done || !done.hasAttribute("data-done")) return;
    done.removeAttribute("data-done");
    let next = done.nextElementSibling;
    while (next && !next.matches(".work-row")) next = next.nextElementSibling;
    select(next);
    next?.querySelector(".work-open").focus({ preventScroll: true });
  });

  function press(digit) {
    const row = current();
    if (!row?.matches(".work-row")) return;
    const inForm = row.querySelector(`.touch-form [data-key="${digit}"]`);
    const quick = row.querySelector(`.work-quick [data-key="${digit}"]`);
    if (inForm) inForm.click();
    else if (quick) quick.click();
    else open(row, digit);
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const row = current();
    if (event.key === "Escape" && row && isOpen(row)) return fold(row);
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    if (event.key >= "1" && event.key <= "7") {
      event.preventDefault();
      press(event.key);
    } else if (event.key === "Enter" && row && !event.target.closest("a, button, summary")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!isOpen(row)) open(row);
    }
  }, true);
})();
