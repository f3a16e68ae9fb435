/* Import: files too large are told before they travel, the bar of an upload moves, a guess that was changed is one no more. */
"use strict";

(() => {
  function weigh(input) {
    const file = input.files[0];
    input.setCustomValidity(file && file.size > Number(input.dataset.largest) ? input.dataset.tooLarge : "");
    if (file) input.reportValidity();
  }

  function bar(form) {
    return form.querySelector(".upload-progress");
  }

  function leaving(event) {
    event.preventDefault();
  }

  document.addEventListener("change", (event) => {
    const field = event.target;
    if ("largest" in field.dataset) weigh(field);
    if (field.matches(".mapping select")) {
      field.classList.toggle("is-unused", !field.value);
      field.closest("tr").querySelector("[data-guess]")?.remove();
    }
  });

  for (const [name, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
    document.addEventListener(name, (event) => {
      if (event.target.matches?.(".drop")) event.target.classList.toggle("is-over", over);
    });
  }

  document.addEventListener("htmx:beforeSend", (event) => {
    const form = event.target;
    if (!form.matches("[data-upload]")) return;
    bar(form).hidden = false;
    addEventListener("beforeunload", leaving);
  });

  document.addEventListener("htmx:xhr:progress", (event) => {
    const form = event.target;
    if (!form.matches?.("[data-upload]") || !event.detail.lengthComputable) return;
    const { loaded, total } = event.detail;
    const share = total ? loaded / total : 0;
    bar(form).querySelector("progress").value = share;
    bar(form).querySelector("output").textContent = new Intl.NumberFormat(document.documentElement.lang, {
      style: "percent",
    }).format(share);
  });

  // Before the answer takes the reader to the next page.
  document.addEventListener("htmx:beforeOnLoad", () => removeEventListener("beforeunload", leaving));
  document.addEventListener("htmx:sendError", () => removeEventListener("beforeunload", leaving));
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.target.matches?.("[data-upload]") && !event.detail.successful) bar(event.target).hidden = true;
  });
})();
