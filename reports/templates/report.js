"use strict";
(() => {
  const make = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  // Tables: a button in every heading sorts, a box above the longer ones filters. What is folded away
  // is made ready when it is first opened: a large report has thousands of tables.
  const FILTERED_FROM = 9;
  const RANKS = ["none", "low", "medium", "high", "critical"];
  const MISSING = ["", "\u2014", "unknown"];
  const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"];
  const TIMES = { million: 1e6, billion: 1e9, ...Object.fromEntries(UNITS.map((name, place) => [name, 1024 ** place])) };
  const NUMBER = /^([+\u2212-]?)([\d,]+(?:\.\d+)?)(?: ([A-Za-z]+))?(?![\w.])/;
  const number = (text) => {
    const found = NUMBER.exec(text);
    if (!found) return null;
    const size = Number(found[2].replaceAll(",", "")) * (TIMES[found[3]] ?? 1);
    return "\u2212-".includes(found[1] || "+") ? -size : size;
  };
  const rank = (text) => {
    const place = RANKS.indexOf(text.split(/\W/, 1)[0]);
    return place < 0 ? null : place;
  };
  const words = new Intl.Collator("en", { numeric: true });
  const size = (one, other) => (one < other ? -1 : Number(one > other));
  // A column is compared as numbers or as grades where all of it can be, else as words.
  const compared = (texts) => {
    for (const read of [number, rank]) {
      const found = texts.map((text) => (MISSING.includes(text) ? -Infinity : read(text)));
      if (!found.includes(null)) return [found, size];
    }
    return [texts, words.compare];
  };
  const sortable = (table, body) => {
    const rows = [...body.rows];
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, place) => {
      const texts = rows.map((row) => row.cells[place]?.textContent.trim() ?? "");
      if (!head.textContent.trim() || !texts.some(Boolean)) return;
      const button = make("button", { type: "button" }, ...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const was = head.getAttribute("aria-sort");
        for (const other of heads) other.removeAttribute("aria-sort");
        if (was === "descending") return body.append(...rows);
        head.setAttribute("aria-sort", was ? "descending" : "ascending");
        const [keys, compare] = compared(texts);
        const order = rows.map((_, at) => at).sort((one, other) => (was ? -1 : 1) * compare(keys[one], keys[other]));
        body.append(...order.map((at) => rows[at]));
      });
    });
  };
  let boxes = 0;
  const filterable = (table, body) => {
    const rows = [...body.rows];
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
  const done = new WeakSet();
  const ready = (root) => {
    for (const table of root.querySelectorAll("table.data")) {
      if (done.has(table) || table.closest("details:not([open])")) continue;
      done.add(table);
      const body = [...table.tBodies].at(-1);
      if (body.rows.length > 1) sortable(table, body);
      if (body.rows.length >= FILTERED_FROM) filterable(table, body);
    }
  };
  ready(document);
  document.addEventListener("toggle", (event) => { if (event.target.open) ready(event.target); }, true);

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
  const bytes = (size) => {
    if (size === null) return "unknown";
    let place = 0;
    while (size >= 1024 && place < UNITS.length - 1) [size, place] = [size / 1024, place + 1];
    return `${place && size < 100 ? size.toFixed(1) : Math.round(size)} ${UNITS[place]}`;
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
  const rest = make("p", { className: "note" });
  const draw = () => {
    const [place, down] = sorted;
    const key = (row) => row[place] ?? -Infinity;
    const compare = (one, other) => (place > 0 && place < 4 ? size : words.compare)(key(one), key(other));
    const rows = [...chosen].sort((one, other) => (down ? compare(other, one) : compare(one, other)));
    body.replaceChildren(...rows.slice(0, shown).map((row) => {
      const group = row[6] ? make("a", { href: `#${row[6]}` }, row[5]) : "";
      return make("tr", {},
        make("td", {}, make("code", {}, row[0])), make("td", { className: "number" }, String(row[1])),
        make("td", { className: "number" }, count(row[2])), make("td", { className: "number" }, bytes(row[3])),
        make("td", {}, row[4]), make("td", {}, group));
    }));
    more.hidden = rows.length <= shown;
    rest.hidden = more.hidden;
    rest.textContent = `${(rows.length - shown).toLocaleString("en")} further tables are not shown; audit.json has all of them.`;
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
    region, rest, more);
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
  const PRINTED = 1000;
  addEventListener("beforeprint", () => {
    shown = Math.max(shown, PRINTED);
    draw();
    for (const one of document.querySelectorAll("article > details:not(:has(details.sql))")) one.open = true;
  });
})();
