"use strict";
(() => {
  const make = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  // Tables: a button in every heading sorts, a box above the longer ones filters.
  const FILTERED_FROM = 12;
  const number = (text) => {
    const found = /^[+\u2212-]?[\d,]+(\.\d+)?/.exec(text);
    return found ? Number(found[0].replace(/,/g, "").replace("\u2212", "-")) : NaN;
  };
  const order = (one, other) => {
    const [left, right] = [number(one), number(other)];
    if (!Number.isNaN(left) && !Number.isNaN(right)) return left - right;
    return one.localeCompare(other, "en", { numeric: true });
  };
  const sortable = (table) => {
    const body = table.tBodies[0];
    [...table.tHead.rows[0].cells].forEach((cell, place) => {
      if (!cell.textContent.trim()) return;
      const button = make("button", { type: "button" }, ...cell.childNodes);
      cell.append(button);
      button.addEventListener("click", () => {
        const down = cell.getAttribute("aria-sort") === "ascending";
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        cell.setAttribute("aria-sort", down ? "descending" : "ascending");
        const rows = [...body.rows].map((row) => [row.cells[place]?.textContent.trim() ?? "", row]);
        rows.sort((one, other) => (down ? order(other[0], one[0]) : order(one[0], other[0])));
        body.append(...rows.map(([, row]) => row));
      });
    });
  };
  let boxes = 0;
  const filterable = (table) => {
    const rows = [...table.tBodies[0].rows];
    if (rows.length < FILTERED_FROM) return;
    boxes += 1;
    const input = make("input", { type: "search", id: `filter-${boxes}` });
    const told = make("span", {}, "");
    told.setAttribute("role", "status");
    const name = table.caption ? table.caption.textContent : "this table";
    const label = make("label", { htmlFor: input.id }, `Filter: ${name}`);
    table.closest(".scroll").before(make("div", { className: "filter" }, label, input, told));
    input.addEventListener("input", () => {
      const wanted = input.value.toLowerCase();
      let shown = 0;
      for (const row of rows) {
        row.hidden = !row.textContent.toLowerCase().includes(wanted);
        shown += row.hidden ? 0 : 1;
      }
      told.textContent = `${shown} of ${rows.length}`;
    });
  };
  for (const table of document.querySelectorAll("table.data")) {
    if (table.tBodies[0].rows.length > 2) sortable(table);
    filterable(table);
  }

  // SQL: a button copies a file.
  const copied = async (code) => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      return true;
    } catch {
      const range = document.createRange();
      range.selectNodeContents(code);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      return document.execCommand("copy");
    }
  };
  for (const block of document.querySelectorAll("details.sql pre")) {
    const button = make("button", { type: "button", className: "copy" }, "Copy");
    button.setAttribute("aria-label", `Copy ${block.getAttribute("aria-label")}`);
    block.before(button);
    button.addEventListener("click", async () => {
      button.textContent = (await copied(block.firstElementChild)) ? "Copied" : "Select and copy by hand";
    });
  }

  // All tables: listed a hundred at a time, and found by name.
  const tables = JSON.parse(document.getElementById("tables").textContent);
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  const bytes = (size) => {
    if (size === null) return "unknown";
    let place = 0;
    while (size >= 1024 && place < units.length - 1) [size, place] = [size / 1024, place + 1];
    return `${place && size < 100 ? size.toFixed(1) : Math.round(size)} ${units[place]}`;
  };
  const count = (rows) => (rows === null ? "unknown" : rows.toLocaleString("en"));
  const STEP = 100;
  const headings = [["Table", 0], ["Columns", 1], ["Rows, about", 2], ["Size", 3], ["Role", 4], ["Group", 5]];
  const list = document.getElementById("table-list");
  let chosen = tables, shown = STEP, sorted = [0, false];
  const body = make("tbody");
  const status = make("span");
  status.setAttribute("role", "status");
  const more = make("button", { type: "button", className: "more" }, "Show more");
  const draw = () => {
    const [place, down] = sorted;
    const key = (row) => row[place] ?? -1;
    const compare = (one, other) =>
      typeof key(one) === "number" ? key(one) - key(other) : order(String(key(one)), String(key(other)));
    const rows = [...chosen].sort((one, other) => (down ? compare(other, one) : compare(one, other)));
    body.replaceChildren(...rows.slice(0, shown).map((row) => {
      const group = row[6] ? make("a", { href: `#${row[6]}` }, row[5]) : "";
      return make("tr", {},
        make("td", {}, make("code", {}, row[0])), make("td", { className: "number" }, String(row[1])),
        make("td", { className: "number" }, count(row[2])), make("td", { className: "number" }, bytes(row[3])),
        make("td", {}, row[4]), make("td", {}, group));
    }));
    more.hidden = rows.length <= shown;
    status.textContent = `${Math.min(shown, rows.length)} of ${rows.length} shown`;
  };
  const heads = headings.map(([name, place]) => {
    const button = make("button", { type: "button" }, name);
    const head = make("th", { scope: "col", className: place > 0 && place < 4 ? "number" : "" }, button);
    button.addEventListener("click", () => {
      sorted = [place, sorted[0] === place && !sorted[1]];
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", sorted[1] ? "descending" : "ascending");
      draw();
    });
    return head;
  });
  const only = make("input", { type: "search", id: "filter-tables" });
  only.addEventListener("input", () => {
    const wanted = only.value.toLowerCase();
    chosen = tables.filter((row) => `${row[0]} ${row[4]} ${row[5]}`.toLowerCase().includes(wanted));
    shown = STEP;
    draw();
  });
  more.addEventListener("click", () => { shown += STEP * 5; draw(); });
  const table = make("table", {}, make("caption", {}, "All tables"), make("thead", {}, make("tr", {}, ...heads)), body);
  const region = make("div", { className: "scroll", tabIndex: 0 }, table);
  region.setAttribute("role", "region");
  region.setAttribute("aria-label", "All tables");
  list.replaceChildren(
    make("div", { className: "filter" }, make("label", { htmlFor: "filter-tables" }, "Filter: all tables"), only, status),
    region, more);
  draw();

  // The search box in the head finds a table from anywhere.
  const MOST_FOUND = 12;
  const form = document.getElementById("search");
  const find = document.getElementById("find");
  const results = document.getElementById("found");
  const told = document.getElementById("found-note");
  form.hidden = false;
  const inList = (name) => {
    only.value = name;
    only.dispatchEvent(new Event("input"));
  };
  const search = () => {
    const wanted = find.value.trim().toLowerCase();
    const all = wanted ? tables.filter((row) => row[0].toLowerCase().includes(wanted)) : [];
    results.replaceChildren(...all.slice(0, MOST_FOUND).map((row) => {
      const link = make("a", { href: row[6] ? `#${row[6]}` : "#tables-title" }, make("code", {}, row[0]));
      if (row[5]) link.append(` ${row[4]}, ${row[5]}`);
      link.addEventListener("click", () => {
        if (!row[6]) inList(row[0]);
        results.replaceChildren();
        told.textContent = "";
      });
      return make("li", {}, link);
    }));
    told.textContent = wanted ? `${all.length} found` : "";
  };
  find.addEventListener("input", search);
  find.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { find.value = ""; search(); }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    results.querySelector("a")?.click();
  });

  // A link into something folded opens it, and printing opens everything.
  const open = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let at = target || null; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  };
  addEventListener("hashchange", open);
  open();
  addEventListener("beforeprint", () => {
    for (const one of document.querySelectorAll("article > details:not(:has(details.sql))")) one.open = true;
  });
})();
