// Buttons that copy what they carry, and say so where a screen reader hears it.

import { _ } from "./words.js";

const SHOWN_MS = 1800;

// `said` is the page's status line.
export function enableCopying(root, said) {
  for (const button of root.querySelectorAll("button.copy")) {
    button.hidden = false;
    const written = button.firstChild.textContent;
    button.addEventListener("click", async () => {
      const done = await copyText(button.dataset.copy);
      const label = button.firstChild;
      label.textContent = done ? _("Copied") : _("Press Ctrl+C");
      said.textContent = done ? _("Copied") : _("Could not copy: select the text and press Control C");
      setTimeout(() => {
        label.textContent = written;
        said.textContent = "";
      }, SHOWN_MS);
    });
  }
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text);
  }
}

// Where the page is not served by HTTPS there is no clipboard to write to, only a selection.
function copySelected(text) {
  const field = document.createElement("textarea");
  const focused = document.activeElement;
  field.value = text;
  field.className = "visually-hidden";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  focused?.focus();
  return done;
}
