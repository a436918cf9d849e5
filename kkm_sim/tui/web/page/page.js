// What the page does beside textual.js: says where the till is, how large its letters are, and who hears the keys.
"use strict";

// From this size on all the parts of the screen have room (app.py).
const WIDE = 110;
const HIGH = 36;
// A letter of Roboto Mono, in parts of the size of the font.
const LETTER_WIDTH = 0.61;
const LETTER_HEIGHT = 1.35;
const SMALLEST = 9;
const LARGEST = 16;

const terminal = document.querySelector(".textual-terminal");
// Where the page came from, by the name the user knows: the server takes keys from no other origin.
terminal.dataset.sessionWebsocketUrl = `${location.origin.replace(/^http/, "ws")}/ws`;

function fontSize() {
  const fits = Math.min(innerWidth / WIDE / LETTER_WIDTH, innerHeight / HIGH / LETTER_HEIGHT);
  return Math.max(SMALLEST, Math.min(LARGEST, Math.floor(fits)));
}

function hearKeys() {
  const input = document.querySelector(".xterm-helper-textarea");
  if (input !== null) input.focus();
}

// The terminal measures its letters once, when it opens: the font must be there.
const open = window.onload;
window.onload = async (event) => {
  await Promise.all(["", "bold "].map((weight) => document.fonts.load(`${weight}16px "Roboto Mono"`, "Ж│")));
  terminal.dataset.fontSize = fontSize();
  open(event);
};

// The first picture is there: keys are heard from now on, not only after a click.
new MutationObserver((_, observer) => {
  if (document.body.classList.contains("-first-byte")) {
    observer.disconnect();
    hearKeys();
  }
}).observe(document.body, { attributeFilter: ["class"] });
window.addEventListener("focus", hearKeys);

document.querySelector("#again").addEventListener("click", () => location.reload());
