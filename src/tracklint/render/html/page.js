// Draws the ride of the page and lets findings, cursor, charts and map move together. `drawing` stands above.
(() => {
  const { CLOCK, color, extent, framed, has, marker, measure, padded, pixel, put, quiet, ruled, unpacked } = drawing;
  const data = JSON.parse(document.getElementById("data").textContent);
  const GAP_S = 60;
  const time = unpacked(data.time), distance = unpacked(data.distance);
  const size = time.length;
  const points = data.points ? unpacked(data.points) : null;
  const local = time.map((seconds) => (seconds + data.zone) * 1000);
  const way = distance.map((metres) => metres * data.way.factor);
  const AXES = {
    time: { x: local, type: "date", view: data.time_view ? data.time_view.map((s) => (s + data.zone) * 1000) : extent(local) },
    distance: { x: way, type: "linear", view: extent(way), ticksuffix: ` ${data.way.unit}` },
    point: { x: Float64Array.from({ length: size }, (_, row) => row), type: "linear", view: [-1, size] },
  };
  // The rows in the order in which lines are drawn, with -1 where a line ends: at a pause, and where minutes are missing.
  const order = [];
  const pauses = new Set(data.pauses);
  for (let row = 0; row < size; row++) {
    order.push(row);
    if (pauses.has(row) || time[row + 1] - time[row] > GAP_S) order.push(-1);
  }
  const along = (column) => Float64Array.from(order, (row) => (row < 0 ? NaN : column[row]));
  const map = data.map && { ...data.map, east: unpacked(data.map.east), north: unpacked(data.map.north) };
  const channels = data.channels.map((channel) => ({ ...channel, values: unpacked(channel.values) }));
  const plots = channels.map((_, i) => document.querySelector(`[data-plot="${i}"]`));
  const mapPlot = document.querySelector('[data-plot="map"]');
  const slider = document.getElementById("cursor"), here = document.getElementById("here"), said = document.getElementById("said");
  const placed = data.findings.filter((finding) => finding.row !== null);

  let axisName = has(local) ? "time" : has(way) ? "distance" : "point";
  let cursor = 0, shown = null, chosen = null, moving = false;

  const axis = () => AXES[axisName];
  const MARKS = { error: "diamond", warning: "triangle-up", info: "circle" };

  // --- what is drawn ---

  // A marker of each finding, with the shape and the colour of its severity.
  function marks(x, y) {
    const rows = placed.filter(({ row }) => Number.isFinite(x[row]) && Number.isFinite(y[row]));
    return {
      type: "scatter", mode: "markers", hoverinfo: "skip", x: rows.map(({ row }) => x[row]), y: rows.map(({ row }) => y[row]),
      marker: {
        size: 9, symbol: rows.map(({ severity }) => MARKS[severity]), color: rows.map(({ severity }) => color(`${severity}-mark`)),
        line: { width: 1.5, color: color("card") },
      },
    };
  }

  function drawChart(i) {
    const { values, joined } = channels[i];
    const traces = [
      { type: "scatter", mode: "lines", hoverinfo: "none", connectgaps: joined, x: along(axis().x), y: along(values), customdata: order,
        line: { color: color("ink"), width: 1.2, simplify: true } },
      marks(axis().x, values),
    ];
    const layout = {
      ...framed({ l: 44, r: 8, t: 6, b: 20 }),
      xaxis: { ...ruled(), type: axis().type, range: shown || axis().view, ticksuffix: axis().ticksuffix,
        nticks: Math.max(3, Math.floor(plots[i].clientWidth / 90)), tickangle: 0, tickformatstops: axis().type === "date" ? CLOCK : undefined },
      yaxis: { ...ruled(), nticks: 4, fixedrange: true, range: height(i) },
      shapes: stretch(),
    };
    return Plotly.react(plots[i], traces, layout, quiet);
  }

  function drawMap() {
    if (!map) return null;
    const part = (rows, marker) => ({
      type: "scatter", mode: "markers", hoverinfo: "skip", x: rows.map((row) => map.east[row]), y: rows.map((row) => map.north[row]), marker,
    });
    const known = [...map.east.keys()].filter((row) => Number.isFinite(map.east[row]));
    const first = known[0], last = known[known.length - 1];
    const ink = color("ink"), card = color("card");
    const traces = [
      { type: "scatter", mode: "lines", hoverinfo: "none", x: map.east, y: map.north, connectgaps: true,
        line: { color: color("way"), width: 2.5 } },
      { type: "scatter", mode: "lines", hoverinfo: "skip", ...lit(), line: { color: color("accent"), width: 4 } },
      part(data.pauses, { symbol: "line-ns-open", size: 9, color: ink, line: { width: 2 } }),
      part([first], { symbol: "circle", size: 12, color: card, line: { width: 3, color: ink } }),
      part([last], { symbol: "square", size: 11, color: ink, line: { width: 2, color: card } }),
      marks(map.east, map.north),
    ];
    const [east, north] = map.view;
    const plain = { ...ruled(), showticklabels: false, ticks: "", showgrid: false };
    const layout = {
      ...framed({ l: 2, r: 2, t: 4, b: 2 }), hovermode: "closest",
      xaxis: { ...plain, range: east ? padded(east) : undefined },
      yaxis: { ...plain, range: north ? padded(north) : undefined, scaleanchor: "x", scaleratio: 1 },
    };
    return Plotly.react(mapPlot, traces, layout, quiet);
  }

  // How high a chart is: all that stands between the ends of the charts, or nearly all of a whole ride.
  function height(i) {
    const { values, view } = channels[i], { x } = axis();
    if (!shown) return padded(view || extent(values));
    const [low, high] = extent(values.filter((_, row) => shown[0] <= x[row] && x[row] <= shown[1]));
    return low <= high ? padded([low, high]) : padded(view || extent(values));
  }

  // The points that share the cause of the chosen finding: as bands in the charts, and lit on the map.
  function stretch() {
    const runs = chosen ? chosen.runs : [];
    return runs.map(([a, b]) => ({
      type: "rect", xref: "x", yref: "paper", y0: 0, y1: 1, x0: axis().x[a], x1: axis().x[b], layer: "below",
      line: { width: 1, color: color("accent") }, fillcolor: color("accent"), opacity: 0.18,
    })).filter(({ x0, x1 }) => Number.isFinite(x0) && Number.isFinite(x1));
  }

  function lit() {
    const x = [], y = [];
    for (const [a, b] of chosen && map ? chosen.runs : []) {
      for (let row = a; row <= b; row++) x.push(map.east[row]), y.push(map.north[row]);
      x.push(NaN), y.push(NaN);
    }
    return { x, y };
  }

  async function drawAll() {
    moving = true;
    await Promise.all([drawMap(), ...plots.map((_, i) => drawChart(i))]);
    moving = false;
    place();
  }

  // --- the cursor ---

  const lines = plots.map((plot) => plot.appendChild(marker("line")));
  const dot = mapPlot && mapPlot.appendChild(marker("dot"));

  // Put line and dot where the cursor's point is drawn now.
  function place() {
    plots.forEach((plot, i) => put(lines[i], pixel(plot, "x", axis().x[cursor]), 0));
    if (!map || !mapPlot._fullLayout) return;
    put(dot, pixel(mapPlot, "x", map.east[cursor]), pixel(mapPlot, "y", map.north[cursor]));
    measure(mapPlot);
  }

  function moment(row) {
    if (!Number.isFinite(local[row]) || Math.abs(local[row]) > 8.64e15) return "";
    return new Date(local[row]).toISOString().slice(11, 19);
  }

  function told(row) {
    const parts = [moment(row), Number.isFinite(way[row]) ? `${way[row].toFixed(2)} ${data.way.unit}` : ""];
    return [...parts, `point ${points ? points[row] : row}`].filter(Boolean).join(", ");
  }

  function moveTo(row) {
    cursor = row;
    slider.value = row;
    here.textContent = told(row);
    slider.setAttribute("aria-valuetext", told(row));
    channels.forEach(({ values, decimals, unit }, i) => {
      const value = values[row];
      document.querySelector(`[data-value="${i}"]`).textContent = Number.isFinite(value) ? `${value.toFixed(decimals)} ${unit}` : "no value";
    });
    place();
  }

  // --- zoom ---

  const stamped = (range) => (axisName === "time" ? range.map((at) => (typeof at === "string" ? Date.parse(`${at.replace(" ", "T")}Z`) : at)) : range);

  async function zoomCharts(range) {
    shown = range;
    moving = true;
    const change = (i) => ({ "xaxis.range": range || axis().view, "yaxis.range": height(i), shapes: stretch() });
    await Promise.all(plots.map((plot, i) => Plotly.relayout(plot, change(i))));
    moving = false;
    place();
  }

  async function zoomMap(box) {
    if (!map) return;
    moving = true;
    const [east, north] = box || [map.view[0] && padded(map.view[0]), map.view[1] && padded(map.view[1])];
    const change = {};
    for (const [letter, range] of [["x", east], ["y", north]]) {
      if (range) change[`${letter}axis.range`] = range;
      else change[`${letter}axis.autorange`] = true;
    }
    await Plotly.update(mapPlot, {}, change);
    await Plotly.restyle(mapPlot, { x: [lit().x], y: [lit().y] }, [1]);
    moving = false;
    place();
  }

  // The part of the way between two places on the charts' axis, with room around it.
  function box([low, high]) {
    const rows = [...axis().x.keys()].filter((row) => axis().x[row] >= low && axis().x[row] <= high && Number.isFinite(map.east[row]));
    return rows.length ? around(rows, 30) : null;
  }

  function around(rows, least) {
    return [map.east, map.north].map((column) => {
      let low = Infinity, high = -Infinity;
      for (const row of rows) low = Math.min(low, column[row]), high = Math.max(high, column[row]);
      const room = Math.max((high - low) * 0.15, least);
      return [low - room, high + room];
    });
  }

  function chartZoomed(event) {
    if (moving || !("xaxis.range[0]" in event)) return;
    const range = stamped([event["xaxis.range[0]"], event["xaxis.range[1]"]]);
    zoomCharts(range).then(() => map && zoomMap(box(range)));
  }

  function mapZoomed(event) {
    if (moving || !("xaxis.range[0]" in event)) return place();
    const { xaxis, yaxis } = mapPlot._fullLayout;
    const inside = (row) =>
      map.east[row] >= xaxis.range[0] && map.east[row] <= xaxis.range[1] && map.north[row] >= yaxis.range[0] && map.north[row] <= yaxis.range[1];
    const rows = [...map.east.keys()].filter((row) => inside(row) && Number.isFinite(axis().x[row]));
    if (rows.length > 1) zoomCharts([axis().x[rows[0]], axis().x[rows[rows.length - 1]]].sort((a, b) => a - b));
    place();
  }

  // --- findings ---

  // The charts about a place: a twelfth of the ride, or all of its first stretch.
  function about(finding) {
    const { x, view } = axis();
    const at = x[finding.row], run = finding.runs.find(([a, b]) => a <= finding.row && finding.row <= b);
    const from = run && Number.isFinite(x[run[0]]) ? x[run[0]] : at, to = run && Number.isFinite(x[run[1]]) ? x[run[1]] : at;
    const half = Math.max((view[1] - view[0]) / 24, 1e-3);
    const inside = view[0] <= at && at <= view[1];
    return inside ? [Math.max(from - half, view[0]), Math.min(to + half, view[1])] : [from - half, to + half];
  }

  // The rows of the way to see with a finding: a minute's worth before and behind, and all of its first stretch.
  function beside(finding) {
    const [from, to] = finding.runs[0] || [finding.row, finding.row];
    const low = Math.max(Math.min(from, finding.row) - 60, 0), high = Math.min(Math.max(to, finding.row) + 60, size - 1);
    return Array.from({ length: high - low + 1 }, (_, i) => low + i).filter((row) => Number.isFinite(map.east[row]));
  }

  async function choose(button) {
    const finding = data.findings[button.dataset.finding];
    for (const each of document.querySelectorAll("[data-finding]")) each.setAttribute("aria-pressed", String(each === button));
    button.parentElement.querySelector("details").open = true;
    chosen = finding;
    if (finding.row === null) {
      said.textContent = `${finding.name} concerns the whole file`;
      return whole();
    }
    moveTo(finding.row);
    said.textContent = `${finding.name} at ${told(finding.row)}`;
    if (Number.isFinite(axis().x[finding.row])) await zoomCharts(about(finding));
    if (map && Number.isFinite(map.east[finding.row])) await zoomMap(around(beside(finding), 120));
    const ride = document.getElementById("ride").getBoundingClientRect();
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (ride.top > innerHeight * 0.6 || ride.bottom < 80) document.getElementById("ride").scrollIntoView({ behavior: calm ? "auto" : "smooth" });
  }

  async function whole() {
    await zoomCharts(null);
    await zoomMap(null);
  }

  // --- what a person does ---

  function nearest(x, at) {
    let best = 0, least = Infinity;
    x.forEach((value, row) => {
      const off = Math.abs(value - at);
      if (off < least) (least = off), (best = row);
    });
    return best;
  }

  // Paper is light, whatever the screen is.
  function printing(now) {
    document.documentElement.dataset.print = now;
    drawAll();
  }

  function listen() {
    const follow = (event) => {
      const [point] = event.points;
      const row = point && point.curveNumber === 0 ? (point.customdata ?? point.pointNumber) : -1;
      if (row >= 0) moveTo(row);
    };
    for (const plot of [...plots, ...(map ? [mapPlot] : [])]) {
      plot.on("plotly_hover", follow);
      plot.on("plotly_click", follow);
      plot.on("plotly_afterplot", place);
      plot.on("plotly_doubleclick", whole);
      plot.on("plotly_relayout", plot === mapPlot ? mapZoomed : chartZoomed);
    }
    slider.addEventListener("input", () => moveTo(Number(slider.value)));
    document.getElementById("all").addEventListener("click", whole);
    for (const button of document.querySelectorAll("[data-finding]")) button.addEventListener("click", () => choose(button));
    for (const input of document.querySelectorAll('[name="axis"]')) {
      input.disabled = !has(AXES[input.value].x);
      input.checked = input.value === axisName;
      input.addEventListener("change", () => {
        const range = shown && shown.map((at) => nearest(axis().x, at));
        axisName = input.value;
        shown = range ? range.map((row) => axis().x[row]) : null;
        if (shown && !(shown[0] < shown[1])) shown = null;
        drawAll();
      });
    }
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
    addEventListener("beforeprint", () => printing("yes"));
    addEventListener("afterprint", () => printing(""));
  }

  document.getElementById("ride").hidden = false;
  drawAll().then(() => {
    listen();
    moveTo(placed.length ? placed[0].row : 0);
    document.documentElement.dataset.ready = Math.round(performance.now());
  });
})();
