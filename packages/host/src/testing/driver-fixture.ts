/**
 * The runner that {@link driverConformance} starts: plain Node, no dependency. What it does is
 * chosen by the variable `FIXTURE`; what it found out it writes to `outbound/report.json`.
 */
export const fixtureEntry = 'runner.mjs'

/** Source of the fixture runner. */
export const fixtureSource = `
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { spawn, spawnSync } from 'node:child_process'

const inbound = path.dirname(process.env.SESSION_INBOUND_DB_PATH)
const outbound = path.dirname(process.env.SESSION_OUTBOUND_DB_PATH)
const given = JSON.parse(process.env.FIXTURE_INPUT ?? '{}')
const ring = () => process.stdout.write('ring\\n')
const stayAlive = () => setInterval(() => {}, 1000)
const report = (value) => {
  fs.writeFileSync(outbound + '/report.new', JSON.stringify(value))
  fs.renameSync(outbound + '/report.new', outbound + '/report.json')
  ring()
}
const attempt = (act) => {
  try {
    act()
    return 'done'
  } catch (error) {
    return error.code ?? error.message
  }
}
const onRing = (act) => {
  let rest = ''
  process.stdin.on('data', (chunk) => {
    const lines = (rest + chunk).split('\\n')
    rest = lines.pop()
    for (const line of lines) if (line === 'ring') act()
  })
}

function files(folder, found = []) {
  for (const entry of attemptList(folder)) {
    const at = path.join(folder, entry.name)
    if (['/proc', '/sys', '/usr', '/dev'].includes(at)) continue
    found.push(entry.name)
    if (entry.isDirectory()) files(at, found)
  }
  return found
}
function attemptList(folder) {
  try {
    return fs.readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}
function connect(host, port) {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port, timeout: 2000 })
    socket.once('connect', () => resolve('connected'))
    socket.once('timeout', () => resolve('timeout'))
    socket.once('error', (error) => resolve(error.code))
  }).then((outcome) => outcome)
}
function commandLines() {
  return fs
    .readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .map((pid) => {
      try {
        return fs.readFileSync('/proc/' + pid + '/cmdline', 'utf8')
      } catch {
        return ''
      }
    })
}

const acts = {
  echo() {
    onRing(ring)
    process.stdin.on('end', () => process.exit(0))
    process.stderr.write('up\\n')
  },
  deaf() {
    process.stdin.resume()
    stayAlive()
    ring()
  },
  early() {
    for (let i = 0; i < 3; i++) fs.writeSync(1, 'ring\\n')
    process.stderr.write('rung\\n')
    stayAlive()
  },
  exit() {
    process.stderr.write('last words')
    process.exitCode = given.code
  },
  suicide() {
    process.kill(process.pid, 'SIGKILL')
  },
  // A ring that follows much that is none.
  noise() {
    const noise = Buffer.alloc(64 * 1024, 'ring')
    for (let i = 0; i < 16; i++) fs.writeSync(1, noise)
    fs.writeSync(1, '\\nringring\\n ring\\nring \\nring\\r\\nRING\\n\\0ring\\n')
    process.stderr.write('y'.repeat(100_000) + '\\nnoise is over\\n')
    onRing(ring)
  },
  flood() {
    const chunk = Buffer.alloc(64 * 1024, 'x')
    const pour = (stream) => stream.write(chunk, () => pour(stream))
    pour(process.stdout)
    pour(process.stderr)
  },
  // Another process of the container, which holds a FIFO open as long as it lives.
  background() {
    const hold = 'require("fs").openSync(process.argv[1], "w"); setInterval(() => {}, 1000)'
    const args = ['-e', hold, path.join(outbound, 'fifo')]
    spawn(process.execPath, args, { stdio: 'ignore', detached: given.detached })
    onRing(() => process.exit(0))
    stayAlive()
  },
  environment() {
    fs.writeFileSync('made-by-runner', 'content')
    fs.writeFileSync(path.join(outbound, 'made-by-runner'), 'content')
    const temp = path.join(os.tmpdir(), 'conformance-' + process.pid)
    fs.writeFileSync(temp, '')
    fs.rmSync(temp)
    const inboundText = fs.readFileSync(path.join(inbound, 'inbound.db'), 'utf8')
    report({ env: process.env, cwd: process.cwd(), version: process.version, inboundText })
  },
  async attackInbound() {
    ring()
    await new Promise(onRing)
    const file = path.join(inbound, 'inbound.db')
    const outcomes = {
      append: attempt(() => fs.appendFileSync(file, 'forged')),
      create: attempt(() => fs.writeFileSync(file + '-journal', 'forged')),
      rename: attempt(() => fs.renameSync(file, file + '-old')),
      replace: attempt(() => {
        fs.writeFileSync(path.join(outbound, 'forged'), '')
        fs.renameSync(path.join(outbound, 'forged'), file)
      }),
      link: attempt(() => fs.linkSync(file, path.join(outbound, 'linked'))),
      remove: attempt(() => fs.unlinkSync(file)),
      mode: attempt(() => fs.chmodSync(file, 0o777)),
      times: attempt(() => fs.utimesSync(file, 0, 0)),
      renameFolder: attempt(() => fs.renameSync(inbound, inbound + '-old')),
    }
    // Rights that a user namespace of its own would lend.
    const commands = {
      unmount: 'umount ' + inbound,
      remount: 'mount -o remount,rw,bind ' + inbound,
      userRemount: 'unshare -Urm sh -c "mount -o remount,rw,bind ' + inbound + '"',
    }
    for (const [name, command] of Object.entries(commands)) {
      const done = spawnSync('/bin/sh', ['-c', command + ' && touch ' + inbound + '/forged'])
      outcomes[name] = done.status === 0 ? 'done' : 'failed'
    }
    report(outcomes)
  },
  async look() {
    const status = fs.readFileSync('/proc/self/status', 'utf8')
    report({
      interfaces: Object.keys(os.networkInterfaces()),
      loopback: await connect('127.0.0.1', given.port),
      outside: await connect('192.0.2.1', 80),
      names: files('/'),
      paths: given.paths.filter((file) => fs.existsSync(file)),
      commands: commandLines(),
      rights: status.match(/^(Cap...|NoNewPrivs|Groups):.*$/gm),
      uid: process.getuid(),
      descriptors: fs.readdirSync('/proc/self/fd').flatMap((fd) => {
        try {
          return [fs.readlinkSync('/proc/self/fd/' + fd)]
        } catch {
          return []
        }
      }),
      rootFile: attempt(() => fs.writeFileSync('/forged', '')),
      runnerFile: attempt(() => fs.appendFileSync(process.argv[1], '//')),
      nodeFile: attempt(() => fs.appendFileSync(process.execPath, '//')),
      usrFile: attempt(() => fs.writeFileSync('/usr/forged', '')),
    })
  },
  instructions() {
    report({
      text: fs.readFileSync('AGENTS.md', 'utf8'),
      write: attempt(() => fs.writeFileSync('AGENTS.md', 'forged')),
      remove: attempt(() => fs.unlinkSync('AGENTS.md')),
      rename: attempt(() => fs.renameSync('AGENTS.md', 'AGENTS.old')),
      replace: attempt(() => {
        fs.writeFileSync('forged', 'forged')
        fs.renameSync('forged', 'AGENTS.md')
      }),
      secondName: attempt(() => fs.linkSync('AGENTS.md', 'second')),
      mode: attempt(() => fs.chmodSync('AGENTS.md', 0o777)),
      moveFolder: attempt(() => fs.renameSync(process.cwd(), process.cwd() + '-old')),
      unmount: spawnSync('/bin/sh', ['-c', 'umount AGENTS.md']).status === 0 ? 'done' : 'failed',
    })
  },
}
await acts[process.env.FIXTURE]()
`
