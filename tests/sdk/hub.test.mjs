// The `@huggingface/hub` package and llf in one cache. HUB_URL: a hub; CACHE: the cache;
// MODEL, FILE, SHA256: what llf has downloaded there; THEIRS: a file that this downloads.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import test from 'node:test';
import { downloadFileToCacheDir, scanCacheDir } from '@huggingface/hub';

const { HUB_URL, CACHE, MODEL, FILE, SHA256, THEIRS } = process.env;
const sha256 = async (path) => createHash('sha256').update(await readFile(path)).digest('hex');

test('what llf downloaded is found and read', async () => {
  const { repos, warnings } = await scanCacheDir(CACHE);
  assert.deepEqual(warnings, []);
  const repo = repos.find((one) => one.id.name === MODEL);
  const files = repo.revisions.flatMap((revision) => revision.files);
  const file = files.find((one) => one.path.endsWith(FILE));
  assert.equal(await sha256(file.path), SHA256);
});

test('and not downloaded again', async () => {
  const path = await downloadFileToCacheDir({
    repo: MODEL, path: FILE, hubUrl: HUB_URL, cacheDir: CACHE,
  });
  assert.ok((await realpath(path)).endsWith(SHA256));
});

test('another file is downloaded beside it', async () => {
  const path = await downloadFileToCacheDir({
    repo: MODEL, path: THEIRS, hubUrl: HUB_URL, cacheDir: CACHE,
  });
  assert.ok((await realpath(path)).startsWith(await realpath(CACHE)));
});
