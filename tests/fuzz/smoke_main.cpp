// Runs a fuzz target without libFuzzer, so that every build and compiler has a smoke test: each
// file of the corpus, then a number of mutations of them. Same arguments, same inputs.
//
//   NAME_fuzz RUNS [CORPUS_DIR]
#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
// Null unless the program runs under a sanitizer.
extern "C" [[gnu::weak]] void __sanitizer_set_death_callback(void (*callback)());

namespace {

using Input = std::vector<std::uint8_t>;

constexpr std::size_t MAX_INPUT_BYTES = 1 << 16;
std::string crash_file;  // beside the program
const Input* running = nullptr;

void save_input() {
    if (running == nullptr) return;
    if (std::FILE* file = std::fopen(crash_file.c_str(), "wb")) {
        std::fwrite(running->data(), 1, running->size(), file);
        std::fclose(file);
        std::fprintf(stderr, "the input that did this is in %s\n", crash_file.c_str());
    }
}

// Not async-signal-safe in the letter, but the process is lost already and the input is worth more.
void on_signal(int signal) {
    std::signal(signal, SIG_DFL);
    save_input();
    std::raise(signal);
}

void save_input_on_death() {
    // A sanitizer ends the process in its own way, and its report on a signal is better than ours.
    if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(save_input);
    for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGILL, SIGBUS}) {
        struct sigaction now{};
        sigaction(signal, nullptr, &now);
        if (now.sa_handler == SIG_DFL) std::signal(signal, on_signal);
    }
}

void run(const Input& input) {
    running = &input;
    LLVMFuzzerTestOneInput(input.data(), input.size());
}

// splitmix64: the standard library's distributions differ between implementations.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::size_t below(std::size_t bound) {
        state_ += 0x9e3779b97f4a7c15;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return static_cast<std::size_t>((z ^ (z >> 31)) % bound);
    }
    std::uint8_t byte() { return static_cast<std::uint8_t>(below(256)); }

private:
    std::uint64_t state_;
};

auto at(Input& input, std::size_t index) {
    return input.begin() + static_cast<std::ptrdiff_t>(index);
}

void mutate_once(Input& input, const Input& other, Random& random) {
    if (input.empty()) {
        for (std::size_t left = 1 + random.below(64); left > 0; --left)
            input.push_back(random.byte());
        return;
    }
    const std::size_t from = random.below(input.size());
    const std::size_t length = 1 + random.below(std::min<std::size_t>(input.size() - from, 32));
    switch (random.below(7)) {
        case 0:
            input[from] = random.byte();
            break;
        case 1:
            input[from] ^= static_cast<std::uint8_t>(1U << random.below(8));
            break;
        case 2:
            input.insert(at(input, from), random.byte());
            break;
        case 3:
            input.erase(at(input, from), at(input, from + length));
            break;
        case 4: {  // a hostile count or length
            const std::uint8_t fill = random.below(2) == 0 ? 0xff : 0x00;
            std::fill(at(input, from), at(input, from + std::min<std::size_t>(length, 8)), fill);
            break;
        }
        case 5: {  // the same piece twice
            const Input piece(at(input, from), at(input, from + length));
            input.insert(at(input, from), piece.begin(), piece.end());
            break;
        }
        default: {  // the head of one and the tail of another
            const std::size_t cut = std::min(from, other.size());
            input.resize(from);
            input.insert(input.end(), other.begin() + static_cast<std::ptrdiff_t>(cut),
                         other.end());
        }
    }
}

std::vector<Input> read_corpus(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    std::vector<Input> corpus;
    for (const auto& path : paths) {
        std::ifstream file(path, std::ios::binary);
        corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    return corpus;
}

int usage(const char* program) {
    std::fprintf(stderr, "usage: %s RUNS [CORPUS_DIR]\n", program);
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2 || argc > 3) return usage(argv[0]);
    std::uint64_t runs = 0;
    const char* end = argv[1] + std::strlen(argv[1]);
    const auto [rest, error] = std::from_chars(argv[1], end, runs);
    if (error != std::errc{} || rest != end) return usage(argv[0]);

    crash_file = std::string(argv[0]) + "-crash-input";
    save_input_on_death();
    std::vector<Input> corpus;
    if (argc == 3) {
        corpus = read_corpus(argv[2]);
        if (corpus.empty()) {
            std::fprintf(stderr, "%s: no file in the corpus folder\n", argv[2]);
            return 1;
        }
    }
    for (const Input& input : corpus) run(input);
    const std::size_t files = corpus.size();
    corpus.emplace_back();  // the empty input, from which mutation makes random bytes
    run(corpus.back());

    for (std::uint64_t i = 0; i < runs; ++i) {
        Random random(i);
        Input input = corpus[random.below(corpus.size())];
        const Input& other = corpus[random.below(corpus.size())];
        for (std::size_t left = 1 + random.below(4); left > 0; --left) {
            mutate_once(input, other, random);
        }
        if (input.size() > MAX_INPUT_BYTES) input.resize(MAX_INPUT_BYTES);
        run(input);
    }
    std::printf("%zu corpus files, %llu mutations\n", files, static_cast<unsigned long long>(runs));
    return 0;
}
