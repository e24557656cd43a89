/** What a function of the thread's side is given. */
export type Given<Methods, Name extends keyof Methods> = Methods[Name] extends (
  ...args: infer Args
) => unknown
  ? Args
  : never

/** What it gives back. */
export type GivenBack<Methods, Name extends keyof Methods> = Methods[Name] extends (
  ...args: never[]
) => infer Result
  ? Result
  : never

/** A file that a thread has open for its owner. */
export interface ThreadFile<Methods> {
  /**
   * Calls a function of the thread's side; one file's are called in the order they are asked for.
   * Rejects with what it throws; with `io` when its thread ends before it answers (what became of it
   * is not known; the next call opens the file anew); with `closed` after `close`.
   */
  call<Name extends keyof Methods & string>(
    name: Name,
    ...args: Given<Methods, Name>
  ): Promise<GivenBack<Methods, Name>>
  /**
   * Resolves when what was asked for is done and the file, if nobody else has a handle of it, is
   * closed. May be called again.
   */
  close(): Promise<void>
}

/** Which file. */
export interface FileAt {
  readonly path: string
}

/** What files are opened in, once each: whoever opens one that is open gets a handle of it. */
export interface Threads {
  /**
   * Opens a file: `kind` is a name of the thread's program, `options` plain data, those of the first
   * who opens it. Rejects with what opening throws, and with `closed` after `close`.
   */
  open<Methods>(kind: string, options: FileAt): Promise<ThreadFile<Methods>>
  /** Resolves when what was asked for is done, every file is closed, and every thread has ended. */
  close(): Promise<void>
}

/** What opens anew whatever it is asked for. */
export interface AnyThreads {
  /** As that of {@link Threads}. */
  open<Methods>(kind: string, options: unknown): Promise<ThreadFile<Methods>>
  /** Resolves when what was asked for is done, every file is closed, and every thread has ended. */
  close(): Promise<void>
}
