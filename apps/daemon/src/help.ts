const environment = `
Environment:
  NANOCLAW_HOME             where everything is kept (default ~/.nanoclaw)
  NANOCLAW_DRIVER           what runs the containers: auto, bwrap, process (default auto)
  NANOCLAW_PROVIDER         what answers where no model is configured: scripted
  NANOCLAW_MAX_CONTAINERS   how many run at once (default: what half the memory holds
                            at 60 MB each, at most 16 a core, 2 to 64)
  NANOCLAW_IDLE_SECONDS     an idle container is ended after this long (default 300)
  NANOCLAW_SANDBOX_UID      user of the sandboxes when the daemon is root (default 64646)
  NANOCLAW_RETENTION_DAYS   so long what has ended is kept, in days, or forever (default 90)
  NANOCLAW_ARCHIVE          true, false: whether it is archived then (default true)
  NANOCLAW_LOG_LEVEL        debug, info, warn, error (default info)
  TZ                        time zone in which agents read times (default: the machine's)

  The same can stand in config.json in the home, as "driver", "provider", "idleSeconds",
  "sandboxUid", "logLevel", "timezone", and in "limits" as "maxContainers". The environment
  wins over the file, options win over both.`

const exitCodeTable = `
Exit codes:
  0    all went well
  1    it failed; a sentence on standard error says why
  2    the command line was not understood
  3    no daemon runs on this home (chat, status, requeue, deliveries --settle)
  4    a daemon runs, and incidents are open (status)
  130, 143   Ctrl-C or SIGTERM: a second one, which ends it at once; or the first one, when
             input is piped and some of what was taken has no answer yet (it is kept, and
             answered by the next start)`

