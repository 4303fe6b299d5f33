#pragma once

#include "base/byte_size.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Every limit of llf is a number here; past it comes a clear error. Values that a user may change
/// are defaults here and settings elsewhere.
namespace llf::limits {

using namespace std::chrono_literals;

// json
inline constexpr std::size_t kJsonDepth = 64;
inline constexpr ByteSize kJsonDocument = ByteSize::mib(64);
inline constexpr std::size_t kSkimmedText = 4096;  ///< bytes that json::skim tells of a string

// log
inline constexpr ByteSize kLogLine = ByteSize::kib(16);  ///< longer lines are cut, and say so
inline constexpr ByteSize kLogFile = ByteSize::mib(10);  ///< then the file is rotated
inline constexpr std::size_t kLogFiles = 3;              ///< rotated files kept

// gguf
inline constexpr std::size_t kGgufTensors = 65'536;
inline constexpr std::size_t kGgufValues = 65'536;                ///< of the metadata
inline constexpr std::size_t kGgufKey = 65'535;                   ///< bytes, as the format says
inline constexpr std::size_t kGgufText = std::size_t{16} << 20U;  ///< bytes of one
inline constexpr std::size_t kGgufListKept = 4096;  ///< values; of longer lists only how many
inline constexpr std::size_t kGgufTensorName = 63;  ///< bytes, as engines have it
inline constexpr std::uint64_t kGgufAlignment = std::uint64_t{1} << 20U;
inline constexpr ByteSize kGgufFirstRead = ByteSize::kib(256);  ///< of a file, then as it needs
inline constexpr ByteSize kGgufHeader = ByteSize::mib(256);
inline constexpr ByteSize kGgufKept = ByteSize::mib(32);  ///< memory of a header's values

// sse
inline constexpr ByteSize kSseLine = ByteSize::mib(1);
inline constexpr ByteSize kSseEvent = ByteSize::mib(1);

// net: HTTP heads and bodies (SEC-12)
inline constexpr ByteSize kRequestLine = ByteSize::kib(8);
inline constexpr ByteSize kHeaders = ByteSize::kib(32);
inline constexpr std::size_t kHeaderFields = 100;
inline constexpr ByteSize kRequestBody = ByteSize::mib(32);
inline constexpr ByteSize kBodiesInFlight = ByteSize::mib(256);
inline constexpr ByteSize kChunkExtensions = ByteSize::kib(4);
inline constexpr ByteSize kTrailers = ByteSize::kib(8);
inline constexpr std::size_t kInterimAnswers = 16;  ///< 1xx of an upstream before its real one

// net: connections
inline constexpr auto kHeaderTimeout =
    10s;  ///< from the first byte of a request to its last header
inline constexpr auto kKeepAliveTimeout = 75s;  ///< an idle connection is closed after it
inline constexpr auto kWriteTimeout = 30s;  ///< a client that reads nothing for so long is dropped
inline constexpr ByteSize kLingerBytes =
    ByteSize::mib(64);  ///< read away after an early error, within kLingerTime (SEC-13)
inline constexpr auto kLingerTime = 2s;
inline constexpr auto kAcceptBackoff = 100ms;            ///< after EMFILE
inline constexpr auto kBodyGrace = 10s;                  ///< on top of what kBodyRate allows (F40)
inline constexpr ByteSize kBodyRate = ByteSize::kib(1);  ///< a second, at least, of a request body
inline constexpr auto kBodyTimeout = 600s;               ///< for a whole request body
inline constexpr ByteSize kPipelined = ByteSize::kib(64);  ///< held while a request is answered
inline constexpr auto kGoneProbe = 500ms;  ///< between probes of a half-closed TCP client
inline constexpr std::size_t kReservedDescriptors = 32;  ///< of the process, not for clients (F34)
inline constexpr int kListenBacklog = 1024;
inline constexpr auto kConnectTimeout = 5s;
inline constexpr std::size_t kIdleConnections = 16;  ///< to one server elsewhere
inline constexpr auto kIdleConnection = 30s;         ///< that waits for its next request
inline constexpr auto kIdleLook = 1s;                ///< whether one of them was closed
inline constexpr auto kResponseTimeout = 30s;        ///< of an upstream, unless the caller says
inline constexpr ByteSize kReadSize = ByteSize::kib(64);  ///< of one read
inline constexpr int kAcceptsPerTurn = 16;                ///< likewise
inline constexpr int kFillsPerTurn = 32;                  ///< likewise, of an upstream's body
inline constexpr auto kBacklogRetry = 5ms;  ///< a Unix socket whose queue is full is tried again
inline constexpr int kProbeIdleS = 60;      ///< TCP keep-alive: seconds of silence, then probes
inline constexpr int kProbeEveryS = 10;     ///< at this distance
inline constexpr int kProbes = 3;           ///< and after so many the peer is gone
inline constexpr int kReadsPerTurn = 16;    ///< of one connection before the others get the loop
inline constexpr ByteSize kRelayBuffer = ByteSize::kib(64);
inline constexpr ByteSize kCipherRecord = ByteSize::kib(16);  ///< encrypted at once, as TLS has it
inline constexpr ByteSize kCipherStep = ByteSize::kib(64);    ///< encrypted ahead of the kernel
inline constexpr ByteSize kCipherBacklog =
    ByteSize::kib(256);  ///< demanded by who does not read it: the connection ends
inline constexpr auto kTlsHandshake = 10s;

// store
inline constexpr std::size_t kModelFolderEntries = 100'000;  ///< looked at in one search folder
inline constexpr int kModelFolderDepth = 4;                  ///< folders below a search folder
inline constexpr std::size_t kModelWatches = 50'000;         ///< folders of models that are watched
inline constexpr ByteSize kManifestFile = ByteSize::mib(1);  ///< of another program's store
inline constexpr std::size_t kModelCandidates = 8;           ///< shown of an ambiguous name
inline constexpr std::size_t kModelParts = 1000;             ///< of a split model
inline constexpr ByteSize kHashRead = ByteSize::mib(1);   ///< of a file that is hashed, at a time
inline constexpr ByteSize kCopyStep = ByteSize::mib(64);  ///< of a file that is copied, likewise
inline constexpr ByteSize kHashTold = ByteSize::mib(16);  ///< between two tellings of its progress
inline constexpr ByteSize kBundleManifest = ByteSize::mib(4);  ///< of an exported model's bundle
inline constexpr std::size_t kBundleEntries = 2000;            ///< files in one
inline constexpr std::size_t kRangesShown = 20;      ///< damaged ranges of a file that are told
inline constexpr std::size_t kMeasuredModels = 500;  ///< whose memory and speed are remembered

// hub
inline constexpr ByteSize kHubAnswer = ByteSize::mib(32);  ///< of the API, one page
inline constexpr std::size_t kHubFiles = 100'000;          ///< of one repository
inline constexpr std::size_t kHubPath = 255;               ///< bytes of each part of a file's path
inline constexpr ByteSize kHubHead = ByteSize::kib(64);    ///< of an answer's header fields
inline constexpr int kHubRedirects = 6;
inline constexpr auto kHubConnect = 15s;
inline constexpr auto kHubTimeout = 60s;    ///< for a whole answer of the API
inline constexpr auto kHubSilence = 30s;    ///< without a byte a connection is given up (F59)
inline constexpr auto kHubRetryMost = 60s;  ///< of what a server asks us to wait
inline constexpr int kHubTries = 4;         ///< of one question, when it fails and may not again
inline constexpr auto kHubPatience = 60s;   ///< for all of them: later none begins
inline constexpr std::int64_t kHubSearchMost = 100;   ///< found repositories that are shown
inline constexpr std::int64_t kHubSearchShown = 20;   ///< unless asked otherwise
inline constexpr ByteSize kPart = ByteSize::mib(16);  ///< of a download, asked for at a time
inline constexpr ByteSize kJournalStep = ByteSize::kib(512);  ///< of a part, then it is noted
inline constexpr ByteSize kSyncStep = ByteSize::mib(256);     ///< of a download, then it is on disk
inline constexpr std::size_t kFirstConnections = 2;
inline constexpr std::size_t kMostConnections = 16;  ///< of one download
inline constexpr auto kConnectionsReview = 200ms;    ///< between looks whether more connections pay
inline constexpr double kConnectionsGain = 1.1;      ///< the speed must grow by, to go on adding
inline constexpr auto kTransferBackoff = 500ms;      ///< after a failure, doubled for each in a row
inline constexpr auto kTransferBackoffMost = 30s;
inline constexpr auto kTransferStep = 50ms;     ///< between looks at the clock and the stop
inline constexpr auto kTransferTold = 100ms;    ///< between two tellings of its progress
inline constexpr auto kTransferSilence = 5s;    ///< without a byte: that is told
inline constexpr auto kConnectionReview = 5s;   ///< between looks at how fast one is
inline constexpr auto kConnectionRest = 20s;    ///< that the last one may need for its rest
inline constexpr double kConnectionFaster = 8;  ///< another was, then its rest goes to that one
inline constexpr std::size_t kLimitedConnections = 2;  ///< under a speed limit
inline constexpr auto kSpeedCredit = 1s;     ///< of time at a speed limit may be made up for
inline constexpr std::size_t kMirrors = 16;  ///< of one download
inline constexpr ByteSize kLeastSplit = ByteSize::mib(2);  ///< of a part: less stays whole
inline constexpr ByteSize kRedirectBody =
    ByteSize::kib(64);                      ///< read of what comes with a redirect
inline constexpr int kTransferMoves = 3;    ///< looks for a new address, without a byte between
inline constexpr int kTransferWrong = 3;    ///< wrong answers in a row
inline constexpr int kTransferRepairs = 1;  ///< of a file whose hash was wrong
inline constexpr auto kCacheLock = 500ms;   ///< waited at a time for another program's download
inline constexpr std::size_t kAskers = 4;   ///< threads that ask servers: a dead one keeps one
inline constexpr auto kRateStep = 500ms;    ///< between two measures of a download's rate
inline constexpr double kRateNewest = 0.3;  ///< so much the newest counts in what is shown
inline constexpr double kRateLeast = 1;     ///< bytes a second: less is nothing
inline constexpr std::size_t kUrl = 8192;   ///< bytes, as servers have it
inline constexpr ByteSize kRemoteHeader = ByteSize::mib(2);  ///< asked for first: most fit into it
inline constexpr int kTransferFailures = 10;                 ///< in a row, without a byte: given up
inline constexpr int kTransferRounds = 4;  ///< of a file that changes at its source
inline constexpr ByteSize kDiskReserve = ByteSize::mib(256);  ///< is left free by a download
inline constexpr ByteSize kDiskNotes = ByteSize::kib(64);    ///< what journal and names may come to
inline constexpr ByteSize kJournalText = ByteSize::mib(64);  ///< of a download's journal
inline constexpr std::size_t kTransfers = 2;                 ///< downloads at a time
inline constexpr std::size_t kDownloadsKept = 50;            ///< that have ended, in the list
inline constexpr std::int64_t kMostSpeed = 1'000'000;        ///< MB a second that may be set
inline constexpr ByteSize kHubToken = ByteSize::kib(4);      ///< of a token file
inline constexpr std::size_t kHubLicense = 200;              ///< bytes of the name of one

// gateway
inline constexpr std::size_t kLogTail = 100;  ///< lines of a log, unless asked otherwise
inline constexpr ByteSize kLogRead = ByteSize::kib(256);  ///< of a log file at a time
inline constexpr auto kLogPoll = 250ms;  ///< between two looks for those who follow
inline constexpr ByteSize kEngineAnswer = ByteSize::mib(64);  ///< of an answer that is no stream
inline constexpr std::size_t kReplays =
    1;  ///< of a request whose worker died before its first byte
inline constexpr auto kExitNotice = 500ms;  ///< a dead worker's exit is known this soon after its
                                            ///< connections broke
inline constexpr std::size_t kEngineMessage = 2000;  ///< bytes of an engine's refusal passed on
inline constexpr std::size_t kShownPath = 100;       ///< bytes of an unknown path in its error
inline constexpr std::size_t kTimingsTail = 4096;    ///< bytes of an answer's end with its timings
inline constexpr double kTellingTokens = 16;         ///< fewer tell little of an engine's speed
inline constexpr double kFastestSpeed = 1e6;         ///< tokens a second that are believed
inline constexpr auto kMeasuredAnew = 60s;           ///< a younger measurement is as good
inline constexpr double kModelMemory = 0.85;  ///< of all memory; the system and its users need more
inline constexpr std::size_t kStopTexts = 64;       ///< of one request
inline constexpr double kMostChoices = 16;          ///< answers to one request
inline constexpr double kMostLogprobs = 20;         ///< likeliest tokens told of each place
inline constexpr std::size_t kUnknownFields = 32;   ///< of a request, that are left out and named
inline constexpr std::size_t kSchemaDepth = 32;     ///< of a JSON schema, as of a grammar (SEC-21)
inline constexpr std::size_t kSchemaNodes = 2000;   ///< objects and lists, in a request
inline constexpr std::size_t kSchemaPattern = 512;  ///< bytes of a schema's regular expression
inline constexpr double kSchemaRepeats = 2000;      ///< of minLength, maxItems and their like
inline constexpr ByteSize kGrammarText = ByteSize::kib(64);
inline constexpr ByteSize kContinuedText = ByteSize::mib(1);  ///< of a broken answer gone on with
inline constexpr ByteSize kUnfinishedEvent = ByteSize::kib(256);  ///< held of an engine's stream
inline constexpr std::size_t kApiKeys = 1000;
inline constexpr std::size_t kApiKeyName = 64;  ///< bytes
inline constexpr ByteSize kApiKeyFile = ByteSize::mib(1);

// os
inline constexpr int kLinks = 40;                ///< on the way to a file: as many as Linux follows
inline constexpr std::size_t kSocketPath = 100;  ///< bytes of a Unix socket's path, exclusive
inline constexpr ByteSize kProcNetFile = ByteSize::mib(16);  ///< of /proc/net/tcp
inline constexpr ByteSize kProcFile = ByteSize::kib(256);    ///< read from /proc or /sys at most
inline constexpr std::size_t kProcessTree = 64;  ///< processes of one engine that are looked at
inline constexpr auto kReapLimit = 5s;   ///< from SIGKILL until a process is left to the kernel
inline constexpr auto kLockRetry = 5ms;  ///< between two tries for a lock that is held
inline constexpr ByteSize kBandwidthBlock = ByteSize::mib(128);   ///< read by a thread at most, and
inline constexpr ByteSize kBandwidthMemory = ByteSize::mib(512);  ///< by all, to measure memory
inline constexpr auto kBandwidthKept = 600s;  ///< what was measured, then a better one may come

// worker
inline constexpr ByteSize kSmallModel = ByteSize::mib(50);  ///< below it: one thread, quick start
inline constexpr std::uint32_t kContext = 4096;             ///< tokens per slot
inline constexpr std::uint32_t kSmallContext = 2048;        ///< of a small model
inline constexpr std::uint32_t kSlots = 4;     ///< requests that a worker answers at once
inline constexpr std::uint32_t kFewSlots = 2;  ///< of a small model, and of a large one
inline constexpr ByteSize kManySlotsModel = ByteSize::gib(2);  ///< a larger one gets few slots
inline constexpr ByteSize kPromptCache = ByteSize::mib(512);   ///< per worker
inline constexpr ByteSize kSmallPromptCache = ByteSize::mib(64);
inline constexpr ByteSize kEngineRecord = ByteSize::kib(64);  ///< record.json of a private engine
inline constexpr ByteSize kJournalFile = ByteSize::kib(64);   ///< of the workers that run
inline constexpr auto kOrphanLimit = 3s;         ///< from the SIGKILL of one to its end
inline constexpr std::size_t kPipeRead = 16384;  ///< bytes of one read of an engine's output
inline constexpr auto kPipeLinger = 200ms;     ///< from the end of a process to that of its output
inline constexpr auto kReadyLineGrace = 2s;    ///< without a ready line: /health is polled
inline constexpr auto kHealthInterval = 50ms;  ///< between two polls of /health
inline constexpr auto kHealthTimeout = 2s;     ///< of one of them
inline constexpr auto kTermLimit = 2s;         ///< from SIGTERM to SIGKILL; an engine saves nothing
inline constexpr auto kKillLimit = 30s;        ///< from SIGKILL until a process counts as stuck
inline constexpr auto kBackoffFirst = 1s;      ///< pause after a crash, doubled for each
inline constexpr auto kBackoffMax = 60s;       ///< one in a row, up to this
inline constexpr auto kStableAfter = 60s;      ///< ready for so long: the pause begins anew
inline constexpr std::size_t kCircuitCrashes = 5;  ///< within kCircuitWindow: starts are refused
inline constexpr auto kCircuitWindow = 600s;       ///< see kCircuitCrashes
inline constexpr auto kCircuitCooldown = 60s;      ///< then one more try
inline constexpr auto kLivenessInterval = 1s;      ///< between looks at a request's progress
inline constexpr auto kProgressInterval = 250ms;   ///< between samples of a load's progress
inline constexpr int kWorkShare = 50;  ///< an engine works that uses one part in so many of a core
inline constexpr std::size_t kLogGathered = 16384;    ///< bytes of log written at once
inline constexpr std::size_t kLogFileName = 100;      ///< bytes of a model's name in its log's
inline constexpr std::size_t kWorkerLogLines = 1000;  ///< kept in memory per worker
inline constexpr ByteSize kWorkerLogLine = ByteSize::kib(4);  ///< longer lines are cut
inline constexpr std::size_t kErrorLogLines = 20;             ///< of the engine in an error
inline constexpr auto kProbeTimeout = 30s;                    ///< of one run of the engine's --help
inline constexpr ByteSize kProbeOutput = ByteSize::mib(1);    ///< of --help
inline constexpr auto kGpuLook = 1s;        ///< between looks at what is free of GPUs' memory
inline constexpr auto kGpuLookLimit = 10s;  ///< of each program that tells it
inline constexpr std::uint64_t kMostGpuMib = 1U << 30U;  ///< that are believed of one

// scheduler
inline constexpr auto kBusyPoll = 50ms;  ///< between looks at models that are to go and are busy
inline constexpr std::size_t kDecisionsKept = 200;    ///< told why a model came, went or waited
inline constexpr std::int64_t kQueueLength = 64;      ///< requests that may wait for one model
inline constexpr std::int64_t kMostQueued = 100'000;  ///< that a user may set kQueueLength to
inline constexpr auto kResidency = 5s;  ///< that a model stays for those who may come next
inline constexpr auto kStarvation =
    30s;  ///< that one waits for room before busy models take no more

// worker, scheduler and daemon: defaults of settings
inline constexpr auto kLoadTimeout = 600s;     ///< a model that is not ready by then has failed
inline constexpr int kLeastStallTimeout = 2;   ///< seconds: progress is seen with a delay
inline constexpr auto kStallTimeout = 30s;     ///< no token and no work: the worker hangs
inline constexpr std::int64_t kMaxLoaded = 3;  ///< models in memory at once
inline constexpr auto kKeepAlive = 300s;       ///< unused, then a model leaves the memory
inline constexpr auto kIdleExit = 600s;        ///< of a daemon that was started on demand
inline constexpr auto kDrainTimeout = 10s;     ///< running answers may end when the daemon stops
inline constexpr auto kRestartDrain = 600s;    ///< the same when another one takes its place
inline constexpr auto kRestartLimit = 660s;    ///< until that one is there
inline constexpr auto kFreshGrace = 500ms;     ///< for a first request on a connection, then
inline constexpr auto kInterruptTime = 1s;     ///< then their error event is to be taken
inline constexpr auto kPingInterval = 15s;  ///< of silence in an event stream, then a comment (F05)

// remote
inline constexpr auto kEndpointConnect = 10s;   ///< until a server elsewhere takes a connection
inline constexpr auto kEndpointSilence = 600s;  ///< of one that answers
inline constexpr auto kEndpointPause = 1s;      ///< after its first failure; doubles with each
inline constexpr auto kEndpointPauseMost = 30s;
inline constexpr auto kEndpointBusyMost = 300s;  ///< that a Retry-After is kept to
inline constexpr auto kModelsInterval = 60s;     ///< between looks at what models it has
inline constexpr auto kModelsRetry = 5s;         ///< the same after a look that failed
inline constexpr auto kModelsTimeout = 3s;       ///< of one look
inline constexpr ByteSize kModelsList = ByteSize::mib(4);
inline constexpr std::size_t kModelName = 300;  ///< bytes
inline constexpr std::size_t kSessionText =
    1024;                                     ///< bytes of a text that tell conversations apart
inline constexpr double kSessionLoad = 1.25;  ///< of the mean, until a session goes elsewhere
inline constexpr double kRetryShare = 0.2;    ///< of the requests, that are tried again (F50)
inline constexpr double kRetryReserve = 10;   ///< of those that quiet times save up

// tls
inline constexpr ByteSize kCertificateFile = ByteSize::kib(256);  ///< of a chain
inline constexpr ByteSize kKeyFile = ByteSize::kib(32);

// config
inline constexpr ByteSize kSettingsFile = ByteSize::mib(1);
inline constexpr std::size_t kSettingsReports = 16;  ///< of the newest changes, for who asks
inline constexpr std::size_t kSettingsBackups = 20;  ///< kept of earlier settings files
inline constexpr auto kSettingsSettle = 250ms;       ///< a settings file that is gone may come back
inline constexpr auto kSettingsPoll = 5s;            ///< between looks where no watch can be had
inline constexpr auto kSettingsLock = 5s;            ///< to wait for another one that saves
inline constexpr std::size_t kQuotedValue = 40;      ///< bytes of a value that an error repeats
inline constexpr std::int64_t kMaxPort = 65535;
inline constexpr std::int64_t kMaxSeconds = 7LL * 24 * 3600;
inline constexpr std::int64_t kMostLoaded = 64;           ///< that a user may set kMaxLoaded to
inline constexpr std::int64_t kMostMemory = 100'000'000;  ///< MB for models that a user may set
inline constexpr std::int64_t kLeastContext = 64;         ///< tokens per slot that a user may set
inline constexpr std::int64_t kMostContext = 10'000'000;
inline constexpr std::int64_t kMostSlots = 64;
inline constexpr double kMostTemperature = 5;
inline constexpr std::int64_t kMostTopK = 1'000'000;
inline constexpr double kMostPenalty = 2;
inline constexpr std::int64_t kMostSeed = 4'294'967'294;  ///< the next one means "any" to engines
inline constexpr std::size_t kProfileName = 100;          ///< bytes
inline constexpr std::size_t kMostProfiles = 1000;
inline constexpr std::size_t kMostEndpoints = 100;
inline constexpr std::size_t kEndpointModels = 1000;  ///< of one endpoint
inline constexpr std::size_t kMostArguments = 200;    ///< further ones of an engine
inline constexpr ByteSize kSecretFile = ByteSize::kib(4);

// prompt
inline constexpr std::size_t kTemplatedMessages = 10'000;    ///< of a request with a template
inline constexpr ByteSize kPromptFile = ByteSize::kib(256);  ///< of one prompt template
inline constexpr ByteSize kFilledPrompt = ByteSize::mib(8);  ///< its texts with their values
inline constexpr std::size_t kPromptName = 64;               ///< bytes
inline constexpr std::size_t kPromptFiles = 1000;            ///< that are listed
inline constexpr std::size_t kPromptBackups = 20;  ///< kept of each template's earlier files
inline constexpr auto kPromptLock = 5s;            ///< to wait for another one that saves

// migration
inline constexpr ByteSize kImportedFile = ByteSize::kib(256);  ///< of the predecessor's settings
inline constexpr std::size_t kImportedServers = 64;            ///< of one file
inline constexpr std::size_t kImportedName = 100;              ///< bytes of a key that are shown
inline constexpr std::size_t kImportedReason = 300;            ///< bytes of what is said of it
inline constexpr std::size_t kImportedTemplates = 200;         ///< of one folder

// daemon
inline constexpr std::int64_t kMaxDescriptor = 1023;
inline constexpr std::int64_t kMaxPid = 4'194'304;  ///< of Linux
inline constexpr auto kGuardPause = 60s;            ///< from the end of a guard to its replacement
inline constexpr auto kGuardTime =
    5s;  ///< that a guard may take to clear a killed daemon's remains

// client
inline constexpr auto kControlTimeout = 10s;  ///< of an answer of the control API
inline constexpr ByteSize kControlAnswer = ByteSize::mib(16);
inline constexpr auto kChatSilence = 600s;  ///< of a chat stream; the daemon pings far more often
inline constexpr auto kChatEnd = 1s;  ///< for the end of a chat stream whose `[DONE]` has come
inline constexpr ByteSize kReadinessLine = ByteSize::kib(64);  ///< what llfd says when it started
inline constexpr auto kStartLimit = 30s;  ///< from starting llfd to its readiness
inline constexpr auto kStopLimit = 30s;   ///< until a daemon that was told to stop is gone

// cli
inline constexpr auto kStdinPatience = 1s;        ///< for the first byte of a piped standard input
inline constexpr std::size_t kTypedAnswer = 100;  ///< bytes of an answer to a question
inline constexpr auto kProgressDelay = 300ms;     ///< what is faster shows no progress
inline constexpr auto kProgressPoll = 250ms;      ///< between looks at a load's progress
inline constexpr ByteSize kHistoryFile = ByteSize::mib(1);  ///< of what was typed in chats
inline constexpr std::size_t kHistoryEntries = 1000;
inline constexpr ByteSize kHistoryEntry =
    ByteSize::kib(64);  ///< a longer one, pasted, is not kept for the arrow keys

}  // namespace llf::limits
