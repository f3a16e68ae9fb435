/* Ferma's form on another site: <div data-ferma-form="CODE"></div> and this script, once a page.
   It is drawn with plain elements and classes that begin with ferma-; the site's own styles dress it. */
(function (w, d) {
  "use strict";
  var base = new URL(d.currentScript.src).origin;
  var language = d.documentElement.lang.slice(0, 2) === "en" ? "en" : "ru";

  function make(tag, attributes, text) {
    var made = d.createElement(tag);
    Object.keys(attributes).forEach(function (name) {
      if (attributes[name] !== false) made.setAttribute(name, attributes[name] === true ? "" : attributes[name]);
    });
    if (text) made.textContent = text;
    return made;
  }

  function drawField(field, prefix) {
    var row = make("p", { class: "ferma-field" }), name = prefix + field.name, isLong = field.type === "textarea";
    row.append(make("label", { for: name }, field.label));
    row.append(
      make(isLong ? "textarea" : "input", {
        id: name, name: field.name, type: isLong ? false : field.type, rows: isLong && 4,
        autocomplete: field.autocomplete, required: field.required, class: "ferma-input",
      })
    );
    row.append(make("span", { class: "ferma-error", role: "alert", "data-error": field.name }));
    return row;
  }

  function drawTrap(name) {
    var trap = make("input", { name: name, type: "text", tabindex: "-1", autocomplete: "off", "aria-hidden": "true" });
    trap.style.cssText = "position:absolute;left:-9999px;width:1px;height:1px";
    return trap;
  }

  function drawConsent(text) {
    var label = make("label", { class: "ferma-consent" });
    label.append(make("input", { type: "checkbox", name: "consent" }), d.createTextNode(" " + text));
    return label;
  }

  function draw(place, shown, code) {
    var form = make("form", { class: "ferma-form", novalidate: true });
    if (shown.title) form.append(make("p", { class: "ferma-title" }, shown.title));
    shown.fields.forEach(function (field) { form.append(drawField(field, "ferma-" + code + "-")); });
    form.append(drawTrap(shown.trap));
    if (shown.consent) form.append(drawConsent(shown.consent));
    form.append(make("p", { class: "ferma-error", role: "alert", "data-error": "" }));
    form.append(make("button", { type: "submit", class: "ferma-button" }, shown.button));
    if (shown.privacy) {
      var small = make("p", { class: "ferma-privacy" });
      small.append(make("a", { href: shown.privacy, target: "_blank", rel: "noopener" }, shown.privacy_text));
      form.append(small);
    }
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      send(place, form, shown, code);
    });
    place.replaceChildren(form);
  }

  function tell(form, errors) {
    form.querySelectorAll("[data-error]").forEach(function (line) {
      line.textContent = errors[line.dataset.error] || "";
    });
  }

  function send(place, form, shown, code) {
    var told = { stamp: shown.stamp, page: location.href }, button = form.querySelector("button");
    new FormData(form).forEach(function (value, name) { told[name] = value; });
    button.disabled = true;
    ask("/f/" + code + "/send/", { method: "POST", body: JSON.stringify(told) })
      .then(function (answer) {
        if (answer.errors) {
          shown.stamp = answer.stamp || shown.stamp;
          tell(form, answer.errors);
          return;
        }
        if (answer.token && w.ferma) w.ferma("identify", answer.token);
        if (/^https?:\/\//.test(answer.redirect)) location.assign(answer.redirect);
        place.replaceChildren(make("p", { class: "ferma-thanks", role: "status" }, answer.text));
      })
      .catch(function () { tell(form, { "": shown.failed }); })
      .finally(function () { button.disabled = false; });
  }

  function ask(path, options) {
    var settings = Object.assign({ mode: "cors", credentials: "omit" }, options);
    return fetch(base + path + "?lang=" + language, settings).then(function (answer) { return answer.json(); });
  }

  function start() {
    d.querySelectorAll("[data-ferma-form]").forEach(function (place) {
      var code = encodeURIComponent(place.dataset.fermaForm);
      ask("/f/" + code + "/form.json")
        .then(function (shown) { if (shown.fields) draw(place, shown, code); else throw new Error(shown.errors[""]); })
        .catch(function (error) { w.console.error("Ferma: " + error.message); });
    });
  }

  if (d.readyState === "loading") d.addEventListener("DOMContentLoaded", start);
  else start();
})(window, document);
