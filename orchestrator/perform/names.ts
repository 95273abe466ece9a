/** A checkout's id, safe as a folder name and unique among all runs of a repository. */
export function checkoutId(runId: string, name: string): string {
  return `${runId}-${name.replaceAll(/[^a-z0-9]+/gi, "-")}`;
}

/** Where the private clone keeps what an effect made; how it is found again after a crash. */
export function effectRef(runId: string, effectId: string): string {
  return `refs/portcullis/${runId}/${effectId.replaceAll(/[^a-z0-9/]+/gi, "-")}`;
}
