// The page that compares places: an address that reads well, no place twice, and the year under the
// pointer shown in the table. Without script the form and the table are all there.

import { element } from "./dom.js";
import { _ } from "./words.js";

const form = document.getElementById("pick");
if (form) pick(form);
for (const chart of document.querySelectorAll(".lines")) follow(chart);

function pick(form) {
  const fields = [...form.querySelectorAll('[name="jurisdictions"]')];
  const said = form.querySelector(".pick-said");
  const button = form.querySelector("[type=submit]");
  const refresh = () => {
    const chosen = new Set(fields.map((field) => field.value).filter(Boolean));
    for (const field of fields) {
      for (const option of field.options) {
        option.disabled = option.value !== "" && option.value !== field.value && chosen.has(option.value);
      }
    }
    button.setAttribute("aria-disabled", String(chosen.size < 2));
  };
  form.addEventListener("change", () => {
    said.textContent = "";
    refresh();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = [...new Set(fields.map((field) => field.value).filter(Boolean))];
    if (chosen.length < 2) {
      said.textContent = _("Choose at least two places.");
      fields.find((field) => !field.value)?.focus();
      return;
    }
    const query = new URLSearchParams();
    for (const { name, value } of form.elements) {
      if (name === "jurisdictions") {
        if (!query.has(name)) query.set(name, chosen.join(","));
      } else if (name && value && !(name === "group" && value === "all")) query.set(name, value);
    }
    location.assign(`${form.getAttribute("action").split("?")[0]}?${query.toString().replaceAll("%2C", ",")}`);
  });
  refresh();
}

// Point at a year in the chart: its row of the table is marked, and its numbers are beside it.
function follow(chart) {
  const marks = [...chart.querySelectorAll(".series-mark")];
  const tip = element("div", { class: "tip", "aria-hidden": "true", hidden: "" });
  chart.after(tip);
  chart.addEventListener("pointermove", (event) => {
    const near = marks.map((mark) => [mark, mark.getBoundingClientRect()])
      .sort(([, a], [, b]) => far(a, event) - far(b, event))[0]?.[0];
    if (near) show(near);
  });
  chart.addEventListener("pointerleave", () => show(null));

  function show(near) {
    const told = near?.querySelector("title").textContent ?? "";
    const year = told.match(/, (\d{4}): /)?.[1];
    for (const row of document.querySelectorAll("#years-table tbody tr")) {
      row.classList.toggle("marked", row.cells[0].textContent === year);
    }
    const same = marks.map((mark) => mark.querySelector("title").textContent)
      .filter((text) => year && text.includes(`, ${year}: `));
    tip.hidden = !same.length;
    tip.replaceChildren(...same.map((text) => element("span", {}, text)));
  }
}

function far(box, { clientX, clientY }) {
  const x = box.x + box.width / 2 - clientX;
  const y = box.y + box.height / 2 - clientY;
  return x * x + (y * y) / 9;
}
