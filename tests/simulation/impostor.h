// Impostor: another program where a node is expected.
#pragma once

#include <cstdint>
#include <string>
#include <thread>

namespace edict::tests {

// Answers a GET of /v1/genesis with the bytes of that file, and everything else with one text.
class Impostor {
public:
    Impostor(const std::string& genesis, std::string answer);
    ~Impostor();
    Impostor(const Impostor&) = delete;
    Impostor& operator=(const Impostor&) = delete;
    [[nodiscard]] std::string url() const;

private:
    void serve() const;

    std::string genesis_, answer_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

}  // namespace edict::tests
