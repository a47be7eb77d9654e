// The page that gives the code of a widget: preview and code follow the form without a reload.
// The server writes both, so that there is one place that knows how.

import { enableCopying } from "./copy.js";

const form = document.getElementById("builder");
const said = document.getElementById("said");
let asked = null;

document.documentElement.classList.add("has-script");
enableCopying(document.getElementById("built"), said);
form.addEventListener("change", follow);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  follow();
});

async function follow() {
  if (!form.checkValidity()) return;
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (value) query.set(name, value);
  }
  const address = `${form.action.split("?")[0]}?${query}`;
  asked = address;
  try {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`${address} answered ${response.status}`);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (asked !== address) return;
    const built = page.getElementById("built");
    document.getElementById("built").replaceWith(built);
    enableCopying(built, said);
    history.replaceState(null, "", address);
  } catch (error) {
    console.warn(error);
    form.submit();
  }
}
