// Result<T>: a value, or why it could not be had for a reason outside our code.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace edict::base {

// What the person who sees the error can do about it; the command line maps each to an exit code.
enum class ErrorKind {
    input,        // the user's data is wrong: exit 1
    usage,        // the command was called wrongly: exit 2
    unknown,      // a question was not settled within its limit: exit 3
    environment,  // file, disk, network, missing software: exit 4
    forbidden,    // the rules forbid it: exit 5
};

// One sentence that says what was wrong, where, and what to do.
struct Error {
    ErrorKind kind = ErrorKind::input;
    std::string message;

    friend bool operator==(const Error&, const Error&) = default;
};

template <typename T>
using Result = tl::expected<T, Error>;

using Status = Result<void>;

[[nodiscard]] inline tl::unexpected<Error> fail(ErrorKind kind, std::string message) {
    return tl::unexpected<Error>(Error{kind, std::move(message)});
}

[[nodiscard]] inline tl::unexpected<Error> input_error(std::string message) {
    return fail(ErrorKind::input, std::move(message));
}

[[nodiscard]] inline tl::unexpected<Error> environment_error(std::string message) {
    return fail(ErrorKind::environment, std::move(message));
}

// Hands on the error of one Result as the error of another.
template <typename T>
[[nodiscard]] tl::unexpected<Error> error_of(const Result<T>& result) {
    return tl::unexpected<Error>(result.error());
}

// The same error, with where it happened put before it.
[[nodiscard]] inline tl::unexpected<Error> in_context(const std::string& where,
                                                      const Error& error) {
    return tl::unexpected<Error>(Error{error.kind, where + ": " + error.message});
}

}  // namespace edict::base
