/* Keys in a table of fields: Enter and the arrows walk along a column, Escape puts back what was there. */
"use strict";

(() => {
  const STEPS = { Enter: 1, ArrowDown: 1, ArrowUp: -1 };

  function neighbour(field, step) {
    const cell = field.closest("td");
    let row = cell.parentElement;
    do row = step > 0 ? row.nextElementSibling : row.previousElementSibling;
    while (row && !row.children[cell.cellIndex]?.querySelector("input"));
    return row?.children[cell.cellIndex].querySelector("input");
  }

  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("[data-grid] input");
    if (!field) return;
    if (event.key === "Escape") {
      field.value = field.defaultValue;
      return;
    }
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const next = neighbour(field, event.key === "Enter" && event.shiftKey ? -1 : step);
    // Leaving the field is what saves it.
    if (next) next.focus();
    else field.blur();
  });

  document.addEventListener("focusin", (event) => event.target.closest("[data-grid] input")?.select());
})();
