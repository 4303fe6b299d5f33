#include "cli/ask.hpp"

#include "cli/interruption.hpp"
#include "cli/progress_display.hpp"
#include "net/descriptor.hpp"
#include "net/event.hpp"
#include "net/run.hpp"

namespace llf::cli {
namespace {

/// What the tasks of one question share. It outlives them.
struct Asking {
  const Question& question;
  Answer& answer;
  ProgressDisplay progress;
  bool started = false;  // something of the answer has come
};

/// What the daemon says of a model that is not here says more than an API's error: it may be on its
/// way.
Task<Error> explained(const Question& question, Error error) {
  const auto& model = question.request.model;
  if (error.kind != ErrorKind::not_found || model.empty()) co_return error;
  const auto known = co_await question.client.known_names(model, client::Word::is_model);
  if (known && !known->absence.empty()) error.message = known->absence;
  co_return error;
}

Task<Expected<void>> stream(Asking& asking) {
  auto chat = co_await asking.question.client.chat(asking.question.request);
  if (!chat) co_return failure(co_await explained(asking.question, chat.error()));
  while (true) {
    const auto delta = co_await chat->next();
    asking.answer.end = chat->end();
    if (!delta) co_return failure(delta.error());
    if (!*delta) co_return Expected<void>();
    if (!std::exchange(asking.started, true)) asking.progress.clear();
    asking.answer.text += (*delta)->content;
    if (asking.question.view == nullptr) continue;
    if (auto shown = asking.question.view->show(**delta); !shown) {
      co_return failure(shown.error());
    }
  }
}

/// Never ends by itself: the answer's end cancels it.
Task<void> show_progress(Asking& asking) {
  const auto began = mono_now();
  bool cancelled = !co_await net::sleep_for(limits::kProgressDelay);
  while (!cancelled && !asking.started) {
    const auto workers = co_await asking.question.client.workers_of(asking.question.request.model);
    if (asking.started) break;
    asking.progress.draw(
        waiting_for(workers ? *workers : std::vector<client::WorkerInfo>(), mono_now() - began));
    cancelled = !co_await net::sleep_for(limits::kProgressPoll);
  }
  net::Event never;
  if (!cancelled) static_cast<void>(co_await never.wait());
}

/// The number of the first signal that ends programs; 0 when cancelled.
Task<int> interrupted(Interruption& interruption, net::Descriptor& descriptor) {
  while (interruption.signal() == 0) {
    // A write that is interrupted takes the signal itself, and leaves nothing to be read here.
    const auto came =
        co_await net::with_deadline(descriptor.wait_readable(), limits::kProgressPoll, "a signal");
    if (!came && came.error().kind != ErrorKind::timeout) co_return 0;
  }
  co_return interruption.signal();
}

Task<Expected<void>> stream_with_progress(Asking& asking) {
  auto both = co_await net::race(stream(asking), show_progress(asking));
  co_return std::move(both.first);
}

}  // namespace

Answer ask(Context& context, const Question& question) {
  Answer answer;
  auto descriptor = net::Descriptor::create(context.loop, question.signals.fd());
  if (!descriptor) {
    answer.outcome = Answer::Outcome::failed;
    answer.error = descriptor.error();
    return answer;
  }
  Interruption interruption(question.signals, context.out, context.err);
  Asking asking{.question = question, .answer = answer, .progress = ProgressDisplay(context.err)};
  auto race = net::run_until_done(context.loop, net::race(stream_with_progress(asking),
                                                          interrupted(interruption, *descriptor)));
  asking.progress.clear();
  auto shown = std::move(race.first);
  if (question.view != nullptr) {
    auto finished = question.view->finish();
    if (shown) shown = std::move(finished);
  }
  answer.signal = interruption.signal();
  if (answer.signal != 0) {
    answer.outcome = Answer::Outcome::interrupted;
  } else if (!shown) {
    answer.outcome = Answer::Outcome::failed;
    answer.error = shown.error();
  }
  return answer;
}

}  // namespace llf::cli
