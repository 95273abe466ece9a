import type { Change, MeasuredChange } from "../change.ts";

export interface Checkout {
  id: string;
  directory: string;
  /** What git commands run in the checkout have to read: its objects and refs. */
  gitDirectory: string;
}

export interface CandidateCommit {
  commit: string;
  tree: string;
}

/** Names of a commit's trailers with their values; `Portcullis-Effect` is how a commit is found again. */
export type Trailers = Readonly<Record<string, string>>;

export interface CommitRequest {
  checkout: Checkout;
  parent: string;
  message: string;
  trailers: Trailers;
  /** Paths that are never part of a commit: what the environment put there. */
  leaveOut: readonly string[];
  /** A ref of the private clone that keeps the commit, e.g. `refs/portcullis/RUN/execute/slugify/1`. */
  ref: string;
}

export interface AddFilesRequest {
  onto: string;
  from: string;
  /** Paths of regular files that `from` has and `onto` has not; others are passed over. */
  paths: readonly string[];
  message: string;
  ref: string;
}

/**
 * One repository, as a private clone that nobody else writes. Commits are named by full id; the user's repository is
 * only read. Git's hooks, fsmonitor, filters and signing are off.
 */
export interface Workspace {
  readonly repositoryId: string;
  /** Brings a commit of the user's repository into the private clone. */
  fetch(commit: string): Promise<void>;
  /** A clean checkout of `commit`; one of the same id is removed first. */
  checkOut(id: string, commit: string): Promise<Checkout>;
  /** The checkout of that id, or null. */
  findCheckout(id: string): Promise<Checkout | null>;
  /** Also one that was made ahead, and what was left of it. */
  removeCheckout(id: string): Promise<void>;
  /** Ids of all checkouts that begin so, also of those made ahead and of what is left of one. */
  listCheckouts(prefix: string): Promise<readonly string[]>;
  /** Whether a checkout holds what would be lost with it: changes that no commit has, or a commit that no ref keeps; ignored files and `leaveOut` aside. */
  hasUnsavedWork(checkout: Checkout, leaveOut: readonly string[]): Promise<boolean>;
  /** Out of the way when this resolves, and gone when `removed` does. */
  discardCheckout(id: string): Promise<{ removed: Promise<void> }>;
  /**
   * A clean checkout made before it is known what for, in a folder that sandboxes are denied whole. Files may be put beside
   * the commit's; nothing may execute in it. An abort rejects, and nothing of it stays.
   */
  makeAhead(id: string, commit: string, signal: AbortSignal): Promise<Checkout>;
  /**
   * Makes of one made ahead the checkout `id` of `commit`, as `checkOut` gives it, with `beside` and nothing else beside the
   * commit's files. Null where it does not come to that: then nothing of it stays. Nobody has it any more in either case.
   */
  takeAhead(
    ahead: Checkout,
    wanted: { id: string; commit: string; beside: readonly string[] },
  ): Promise<Checkout | null>;
  commit(request: CommitRequest): Promise<CandidateCommit>;
  /** What a ref of the private clone points at, or null. */
  resolveRef(ref: string): Promise<CandidateCommit | null>;
  treeOf(commit: string): Promise<string>;
  changes(from: string, to: string): Promise<readonly Change[]>;
  /** The same with modes, sizes and lines of both sides. No attribute of a commit has a say in it. */
  measureChanges(from: string, to: string): Promise<readonly MeasuredChange[]>;
  /** Contents by the ids that `measureChanges` gives. Larger than `maxBytes` together: `file.too-large`. */
  readObjects(objects: readonly string[], maxBytes: number): Promise<ReadonlyMap<string, Uint8Array>>;
  /** Null where the commit has no such file; a link or folder is none. Larger than `maxBytes`: `file.too-large`. */
  readFile(commit: string, path: string, maxBytes: number): Promise<Uint8Array | null>;
  /** All paths of a commit's tree. */
  listFiles(commit: string): Promise<readonly string[]>;
  /** `onto` with these files of `from`: a commit, kept under `ref`. Error where one takes the place of another. */
  addFiles(request: AddFilesRequest): Promise<CandidateCommit>;
  /** Three-way, without a work tree. A fast-forward where it can be. The result is kept under `ref`. */
  merge(request: {
    onto: string;
    commit: string;
    message: string;
    trailers: Trailers;
    ref: string;
  }): Promise<{ merged: CandidateCommit } | { conflicts: readonly string[] }>;
}
