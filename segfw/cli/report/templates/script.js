"use strict";
(() => {
  const form = document.getElementById("filters");
  const all = [...document.querySelectorAll("[data-feature]")];
  const has = (element, name, wanted) =>
    !wanted || (element.dataset[name] || "").split("|").includes(wanted);
  const names = ["feature", "interface", "reach", "direction"];
  const apply = () => {
    const wanted = Object.fromEntries(names.map((name) => [name, form.elements[name].value]));
    let shown = 0;
    let edges = 0;
    for (const element of all) {
      const on = names.every((name) => has(element, name, wanted[name]));
      element.classList.toggle("off", !on);
      if (element.classList.contains("edge")) {
        edges += 1;
        shown += on ? 1 : 0;
      }
    }
    form.querySelector("output").textContent =
      shown === edges ? `All ${edges} connections are shown.` : `${shown} of ${edges} connections are shown.`;
  };
  const move = () => {
    const drawing = document.querySelector(".drawing");
    const box = drawing.getBoundingClientRect();
    const held = [...drawing.querySelectorAll(".wire:not(.off)")].map((one) => one.getBoundingClientRect());
    if (!held.length || held.some((one) => one.left >= box.left && one.right <= box.right)) return;
    drawing.scrollLeft += Math.min(...held.map((one) => one.left)) - box.left - 4;
  };
  if (form) {
    form.hidden = false;
    form.addEventListener("change", () => { apply(); move(); });
    form.addEventListener("reset", () => setTimeout(() => { apply(); move(); }));
    form.addEventListener("submit", (event) => event.preventDefault());
    apply();
  }

  const reveal = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && document.getElementById(id);
    if (!target) return;
    for (let at = target; at; at = at.parentElement) {
      if (at.tagName === "DETAILS") at.open = true;
      at.classList.remove("off");
    }
    target.scrollIntoView();
    const summary = target.querySelector(":scope > summary");
    if (summary) summary.focus({ preventScroll: true });
  };
  addEventListener("hashchange", reveal);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && link.getAttribute("href") === location.hash) reveal();
  });
  reveal();

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const one of closed) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of closed) one.open = false;
  });

  const copied = async (pre) => {
    try {
      await navigator.clipboard.writeText(pre.textContent);
      return true;
    } catch {
      const range = document.createRange();
      range.selectNodeContents(pre);
      const selection = getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      return document.execCommand("copy");
    }
  };
  for (const box of document.querySelectorAll(".copy")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.setAttribute("aria-label", `Copy: ${box.dataset.what}`);
    button.addEventListener("click", async () => {
      button.textContent = (await copied(box.querySelector("pre"))) ? "Copied" : "Press Ctrl+C";
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
    box.append(button);
  }
})();
