// The answers that schema.test.mjs checks, as the types of the `openai` package say: schemas are
// made of them.
import type { OpenAI } from 'openai';

export type WholeChat = OpenAI.Chat.Completions.ChatCompletion;
export type ChatEvent = OpenAI.Chat.Completions.ChatCompletionChunk;
export type WholeCompletion = OpenAI.Completions.Completion;
export type Vectors = OpenAI.Embeddings.CreateEmbeddingResponse;
export type ModelEntry = OpenAI.Models.Model;
export type Problem = { error: OpenAI.ErrorObject };
