import { type ReactNode, useEffect, useId, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

import { timeText } from "../format/time";
import { useDark } from "../session/theme";
import "./chart.css";

export interface Series {
  name: string;
  /// A custom property of the tokens: `--chart-equity`.
  color: string;
  /// As many as there are times; null where there is nothing to draw.
  values: (number | null)[];
  /// Holds its value until the next time, as floors do.
  stepped?: boolean;
  dashed?: boolean;
  filled?: boolean;
  /// It may lie outside of what is shown: the scale does not look at it.
  outside?: boolean;
}

export interface Marker {
  /// Unix seconds.
  at: number;
  name: string;
  color: string;
}

interface Props {
  /// What is drawn, for those who do not see it.
  label: string;
  /// The same in words: first, last, lowest, highest.
  words: ReactNode;
  /// Unix seconds, growing.
  times: number[];
  series: Series[];
  markers?: Marker[];
  height?: number;
  /// How a value reads beside the axis and in the legend.
  valueText: (value: number) => string;
}

/// A drawing of values over time, with its words beside it.
export default function Chart({ label, words, times, series, markers = [], height = 300, valueText }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [at, setAt] = useState<number | null>(null);
  const dark = useDark();
  const id = useId();
  const shape = JSON.stringify(series, (key, value: unknown) => (key === "values" ? undefined : value));
  const data = useMemo(() => [times, ...series.map((it) => it.values)] as uPlot.AlignedData, [times, series]);
  const latest = useRef({ data, markers, valueText });

  useEffect(() => {
    latest.current = { data, markers, valueText };
  });

  useEffect(() => {
    const box = frame.current;
    if (!box) return;
    const color = colorsOf(box);
    const lines = JSON.parse(shape) as Omit<Series, "values">[];
    const options: uPlot.Options = {
      width: box.clientWidth,
      height,
      legend: { show: false },
      cursor: { y: false, points: { size: 7 } },
      scales: { x: { time: true }, y: { range: roomy } },
      axes: [
        {
          stroke: color("--text-faint"),
          grid: { show: false },
          ticks: { stroke: color("--line") },
          space: 90,
          values: (_, splits, __, ___, step) => eachOnce(splits.map((value) => axisText(value, step))),
        },
        {
          stroke: color("--text-faint"),
          grid: { stroke: color("--line"), width: 1 },
          ticks: { show: false },
          size: 68,
          values: (_, splits) => splits.map((value) => latest.current.valueText(value)),
        },
      ],
      series: [
        {},
        ...lines.map((line) => ({
          label: line.name,
          stroke: color(line.color),
          width: line.filled ? 2 : 1.5,
          dash: line.dashed ? [6, 5] : undefined,
          fill: line.filled ? `color-mix(in srgb, ${color(line.color)} 10%, transparent)` : undefined,
          paths: line.stepped ? uPlot.paths.stepped?.({ align: 1 }) : undefined,
          auto: !line.outside,
          points: { show: false },
          spanGaps: true,
        })),
      ],
      hooks: {
        draw: [(it) => drawMarkers(it, latest.current.markers, color)],
        setCursor: [(it) => setAt(it.cursor.idx ?? null)],
      },
    };
    const made = new uPlot(options, latest.current.data, box);
    plot.current = made;
    const watcher = new ResizeObserver(() => {
      if (box.clientWidth > 0) made.setSize({ width: box.clientWidth, height });
    });
    watcher.observe(box);
    return () => {
      watcher.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [shape, height, dark]);

  useEffect(() => {
    plot.current?.setData(data);
  }, [data, markers]);

  const shown = at ?? times.length - 1;
  const time = times[shown];
  return (
    <figure className="chart" aria-labelledby={id}>
      <div className="chart-legend" aria-hidden="true">
        {series.map((it) => {
          const value = it.values[shown];
          return (
            <span key={it.name} className="chart-key">
              <Swatch color={it.color} dashed={it.dashed} />
              {it.name} <b className="number">{typeof value === "number" ? valueText(value) : "–"}</b>
            </span>
          );
        })}
        {time !== undefined && <span className="chart-when">{timeText(time, "second")}</span>}
      </div>
      <div ref={frame} className="chart-frame" role="img" aria-label={label} />
      <figcaption id={id} className="small soft">
        {words}
      </figcaption>
    </figure>
  );
}

function Swatch({ color, dashed }: { color: string; dashed?: boolean }) {
  return <span className={`swatch ${dashed ? "swatch-dashed" : ""}`} style={{ color: `var(${color})` }} />;
}

/// A canvas knows no custom properties: the browser is asked what they come to here and now.
function colorsOf(element: HTMLElement) {
  return (name: string) => {
    const probe = document.createElement("span");
    probe.style.color = `var(${name})`;
    element.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
}

const MINUTE = 60;
const DAY = 86_400;

/// Seconds, minutes or days, as far apart as the marks stand.
function axisText(at: number, step: number): string {
  if (step >= DAY) return timeText(at, "date");
  return timeText(at, step < MINUTE ? "seconds" : "clock");
}

/// Marks closer than what their text tells would say the same several times.
const eachOnce = (texts: string[]) => texts.map((text, index) => (text === texts[index - 1] ? "" : text));

/// A little air above and below, so that no line lies on the edge.
function roomy(_: uPlot, low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [0, 1];
  const air = (high - low || Math.abs(high) || 1) * 0.06;
  return [low - air, high + air];
}

function drawMarkers(it: uPlot, markers: Marker[], color: (name: string) => string) {
  const { ctx, bbox } = it;
  const pixels = window.devicePixelRatio;
  for (const marker of markers) {
    const x = Math.round(it.valToPos(marker.at, "x", true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = color(marker.color);
    ctx.lineWidth = pixels;
    ctx.setLineDash([3 * pixels, 3 * pixels]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.font = `600 ${11 * pixels}px system-ui, sans-serif`;
    const right = x > bbox.left + bbox.width / 2;
    ctx.textAlign = right ? "right" : "left";
    ctx.fillText(marker.name, x + (right ? -5 : 5) * pixels, bbox.top + 12 * pixels);
    ctx.restore();
  }
}
