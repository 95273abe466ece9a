import type { Usage } from "../core/usage.ts";

/** US dollars by the public price list, or null where the model is unknown or not named: unknown is not zero. */
export async function priceUsage(model: string | null, usage: Usage): Promise<number | null> {
  if (model === null) return null;
  const { calcPrice } = await import("@pydantic/genai-prices");
  const counted = {
    input_tokens: usage.inputTokens,
    cache_read_tokens: usage.cachedInputTokens,
    output_tokens: usage.outputTokens,
  };
  return calcPrice(counted, model)?.total_price ?? null;
}
