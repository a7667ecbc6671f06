"use strict";
// The table of files: searched, chosen, sorted, and shown a part at a time, so that no row is an element before it is seen.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const VERDICTS = ["refused", "risky", "ready"], PART = 50, SLOW_MS = 120;
  const RANK = { error: 2, warning: 1, info: 0 };
  const kinds = data.kinds.map(([code, name, severity]) => ({ code, name, severity }));

  const files = data.rows.map(([name, verdict, device, found], number) => {
    const count = { error: 0, warning: 0, info: 0 };
    for (const [kind, times] of found) count[kinds[kind].severity] += times;
    return { number, name, verdict, device, found, errors: count.error, warnings: count.warning };
  });
  const worst = (file) => (file.found.length ? kinds[file.found[0][0]] : null);
  const text = (file) => {
    file.text ??= [file.name, data.devices[file.device], ...file.found.map(([kind]) => `${kinds[kind].code} ${kinds[kind].name}`)].join("\n").toLowerCase();
    return file.text;
  };

  // How files are put in order; the other way round where it is pressed again. Equal ones stay in the order of the run.
  const SORTS = {
    name: (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
    verdict: (a, b) => a.verdict - b.verdict || b.errors - a.errors || b.warnings - a.warnings,
    errors: (a, b) => b.errors - a.errors || b.warnings - a.warnings,
    warnings: (a, b) => b.warnings - a.warnings || b.errors - a.errors,
    device: (a, b) => compared(data.devices[a.device], data.devices[b.device]),
    found: (a, b) => rank(b) - rank(a) || compared(worst(a)?.code ?? "", worst(b)?.code ?? ""),
  };
  const compared = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  const rank = (file) => (worst(file) ? RANK[worst(file).severity] : -1);

  const form = document.getElementById("choice"), body = document.querySelector(".files tbody");
  const count = document.getElementById("count"), part = document.getElementById("part"), pager = document.querySelector(".pager");
  let sort = "errors", back = false, first = 0, chosen = files;

  function element(tag, className, content) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (content !== undefined) made.textContent = content;
    return made;
  }

  // A word as a shell takes it.
  const quoted = (word) => (/^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\"'\"'")}'`);

  function nameCell(file) {
    const cell = element("th", "name");
    cell.scope = "row";
    const page = data.pages[file.number];
    const name = cell.appendChild(element(page ? "a" : "span", "", file.name));
    if (page) name.href = `pages/${page}`;
    return cell;
  }

  function foundCell(file) {
    const cell = element("td", "found");
    if (!file.found.length) return cell.append(element("span", "soft", "nothing found")), cell;
    const details = element("details"), [kind, times, message] = file.found[0];
    const summary = details.appendChild(element("summary"));
    summary.append(said(kinds[kind], times));
    if (file.found.length > 1) summary.append(element("span", "soft", ` and ${file.found.length - 1} more rule${file.found.length > 2 ? "s" : ""}`));
    summary.append(element("span", "hidden", ` in ${file.name}`));
    if (message) summary.append(element("span", "message", message));
    details.addEventListener("toggle", () => details.open && details.children.length === 1 && details.append(all(file)));
    cell.append(details);
    return cell;
  }

  const said = (kind, times) => element("span", `code ${kind.severity}`, `${kind.code} ${kind.name}${times > 1 ? ` \u00d7${times}` : ""}`);

  function all(file) {
    const list = element("ul"); // the first one stands above it
    for (const [kind, times, message] of file.found.slice(1)) {
      const line = list.appendChild(element("li"));
      line.append(said(kinds[kind], times));
      if (message) line.append(element("div", "soft", message));
    }
    if (!data.pages[file.number]) list.appendChild(element("li")).append(element("code", "", `tracklint check -o html=page.html ${quoted(file.name)}`));
    return list;
  }

  function row(file) {
    const made = element("tr");
    const number = (noun, many) => {
      const cell = element("td", "number", String(many));
      cell.dataset.noun = many === 1 ? noun : `${noun}s`;
      return cell;
    };
    const verdict = VERDICTS[file.verdict];
    made.append(nameCell(file), element("td", `verdict ${verdict}`, verdict), number("error", file.errors), number("warning", file.warnings),
      element("td", "soft", data.devices[file.device]), foundCell(file));
    return made;
  }

  const told = (number) => number.toLocaleString("en");

  function show() {
    const shown = chosen.slice(first, first + PART);
    body.replaceChildren(...shown.map(row));
    const all = chosen.length === files.length ? `${told(files.length)} files` : `${told(chosen.length)} of ${told(files.length)} files`;
    count.textContent = chosen.length ? all : "No file is like that.";
    part.textContent = chosen.length ? `${told(first + 1)} to ${told(first + shown.length)} of ${told(chosen.length)}` : "";
    pager.hidden = chosen.length <= PART;
    for (const button of pager.querySelectorAll("button")) {
      const next = first + PART * Number(button.dataset.step);
      button.disabled = next < 0 || next >= chosen.length;
    }
    for (const button of document.querySelectorAll("[data-sort]")) {
      if (button.dataset.sort === sort) button.parentElement.setAttribute("aria-sort", ascending() ? "ascending" : "descending");
      else button.parentElement.removeAttribute("aria-sort");
    }
  }

  // Numbers and findings begin with the greatest, texts with the first.
  const ascending = () => ["name", "verdict", "device"].includes(sort) !== back;

  function choose() {
    const words = form.words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const { verdict: { value: verdict }, rule: { value: rule }, device: { value: device } } = form;
    const wanted = new Set(kinds.keys().filter((kind) => kinds[kind].code === rule));
    chosen = files.filter((file) =>
      (!verdict || VERDICTS[file.verdict] === verdict) && (device === "" || file.device === Number(device)) &&
      (!rule || file.found.some(([kind]) => wanted.has(kind))) && words.every((word) => text(file).includes(word)));
    chosen.sort((a, b) => (back ? -1 : 1) * SORTS[sort](a, b) || a.number - b.number);
    first = 0;
    show();
  }

  function listen() {
    let waiting = 0;
    form.addEventListener("input", (event) => {
      clearTimeout(waiting);
      waiting = setTimeout(choose, event.target.type === "search" ? SLOW_MS : 0);
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(choose));
    for (const button of document.querySelectorAll("[data-sort]")) button.addEventListener("click", () => {
      back = sort === button.dataset.sort && !back;
      sort = button.dataset.sort;
      choose();
    });
    for (const button of pager.querySelectorAll("button")) button.addEventListener("click", () => {
      first += PART * Number(button.dataset.step);
      show();
      document.getElementById("files").scrollIntoView();
    });
    for (const key of ["verdict", "rule", "device"])
      for (const link of document.querySelectorAll(`a[data-${key}]`)) link.addEventListener("click", () => {
        form.reset();
        form[key].value = link.dataset[key];
      });
  }

  form.hidden = document.getElementById("rows").hidden = false;
  listen();
  choose();
  document.documentElement.dataset.ready = Math.round(performance.now());
})();
