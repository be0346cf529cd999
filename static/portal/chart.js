// Trend charts: one module for all, loaded only where a page has one. Drawn as SVG, in the page's language and theme.
const isChinese = document.documentElement.lang.startsWith("zh");
const charts = new Map();

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function options({ name, currency, points }) {
  const text = colour("--tblr-secondary");
  const line = colour("--tblr-link-color");
  const axis = new Intl.NumberFormat(document.documentElement.lang, {
    style: "currency", currency, notation: "compact", currencyDisplay: "narrowSymbol", maximumFractionDigits: 1,
  });
  return {
    aria: { enabled: true },
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 8, right: 24, top: 16, bottom: 4, containLabel: true },
    tooltip: {
      trigger: "axis",
      axisPointer: { type: "shadow" },
      backgroundColor: colour("--tblr-bg-surface"),
      borderColor: colour("--tblr-border-color"),
      textStyle: { color: colour("--tblr-body-color") },
      renderMode: "richText",
      formatter: ([bar]) => `${points[bar.dataIndex].label}\n${points[bar.dataIndex].text}`,
    },
    xAxis: {
      type: "category",
      data: points.map((point) => point.short),
      axisLabel: { color: text, hideOverlap: true, showMinLabel: true, showMaxLabel: true },
      axisTick: { show: false },
      axisLine: { lineStyle: { color: colour("--tblr-border-color") } },
    },
    yAxis: {
      type: "value",
      axisLabel: { color: text, formatter: (value) => axis.format(value) },
      splitLine: { lineStyle: { color: colour("--tblr-border-color") } },
    },
    series: [{
      name, type: "bar", cursor: "pointer", barMaxWidth: 34,
      itemStyle: { color: line, borderRadius: [3, 3, 0, 0] },
      data: points.map((point) => Number(point.value)),
    }],
  };
}

function draw(element) {
  const figures = JSON.parse(document.getElementById(element.dataset.chart).textContent);
  charts.get(element)?.dispose();
  const chart = window.echarts.init(element, null, { renderer: "svg", locale: isChinese ? "ZH" : "EN" });
  chart.setOption(options(figures));
  chart.on("click", ({ dataIndex }) => {
    const { href } = figures.points[dataIndex];
    if (href) location.assign(href);
  });
  charts.set(element, chart);
}

function load(source) {
  return new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src: source, onload: resolve, onerror: reject });
    document.head.append(script);
  });
}

const elements = [...document.querySelectorAll("[data-chart]")];
await load(elements[0].dataset.echarts);
const redraw = () => elements.forEach(draw);
redraw();
new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
new ResizeObserver(() => charts.forEach((chart) => chart.resize())).observe(elements[0]);
