import type { VNode } from "preact";

/** What is compared: one bar, or two of the same thing before and after. */
export interface ChartRow {
  readonly label: string;
  readonly values: readonly number[];
  /** The values as people read them. */
  readonly written: readonly string[];
}

/** Drawn for the narrowest screen: letters stay legible at 320 pixels, and on a wide one it is scaled at most twice. */
const WIDTH = 320;
const LABEL = 15;
const BAR = 13;
const GAP = 9;
const LETTERS = 44;

/**
 * Bars under their labels; the same numbers stand in the table beside it, so that a reader of the screen is told only what it is.
 * @param series names of the bars, where there are several
 */
export function Chart(given: { id: string; title: string; rows: readonly ChartRow[]; series?: readonly string[] }): VNode | null {
  const { id, title, rows, series = [] } = given;
  if (rows.length === 0) return null;
  const most = Math.max(...rows.flatMap(({ values }) => values), 0);
  const each = (row: ChartRow) => LABEL + row.values.length * BAR + GAP;
  const legend = series.length > 1 ? LABEL + 4 : 0;
  const height = legend + rows.reduce((sum, row) => sum + each(row), 0);
  let top = legend;
  return (
    <svg
      class={series.length > 1 ? "chart pair" : "chart"}
      viewBox={`0 0 ${WIDTH} ${height}`}
      role="img"
      aria-labelledby={`${id}-title`}
    >
      <title id={`${id}-title`}>{title}</title>
      {series.length > 1 &&
        series.map((name, index) => (
          <g transform={`translate(${index * 110} 0)`}>
            <rect class={`chart-bar s${index}`} x="0.5" y="1.5" width="10" height="10" />
            <text class="chart-text" x="15" y="11">
              {name}
            </text>
          </g>
        ))}
      {rows.map((row) => {
        const y = top;
        top += each(row);
        return (
          <g>
            <text class="chart-text" x="0" y={y + 11}>
              {cut(row.label)}
            </text>
            {row.values.map((value, index) => {
              const width = most === 0 ? 0 : (value / most) * (WIDTH - 90);
              const at = y + LABEL + index * BAR;
              return (
                <>
                  <rect
                    class={`chart-bar s${index}`}
                    x="0.5"
                    y={at + 0.5}
                    width={Math.max(width, value > 0 ? 1.5 : 0).toFixed(1)}
                    height={BAR - 3}
                  />
                  <text class="chart-number" x={(width + 6).toFixed(1)} y={at + BAR - 4}>
                    {row.written[index]}
                  </text>
                </>
              );
            })}
          </g>
        );
      })}
    </svg>
  );
}

function cut(label: string): string {
  const letters = [...label];
  return letters.length <= LETTERS
    ? label
    : `${letters
        .slice(0, LETTERS - 1)
        .join("")
        .trimEnd()}…`;
}
