// The answers that schema.test.mjs checks, as the types of the `openai` package say: schemas are
// made of them.
import type { OpenAI } from 'openai';

export type WholeChat = OpenAI.Chat.Completions.ChatCompletion;
export type ChatEvent = OpenAI.Chat.Completions.ChatCompletionChunk;
export type WholeCompletion = OpenAI.Completions.Completion;
// As it says of whole answers only: events have a reason in the last one, and null before.
type Choice = OpenAI.Completions.CompletionChoice;
type EventChoice = Omit<Choice, 'finish_reason'> & {
  finish_reason: Choice['finish_reason'] | null;
};
export type CompletionEvent = Omit<WholeCompletion, 'choices'> & { choices: EventChoice[] };

export type Vectors = OpenAI.Embeddings.CreateEmbeddingResponse;
export type ModelEntry = OpenAI.Models.Model;
export type Problem = { error: OpenAI.ErrorObject };
