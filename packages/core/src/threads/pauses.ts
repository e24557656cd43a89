/** Has put something off, perhaps. Says whether it had. */
interface Pausing {
  pause?(): boolean
}

/** So long nothing has been asked of a thread before it does what can wait, in milliseconds. */
const pauseMs = 50

/**
 * Does in pauses what files have put off so that no request waits for it: one file at a time, so that
 * one which comes in between waits for no more than that. To be told of all that is asked.
 */
export function createPauses(files: ReadonlyMap<number, Pausing>): { put(): void } {
  let timer: NodeJS.Timeout | undefined

  function hasWorked(file: Pausing): boolean {
    try {
      return file.pause?.() ?? false
    } catch {
      // It can wait for the next pause; a commit says what is wrong with the disk.
      return false
    }
  }

  function work(): void {
    for (const file of files.values()) if (hasWorked(file)) return void timer?.refresh()
  }

  return {
    put() {
      if (timer === undefined) timer = setTimeout(work, pauseMs).unref()
      else timer.refresh()
    },
  }
}
