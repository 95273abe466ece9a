export type Files = Readonly<Record<string, string>>;

/** What a commit does to the tree of its parent. */
export interface Edit {
  write?: Files;
  delete?: readonly string[];
  /** Paths that become executable, or are no longer. */
  executable?: Readonly<Record<string, boolean>>;
  /** Symbolic links, with their targets. */
  link?: Files;
  /** Submodules, with the commit that they name. */
  gitlink?: Files;
  /** A shell line that makes what text cannot say. */
  run?: string;
  /** Sparse files, with their size in bytes. */
  sparse?: Readonly<Record<string, number>>;
}

/** A commit that wins without doing the work, and one of the same kind that does it. */
export interface Cheat {
  name: string;
  /** Over the files of its ecosystem. */
  base?: Files;
  cheat: Edit;
  twin: Edit;
  /** The gate, as its verdict is named; or the error's code where the input itself is refused. */
  refusedBy: string;
}

/** A cheat that no gate can see, with the reason. Not counted; the suite insists that it still passes. */
export interface OutOfReach {
  name: string;
  base?: Files;
  cheat: Edit;
  why: string;
}

/** Repositories of one kind: `base` has tests that fail. */
export interface Ecosystem {
  name: string;
  base: Files;
  cheats: readonly Cheat[];
  outOfReach: readonly OutOfReach[];
}