/** What stands below commander's own help, by command. */
export const helpAfter = {
  program: `
Examples:
  nanoclaw start                            a daemon, and a conversation in this terminal
  printf 'hello\\n' | nanoclaw start         one message a line; ends when all are answered
  nanoclaw start --headless                 a daemon without a conversation, for a service
  nanoclaw chat                             a conversation with the daemon that runs
  nanoclaw status --json                    what runs, for programs
  nanoclaw incidents                        what needs attention, and how to settle it
  nanoclaw deliveries --failed              what did not arrive, and why
  nanoclaw trace ID                         where a message is, and where it has been
  nanoclaw channels add NAME                a chat platform, by the package that knows it
  nanoclaw agents create Ada                one more agent; nanoclaw chats add, nanoclaw wire
  nanoclaw users add telegram:4711 --role admin
                                            somebody who may decide what agents ask for
  nanoclaw approvals                        what waits for a decision
  nanoclaw completion bash                  completes all this with the tab key

  In a clone: npm start, and npm run --silent nanoclaw -- chat
${environment}
${exitCodeTable}

nanoclaw <command> --help says more about one command.`,

  start: `
In a terminal it opens a conversation (/help there lists what can be typed). With standard
input that is not a terminal it reads one message a line, prints each answer on standard
output as "<agent>> text", and ends when everything in that chat has been answered, what
earlier runs left included; messages of a session in quarantine get no answer: that is said,
and it ends with 1. Everything else goes to standard error and logs/daemon.log.

With --json, standard output has one JSON object a line:
  {"type":"ready","agent":…,"chat":…,"driver":…,"home":…,"pid":…}
  {"type":"message","agent":…,"text":…}
  {"type":"error","code":…,"message":…}

Ctrl-C or SIGTERM finishes what is in flight; a second one ends at once.

Examples:
  nanoclaw start
  printf 'hello\\n' | nanoclaw start
  nanoclaw start --headless --home /srv/nanoclaw
${environment}
${exitCodeTable}`,

  chat: `
Attaches to the daemon that runs on this home: to the terminal's first chat, or to another one that
"nanoclaw chats add terminal --name NAME" has made. In a terminal it is a conversation; with
piped input it reads one message a line and ends when all of them have been answered, with 1 when
some will not be, because their session is in quarantine.
With --json each answer is one line: {"type":"message","agent":…,"text":…}.

Examples:
  nanoclaw chat
  nanoclaw chat kitchen
  printf 'hello\\n' | nanoclaw chat
${exitCodeTable}`,

  incidents: `
Lists what is open: of the daemon that runs on this home, or, where none runs, from what the
home holds; with when the operator was told, and through what. --resolve ID says that one has been
seen to, and does what follows from that:
  session-quarantined   its messages are worked on: look at its outbound folder first
  turn-interrupted      the messages are let be: they end as failed, which is said in the chat; to
                        have them worked on again: nanoclaw requeue ID (a daemon has to run for both)
  delivery-ambiguous    cannot be resolved so: say what you know with nanoclaw deliveries --settle
With --json the list is {"running":…,"incidents":[…]}, and what was resolved {"resolved":ID}.

Examples:
  nanoclaw incidents
  nanoclaw incidents --resolve inc-0198c0de-…
${exitCodeTable}`,

  deliveries: `
Lists what agents have sent, over all sessions, newest first: when it was taken, its state, the
tries that sent nothing (TRIES), how often it was not known whether it had arrived (UNSURE), and
what is waited for, what went wrong and its first words. --failed leaves those that did not arrive
(failed, refused), and those that a person is asked about (ambiguous, where the channel's
"unknownOutcome" is "ask"). Works with the daemon running or not.

--settle ID says what you have found out about one of the latter, in place of the list: delivered,
or failed, of which its agent is told. To have it sent again instead: nanoclaw requeue ID. Both
need a daemon that runs.

The states: queued (waits), retrying (waits for its channel, or the next try), sending, delivered,
ambiguous (it is not known whether it arrived), refused (its agent may not write there), failed.

In a terminal lines are cut to its width; elsewhere each delivery is one whole line, its id first.
With --json it is {"running":…,"deliveries":[…],"sessions":N,"unread":[…]}.

Examples:
  nanoclaw deliveries --failed
  nanoclaw deliveries --limit 200 --json
  nanoclaw deliveries --settle out-0198c0de-… delivered
${exitCodeTable}`,

  trace: `
Shows the whole way of one message with the milliseconds from hop to hop, as the rows tell it: when
it was accepted, claimed by a runner (each claim is a try), ended; and of each answer when it was
written, taken by the host, sent, and how it ended, with the platform's id. ID is that of a message
to an agent (in-…) or of one of its answers (out-…): both show the same way. Works with the daemon
running or not. With --json it is {"id":…,"sessionId":…,"hops":[…]}.

Examples:
  nanoclaw trace out-0198c0de-…
  nanoclaw trace in-0198c0de-… --json
${exitCodeTable}`,

  requeue: `
Tries a message again, in the daemon that runs on this home, and says what became of it.
  out-…  one that failed or was refused is sent again, whole or from the part on that did not
         arrive; one that a person is asked about is sent again under the same key
  in-…   one whose interrupted turn a person is asked about is given to its agent again; one that
         has failed is, too, as a copy
Anything else is refused: what has arrived is not sent twice.

Examples:
  nanoclaw requeue out-0198c0de-…
  nanoclaw deliveries --failed --json | jq -r '.deliveries[].id' | xargs -n 1 nanoclaw requeue
${exitCodeTable}`,

  forget: `
Removes what is kept of a person, whom you name by channel and the platform's own id of them (the
senderId of their messages), and says what was removed:
  their messages, the answers to them, attachments, archives, events; in a conversation in which
  nobody else has spoken: everything
  what the agent remembers of every conversation they took part in: its container is ended, and
  begins anew, for others in it, too
  receipts, notes of the channel, the words of incidents; and the bytes of all that in the files
It cannot reach what others have quoted, the agent's own folder, copies of the home, the platform.

Done by the daemon that runs on this home, or without one. In a terminal it asks first; elsewhere it
wants --yes. It may be done again, and has to be after a crash; it ends with 1 where a session was
left because others still wait for an answer in it: do it again then. With --json the report is
{"person":…,"dryRun":…,"sessions":[…],"central":{…},"beyond":[…]}.

Examples:
  nanoclaw forget telegram:4711 --dry-run
  nanoclaw forget telegram:4711
${exitCodeTable}`,

  completion: `
Prints what makes the tab key complete commands, flags, and the names of agents, chats, users and
requests of the home ($NANOCLAW_HOME or ~/.nanoclaw). It calls this very program: let the shell read it
anew when it starts. In a clone, where the command is npm's, give it the name first:
  alias nanoclaw='npm run --silent nanoclaw --'

Examples:
  source <(nanoclaw completion bash)        in ~/.bashrc
  source <(nanoclaw completion zsh)         in ~/.zshrc, after compinit
  nanoclaw completion fish | source         in ~/.config/fish/config.fish
${exitCodeTable}`,

  channels: `
Lists the channels of config.json; where a daemon runs, how each of them does. With --json it is
{"running":…,"channels":[…]}. A channel that does not run stops nothing else: it is told at the
start, here, and by nanoclaw incidents.

Examples:
  nanoclaw channels
  nanoclaw channels add nanoclaw-adapter-parrot
  nanoclaw channels remove nanoclaw-adapter-parrot
${exitCodeTable}`,

  channelsAdd: `
Installs the package into channels/ in the home with npm: by name (with @version or not), from a
folder (. is this one) or from a tarball; nothing from git or from an address. What is there already
is left as it is; NAME@latest brings the newest.
In a terminal it asks for each option that the adapter declares; $NAME as an answer stands for an
environment variable. Elsewhere, and with --json, the flags have to say all. The same channel again
changes its options. It works from the next start of the daemon on.

Examples:
  nanoclaw channels add nanoclaw-adapter-parrot
  nanoclaw channels add . --chat lobby
  nanoclaw channels add nanoclaw-adapter-parrot --instance second \\
    --option url=http://127.0.0.1:4420 --env token=PARROT_TOKEN --chat lobby
${exitCodeTable}`,

  channelsRemove: `
Takes the channel out of config.json, and uninstalls its package when no other channel needs it.
What was said in its chats stays; messages that wait for it are kept until it is back.

Examples:
  nanoclaw channels remove nanoclaw-adapter-parrot
  nanoclaw channels remove nanoclaw-adapter-parrot --instance second
${exitCodeTable}`,

  status: `
Asks the daemon that runs on this home; where none runs, says so and lists what the home
holds. With --json it is one object; "running" tells which of the two it was. It ends with 0 only
where a daemon runs and no incident is open, so that a monitor can watch it.

Examples:
  nanoclaw status
  nanoclaw status --json
${exitCodeTable}`,
} as const
