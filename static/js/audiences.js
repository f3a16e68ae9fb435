/* The builder of an audience: nested groups of conditions, counted as they are built. */
"use strict";

(() => {
  const root = document.getElementById("builder");
  if (!root) return;
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const SCHEMA = read("audience-schema");
  const FIELDS = new Map(SCHEMA.fields.map((field) => [field.code, field]));
  const WORDS = root.dataset;
  const FEW = 8;
  const DEEPEST = 5;
  const WAIT = 450;
  const form = root.closest("form");
  const answer = document.getElementById("audience-count");
  const news = document.getElementById("builder-news");
  const size = document.getElementById("builder-size");
  let showsAll = false;
  let serial = 0;
  // The line that stands where something was removed, until the next change.
  let trace = null;

  // --- small pieces -----------------------------------------------------------------------------
  function h(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value != null) element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child != null));
    return element;
  }

  function select(label, options, value, change) {
    const box = h("select", { "aria-label": label, onchange: () => change(box.value) });
    for (const [code, text] of options) box.append(h("option", { value: code, selected: code === value }, text));
    return box;
  }

  function input(label, type, value, change, css = "") {
    const box = h("input", { type, class: css, "aria-label": label, value: value ?? "", autocomplete: "off" });
    if (type === "text" && css === "cond-short") box.inputMode = "decimal";
    box.addEventListener("input", () => change(box.value));
    return box;
  }

  const whole = (text) => (/^\d+$/.test(text.trim()) ? Number(text) : text);

  // --- one of a list ------------------------------------------------------------------------------
  function chooser(label, source, place, value, change) {
    const chosen = new Set((value ?? []).map(String));
    const told = () => change([...chosen]);
    if (!source.isLong && source.choices.length <= FEW) return toggles(label, source.choices, chosen, told);
    const names = new Map(source.choices.map(([code, text]) => [code, text]));
    const tokens = h("span", { class: "cond-values" });
    const show = () =>
      tokens.replaceChildren(
        ...[...chosen].map((code) => {
          const name = names.get(code) ?? code;
          const drop = () => { chosen.delete(code); show(); told(); find.focus(); };
          return h("span", { class: "cond-token" }, name, h("button", { type: "button", "aria-label": `${WORDS.remove}: ${name}`, onclick: drop }, "×"));
        }),
      );
    const list = h("ul", { class: "cond-options", hidden: true });
    const find = h("input", { type: "text", "aria-label": `${label}: ${WORDS.type}`, placeholder: WORDS.type, autocomplete: "off", "data-own": true });
    const pick = (code, name) => { remember(source, code, name); names.set(code, name); chosen.add(code); find.value = ""; show(); told(); offer(); find.focus(); };
    const lines = (found) =>
      found.length
        ? found.map(([code, name]) => h("li", {}, h("button", { type: "button", onclick: () => pick(code, name) }, name || "—")))
        : [h("li", { class: "cond-heading" }, WORDS.nothing)];
    const offer = later(async () => {
      const text = find.value.trim().toLocaleLowerCase();
      let found = source.choices;
      if (source.isLong) {
        const answered = await fetch(`${WORDS.choices}?${new URLSearchParams({ at: place, q: text })}`);
        found = answered.ok ? (await answered.json()).choices : [];
      } else found = found.filter(([, name]) => name.toLocaleLowerCase().includes(text));
      list.replaceChildren(...lines(found.filter(([code]) => !chosen.has(code)).slice(0, 60)));
      list.hidden = !picker.contains(document.activeElement);
    }, source.isLong ? 200 : 0);
    find.addEventListener("focus", offer);
    find.addEventListener("input", offer);
    const picker = h("span", { class: "cond-picker" }, find, list);
    walk(picker, find, list);
    show();
    return h("span", { class: "cond-values", role: "group", "aria-label": label }, tokens, picker);
  }

  /* A long table gives only the names that were asked for: what was picked keeps its own when it is drawn again. */
  function remember(source, code, name) {
    if (!source.choices.some(([known]) => known === code)) source.choices.push([code, name]);
  }

  function toggles(label, choices, chosen, told) {
    const boxes = choices.map(([code, name]) => {
      const box = h("input", { type: "checkbox", checked: chosen.has(code) });
      box.addEventListener("change", () => { box.checked ? chosen.add(code) : chosen.delete(code); told(); });
      return h("label", { class: "check" }, box, h("span", {}, name));
    });
    return h("span", { class: "cond-values", role: "group", "aria-label": label }, ...boxes);
  }

  /* Arrows walk through the offered lines, Enter takes the best or the first, Escape closes and goes back to what opened them. */
  function walk(holder, find, list, opener = find, close = () => { list.hidden = true; }) {
    holder.addEventListener("keydown", (event) => {
      const buttons = [...list.querySelectorAll("button")].filter((button) => button.offsetParent !== null);
      const at = buttons.indexOf(document.activeElement);
      const best = list.querySelector(".is-best") ?? buttons[0];
      if (event.key === "ArrowDown" && buttons.length) (at < 0 ? best : buttons[Math.min(at + 1, buttons.length - 1)]).focus();
      else if (event.key === "ArrowUp") (at > 0 ? buttons[at - 1] : find).focus();
      else if (event.key === "Enter" && event.target === find) best?.click();
      else if (event.key === "Escape" && !list.hidden) { opener.focus(); close(); }
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    holder.addEventListener("focusout", (event) => { if (!holder.contains(event.relatedTarget)) close(); });
  }

  function later(act, pause) {
    let timer;
    return () => { clearTimeout(timer); timer = setTimeout(act, pause); };
  }

  // --- values -------------------------------------------------------------------------------------
  function valueEditor(node, field, changed) {
    const set = (value) => { node.value = value; changed(); };
    const label = `${field.label}: ${WORDS.value}`;
    switch (field.type) {
      case "choice": return [chooser(field.label, field, field.code, node.value, set)];
      case "bool": return [select(label, [["1", WORDS.yes], ["", WORDS.no]], node.value ? "1" : "", (value) => set(value === "1"))];
      case "text": return [input(label, "text", node.value, set, "cond-wide")];
      case "date": return dateEditor(node, field, label, set);
      case "relation": return [];
    }
    return numberEditor(node, field, label, set);
  }

  function numberEditor(node, field, label, set) {
    const unit = field.type === "money" ? document.body.dataset.currency : field.unit === "share" ? WORDS.share : field.unit === "days" ? WORDS.days : "";
    const tail = unit ? [h("span", { class: "cond-unit" }, unit)] : [];
    if (node.op !== "between") return [input(label, "text", node.value, set, "cond-short"), ...tail];
    return [...pair(node, label, "text", set, "cond-short"), ...tail];
  }

  function pair(node, label, type, set, css = "") {
    const ends = Array.isArray(node.value) ? node.value : ["", ""];
    const put = (index) => (value) => { ends[index] = value; set([...ends]); };
    return [
      h("span", { class: "cond-unit" }, WORDS.from), input(`${label}, ${WORDS.from}`, type, ends[0], put(0), css),
      h("span", { class: "cond-unit" }, WORDS.to), input(`${label}, ${WORDS.to}`, type, ends[1], put(1), css),
    ];
  }

  function dateEditor(node, field, label, set) {
    if (["last_days", "more_than_days_ago", "next_days"].includes(node.op))
      return [input(label, "text", node.value, (text) => set(whole(text)), "cond-short"), h("span", { class: "cond-unit" }, WORDS.days)];
    if (node.op === "empty") return [select(label, [["", WORDS.known], ["1", WORDS.unknown]], node.value ? "1" : "", (value) => set(value === "1"))];
    if (node.op === "between") return pair(node, label, "date", set);
    if (node.op === "month" && field.monthOfYear)
      return [select(label, SCHEMA.months.map((name, index) => [String(index + 1), name]), String(node.value ?? 1), (value) => set(Number(value)))];
    return [input(label, node.op === "month" ? "month" : "date", node.value, set)];
  }

  function firstValue(field, op) {
    if (field.type === "choice") return [];
    if (field.type === "bool") return true;
    if (field.type === "relation") return op === "at_least" ? { count: 2 } : {};
    if (op === "empty") return false;
    if (op === "month" && field.monthOfYear) return 1;
    return op === "between" ? ["", ""] : "";
  }

  // --- keys of a relation ---------------------------------------------------------------------------
  function keyEditors(node, field, changed) {
    const value = node.value;
    const put = (code) => (given) => {
      if (given === "" || given == null || given.length === 0) delete value[code];
      else value[code] = given;
      changed();
    };
    const lines = field.keys.map((key) => [key.label, keyEditor(field, key, value, put(key.code))]);
    if (field.hasDays) lines.push([WORDS.period, periodEditor(field, value, changed)]);
    return h("div", { class: "cond-keys" }, ...lines.map(([label, editor]) => h("div", { class: "cond-key" }, h("span", { class: "cond-label" }, label), editor)));
  }

  function keyEditor(field, key, value, put) {
    const label = `${field.label}: ${key.label}`;
    if (key.choices) return chooser(label, key, `${field.code}.${key.code}`, value[key.code], put);
    if (!key.isRange) return input(label, "text", value[key.code], put, "cond-wide");
    const range = { value: value[key.code] };
    return h("span", { class: "cond-values" }, ...pair(range, label, "text", (ends) => put(ends.some((end) => end !== "") ? ends.map((end) => whole(String(end))) : ""), "cond-short"));
  }

  function periodEditor(field, value, changed) {
    const holder = h("span", { class: "cond-values" });
    let mode = "last_days" in value ? "last" : "from" in value || "to" in value ? "between" : "any";
    const label = `${field.label}: ${WORDS.period}`;
    const put = (code, read = (text) => text) => (text) => { if (text === "") delete value[code]; else value[code] = read(text); changed(); };
    const show = () => {
      const box = select(label, [["any", WORDS.anyTime], ["last", WORDS.lastDays], ["between", WORDS.between]], mode, (chosen) => {
        for (const code of ["last_days", "from", "to"]) delete value[code];
        mode = chosen;
        show();
        changed();
        holder.querySelector("select").focus();
      });
      const parts = { any: [], last: [input(label, "text", value.last_days, put("last_days", whole), "cond-short"), h("span", { class: "cond-unit" }, WORDS.days)] };
      parts.between = [h("span", { class: "cond-unit" }, WORDS.from), input(`${label}, ${WORDS.from}`, "date", value.from, put("from")), h("span", { class: "cond-unit" }, WORDS.to), input(`${label}, ${WORDS.to}`, "date", value.to, put("to"))];
      holder.replaceChildren(box, ...parts[mode]);
    };
    show();
    return holder;
  }

  // --- conditions and groups --------------------------------------------------------------------------
  function leafView(node, remove) {
    const field = FIELDS.get(node.field);
    const item = h("li");
    const view = { node, item, isGroup: false, seen: node.isOld ?? false };
    const touched = () => { view.seen = true; changed("changed", view); };
    if (!field) {
      item.append(h("div", { class: "cond", role: "group", "aria-label": String(node.field) }, h("div", { class: "cond-row" }, h("span", { class: "cond-name" }, String(node.field)), remover(String(node.field), remove)), wrong()));
      return view;
    }
    const draw = () => {
      const ops = field.ops.map((op) => [op, SCHEMA.ops[`${field.type}.${op}`] ?? op]);
      const row = h("div", { class: "cond-row" }, h("span", { class: "cond-name", title: field.hint }, field.label));
      if (field.ops.length > 1) row.append(select(`${field.label}: ${WORDS.operator}`, ops, node.op, changeOp));
      if (field.type === "relation" && node.op === "at_least")
        row.append(input(`${field.label}: ${WORDS.times}`, "text", node.value.count, (text) => { node.value.count = whole(text); touched(); }, "cond-short"), h("span", { class: "cond-unit" }, WORDS.times));
      row.append(...valueEditor(node, field, touched), remover(field.label, remove));
      const parts = [row];
      if (field.type === "relation") parts.push(keyEditors(node, field, touched));
      const hint = field.hint ? h("div", { class: "cond-hint", id: `cond-hint-${++serial}` }, field.hint) : null;
      if (hint) parts.push(hint);
      item.replaceChildren(h("div", { class: "cond", role: "group", "aria-label": field.label, "aria-describedby": hint?.id }, ...parts, wrong()));
    };
    const changeOp = (op) => {
      const keepsRows = field.type === "relation" || (field.type === "choice");
      const isPlain = (each) => !["between", "empty", "month"].includes(each);
      const numbers = ["number", "money"].includes(field.type) && isPlain(op) && isPlain(node.op);
      const days = ["last_days", "more_than_days_ago", "next_days"];
      const kept = keepsRows || numbers || field.type === "text" || (days.includes(op) && days.includes(node.op));
      if (!kept) node.value = firstValue(field, op);
      if (field.type === "relation") { if (op === "at_least") node.value.count ??= 2; else delete node.value.count; }
      node.op = op;
      draw();
      item.querySelector("select").focus();
      changed("changed", view);
    };
    draw();
    return view;
  }

  const wrong = () => h("p", { class: "cond-error", id: `cond-wrong-${++serial}`, hidden: true });
  const remover = (name, remove) => h("button", { type: "button", class: "cond-remove", "aria-label": `${WORDS.remove}: ${name}`, title: WORDS.remove, onclick: remove }, "×");

  /* The first control that is to be filled in: of a group, how its conditions go together. */
  const focusOn = (view) => view.item.querySelector(view.isGroup ? ".cond-head select" : "input, select, button").focus();

  const nameOf = (view) => (view.isGroup ? WORDS.addGroup : (FIELDS.get(view.node.field)?.label ?? String(view.node.field)));

  function removed(name) {
    const button = h("button", { type: "button", class: "btn btn-sm", "aria-label": `${WORDS.undo}: ${name}`, onclick: () => steps.undo() }, WORDS.undo);
    return h("li", { class: "cond-removed" }, h("span", {}, `${WORDS.removed}: ${name}`), button);
  }

  function groupView(node, remove, depth) {
    const list = h("ul", { class: "cond-list", role: "list" });
    const view = { node, isGroup: true, children: [], seen: true };
    const modes = ["all", "any", "none", "notall"].map((mode) => [mode, WORDS[`mode${mode[0].toUpperCase()}${mode.slice(1)}`]]);
    const legend = h("legend", { class: "visually-hidden" });
    const name = () => { legend.textContent = `${remove ? WORDS.addGroup : WORDS.conditions}: ${new Map(modes).get(node.mode)}`; };
    const mode = select(WORDS.how, modes, node.mode, (value) => { node.mode = value; name(); changed("changed", view); });
    const add = (child, isNew) => {
      const drop = () => {
        view.children.splice(view.children.indexOf(made), 1);
        const line = removed(nameOf(made));
        made.item.replaceWith(line);
        line.querySelector("button").focus();
        changed("removed", made);
        trace = line;
      };
      const made = child.mode ? groupView(child, drop, depth + 1) : leafView(child, drop);
      view.children.push(made);
      list.append(made.item);
      if (isNew) { focusOn(made); changed("added", made); }
    };
    const foot = h("div", { class: "cond-foot" }, fieldPicker((field) => {
      const op = field.ops[0];
      add({ field: field.code, op, value: firstValue(field, op) }, true);
    }));
    if (depth < DEEPEST) foot.append(h("button", { type: "button", class: "btn btn-sm", onclick: () => add({ mode: "any", children: [] }, true) }, `+ ${WORDS.addGroup}`));
    const head = h("div", { class: "cond-head" }, mode);
    if (remove) head.append(remover(WORDS.addGroup, remove));
    const box = h("fieldset", { class: "cond-group" }, legend, head, list, wrong(), foot);
    name();
    node.children.forEach((child) => add(child, false));
    view.item = remove ? h("li", {}, box) : box;
    return view;
  }

  function fieldPicker(choose) {
    const id = `cond-add-${++serial}`;
    const find = h("input", { type: "search", class: "cond-find", "aria-label": WORDS.find, placeholder: WORDS.find, autocomplete: "off", "data-own": true });
    const lines = [];
    const list = h("ul", { class: "cond-options", id, role: "list", "aria-label": WORDS.find, hidden: true }, h("li", {}, find));
    for (const group of SCHEMA.groups) {
      const fields = SCHEMA.fields.filter((field) => field.group === group.code);
      if (!fields.length) continue;
      const heading = h("li", { class: "cond-heading" }, group.label);
      const items = fields.map((field) => h("li", { "data-text": `${field.label} ${field.hint} ${group.label}`.toLocaleLowerCase() }, h("button", { type: "button", onclick: () => { close(); choose(field); } }, field.label)));
      lines.push([heading, items]);
      list.append(heading, ...items);
    }
    const nothing = h("li", { class: "cond-heading", hidden: true }, WORDS.nothing);
    list.append(nothing);
    const filter = () => {
      const text = find.value.trim().toLocaleLowerCase();
      let shown = 0;
      for (const [heading, items] of lines) {
        const met = items.filter((item) => { item.hidden = !item.dataset.text.includes(text); return !item.hidden; });
        heading.hidden = !met.length;
        shown += met.length;
      }
      nothing.hidden = shown > 0;
      if (!shown) announce(news, WORDS.nothing);
      // What is called so goes before what only mentions it.
      const named = text ? lines.flatMap(([, items]) => items).filter((item) => item.textContent.toLocaleLowerCase().startsWith(text)) : [];
      const best = named.reduce((least, item) => (least && least.textContent.length <= item.textContent.length ? least : item), null);
      list.querySelector(".is-best")?.classList.remove("is-best");
      const first = best?.querySelector("button");
      first?.classList.add("is-best");
      first?.scrollIntoView({ block: "nearest" });
    };
    find.addEventListener("input", filter);
    const close = () => { list.hidden = true; opener.setAttribute("aria-expanded", "false"); };
    const open = () => {
      if (!list.hidden) return close();
      find.value = "";
      filter();
      list.hidden = false;
      opener.setAttribute("aria-expanded", "true");
      find.focus();
    };
    const opener = h("button", { type: "button", class: "btn btn-sm", "aria-expanded": "false", "aria-controls": id, onclick: open }, `+ ${WORDS.add}`);
    const holder = h("span", { class: "cond-add" }, opener, list);
    walk(holder, find, list, opener, close);
    return holder;
  }

  // --- between the tree and what is shown ---------------------------------------------------------------
  const NAMES = { all: ["all"], any: ["any"], none: ["not", "any"], notall: ["not", "all"] };

  function shown(tree) {
    if (tree && "not" in tree) {
      const inner = shown(tree.not);
      const turned = { all: "notall", any: "none", notall: "all", none: "any" };
      return inner.mode ? { ...inner, mode: turned[inner.mode] } : { mode: "none", children: [inner] };
    }
    for (const mode of ["all", "any"]) if (tree && Array.isArray(tree[mode])) return { mode, children: tree[mode].map(shown) };
    return { ...tree, isOld: true };
  }

  function told(view, path) {
    view.path = path;
    if (!view.isGroup) {
      const { field, op, value } = view.node;
      return { field, op, value };
    }
    const names = NAMES[view.node.mode];
    const inside = [...path, ...names];
    const children = view.children.map((child, index) => told(child, [...inside, String(index)]));
    const group = { [names.at(-1)]: children };
    return names.length > 1 ? { not: group } : group;
  }

  function everyView(view) { return [view, ...(view.children ?? []).flatMap(everyView)]; }

  function showFaults(faults) {
    const views = everyView(top);
    for (const view of views) mark(view, "");
    for (const { path, text } of faults) {
      const at = path ? path.split(".") : [];
      const fits = (view) => view.path.every((part, index) => at[index] === part);
      const view = views.filter(fits).reduce((deepest, each) => (each.path.length >= deepest.path.length ? each : deepest), top);
      if (view.seen || showsAll) mark(view, text);
    }
  }

  function mark(view, text) {
    const box = view.isGroup ? (view.item.matches(".cond-group") ? view.item : view.item.querySelector(".cond-group")) : view.item.querySelector(".cond");
    const line = [...box.children].find((child) => child.matches(".cond-error"));
    box.classList.toggle("is-wrong", text !== "");
    line.textContent = text;
    line.hidden = text === "";
    for (const field of view.isGroup ? [] : box.querySelectorAll("input:not([type=checkbox]), select")) {
      if (text) field.setAttribute("aria-describedby", line.id);
      else field.removeAttribute("aria-describedby");
      field.setAttribute("aria-invalid", String(text !== ""));
    }
  }

  // --- counting -------------------------------------------------------------------------------------------
  let asked = 0;
  async function count() {
    const mine = ++asked;
    const tree = JSON.stringify(told(top, []));
    form.elements.tree.value = tree;
    answer.parentElement.classList.add("is-busy");
    try {
      const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
      const answered = await fetch(WORDS.count, { method: "POST", headers: { "X-CSRFToken": token }, body: new URLSearchParams({ tree }) });
      if (!answered.ok) throw new Error(answered.statusText);
      const found = await answered.json();
      if (mine !== asked) return;
      showFaults(found.faults);
      if (found.faults.length) say(WORDS.unfinished);
      else {
        answer.innerHTML = found.html;
        if (!top.children.length) answer.prepend(h("p", { class: "muted" }, WORDS.empty));
        announce(size, answer.querySelector(".audience-count").textContent);
      }
    } catch {
      if (mine === asked) say(WORDS.failed);
    } finally {
      if (mine === asked) answer.parentElement.classList.remove("is-busy");
    }
  }

  /* Only the number is read aloud, not all that stands beside it. What is said twice must be emptied in between. */
  function announce(region, text) {
    region.textContent = "";
    setTimeout(() => { region.textContent = text.trim().replace(/\s+/g, " "); }, 50);
  }

  function say(text) {
    answer.replaceChildren(h("p", { class: "muted" }, text));
    announce(size, text);
  }

  const soon = later(count, WAIT);
  function changed(kind, view) {
    trace?.remove();
    trace = null;
    form.elements.tree.value = JSON.stringify(told(top, []));
    steps.add(kept(top), { kind, name: nameOf(view), place: view.path.filter((part) => /^\d+$/.test(part)) });
    announce(news, kind === "removed" ? `${WORDS.removed}: ${nameOf(view)}` : "");
    soon();
  }

  // --- taken back and done again ------------------------------------------------------------------------
  /* What is drawn, as it can be drawn again: values as they were typed, and which of them may be told faults. */
  function kept(view) {
    if (view.isGroup) return { mode: view.node.mode, children: view.children.map(kept) };
    return { ...structuredClone(view.node), isOld: view.seen };
  }

  function draw(state) {
    top = groupView(structuredClone(state), null, 1);
    root.replaceChildren(top.item);
  }

  const UNDONE = { added: "removed", removed: "restored", changed: "reverted" };

  function show(state, { kind, name, place }, isAgain, opener) {
    trace = null;
    draw(state);
    form.elements.tree.value = JSON.stringify(told(top, []));
    announce(news, `${WORDS[isAgain ? kind : UNDONE[kind]]}: ${name}`);
    if (!opener) focusAt(place, isAgain ? kind === "removed" : kind === "added");
    soon();
  }

  /* What came back takes the focus; where something went, the button that adds the next one. */
  function focusAt(place, isGone) {
    const way = isGone ? place.slice(0, -1) : place;
    const view = way.reduce((each, index) => each.children[index], top);
    const box = view.item.matches(".cond-group") ? view.item : (view.item.querySelector(".cond-group") ?? view.item);
    (isGone ? box.querySelector(":scope > .cond-foot button") : box.querySelector("select, [type=checkbox], .cond-remove")).focus();
  }

  const start = shown(read("audience-tree"));
  let top;
  draw(start.mode ? start : { mode: "all", children: start.field ? [start] : [] });
  const bar = document.getElementById("builder-steps");
  const [undo, redo] = bar.querySelectorAll("button");
  const steps = new Steps({ undo, redo, state: kept(top), show });
  bar.hidden = false;
  // Enter in a value counts, it does not send the form; that is what the button is for.
  root.addEventListener("keydown", (event) => { if (event.key === "Enter" && event.target.matches("input")) event.preventDefault(); });
  form.addEventListener("submit", () => { form.elements.tree.value = JSON.stringify(told(top, [])); });
  document.addEventListener("click", (event) => {
    root.querySelectorAll(".cond-options:not([hidden])").forEach((list) => { if (!list.parentElement.contains(event.target)) list.hidden = true; });
  });
  const faults = read("audience-faults");
  showsAll = faults.length > 0;
  told(top, []);
  count();
})();
