/* Draws every <div class="chart" data-chart="ID"> from the ECharts option in the JSON script of that id.
   data-format="money|percent|number" says how values are written. A data item with a `url` opens its rows.
   A colour may be the name of a custom property, such as "--calm". What a chart tells who does not see it is its own
   aria-label in the template: the words of the library know neither the language nor the gaps in a series. */
"use strict";

(() => {
  const drawn = new Map();
  let isOnPaper = false;
  const language = document.documentElement.lang || "ru";
  const formats = {
    money: new Intl.NumberFormat(language, { style: "currency", currency: document.body.dataset.currency || "RUB", currencyDisplay: "narrowSymbol", maximumFractionDigits: 0 }),
    percent: new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 }),
    number: new Intl.NumberFormat(language, { maximumFractionDigits: 2 }),
  };
  const short = {
    money: new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 }),
    percent: formats.percent,
    number: new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 }),
  };

  function library() {
    if (window.echarts) return Promise.resolve();
    return (library.loading ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = document.body.dataset.echarts;
      script.addEventListener("load", resolve);
      script.addEventListener("error", reject);
      document.head.append(script);
    }));
  }

  /* A custom property as the colour that the theme in force makes of it. */
  function colour(probe, name) {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  }

  /* What a colour that begins with "--" is in the theme in force; anything else stays as it is. */
  function resolved(probe) {
    return (_key, value) => (typeof value === "string" && value.startsWith("--") ? colour(probe, value) : value);
  }

  function withProbe(read) {
    const probe = document.createElement("i");
    document.body.append(probe);
    const found = read(probe);
    probe.remove();
    return found;
  }

  function palette() {
    const names = ["--ink", "--ink-2", "--line", "--surface", "--accent-ink", "--calm", "--warn", "--mark", "--alarm", "--mute"];
    return withProbe((probe) => Object.fromEntries(names.map((name) => [name, colour(probe, name)])));
  }

  function themed(option, format) {
    const tone = palette();
    const value = (number) => (number == null || Number.isNaN(Number(number)) ? "—" : formats[format].format(number));
    const text = { color: tone["--ink-2"], fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 12 };
    const axis = (given, isValue) => ({
      axisLine: { lineStyle: { color: tone["--line"] } },
      splitLine: { show: isValue, lineStyle: { color: tone["--line"] } },
      axisTick: { show: false },
      ...given,
      axisLabel: { ...text, ...(isValue ? { formatter: (number) => short[format].format(number) } : {}), ...given.axisLabel },
    });
    const each = (axes) => axes && [axes].flat().map((given) => axis(given, given.type === "value"));
    return {
      color: ["--accent-ink", "--calm", "--warn", "--mark", "--alarm", "--mute"].map((name) => tone[name]),
      animationDuration: 250,
      grid: { left: 8, right: 12, top: 24, bottom: 8, containLabel: true },
      textStyle: text,
      ...option,
      legend: option.legend && { icon: "roundRect", itemWidth: 10, itemHeight: 10, top: 0, left: 0, ...option.legend, textStyle: text },
      // Rich text: the HTML tooltip needs inline styles, which the content policy forbids.
      tooltip: {
        trigger: "axis", ...option.tooltip, renderMode: "richText", confine: true, backgroundColor: tone["--surface"], borderColor: tone["--line"],
        textStyle: { ...text, color: tone["--ink"] }, valueFormatter: value,
      },
      xAxis: each(option.xAxis),
      yAxis: each(option.yAxis),
    };
  }

  function draw(element) {
    const source = document.getElementById(element.dataset.chart);
    if (!source) return;
    drawn.get(element)?.dispose();
    const chart = window.echarts.init(element, null, { renderer: "canvas" });
    const option = withProbe((probe) => JSON.parse(source.textContent, resolved(probe)));
    chart.setOption({ ...themed(option, element.dataset.format || "number"), animation: !isOnPaper });
    chart.on("click", (event) => event.data?.url && location.assign(event.data.url));
    drawn.set(element, chart);
    sizes.observe(element);
  }

  const sizes = new ResizeObserver((entries) => entries.forEach(({ target }) => drawn.get(target)?.resize()));

  async function drawAll(root) {
    const charts = [...root.querySelectorAll(".chart[data-chart]")];
    if (!charts.length) return;
    await library();
    charts.forEach(draw);
  }

  drawAll(document);
  document.addEventListener("htmx:afterSettle", (event) => drawAll(event.target));
  // Paper is white, whatever the theme on the screen.
  const repaint = (scheme) => {
    isOnPaper = scheme === "light";
    document.documentElement.style.colorScheme = scheme;
    [...drawn.keys()].filter((element) => element.isConnected).forEach(draw);
  };
  addEventListener("beforeprint", () => repaint("light"));
  addEventListener("afterprint", () => repaint(""));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll(document));
})();
