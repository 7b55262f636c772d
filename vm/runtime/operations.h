// The operations of the bytecode on a frame, one function for each opcode that is not flow: the one
// place that says what they do. The small ones are inline in scalar_operations.h. Operands are
// those of the instruction and have passed the validator.
#pragma once

#include <array>

#include "vm/runtime/frame.h"

namespace edict::runtime {

using Operand = std::uint16_t;

// A pure or reading operation always succeeds; a writing one returns false when the call has
// failed, with the reason in Frame::why.
using Operation = bool (*)(Frame& frame, Operand a, Operand b, Operand c);

// By opcode, for engines that call what they do not inline; null for flow.
[[nodiscard]] const std::array<Operation, bytecode::OPCODE_COUNT>& operation_table();

// The reason, in Frame::why, for which an action ends at a branch that lacks its operand.
void condition_has_no_value(Frame& frame);
[[nodiscard]] std::string result_has_no_value();

namespace operations {

// ---- set_operations.cpp, operations.cpp ----
void equal(Frame& f, Operand a, Operand b, Operand c);
void not_equal(Frame& f, Operand a, Operand b, Operand c);
void narrow(Frame& f, Operand a, Operand b, Operand c);
void wrap(Frame& f, Operand a, Operand b, Operand c);
void unwrap(Frame& f, Operand a, Operand b, Operand c);
void field(Frame& f, Operand a, Operand b, Operand c);
void set_field(Frame& f, Operand a, Operand b, Operand c);
void make_record(Frame& f, Operand a, Operand b, Operand c);
void make_set(Frame& f, Operand a, Operand b, Operand c);
void contains(Frame& f, Operand a, Operand b, Operand c);
void set_unite(Frame& f, Operand a, Operand b, Operand c);
void set_subtract(Frame& f, Operand a, Operand b, Operand c);
void set_intersect(Frame& f, Operand a, Operand b, Operand c);
void count(Frame& f, Operand a, Operand b, Operand c);
void hash(Frame& f, Operand a, Operand b, Operand c);
void format(Frame& f, Operand a, Operand b, Operand c);

// ---- value_operations.cpp: numbers, times, lists and texts; operands from b on ----
void decimal_add(Frame& f, Operand a, Operand b, Operand c);
void decimal_subtract(Frame& f, Operand a, Operand b, Operand c);
void decimal_times(Frame& f, Operand a, Operand b, Operand c);
void decimal_ratio(Frame& f, Operand a, Operand b, Operand c);
void decimal_of(Frame& f, Operand a, Operand b, Operand c);
void decimal_whole(Frame& f, Operand a, Operand b, Operand c);
void decimal_as(Frame& f, Operand a, Operand b, Operand c);
void money_in(Frame& f, Operand a, Operand b, Operand c);
void time_add(Frame& f, Operand a, Operand b, Operand c);
void time_subtract(Frame& f, Operand a, Operand b, Operand c);
void duration_times(Frame& f, Operand a, Operand b, Operand c);
void duration_divide(Frame& f, Operand a, Operand b, Operand c);
void calendar_number(Frame& f, Operand a, Operand b, Operand c);
void calendar_day(Frame& f, Operand a, Operand b, Operand c);
void add_months(Frame& f, Operand a, Operand b, Operand c);
void day_of(Frame& f, Operand a, Operand b, Operand c);
void start_of(Frame& f, Operand a, Operand b, Operand c);
void make_list(Frame& f, Operand a, Operand b, Operand c);
void as_of(Frame& f, Operand a, Operand b, Operand c);
void value_of_text(Frame& f, Operand a, Operand b, Operand c);
void text_starts(Frame& f, Operand a, Operand b, Operand c);
void text_ends(Frame& f, Operand a, Operand b, Operand c);
void text_contains(Frame& f, Operand a, Operand b, Operand c);

// ---- window_operations.cpp: counters over days; operands from b on ----
void window_add(Frame& f, Operand a, Operand b, Operand c);
void window_total(Frame& f, Operand a, Operand b, Operand c);
void window_peak(Frame& f, Operand a, Operand b, Operand c);

// ---- effects.cpp: what asks the host ----
void now(Frame& f, Operand a, Operand b, Operand c);
void today(Frame& f, Operand a, Operand b, Operand c);
void caller(Frame& f, Operand a, Operand b, Operand c);
void signer(Frame& f, Operand a, Operand b, Operand c);
void has_role(Frame& f, Operand a, Operand b, Operand c);
void open_duty(Frame& f, Operand a, Operand b, Operand c);
void breached_duty(Frame& f, Operand a, Operand b, Operand c);
void read_now(Frame& f, Operand a, Operand b, Operand c);
void read_before(Frame& f, Operand a, Operand b, Operand c);
void read_after(Frame& f, Operand a, Operand b, Operand c);
[[nodiscard]] bool write_store(Frame& f, Operand a, Operand b, Operand c);
[[nodiscard]] bool remove_key(Frame& f, Operand a, Operand b, Operand c);
[[nodiscard]] bool emit(Frame& f, Operand a, Operand b, Operand c);
[[nodiscard]] bool call_action(Frame& f, Operand a, Operand b, Operand c);
[[nodiscard]] bool fail(Frame& f, Operand a, Operand b, Operand c);

}  // namespace operations

}  // namespace edict::runtime
