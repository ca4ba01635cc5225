// The equity curve beside its benchmarks, with the drawdown below; drawn as SVG, read by pointing or with the arrows.

const COLOURS = { You: "portfolio", BTC: "btc", ETH: "eth" };
const TOP = 10;
const GAP = 26;
const BOTTOM = 22;
const NARROW = 520;
const DAY = 86400;

export function drawCurve(place, data, say) {
  const width = Math.max(place.clientWidth, 260);
  const box = layout(width, Math.max(...data.lines.map((line) => line.total.length)));
  const picture = svg("svg", { viewBox: `0 0 ${width} ${box.height}`, width, height: box.height });
  const x = scale(data.times[0], data.times.at(-1), box.left, box.right);
  const growth = data.lines.map((line) => ({ ...line, values: line.values.map((v) => (v - 1) * 100) }));
  const y = valueScale(growth.flatMap((line) => line.values), box.top, box.middle, box.narrow ? 4 : 6);
  const depth = data.drawdown.map((v) => v * 100);
  const d = valueScale(depth, box.low, box.floor, 2);

  grid(picture, y, box);
  grid(picture, d, box);
  picture.append(text(box.left, box.low - 7, `Your deepest fall ${data.deepest}`, "tick"));
  timeTicks(picture, data, x, box);
  picture.append(area(data.times, depth, x, d));
  for (const line of growth.toReversed()) picture.append(path(data.times, line.values, x, y, COLOURS[line.name]));
  endLabels(picture, growth, y, box);
  place.replaceChildren(picture);
  pointing(place, picture, { data, growth, depth, x, y, d, box, say });
  say("");
}

// Where it is narrow, names stand above their figures, and the widest figure says how much room they take.
function layout(width, letters) {
  const main = width < NARROW ? 210 : 280;
  const below = width < NARROW ? 54 : 70;
  const middle = TOP + main;
  const low = middle + GAP;
  const floor = low + below;
  const side = width < NARROW ? 12 + 7.6 * letters : 128;
  return { left: width < NARROW ? 46 : 48, right: width - side, top: TOP, middle, low, floor, height: floor + BOTTOM, narrow: width < NARROW };
}

function scale(from, to, start, end) {
  const span = to - from || 1;
  return (value) => start + ((value - from) / span) * (end - start);
}

// Zero is always in sight; ticks stand at round percentages.
function valueScale(values, top, bottom, ticks) {
  let low = Math.min(0, ...values);
  let high = Math.max(0, ...values);
  const room = Math.max((high - low) * 0.04, 0.02);
  if (low < 0) low -= room;
  if (high > 0 || low === 0) high += room;
  const step = roundStep((high - low) / ticks);
  const at = scale(high, low, top, bottom);
  at.ticks = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high + step / 1000; tick += step) at.ticks.push(tick);
  at.places = [0, 1, 2].find((places) => Math.abs(step * 10 ** places - Math.round(step * 10 ** places)) < 1e-9) ?? 3;
  return at;
}

function roundStep(rough) {
  const unit = 10 ** Math.floor(Math.log10(rough));
  return unit * ([1, 2, 2.5, 5].find((factor) => factor * unit >= rough) ?? 10);
}

function percent(value, places = 2) {
  const sign = Math.abs(value) < 0.5 / 10 ** places ? "" : value > 0 ? "+" : "\u2212";
  return `${sign}${Math.abs(value).toFixed(places)} %`;
}

function grid(picture, scaled, box) {
  for (const tick of scaled.ticks) {
    const at = scaled(tick);
    const isZero = Math.abs(tick) < 1e-9;
    picture.append(svg("line", { x1: box.left, x2: box.right, y1: at, y2: at, class: isZero ? "zero" : "rule" }));
    picture.append(text(box.left - 6, at + 4, percent(tick, isZero ? 0 : scaled.places), "tick", "end"));
  }
}

function timeTicks(picture, data, x, box) {
  const count = box.narrow ? 3 : 5;
  const [first, last] = [data.times[0], data.times.at(-1)];
  const label = timeLabel(last - first, data.zone);
  for (let i = 0; i < count; i++) {
    const at = first + ((last - first) * i) / (count - 1);
    const anchor = i === 0 ? "start" : i === count - 1 ? "end" : "middle";
    picture.append(text(x(at), box.floor + 16, label(at), "tick", anchor));
  }
}

