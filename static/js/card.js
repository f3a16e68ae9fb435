/* The customer's card: Escape closes the form that opened in place. */
"use strict";

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !(event.target instanceof Element)) return;
  const form = event.target.closest(".part-form");
  form?.querySelector("[data-escape]").click();
});
