/** A line of a plot: points by their label on the x axis, in its order. */
export interface Series {
  readonly name: string
  readonly isOurs: boolean
  readonly values: readonly number[]
}

/** A plot with a logarithmic y axis. */
export interface Plot {
  readonly title: string
  /** What the y axis tells. */
  readonly measure: string
  readonly labels: readonly string[]
  readonly xTitle: string
  readonly series: readonly Series[]
}

const width = 400
const height = 300
const area = { left: 62, right: width - 20, top: 64, bottom: height - 52 }

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

interface Text {
  readonly x: number
  readonly y: number
  readonly anchor?: 'start' | 'middle' | 'end'
  readonly kind?: string
}

function text(content: string, { x, y, anchor = 'start', kind = 'ink' }: Text): string {
  return `<text x="${x}" y="${y}" class="${kind}" text-anchor="${anchor}">${escaped(content)}</text>`
}

function shown(value: number): string {
  return Number(value.toPrecision(2)).toLocaleString('en-US', { maximumFractionDigits: 4 })
}

function plotOne({ title, measure, labels, xTitle, series }: Plot, offset: number): string {
  const values = series.flatMap((one) => one.values).filter((value) => value > 0)
  const low = Math.floor(Math.log10(Math.min(...values)))
  const high = Math.ceil(Math.log10(Math.max(...values)))
  const xOf = (index: number): number =>
    area.left + 26 + (index * (area.right - area.left - 60)) / Math.max(1, labels.length - 1)
  const yOf = (value: number): number => {
    const share = (Math.log10(Math.max(value, 10 ** low)) - low) / Math.max(1, high - low)
    return Math.round((area.bottom - share * (area.bottom - area.top)) * 10) / 10
  }
  // Figures of two lines that cross would stand on each other.
  const isHighest = (value: number, index: number): boolean =>
    series.every(({ values: others }) => (others[index] ?? 0) <= value)
  const grid = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)).map(
    (value) =>
      `<line class="grid" x1="${area.left}" x2="${area.right}" y1="${yOf(value)}" y2="${yOf(value)}"/>` +
      text(shown(value), { x: area.left - 8, y: yOf(value) + 4, anchor: 'end', kind: 'soft' }),
  )
  const lines = series.map(({ name, isOurs, values: points }) => {
    const kind = isOurs ? 'ours' : 'loop'
    const path = points.map((value, index) => `${xOf(index)},${yOf(value)}`).join(' ')
    const dots = points.map(
      (value, index) =>
        `<circle class="${kind} dot" cx="${xOf(index)}" cy="${yOf(value)}" r="3.5"/>` +
        text(shown(value), {
          ...{ x: xOf(index), y: yOf(value) + (isHighest(value, index) ? -9 : 17) },
          ...{ anchor: 'middle', kind: `${kind} label` },
        }),
    )
    const legend = text(name, {
      ...{ x: isOurs ? area.left : area.left + 130, y: 52, kind: `${kind} label` },
    })
    return `<polyline class="${kind} line" points="${path}"/>${dots.join('')}${legend}`
  })
  const axis = labels.map((label, index) =>
    text(label, { x: xOf(index), y: area.bottom + 18, anchor: 'middle', kind: 'soft' }),
  )
  const middle = (area.left + area.right) / 2
  return [
    `<g transform="translate(${offset} 0)">`,
    text(title, { x: area.left, y: 18, kind: 'ink title' }),
    text(measure, { x: area.left, y: 35, kind: 'soft' }),
    ...grid,
    ...axis,
    text(xTitle, { x: middle, y: area.bottom + 38, anchor: 'middle', kind: 'soft' }),
    ...lines,
    '</g>',
  ].join('\n')
}

const style = `
  text { font: 12px system-ui, sans-serif }
  .title { font-weight: 600; font-size: 13px }
  .ink { fill: #1f2328 } .soft { fill: #59636e }
  .grid { stroke: #d1d9e0; stroke-width: 1 }
  .line { fill: none; stroke-width: 2 }
  .ours.line { stroke: #0a7d5a } .ours.dot, .ours.label { fill: #0a7d5a }
  .loop.line { stroke: #b35900; stroke-dasharray: 5 4 } .loop.dot, .loop.label { fill: #b35900 }
  .label { font-weight: 600; font-size: 11px }
  .paper { fill: #ffffff }
  @media (prefers-color-scheme: dark) {
    .ink { fill: #f0f6fc } .soft { fill: #9198a1 }
    .grid { stroke: #3d444d } .paper { fill: #0d1117 }
    .ours.line { stroke: #3fb98f } .ours.dot, .ours.label { fill: #3fb98f }
    .loop.line { stroke: #e0934a } .loop.dot, .loop.label { fill: #e0934a }
  }
`

/** Plots side by side, as one SVG for light and dark pages. */
export function drawPlots(plots: readonly Plot[], description: string): string {
  const whole = width * plots.length
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${whole} ${height}" width="${whole}" height="${height}" role="img" aria-label="${escaped(description)}">`,
    `<style>${style}</style>`,
    `<rect class="paper" width="${whole}" height="${height}" rx="6"/>`,
    ...plots.map((plot, index) => plotOne(plot, index * width)),
    '</svg>\n',
  ].join('\n')
}