function timeLabel(span, zone) {
  const parts = timeParts(zone);
  if (span < 2 * DAY) return (seconds) => parts(seconds).clock;
  if (span > 400 * DAY) return (seconds) => `${parts(seconds).month} ${parts(seconds).year}`;
  return (seconds) => `${parts(seconds).day} ${parts(seconds).month}`;
}

function timeParts(zone) {
  const format = new Intl.DateTimeFormat("en-US", {
    year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone,
  });
  return (seconds) => {
    const found = Object.fromEntries(format.formatToParts(new Date(seconds * 1000)).map((part) => [part.type, part.value]));
    return { ...found, clock: `${found.hour}:${found.minute}` };
  };
}

function path(times, values, x, y, name) {
  const d = values.map((value, i) => `${i ? "L" : "M"}${x(times[i]).toFixed(1)} ${y(value).toFixed(1)}`).join("");
  return svg("path", { d, class: `curve ${name}` });
}

function area(times, values, x, y) {
  const points = values.map((value, i) => `L${x(times[i]).toFixed(1)} ${y(value).toFixed(1)}`).join("");
  const d = `M${x(times[0])} ${y(0)}${points}L${x(times.at(-1))} ${y(0)}Z`;
  return svg("path", { d, class: "drawdown" });
}

// Labels stand at the line ends, moved apart where the ends are close.
function endLabels(picture, lines, y, box) {
  const room = box.narrow ? 30 : 17;
  const labels = lines.map((line) => ({ line, at: y(line.values.at(-1)) })).sort((a, b) => a.at - b.at);
  labels.forEach((label, i) => { if (i) label.at = Math.max(label.at, labels[i - 1].at + room); });
  const over = Math.max(0, (labels.at(-1)?.at ?? 0) - (box.middle - (box.narrow ? 12 : 0)));
  for (let i = labels.length - 1, limit = Infinity; i >= 0; i--, limit = labels[i + 1].at - room) {
    labels[i].at = Math.min(i === labels.length - 1 ? labels[i].at - over : labels[i].at, limit);
  }
  for (const { line, at } of labels) {
    const style = `label ${COLOURS[line.name]}`;
    if (box.narrow) {
      picture.append(text(box.right + 6, at, line.name, style), text(box.right + 6, at + 13, line.total, style));
    } else {
      picture.append(text(box.right + 8, at + 4, `${line.name} ${line.total}`, style));
    }
  }
}

function pointing(place, picture, shown) {
  const { data, growth, x, y, box, say } = shown;
  const cross = svg("g", { class: "cross", visibility: "hidden" });
  const line = svg("line", { y1: box.top, y2: box.floor });
  const dots = growth.map((each) => svg("circle", { r: 3.5, class: COLOURS[each.name] }));
  cross.append(line, ...dots);
  picture.append(cross);
  let at = data.times.length - 1;

  function show(i) {
    at = Math.min(Math.max(i, 0), data.times.length - 1);
    line.setAttribute("x1", x(data.times[at]));
    line.setAttribute("x2", x(data.times[at]));
    dots.forEach((dot, k) => {
      dot.setAttribute("cx", x(data.times[at]));
      dot.setAttribute("cy", y(growth[k].values[at]));
    });
    cross.setAttribute("visibility", "visible");
    say(reading(shown, at));
  }

  function hide() {
    cross.setAttribute("visibility", "hidden");
    say("");
  }

  picture.addEventListener("pointermove", (event) => show(nearest(picture, event, shown)));
  picture.addEventListener("pointerleave", hide);
  place.onblur = hide;
  place.onkeydown = (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    show(at + (event.key === "ArrowRight" ? 1 : -1));
  };
}

function nearest(picture, event, { data, box }) {
  const inside = event.clientX - picture.getBoundingClientRect().left - box.left;
  const [first, last] = [data.times[0], data.times.at(-1)];
  const wanted = first + (inside / (box.right - box.left)) * (last - first);
  let [low, high] = [0, data.times.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (data.times[middle] > wanted) high = middle;
    else low = middle;
  }
  return wanted - data.times[low] < data.times[high] - wanted ? low : high;
}

function reading({ data, growth, depth }, at) {
  const time = timeParts(data.zone)(data.times[at]);
  const when = `${time.day} ${time.month} ${time.clock}`;
  const values = growth.map((line) => `${line.name} ${percent(line.values[at])}`);
  return [when, ...values, `below high ${percent(depth[at])}`].join(" · ");
}

function svg(tag, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function text(x, y, content, style, anchor = "start") {
  const made = svg("text", { x, y, class: style, "text-anchor": anchor });
  made.textContent = content;
  return made;
}
