import { channelName } from '../channels/channel-name.ts'
import { requestStatus } from '../control/request.ts'
import type { StatusReport } from '../control/protocol.ts'
import { exitCodes, oneLine } from '../failure.ts'
import type { HomeReport } from '../status-report.ts'
import { readStoredStatus } from '../stored-status.ts'
import { channelLine } from './channel-line.ts'
import type { CommandContext } from './context.ts'
import { ifRunning } from './if-running.ts'
import { operatorLines } from './operator-lines.ts'

/** Says what runs on this home, or what it holds; gives the exit code. */
export async function runStatus(context: CommandContext): Promise<number> {
  const { config, json, stdout } = context
  const report = await ifRunning(() => requestStatus(config.socketPath, config.home))
  if (report !== undefined) {
    const found = { running: true, ...report }
    stdout.write(json ? `${JSON.stringify(found, null, 2)}\n` : runningText(report))
    return report.incidents.length === 0 ? exitCodes.ok : exitCodes.incidentsOpen
  }
  const stored = readStoredStatus(config.layout) ?? { agents: [], chats: [], incidents: [] }
  const found = { running: false, home: config.home, ...stored }
  stdout.write(json ? `${JSON.stringify(found, null, 2)}\n` : stoppedText(config.home, stored))
  return exitCodes.notRunning
}

function runningText(report: StatusReport): string {
  const { home, pid, startedAt, version, driver, host, channels } = report
  return [
    `NanoClaw ${version} runs on ${home} (process ${pid}, since ${startedAt}).`,
    `Containers: ${host.containers} of at most ${host.maxContainers}, by ${driver.name} (isolation: ${driver.isolation})`,
    ...host.channels
      .filter(({ channelType }) => channelType === 'terminal')
      .map(({ channelType, instance = '', ...standing }) => {
        const name = channelName({ adapter: channelType, instance })
        return `Channel:    ${channelLine(name, standing)}`
      }),
    ...channels.map((channel) => `Channel:    ${channelLine(channelName(channel), channel)}`),
    ...waitingLines(report),
    ...operatorLines(report.host.operator),
    ...homeLines(report),
  ].join('\n')
}

function waitingLines({ deliveries }: StatusReport): string[] {
  const counts = Object.entries(deliveries).map(([status, count]) => `${count} ${status}`)
  return counts.length === 0 ? [] : [`On the way: ${counts.join(', ')} (nanoclaw deliveries)`]
}

function stoppedText(home: string, report: HomeReport): string {
  const begin = 'start one with npm start'
  return [`No daemon runs on ${home}; ${begin}.`, ...homeLines(report)].join('\n')
}

function homeLines({ agents, chats, incidents }: HomeReport): string[] {
  return [
    ...agents.map(({ name, provider }) => `Agent:      ${oneLine(name)} (${provider})`),
    ...chats.map(({ name, channelType }) => `Chat:       ${oneLine(name)} on ${channelType}`),
    incidents.length === 0 ? 'Incidents:  none open' : `Incidents:  ${incidents.length} open`,
    ...incidents.map(({ kind, message, occurrences, openedAt }) => {
      const often = occurrences > 1 ? `, ${occurrences} times` : ''
      return `  ${openedAt} ${kind}${often}: ${oneLine(message)}`
    }),
    '',
  ]
}
