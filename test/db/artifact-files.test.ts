import { readdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { limits } from "../../core/limits.ts";
import { openStore } from "../../db/open-store.ts";
import { canaryRedactor } from "../contract/store-case.ts";
import { scratchDirectory } from "../support/scratch.ts";

const given = { runId: "r1", name: "n", mediaType: "text/plain" };

async function open() {
  const stateDirectory = scratchDirectory("artifacts");
  const store = await openStore({ stateDirectory, redactor: canaryRedactor });
  const { digest } = await store.artifacts.put("content", given);
  const folder = join(stateDirectory, "artifacts", digest.slice(0, 2));
  return { store, digest, stateDirectory, folder, file: join(folder, digest.slice(2)) };
}

test("given content that was put, when one looks at the disk, then it is one file under its digest and no other", async () => {
  const { store, folder, digest } = await open();
  await store.artifacts.put("content", { ...given, runId: "r2" });
  expect(readdirSync(folder)).toEqual([digest.slice(2)]);
  await store.close();
});

test("given a file that was changed, when it is asked for, then it is damaged; when it is put again, then it is whole", async () => {
  const { store, file, digest } = await open();
  writeFileSync(file, "CONTENT");
  await expect(store.artifacts.get(digest)).rejects.toMatchObject({
    code: "artifact.damaged",
    kind: "environment",
  });
  await store.artifacts.put("content", given);
  expect(Buffer.from((await store.artifacts.get(digest)) ?? []).toString()).toBe("content");
  await store.close();
});

test("given a file that grew beyond all limits, when it is asked for, then it is refused without being read", async () => {
  const { store, file, digest } = await open();
  truncateSync(file, limits.artifactBytes * 1000);
  await expect(store.artifacts.get(digest)).rejects.toMatchObject({ code: "artifact.damaged" });
  await store.close();
});

test("given a file in the way of the folder, when content is put, then it is the environment's error and no row is kept", async () => {
  const stateDirectory = scratchDirectory("in-the-way");
  writeFileSync(join(stateDirectory, "artifacts"), "");
  const store = await openStore({ stateDirectory, redactor: canaryRedactor });
  await expect(store.artifacts.put("content", given)).rejects.toMatchObject({
    code: "artifact.unwritable",
    kind: "environment",
  });
  expect(await store.artifacts.list("r1")).toEqual([]);
  await store.close();
});
