#include "chain/api/server.h"

#include <fmt/format.h>
#include <httplib.h>

#include <functional>
#include <semaphore>
#include <thread>

#include "base/check.h"
#include "chain/api/limits.h"

namespace edict::api {

namespace {

constexpr const char* HOST = "127.0.0.1";

// Not SO_REUSEPORT, which is httplib's default: two nodes would share a port and its requests.
void set_socket_options(socket_t socket) {
    const int yes = 1;
    (void)::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

Request request_of(const httplib::Request& from) {
    Request request{from.method, from.path, {}, from.body};
    for (const auto& [name, value] : from.params) request.query.emplace(name, value);
    return request;
}

void fill(httplib::Response& into, const Reply& reply) {
    into.status = reply.status;
    if (reply.retry_after_seconds) {
        into.set_header("Retry-After", std::to_string(*reply.retry_after_seconds));
    }
    into.set_content(reply.body, reply.content_type.c_str());
}

// What httplib itself turns away, before a route is looked for.
Reply refused(int status) {
    switch (status) {
        case 413:
            return error_reply(413, "the request is too large",
                               fmt::format("at most {} bytes", MAX_REQUEST_BYTES));
        case 414:
            return error_reply(414, "the path and query are too long",
                               fmt::format("at most {} bytes", CPPHTTPLIB_REQUEST_URI_MAX_LENGTH));
        case 404:
            return error_reply(404, "there is no such path", "see /v1/openapi.json");
        default:
            return error_reply(status, "the request is not HTTP as the node understands it",
                               "see /v1/openapi.json");
    }
}

// Threads for a bounded number of connections. With the last that may be, the thread that accepts
// waits here until one is closed; further ones wait in the queue of the system, which costs the
// process nothing.
class BoundedThreads : public httplib::ThreadPool {
public:
    BoundedThreads() : httplib::ThreadPool(THREADS) {}
    void enqueue(std::function<void()> serve) override {
        free_.acquire();
        httplib::ThreadPool::enqueue([this, serve = std::move(serve)] {
            serve();
            free_.release();
        });
    }

private:
    std::counting_semaphore<> free_{MAX_CONNECTIONS - 1};
};

class Stream final : public httplib::Stream {
public:
    Stream(int socket, const Patience& patience) : connection_(socket, patience) {}
    [[nodiscard]] bool await_request() { return connection_.await_request(); }

    // Reads and writes wait themselves.
    bool is_readable() const override { return true; }
    bool is_writable() const override { return true; }
    ssize_t read(char* into, size_t size) override { return connection_.read(into, size); }
    ssize_t write(const char* from, size_t size) override { return connection_.write(from, size); }
    void get_remote_ip_and_port(std::string& ip, int& port) const override {
        ip = HOST;
        port = 0;  // nobody asks
    }
    void get_local_ip_and_port(std::string& ip, int& port) const override {
        get_remote_ip_and_port(ip, port);
    }
    socket_t socket() const override { return connection_.socket(); }

private:
    Connection connection_;
};

// httplib's own streams wait for each byte anew, and its stop for every client.
class HttpServer final : public httplib::Server {
public:
    explicit HttpServer(const Patience& patience) : patience_(patience) {}
    void stop_all() {
        stop();
        connections_.stop(patience_.stop);
    }

private:
    bool process_and_close_socket(socket_t socket) override {
        connections_.serve(socket, [&] {
            Stream stream(socket, patience_);
            bool is_closed = false;
            for (std::size_t left = keep_alive_max_count_;
                 left > 0 && !is_closed && stream.await_request(); --left) {
                if (!process_request(stream, left == 1, is_closed, nullptr)) return;
            }
        });
        return true;
    }

    Patience patience_;
    Connections connections_;
};

}  // namespace

struct Server::Impl {
    explicit Impl(const Patience& patience) : http(patience) {}
    HttpServer http;
    std::uint16_t port = 0;
    std::thread thread;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() { stop(); }

base::Result<std::unique_ptr<Server>> Server::listen(Api& api, std::uint16_t port,
                                                     const Patience& patience) {
    auto impl = std::make_unique<Impl>(patience);
    HttpServer& http = impl->http;
    http.set_socket_options(set_socket_options);
    http.set_tcp_nodelay(true);
    http.new_task_queue = [] { return new BoundedThreads; };
    http.set_payload_max_length(MAX_REQUEST_BYTES);
    http.set_keep_alive_timeout(KEEP_ALIVE.count());
    http.set_keep_alive_max_count(REQUESTS_PER_CONNECTION);
    const auto handle = [&api](const httplib::Request& request, httplib::Response& response) {
        fill(response, api.handle(request_of(request)));
    };
    // httplib looks for a handler with a regular expression, which recurses over the path.
    http.set_pre_routing_handler([](const httplib::Request& request, httplib::Response& response) {
        if (request.path.size() <= MAX_PATH_BYTES) {
            return httplib::Server::HandlerResponse::Unhandled;
        }
        fill(response, error_reply(414, "the path is too long",
                                   fmt::format("at most {} bytes", MAX_PATH_BYTES)));
        response.set_header("Connection", "close");
        return httplib::Server::HandlerResponse::Handled;
    });
    http.Get(".*", handle).Post(".*", handle).Put(".*", handle).Patch(".*", handle);
    http.Delete(".*", handle).Options(".*", handle);
    http.set_error_handler([](const httplib::Request&, httplib::Response& response) {
        if (response.body.empty()) fill(response, refused(response.status));
    });
    http.set_exception_handler([](const httplib::Request&, httplib::Response& response,
                                  const std::exception_ptr&) {
        fill(response, error_reply(500, "the node could not answer", "report this as a defect"));
    });
    const int bound =
        port == 0 ? http.bind_to_any_port(HOST) : (http.bind_to_port(HOST, port) ? int{port} : -1);
    if (bound < 0) {
        return base::environment_error(
            fmt::format("the port {} of {} is taken, or not allowed: stop what listens there, or "
                        "choose another with --port",
                        port, HOST));
    }
    impl->port = static_cast<std::uint16_t>(bound);
    impl->thread = std::thread([server = impl.get()] { (void)server->http.listen_after_bind(); });
    return std::unique_ptr<Server>(new Server(std::move(impl)));
}

std::uint16_t Server::port() const { return impl_->port; }

void Server::stop() {
    if (!impl_->thread.joinable()) return;
    // httplib's stop() does nothing to a server that has not begun to accept.
    while (!impl_->http.is_running()) std::this_thread::yield();
    impl_->http.stop_all();
    impl_->thread.join();
}

}  // namespace edict::api
