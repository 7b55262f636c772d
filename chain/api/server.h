// Server: the API on a socket of 127.0.0.1. Keeps httplib, which is slow to compile, in one file.
#pragma once

#include <cstdint>
#include <memory>

#include "base/result.h"
#include "chain/api/api.h"
#include "chain/api/connection.h"

namespace edict::api {

class Server {
public:
    // Listens from now on; port 0: any free one. An error of the environment says that the port is
    // taken. `api` must outlive the server.
    [[nodiscard]] static base::Result<std::unique_ptr<Server>> listen(
        Api& api, std::uint16_t port, const Patience& patience = {});
    ~Server();  // as stop()
    [[nodiscard]] std::uint16_t port() const;
    // After the requests that run. Clients that are slow to ask, or to take their answer, are cut
    // off.
    void stop();

private:
    struct Impl;
    explicit Server(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace edict::api
