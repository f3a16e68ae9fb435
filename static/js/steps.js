/* A bounded history of states with two buttons and their keys: what was done is taken back, and done again.

   A state is whatever `show` can draw again. Text that is typed into one field without a break is one step. */
"use strict";

class Steps {
  static LONGEST = 100;
  static TEXTS = "input:not([type=checkbox]):not([type=radio]), textarea, [contenteditable]";
  // A field that only finds things (data-own) keeps nothing that is typed: each thing that it found is a step.
  static TYPED = "input:not([type=checkbox]):not([type=radio]):not([data-own]), textarea";

  constructor({ undo, redo, state, show }) {
    this.buttons = { undo, redo };
    this.kept = [{ state }];
    this.at = 0;
    this.show = show;
    undo.addEventListener("click", () => this.undo(undo));
    redo.addEventListener("click", () => this.redo(redo));
    document.addEventListener("keydown", (event) => this.key(event));
    this.tell();
  }

  /* `about` says what was done: its kind, the words for it and the place where it happened. */
  add(state, about) {
    const last = this.kept[this.at];
    if (JSON.stringify(last.state) === JSON.stringify(state)) return;
    const field = document.activeElement.matches(Steps.TYPED) ? document.activeElement : null;
    if (field && last.field === field && last.about.kind === about.kind) last.state = state;
    else this.kept.splice(++this.at, Infinity, { state, about, field });
    if (this.kept.length > Steps.LONGEST) this.at -= this.kept.splice(0, 1).length;
    this.tell();
  }

  undo(opener) {
    if (this.at === 0) return;
    const { about } = this.kept[this.at--];
    this.go(about, false, opener);
  }

  redo(opener) {
    if (this.at === this.kept.length - 1) return;
    const { about } = this.kept[++this.at];
    this.go(about, true, opener);
  }

  /* The button that was pressed keeps the focus; a key takes it to where something changed. */
  go(about, isAgain, opener) {
    delete this.kept[this.at].field;
    this.tell();
    this.show(this.kept[this.at].state, about, isAgain, opener);
  }

  /* By the place of the key, so that Z is Z on any layout. In a text field the keys take back its own typing. */
  key(event) {
    if (event.code !== "KeyZ" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.target.closest(Steps.TEXTS) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    if (event.shiftKey) this.redo();
    else this.undo();
  }

  /* A button with nothing to do stays reachable: the focus would be lost with it. */
  tell() {
    this.buttons.undo.setAttribute("aria-disabled", String(this.at === 0));
    this.buttons.redo.setAttribute("aria-disabled", String(this.at === this.kept.length - 1));
  }
}
