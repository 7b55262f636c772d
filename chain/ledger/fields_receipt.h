// Fields of the receipt (see fields.h, which includes this).
#pragma once

#include "chain/ledger/fields.h"

namespace edict::ledger {

template <>
inline constexpr About ABOUT<ShownValue> = {
    "ShownValue", "A value that the message of a deciding rule shows.", 0};
template <typename V, Is<ShownValue> T>
void fields(V& visit, T& x) {
    visit("as", x.as, None{}, "none: it had no value; hash: its bytes are longer than 1,024");
    visit("bytes", x.bytes, Most{MAX_SHOWN_BYTES}, "canonical bytes, or their SHA-256, or empty");
}

template <>
inline constexpr About ABOUT<DecidingRule> = {"DecidingRule", "A rule that led to the answer.", 0};
template <typename V, Is<DecidingRule> T>
void fields(V& visit, T& x) {
    visit("rule", x.rule, None{}, "index into the rules of the module");
    visit("shown", x.shown, Most{MAX_SHOWN}, "in the order of the message");
    visit("failing", x.failing, Most{MAX_SHOWN}, "elements that fail a `require every`, the first");
}

template <>
inline constexpr About ABOUT<FailedObserver> = {
    "FailedObserver", "A counter or observer that could not take note of the call.", 0};
template <typename V, Is<FailedObserver> T>
void fields(V& visit, T& x) {
    visit("observer", x.observer, None{}, "index into the observers of the module");
    visit("why", x.why, Utf8{MAX_REASON_BYTES}, "one sentence");
}

template <>
inline constexpr About ABOUT<RegulationAnswer> = {
    "RegulationAnswer", "What one regulation said. Its bit sets have one bit for each rule.", 0};
template <typename V, Is<RegulationAnswer> T>
void fields(V& visit, T& x) {
    visit("module", x.module, Name{}, "");
    visit("module_hash", x.module_hash, None{}, "SHA-256 of the module that answered");
    visit("answer", x.answer, None{}, "");
    visit("by_default", x.by_default, None{}, "no rule decided");
    visit("conflict", x.conflict, None{}, "effective rules contradict each other, unintended");
    visit("overlap", x.overlap, None{}, "they do, where restrictions come first");
    visit("right_denied", x.right_denied, None{}, "a permit as of right met what another forbids");
    visit("active", x.active, Most{MAX_RULES}, "in force and in scope");
    visit("effective", x.effective, Most{MAX_RULES}, "active and not defeated");
    visit("violated", x.violated, Most{MAX_RULES}, "an effective require whose condition is false");
    visit("error", x.error, Most{MAX_RULES}, "effective or violated is in error");
    visit("deciding", x.deciding, Most{MAX_DECIDING}, "");
    visit("failed_observers", x.failed_observers, Most{MAX_DECIDING}, "each forbids");
}

template <>
inline constexpr About ABOUT<DecisionRecord> = {
    "DecisionRecord", "The decision about one action: inner calls first, the call itself last.", 0};
template <typename V, Is<DecisionRecord> T>
void fields(V& visit, T& x) {
    visit("module", x.module, Name{}, "");
    visit("action", x.action, Name{}, "");
    visit("passed", x.passed, None{}, "");
    visit("gap", x.gap, None{}, "all were silent, or nothing governs it");
    visit("answers", x.answers, Most{MAX_REGULATIONS}, "ascending by module name, each once");
}

template <>
inline constexpr About ABOUT<EventRecord> = {"EventRecord", "An event that the call emitted.", 0};
template <typename V, Is<EventRecord> T>
void fields(V& visit, T& x) {
    visit("module", x.module, Name{}, "");
    visit("event", x.event, Name{}, "");
    visit("fields", x.fields, Most{MAX_EVENT_BYTES}, "canonical bytes of each field, in order");
}

template <>
inline constexpr About ABOUT<DutyRecord> = {"DutyRecord", "A duty that the call created.", 0};
template <typename V, Is<DutyRecord> T>
void fields(V& visit, T& x) {
    visit("module", x.module, Name{}, "the regulation");
    visit("module_hash", x.module_hash, None{}, "SHA-256 of the module that made it");
    visit("rule", x.rule, None{}, "index into the rules of the module");
    visit("bearer", x.bearer, None{}, "all zero if whoever holds the role must");
    visit("role", x.role, Utf8{MAX_NAME_BYTES}, "else empty");
    visit("action_module", x.action_module, Name{}, "of the action that discharges it");
    visit("action", x.action, Name{}, "");
    visit("arguments", x.arguments, Most{MAX_ARGUMENT_BYTES}, "each 0 for any, or 1 and its bytes");
    visit("deadline_ms", x.deadline_ms, None{}, "milliseconds since 1970, judged by block time");
    visit("provisional", x.provisional, None{}, "until the working days of a year are published");
}

template <>
inline constexpr About ABOUT<Receipt> = {"Receipt", "What became of one transaction, and why.",
                                         MAX_RECEIPT_BYTES};
template <typename V, Is<Receipt> T>
void fields(V& visit, T& x) {
    visit("transaction", x.transaction, None{}, "its hash");
    visit("height", x.height, None{}, "");
    visit("index", x.index, None{}, "among the transactions of its height");
    visit("outcome", x.outcome, None{}, "");
    visit("reason", x.reason, Utf8{MAX_REASON_BYTES}, "of failed and refused; else empty");
    visit("decisions", x.decisions, Most{MAX_DECISIONS}, "empty if no rule ran");
    visit("result", x.result, Most{MAX_EVENT_BYTES}, "what the action returned; empty: nothing");
    visit("events", x.events, Most{MAX_EVENTS}, "only of committed");
    visit("duties", x.duties, Most{MAX_DUTIES}, "only of committed");
    visit("cost", x.cost, None{}, "charged");
    visit("writes", x.writes, None{}, "digest of the state keys and values written");
}

}  // namespace edict::ledger
