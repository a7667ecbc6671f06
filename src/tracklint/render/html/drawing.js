"use strict";
// What all pages with charts share: packed columns, the look of plots, a cursor over them. `Plotly` stands above.
const drawing = (() => {
  const KINDS = { i1: Int8Array, i2: Int16Array, i4: Int32Array, f8: Float64Array };

  // A column as packing.py packs it: steps from one known value to the next, the least integer or NaN for a hole.
  function unpacked({ type, first, step, bytes }) {
    const raw = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
    const jumps = new KINDS[type](raw.buffer);
    const hole = type === "f8" ? NaN : -(2 ** (8 * jumps.BYTES_PER_ELEMENT - 1));
    const perStep = Math.round(1 / step);
    const values = new Float64Array(jumps.length);
    for (let row = 0, at = first; row < jumps.length; row++) {
      if (jumps[row] === hole || Number.isNaN(jumps[row])) values[row] = NaN;
      else (at += jumps[row]), (values[row] = step < 1 ? at / perStep : at * step);
    }
    return values;
  }

  const has = (column) => column.some(Number.isFinite);
  // From the least to the greatest number, with a little room, so that all charts have the same ends.
  function extent(column) {
    let low = Infinity, high = -Infinity;
    for (const value of column) if (Number.isFinite(value)) (low = Math.min(low, value)), (high = Math.max(high, value));
    const room = (high - low) * 0.01 || 0.5;
    return [low - room, high + room];
  }

  function padded([low, high]) {
    const room = (high - low || 1) * 0.06;
    return [low - room, high + room];
  }

  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  // How a moment is written on the axis: with seconds or a date only where the ticks stand so close, or so far apart.
  const CLOCK = [
    { dtickrange: [null, 59999], value: "%H:%M:%S" },
    { dtickrange: [60000, 86399999], value: "%H:%M" },
    { dtickrange: [86400000, null], value: "%Y-%m-%d" },
  ];

  const quiet = { displayModeBar: false, responsive: true, doubleClick: false, scrollZoom: false };
  const touch = matchMedia("(pointer: coarse)").matches;

  function framed(margin) {
    return {
      margin, showlegend: false, hovermode: "x", hoverdistance: -1, dragmode: touch ? false : "zoom",
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: "system-ui, sans-serif", size: 11, color: color("soft") },
    };
  }

  function ruled() {
    return { gridcolor: color("grid"), linecolor: color("line"), zeroline: false, showspikes: false, automargin: false };
  }

  function marker(name) {
    const made = document.createElement("div");
    made.className = name;
    made.hidden = true;
    return made;
  }

  function pixel(plot, letter, value) {
    const drawn = plot._fullLayout && plot._fullLayout[`${letter}axis`];
    if (!drawn || !Number.isFinite(value)) return NaN;
    const at = drawn.d2p ? drawn.d2p(value) : drawn.l2p(value);
    return at < -1 || at > drawn._length + 1 ? NaN : at + drawn._offset;
  }

  function put(element, x, y) {
    element.hidden = !Number.isFinite(x) || !Number.isFinite(y);
    if (!element.hidden) element.style.transform = `translate(${x}px, ${y}px)`;
  }

  // A bar of a round length of metres under the map.
  function measure(mapPlot) {
    const bar = document.getElementById("scale"), drawn = mapPlot._fullLayout.xaxis;
    const metres = ((drawn.range[1] - drawn.range[0]) / drawn._length) * 110;
    const power = 10 ** Math.floor(Math.log10(metres));
    const round = [5, 2, 1].find((times) => times * power <= metres) * power;
    bar.style.width = `${(round / (drawn.range[1] - drawn.range[0])) * drawn._length}px`;
    bar.textContent = round >= 1000 ? `${round / 1000} km` : `${round} m`;
  }

  return { CLOCK, color, extent, framed, has, marker, measure, padded, pixel, put, quiet, ruled, unpacked };
})();
