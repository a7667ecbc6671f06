// Draws recordings of one ride over one another, with one cursor and one zoom. `drawing` stands above.
(() => {
  const { CLOCK, color, extent, framed, has, marker, measure, padded, pixel, put, quiet, ruled, unpacked } = drawing;
  const data = JSON.parse(document.getElementById("data").textContent);
  const time = unpacked(data.time).map((seconds) => seconds * 1000);
  const DASHES = ["solid", "dash", "dot", "longdash", "dashdot"], MOST = DASHES.length;
  const channels = data.channels.map((channel) => ({ ...channel, values: channel.values.map((each) => each && unpacked(each)) }));
  const tracks = data.tracks.map((each) => each && { east: unpacked(each.east), north: unpacked(each.north) });
  const one = (name, i) => document.querySelector(`[data-${name}="${i}"]`);
  const plots = channels.map((_, i) => one("plot", i)), below = channels.map((_, i) => one("difference", i));
  const mapPlot = one("plot", "map"), charts = [...plots, ...below.filter(Boolean)];
  const slider = document.getElementById("cursor"), here = document.getElementById("here");
  let cursor = 0, shown = null, moving = false;

  for (const channel of channels) {
    const [first] = channel.values;
    channel.differences = channel.values.map((each, k) => k && each && first ? each.map((value, row) => value - first[row]) : null);
  }

  // --- what is drawn ---

  const ink = (k) => color(`s${k % MOST}`);
  const line = (k, width) => ({ color: ink(k), width, dash: DASHES[k % MOST], simplify: true });

  function traced(columns, dashed) {
    const look = (k) => (dashed ? line(k, k ? 1.3 : 1.6) : { color: ink(k), width: 1.2, simplify: true });
    return columns.flatMap((values, k) => (values ? [{ type: "scatter", mode: "lines", hoverinfo: "none", x: time, y: values, line: look(k) }] : []));
  }

  // How high a chart is; a difference is seen beside none at all, and is not made large where it is a step or two.
  function aside(columns, decimals) {
    const [low, high] = height(columns) || [0, 0], least = 5 * 10 ** -decimals;
    return [Math.min(low, -least), Math.max(high, least)];
  }

  function height(columns) {
    const inside = (_, row) => !shown || (shown[0] <= time[row] && time[row] <= shown[1]);
    let low = Infinity, high = -Infinity;
    for (const values of columns) {
      if (!values) continue;
      const known = values.filter((value, row) => Number.isFinite(value) && inside(value, row)).sort();
      if (!known.length) continue;
      const cut = shown ? 0 : Math.floor(known.length / 500); // single values far out do not squeeze the others
      low = Math.min(low, known[cut]), high = Math.max(high, known[known.length - 1 - cut]);
    }
    return low <= high ? padded([low, high]) : undefined;
  }

  function layout(plot, range, bottom) {
    return {
      ...framed({ l: 44, r: 8, t: 6, b: bottom }),
      xaxis: { ...ruled(), type: "date", range: shown || extent(time), nticks: Math.max(3, Math.floor(plot.clientWidth / 90)), tickangle: 0,
        tickformatstops: CLOCK, showticklabels: bottom > 10 },
      yaxis: { ...ruled(), nticks: 4, fixedrange: true, range },
    };
  }

  const drawChart = (i) => Plotly.react(plots[i], traced(channels[i].values, true), layout(plots[i], height(channels[i].values), below[i] ? 8 : 20), quiet);
  const drawBelow = (i) => below[i] && Plotly.react(below[i], traced(channels[i].differences, false), layout(below[i], aside(channels[i].differences, channels[i].decimals), 20), quiet);

  function drawMap() {
    if (!mapPlot) return null;
    const plain = { ...ruled(), showticklabels: false, ticks: "", showgrid: false };
    const traces = tracks.flatMap((track, k) => track ? [{ type: "scatter", mode: "lines", hoverinfo: "none", x: track.east, y: track.north, line: { ...line(k, k ? 2 : 3) } }] : []);
    const part = { ...framed({ l: 2, r: 2, t: 4, b: 2 }), hovermode: false, xaxis: plain, yaxis: { ...plain, scaleanchor: "x", scaleratio: 1 } };
    return Plotly.react(mapPlot, traces, { ...part, ...mapRange(part) }, quiet);
  }

  // The part of the ways that belongs to what the charts show.
  function mapRange({ xaxis, yaxis }) {
    const ends = ["east", "north"].map((name) => {
      let low = Infinity, high = -Infinity;
      for (const track of tracks) if (track) track[name].forEach((value, row) => {
        if (Number.isFinite(value) && (!shown || (shown[0] <= time[row] && time[row] <= shown[1]))) (low = Math.min(low, value)), (high = Math.max(high, value));
      });
      const room = Math.max((high - low) * 0.06, 20);
      return low <= high ? [low - room, high + room] : undefined;
    });
    return { xaxis: { ...xaxis, range: ends[0] }, yaxis: { ...yaxis, range: ends[1] } };
  }

  async function drawAll() {
    moving = true;
    await Promise.all([drawMap(), ...channels.flatMap((_, i) => [drawChart(i), drawBelow(i)])]);
    moving = false;
    place();
  }

  // --- the cursor ---

  const lines = charts.map((plot) => plot.appendChild(marker("line")));
  const dots = tracks.map((track, k) => {
    const made = track && mapPlot ? mapPlot.appendChild(marker("dot")) : null;
    if (made) (made.style.background = `var(--s${k % MOST})`), (made.style.boxShadow = `0 0 0 1.5px var(--s${k % MOST})`);
    return made;
  });

  function place() {
    charts.forEach((plot, i) => put(lines[i], pixel(plot, "x", time[cursor]), 0));
    if (!mapPlot || !mapPlot._fullLayout) return;
    tracks.forEach((track, k) => dots[k] && put(dots[k], pixel(mapPlot, "x", track.east[cursor]), pixel(mapPlot, "y", track.north[cursor])));
    measure(mapPlot);
  }

  function numbers(box, columns, { decimals }, sign) {
    if (!box) return;
    box.replaceChildren(...columns.flatMap((values, k) => {
      if (!values) return [];
      const made = document.createElement("span"), swatch = document.createElement("span"), value = values[cursor];
      swatch.className = `swatch s${k % MOST}`;
      made.append(swatch, Number.isFinite(value) ? `${sign && value > 0 ? "+" : ""}${value.toFixed(decimals)}` : "no value");
      return [made];
    }));
  }

  function moveTo(row) {
    cursor = row;
    slider.value = row;
    here.textContent = new Date(time[row]).toISOString().slice(0, 19).replace("T", " ");
    slider.setAttribute("aria-valuetext", here.textContent);
    channels.forEach((channel, i) => {
      numbers(one("values", i), channel.values, channel, false);
      numbers(one("differences", i), channel.differences, channel, true);
    });
    place();
  }

  // --- what a person does ---

  const stamped = (at) => (typeof at === "string" ? Date.parse(`${at.replace(" ", "T")}Z`) : at);

  function zoomed(event) {
    if (moving || !("xaxis.range[0]" in event)) return;
    shown = [stamped(event["xaxis.range[0]"]), stamped(event["xaxis.range[1]"])];
    drawAll();
  }

  function whole() {
    shown = null;
    drawAll();
  }

  function printing(now) {
    document.documentElement.dataset.print = now;
    drawAll();
  }

  function nearest(at) {
    let low = 0, high = time.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (time[middle] < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function listen() {
    for (const plot of charts) {
      const follow = (event) => event.points[0] && moveTo(nearest(stamped(event.points[0].x)));
      plot.on("plotly_hover", follow);
      plot.on("plotly_click", follow);
      plot.on("plotly_relayout", zoomed);
    }
    for (const plot of [...charts, ...(mapPlot ? [mapPlot] : [])]) {
      plot.on("plotly_afterplot", place);
      plot.on("plotly_doubleclick", whole);
    }
    slider.addEventListener("input", () => moveTo(Number(slider.value)));
    document.getElementById("all").addEventListener("click", whole);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
    addEventListener("beforeprint", () => printing("yes"));
    addEventListener("afterprint", () => printing(""));
  }

  document.getElementById("ride").hidden = false;
  drawAll().then(() => {
    listen();
    moveTo(0);
    document.documentElement.dataset.ready = Math.round(performance.now());
  });
})();
