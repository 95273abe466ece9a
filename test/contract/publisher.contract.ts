import { describe, expect, test } from "vitest";
import type { Publisher } from "../../core/ports/publisher.ts";

export interface PublisherCase {
  publisher: Publisher;
  /** Two different commits that can be published. */
  first: string;
  second: string;
}

/** What every adapter of the `Publisher` port keeps. */
export function publisherContract(name: string, open: () => Promise<PublisherCase>): void {
  describe(name, () => {
    test("given no branch, when it is published twice, then it is there once", async () => {
      const { publisher, first } = await open();
      expect(await publisher.findBranch("portcullis/run")).toBeNull();
      await publisher.publishBranch("portcullis/run", first);
      await publisher.publishBranch("portcullis/run", first);
      expect(await publisher.findBranch("portcullis/run")).toBe(first);
    });

    test("given the branch elsewhere, when it is published, then it is refused and stays", async () => {
      const { publisher, first, second } = await open();
      await publisher.publishBranch("portcullis/run", first);
      await expect(publisher.publishBranch("portcullis/run", second)).rejects.toMatchObject({
        code: "branch.exists",
        kind: "usage",
      });
      expect(await publisher.findBranch("portcullis/run")).toBe(first);
    });

    test("given a branch in the way of the name, when it is published, then the error names it", async () => {
      const { publisher, first } = await open();
      await publisher.publishBranch("a/b", first);
      await expect(publisher.publishBranch("a/b/c", first)).rejects.toThrow("'a/b' is in its way");
      await expect(publisher.publishBranch("a", first)).rejects.toThrow("'a/b' is in its way");
    });

    test.each(["", "-x", "a..b", "a b", "a.lock", "HEAD", "a\nb", "@{-1}", "x".repeat(201), "/a", "a~1"])(
      "given the name %j, when it is published, then it is refused as no branch name",
      async (branch) => {
        const { publisher, first } = await open();
        await expect(publisher.publishBranch(branch, first)).rejects.toMatchObject({
          code: "branch.invalid",
          kind: "usage",
        });
      },
    );
  });
}
