/* Two cards side by side: 1 and 2 take one card whole, m merges, d says that they are two, s goes on. */
"use strict";

(() => {
  const form = document.getElementById("merge-form");
  const CYRILLIC = { ь: "m", в: "d", ы: "s" };

  // The card that stays gives its fields, but for those that it lacks and the other has.
  function take(side) {
    form.querySelector(`input[name="keep"][value="${side}"]`).checked = true;
    form.querySelectorAll(`input[name^="field."][value="${side}"]`).forEach((box) => {
      const other = box.closest("tr").querySelector(`input[name^="field."]:not([value="${side}"])`);
      (box.nextElementSibling.textContent === "—" ? other : box).checked = true;
    });
  }

  form.addEventListener("change", (event) => {
    if ("keep" in event.target.dataset) take(event.target.value);
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input:not([type=radio]), select, textarea, [contenteditable]")) return;
    const key = CYRILLIC[event.key] ?? event.key;
    if (key === "1" || key === "2") take(key === "1" ? "first" : "second");
    else if ("mds".includes(key)) form.querySelector(`[data-key="${key}"]`)?.click();
  });
})();
