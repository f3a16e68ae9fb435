/* The key n goes to the phone of the fast form. */
"use strict";

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "n" && event.key.toLowerCase() !== "т") return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable], dialog[open]")) return;
  const field = document.querySelector("[data-hotkey='n']");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});
