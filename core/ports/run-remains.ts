export interface Remains {
  refs: number;
  workTrees: number;
}

/** What runs left outside of the store, in all private clones of a state folder: refs, the objects under them, work trees, temporary folders. */
export interface RunRemains {
  /** Folders of work trees that are still there: work that no commit has, where the run has ended. */
  workTreesOf(runId: string): Promise<readonly string[]>;
  /** Runs that have a work tree. */
  withWorkTrees(): Promise<ReadonlySet<string>>;
  /**
   * Takes it away for these runs. Objects that nothing reaches any more go too: all of them, or with `keepNew` (a run is at work, and its
   * newest objects may not be reached yet) those older than a day. `thorough`: in every clone, whatever time it takes; else
   * where something was removed, for seconds.
   */
  remove(runIds: ReadonlySet<string>, options: { keepNew: boolean; thorough: boolean }): Promise<Remains>;
}
