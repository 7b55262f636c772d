// Layout: one description of a module's fields, walked by the encoder and the decoder alike, so
// that they cannot differ. `Io` is Encode or Decode of codec.cpp.
#pragma once

#include <concepts>
#include <type_traits>

#include "vm/bytecode/limits.h"
#include "vm/bytecode/module.h"

namespace edict::bytecode::layout {

template <typename T, typename Struct>
concept Like = std::same_as<std::remove_const_t<T>, Struct>;

template <typename Io>
void fields(Io& io, Like<Import> auto& import) {
    io.name(import.module);
    io.hash(import.hash);
}

template <typename Io>
void fields(Io& io, Like<EventDecl> auto& event) {
    io.name(event.name);
    io.list(event.field_names, MAX_PARAMETERS, [&](auto& name) { io.name(name); });
    io.list(event.fields, MAX_PARAMETERS, [&](auto& type) { io.type_index(type); });
}

template <typename Io>
void fields(Io& io, Like<StoreDecl> auto& store) {
    io.name(store.name);
    io.optional(store.key, [&](auto& type) { io.type_index(type); });
    io.type_index(store.value);
    io.optional(store.initial, [&](auto& constant) { io.u32(constant); });
}

template <typename Io>
void fields(Io& io, Like<StoreUse> auto& use) {
    io.name(use.module);
    io.name(use.store);
    io.optional(use.key, [&](auto& type) { io.type_index(type); });
    io.type_index(use.value);
    io.optional(use.initial, [&](auto& initial) { io.value(initial, use.value); });
}

template <typename Io>
void fields(Io& io, Like<Callee> auto& callee) {
    io.name(callee.module);
    io.name(callee.action);
    io.list(callee.parameters, MAX_PARAMETERS, [&](auto& type) { io.type_index(type); });
    io.optional(callee.result, [&](auto& type) { io.type_index(type); });
}

template <typename Io>
void fields(Io& io, Like<Instruction> auto& in) {
    io.enumeration(in.op, OPCODE_COUNT, "opcode");
    io.u16(in.a);
    io.u16(in.b);
    io.u16(in.c);
}

template <typename Io>
void fields(Io& io, Like<Function> auto& function) {
    io.enumeration(function.kind, 3, "kind of function");
    io.u16(function.parameters);
    io.list(function.registers, MAX_REGISTERS, [&](auto& type) { io.type_index(type); });
    io.list(function.code, MAX_CODE, [&](auto& in) { fields(io, in); });
    io.u64(function.cost);
}

template <typename Io>
void fields(Io& io, Like<ActionDecl> auto& action) {
    io.name(action.name);
    io.list(action.parameter_names, MAX_PARAMETERS, [&](auto& name) { io.name(name); });
    io.list(action.parameters, MAX_PARAMETERS, [&](auto& type) { io.type_index(type); });
    io.optional(action.result, [&](auto& type) { io.type_index(type); });
    io.list(action.by_roles, MAX_DECLARATIONS, [&](auto& role) { io.name(role); });
    io.boolean(action.by_duty);
    io.optional(action.dated, [&](auto& dated) {
        io.u16(dated.parameter);
        io.u16(dated.days);
    });
    io.u32(action.code);
}

template <typename Io>
void fields(Io& io, Like<GovernedAction> auto& governed) {
    io.name(governed.contract);
    io.name(governed.action);
    io.list(governed.parameters, MAX_PARAMETERS, [&](auto& type) { io.type_index(type); });
    io.optional(governed.result, [&](auto& type) { io.type_index(type); });
}

template <typename Io>
void fields(Io& io, Like<value::Date> auto& date) {
    io.date(date);
}

template <typename Io>
void fields(Io& io, Like<SourceDecl> auto& source) {
    io.name(source.name);
    io.name(source.rank);
    io.text(source.title);
    io.optional(source.in_force_from, [&](auto& date) { fields(io, date); });
}

template <typename Io>
void fields(Io& io, Like<CitationRef> auto& citation) {
    io.u16(citation.source);
    io.text(citation.place);
}

template <typename Io>
void fields(Io& io, Like<MessageTemplate> auto& message) {
    io.list(message.texts, MAX_MESSAGE_VALUES + 1, [&](auto& text) { io.text(text); });
    io.optional(message.values, [&](auto& function) { io.u32(function); });
}

template <typename Io>
void fields(Io& io, Like<ExceptionDecl> auto& exception) {
    io.u32(exception.condition);
    io.optional(exception.because, [&](auto& message) { fields(io, message); });
    io.list(exception.cites, MAX_DECLARATIONS, [&](auto& citation) { fields(io, citation); });
}

template <typename Io>
void fields(Io& io, Like<DutyTerms> auto& duty) {
    io.enumeration(duty.bearer, 3, "bearer");
    io.text(duty.role);
    io.u16(duty.callee);
    io.bits(duty.any, MAX_PARAMETERS);
    io.optional(duty.values, [&](auto& function) { io.u32(function); });
    io.u32(duty.amount);
    io.enumeration(duty.unit, 3, "unit of time");
    io.boolean(duty.after);
    io.optional(duty.remedy, [&](auto& remedy) {
        io.u16(remedy.callee);
        io.optional(remedy.arguments, [&](auto& function) { io.u32(function); });
    });
}

template <typename Io>
void fields(Io& io, Like<RuleBody> auto& body) {
    io.name(body.contract);
    io.name(body.action);
    io.optional(body.scope, [&](auto& function) { io.u32(function); });
    io.optional(body.condition, [&](auto& function) { io.u32(function); });
    io.optional(body.duty, [&](auto& duty) { fields(io, duty); });
    io.list(body.exceptions, MAX_DECLARATIONS, [&](auto& exception) { fields(io, exception); });
    io.optional(body.because, [&](auto& message) { fields(io, message); });
}

template <typename Io>
void fields(Io& io, Like<RuleDecl> auto& rule) {
    io.name(rule.name);
    io.enumeration(rule.norm, 4, "norm");
    io.boolean(rule.as_of_right);
    io.optional(rule.from, [&](auto& date) { fields(io, date); });
    io.optional(rule.until, [&](auto& date) { fields(io, date); });
    io.list(rule.cites, MAX_DECLARATIONS, [&](auto& citation) { fields(io, citation); });
    io.list(rule.overrides, MAX_RULES, [&](auto& weaker) { io.u16(weaker); });
    io.list(rule.bodies, MAX_DECLARATIONS, [&](auto& body) { fields(io, body); });
}

template <typename Io>
void fields(Io& io, Like<DefaultDecl> auto& line) {
    io.name(line.contract);
    io.name(line.action);
    io.enumeration(line.answer, 3, "answer");
}

template <typename Io>
void fields(Io& io, Like<ObserverDecl> auto& observer) {
    io.name(observer.name);
    io.name(observer.contract);
    io.name(observer.action);
    io.boolean(observer.on_forbidden);
    io.u32(observer.code);
}

template <typename Io>
void fields(Io& io, Like<InvariantDecl> auto& invariant) {
    io.name(invariant.name);
    io.optional(invariant.over, [&](auto& use) { io.u16(use); });
    io.u32(invariant.condition);
    io.list(invariant.cites, MAX_DECLARATIONS, [&](auto& citation) { fields(io, citation); });
    io.optional(invariant.because, [&](auto& message) { fields(io, message); });
}

template <typename Io>
void fields(Io& io, Like<InitialOrigin> auto& origin) {
    io.text(origin.title);
    io.hash(origin.hash);
}

template <typename Io>
void fields(Io& io, Like<InitialValue> auto& one) {
    io.u16(one.store);
    io.optional(one.key, [&](auto& constant) { io.u32(constant); });
    io.u32(one.value);
    io.optional(one.origin, [&](auto& origin) { io.u16(origin); });
}

template <typename Io>
void fields(Io& io, Like<SchemaHistory> auto& history) {
    io.list(history.stores, MAX_DECLARATIONS, [&](auto& older) {
        io.u16(older.store);
        io.list(older.types, MAX_OLDER_TYPES, [&](auto& type) { io.type_index(type); });
    });
    io.list(history.defaults, MAX_DECLARATIONS, [&](auto& one) {
        io.type_index(one.record);
        io.u16(one.field);
        io.u32(one.value);
    });
    io.list(history.upgrades, MAX_DECLARATIONS, [&](auto& upgrade) {
        io.type_index(upgrade.from);
        io.type_index(upgrade.to);
        io.u32(upgrade.code);
    });
}

template <typename Io>
void fields(Io& io, Like<PersonalFlag> auto& flag) {
    io.enumeration(flag.kind, 5, "kind of personal data");
    io.u16(flag.of);
    io.u16(flag.part);
}

// The first section: what the module is.
template <typename Io>
void header(Io& io, Like<Module> auto& module) {
    io.name(module.name);
    io.enumeration(module.kind, 2, "kind of module");
    io.u32(module.version_major);
    io.u32(module.version_minor);
    io.u32(module.version_patch);
    io.optional(module.zone_minutes, [&](auto& minutes) { io.zone(minutes); });
    io.boolean(module.restrictions_first);
}

// What each action reads and writes; as many entries as there are actions.
template <typename Io>
void effects(Io& io, Like<ActionDecl> auto& action) {
    io.list(action.reads, MAX_DECLARATIONS, [&](auto& use) { io.u16(use); });
    io.list(action.writes, MAX_DECLARATIONS, [&](auto& use) { io.u16(use); });
}

}  // namespace edict::bytecode::layout
