import { describe, expect, test } from "vitest";
import { sha256 } from "../../core/digest.ts";
import { limits } from "../../core/limits.ts";
import { canary, type OpenStoreCase } from "./store-case.ts";

const given = { runId: "r1", name: "out/a.bin", mediaType: "application/octet-stream" };

/** What every adapter of the `ArtifactStore` port keeps. */
export function artifactStoreContract(name: string, open: OpenStoreCase): void {
  describe(`artifact store: ${name}`, () => {
    test("given bytes, when they are put twice, then they are there once, under their digest", async () => {
      const { store, second } = await open();
      const bytes = Uint8Array.from([0, 255, 10, 13]);
      const stored = await store.artifacts.put(bytes, given);
      await second.artifacts.put(bytes, given);
      expect(stored).toEqual({ digest: sha256(bytes), bytes: 4, mediaType: given.mediaType });
      expect(Uint8Array.from((await second.artifacts.get(stored.digest)) ?? [])).toEqual(bytes);
      expect(await second.artifacts.list("r1")).toEqual([{ name: given.name, ...stored }]);
    });

    test("given two contents of one name, when they are listed, then both are there as they came", async () => {
      const { store } = await open();
      await store.artifacts.put("second", { ...given, name: "b" });
      const one = await store.artifacts.put("one", given);
      const two = await store.artifacts.put("two", given);
      const digests = (await store.artifacts.list("r1")).slice(1).map(({ digest }) => digest);
      expect(digests).toEqual([one.digest, two.digest]);
      expect(await store.artifacts.list("r2")).toEqual([]);
    });

    test("given text with a secret, when it is put, then the secret is not kept; bytes stay what they are", async () => {
      const { store } = await open();
      const text = await store.artifacts.put(`a ${canary}`, given);
      const bytes = await store.artifacts.put(Buffer.from("x".repeat(20)), given);
      expect(Buffer.from((await store.artifacts.get(text.digest)) ?? []).toString()).toBe("a [redacted]");
      expect(bytes.digest).toBe(sha256("x".repeat(20)));
    });

    test("given content at the limit and one byte over it, when they are put, then only the second is refused", async () => {
      const { store } = await open();
      const largest = new Uint8Array(limits.artifactBytes);
      expect(await store.artifacts.put(largest, given)).toMatchObject({ bytes: limits.artifactBytes });
      await expect(
        store.artifacts.put(new Uint8Array(limits.artifactBytes + 1), given),
      ).rejects.toMatchObject({
        code: "artifact.too-large",
        message: expect.stringContaining(String(limits.artifactBytes)),
      });
    });

    test.each(["0".repeat(64), "", "../../portcullis.sqlite", "ab"])(
      "given nothing under %j, when it is asked for, then there is none",
      async (digest) => {
        const { store } = await open();
        expect(await store.artifacts.get(digest)).toBeNull();
      },
    );
  });
}
