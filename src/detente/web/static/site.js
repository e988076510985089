// What a page can do more where a script runs: offers while typing, a reading under the pointer, dropping a file.
// Everything is there without it.
"use strict";

const field = document.getElementById("search");
const offers = document.getElementById("offers");
if (field && offers) {
  let asked = 0;
  let chosen = -1;
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-controls", "offers");
  field.setAttribute("aria-expanded", "false");
  field.setAttribute("aria-autocomplete", "list");

  const close = () => {
    offers.hidden = true;
    chosen = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const choose = (place) => {
    const rows = [...offers.children];
    chosen = (place + rows.length) % rows.length;
    rows.forEach((row, at) => row.setAttribute("aria-selected", String(at === chosen)));
    field.setAttribute("aria-activedescendant", rows[chosen].id);
    rows[chosen].scrollIntoView({ block: "nearest" });
  };
  const go = (pair) => {
    window.location.assign(`/pair/${pair}`);
  };
  const show = (pairs) => {
    offers.replaceChildren(
      ...pairs.map((one, at) => {
        const row = document.createElement("li");
        row.id = `offer-${at}`;
        row.setAttribute("role", "option");
        row.setAttribute("aria-selected", "false");
        row.dataset.pair = one.pair;
        const name = document.createElement("span");
        name.textContent = one.name;
        const count = document.createElement("span");
        count.className = "quiet";
        count.textContent = `${one.n.toLocaleString("en")} events`;
        row.append(name, count);
        row.addEventListener("mousedown", (event) => {
          event.preventDefault();
          go(one.pair);
        });
        return row;
      }),
    );
    offers.hidden = pairs.length === 0;
    chosen = -1;
    field.setAttribute("aria-expanded", String(pairs.length > 0));
  };
  field.addEventListener("input", async () => {
    const text = field.value.trim();
    const mine = ++asked;
    if (text.length < 2) {
      close();
      return;
    }
    await new Promise((done) => setTimeout(done, 90));
    if (mine !== asked) return;
    try {
      const answer = await fetch(`/search.json?q=${encodeURIComponent(text)}`);
      const found = await answer.json();
      if (mine === asked && answer.ok) show(found.pairs);
    } catch {
      close();
    }
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (offers.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(event.key === "ArrowDown" ? chosen + 1 : chosen < 0 ? -1 : chosen - 1);
    }
    if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      go(offers.children[chosen].dataset.pair);
    }
  });
  field.addEventListener("blur", close);
  document.addEventListener("keydown", (event) => {
    const typing = /^(input|textarea|select)$/i.test(document.activeElement?.tagName ?? "");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      field.focus();
    }
  });
}

// A chart of weeks: what lies under the pointer is said below it; arrow keys go from week to week, Enter opens it.
let told = false;
for (const chart of document.querySelectorAll("svg.chart")) {
  const weeks = [...chart.querySelectorAll("a.week")];
  if (weeks.length === 0) continue;
  const line = document.createElement("p");
  line.className = "readout";
  line.setAttribute("aria-live", "polite");
  const help = "Point at a week to read it, click to see its events; with the keyboard, arrow keys and Enter.";
  line.textContent = told || chart.clientWidth === 0 ? "\u00a0" : help;
  told = told || chart.clientWidth > 0;
  chart.after(line);
  let at = -1;
  const show = (place) => {
    if (at >= 0) weeks[at].classList.remove("shown");
    at = Math.min(Math.max(place, 0), weeks.length - 1);
    weeks[at].classList.add("shown");
    line.textContent = weeks[at].querySelector("title").textContent;
  };
  weeks.forEach((week, place) => week.addEventListener("pointerenter", () => show(place)));
  chart.setAttribute("tabindex", "0");
  chart.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: -1, ArrowRight: 1, PageUp: -13, PageDown: 13 };
    if (event.key in steps) {
      event.preventDefault();
      show(at < 0 ? weeks.length - 1 : at + steps[event.key]);
    } else if (event.key === "Home" || event.key === "End") {
      event.preventDefault();
      show(event.key === "Home" ? 0 : weeks.length - 1);
    } else if (event.key === "Enter" && at >= 0) {
      window.location.assign(weeks[at].getAttribute("href"));
    }
  });
}

for (const form of document.querySelectorAll("form[data-submit-on-change] select")) {
  form.addEventListener("change", () => form.form.requestSubmit());
}

for (const form of document.querySelectorAll("form[data-drop]")) {
  const text = form.querySelector("textarea");
  form.addEventListener("dragover", (event) => {
    event.preventDefault();
    form.classList.add("over");
  });
  form.addEventListener("dragleave", () => form.classList.remove("over"));
  form.addEventListener("drop", async (event) => {
    event.preventDefault();
    form.classList.remove("over");
    const file = event.dataTransfer?.files[0];
    text.value = file ? await file.text() : (event.dataTransfer?.getData("text") ?? "");
  });
}
