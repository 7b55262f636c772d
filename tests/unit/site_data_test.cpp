// Salted hashes, the folder of a data set, local statistics, mean and standard deviation.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "chain/merkle/log.h"
#include "site/moments.h"
#include "site/study.h"

namespace edict::site {
namespace {

namespace fs = std::filesystem;

constexpr const char* SCHEMA = R"(
name = "ward"
period_from = 2024-01-01
period_to = 2024-12-31
[[column]]
name = "age"
type = "Int"
optional = true
[[column]]
name = "af"
type = "Bool"
[[column]]
name = "sex"
type = "enum"
members = ["f", "m"]
[[column]]
name = "note"
type = "Text"
)";

Schema schema() { return read_schema(SCHEMA, "s").value(); }

Records records(const std::string& rows) {
    Faults faults;
    Records all = read_records("age,af,sex,note\n" + rows, schema(), faults);
    EXPECT_TRUE(faults.empty()) << render(faults, "rows");
    return all;
}

constexpr const char* ROWS = "10,true,f,a\n20,false,f,b\n30,false,m,c\n,false,m,d\n40,false,f,e\n";

class Folder {
public:
    Folder() {
        std::string name = (fs::temp_directory_path() / "edict-site-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~Folder() { fs::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] std::string in(const char* name) const {
        return (fs::path(path_) / name).string();
    }

private:
    std::string path_;
};

TEST(SaltedHashes, equal_records_have_different_hashes_and_the_secret_decides_them) {
    const base::Bytes record{1, 2, 3};
    const Secret a = Secret::generate();
    const Secret b = Secret::generate();
    EXPECT_EQ(record_hash(a, 0, record), record_hash(a, 0, record));
    EXPECT_NE(record_hash(a, 0, record), record_hash(a, 1, record));
    EXPECT_NE(record_hash(a, 0, record), record_hash(b, 0, record));
}

TEST(SaltedHashes, the_root_proves_each_record_as_rfc_6962_does) {
    const Secret secret = Secret::generate();
    const std::vector<base::Bytes> all{{1}, {2}, {3}, {4}, {5}};
    const auto hashes = record_hashes(secret, all);
    std::vector<crypto::Hash> leaves;
    for (const auto& hash : hashes) leaves.push_back(merkle::leaf_hash(hash.bytes));
    for (std::uint64_t i = 0; i < leaves.size(); ++i) {
        const auto path = merkle::inclusion_path(i, leaves);
        EXPECT_TRUE(merkle::verify_inclusion(leaves[i], i, leaves.size(), path, root_of(hashes)));
    }
}

TEST(DataSet, opens_as_it_was_created) {
    const Folder folder;
    const auto made = create_data_set(folder.in("d"), SCHEMA, schema(), records(ROWS), false);
    ASSERT_TRUE(made.has_value()) << made.error().message;
    const auto opened = open_data_set(folder.in("d"));
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    EXPECT_EQ(opened->records, made->records);
    EXPECT_EQ(opened->root(), made->root());
    EXPECT_TRUE(compare(*opened, opened->records).same());
    struct stat about{};
    ASSERT_EQ(::stat((folder.in("d") + "/secret").c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777U, 0600U);
}

TEST(DataSet, is_replaced_only_when_told_and_keeps_its_secret) {
    const Folder folder;
    const auto first = create_data_set(folder.in("d"), SCHEMA, schema(), records(ROWS), false);
    ASSERT_TRUE(first.has_value());
    EXPECT_FALSE(create_data_set(folder.in("d"), SCHEMA, schema(), records("1,true,f,z\n"), false));
    EXPECT_EQ(open_data_set(folder.in("d"))->root(), first->root());
    const auto second = create_data_set(folder.in("d"), SCHEMA, schema(), records(ROWS), true);
    ASSERT_TRUE(second.has_value());
    EXPECT_EQ(second->root(), first->root());
}

TEST(DataSet, names_the_altered_record_and_its_field) {
    const Folder folder;
    const auto set = create_data_set(folder.in("d"), SCHEMA, schema(), records(ROWS), false);
    ASSERT_TRUE(set.has_value());
    const Records other =
        records("10,true,f,a\n20,false,f,b\n3,false,m,c\n,false,m,d\n40,false,f,e\n");
    const Comparison made = compare(*set, other.records);
    EXPECT_FALSE(made.same());
    ASSERT_EQ(made.altered.size(), 1U);
    EXPECT_EQ(made.altered[0].index, 2U);
    EXPECT_EQ(made.altered[0].fields, std::vector<std::string>{"age was 30, is 3"});
    EXPECT_NE(made.root, set->root());
    const Comparison fewer = compare(*set, records("10,true,f,a\n").records);
    EXPECT_FALSE(fewer.same());
    EXPECT_EQ(fewer.unequal, 0U);
}

TEST(DataSet, damaged_or_misplaced_files_are_errors_with_a_reason) {
    const Folder folder;
    EXPECT_FALSE(open_data_set(folder.in("none")));
    std::ofstream(folder.in("file")) << "x";
    const auto on_file = create_data_set(folder.in("file"), SCHEMA, schema(), records(ROWS), false);
    ASSERT_FALSE(on_file.has_value());
    EXPECT_EQ(on_file.error().kind, base::ErrorKind::environment);
    ASSERT_TRUE(create_data_set(folder.in("d"), SCHEMA, schema(), records(ROWS), false));
    for (const char* name : {"records", "hashes"}) {
        const std::string path = folder.in("d") + "/" + name;
        const std::string whole = *read_whole(path, 1 << 20);
        for (const std::string& bad :
             {whole.substr(0, whole.size() - 1), whole + "x", std::string("x"), std::string()}) {
            ASSERT_TRUE(write_whole(path, bad));
            EXPECT_FALSE(open_data_set(folder.in("d"))) << name;
        }
        ASSERT_TRUE(write_whole(path, whole));
    }
    EXPECT_TRUE(open_data_set(folder.in("d")));
    fs::permissions(folder.in("d") + "/secret", fs::perms::owner_all | fs::perms::others_read);
    EXPECT_FALSE(open_data_set(folder.in("d")));
}

TEST(Statistics, are_exact_integers_and_leave_out_what_is_missing) {
    const auto made = summarize(schema(), records(ROWS).records,
                                {"n", "age", "af=true", "af=false", "sex=f,af=false"});
    ASSERT_TRUE(made.has_value()) << made.error().message;
    const std::vector<Measure> expected{
        {MeasureKind::cell, "n", 5},
        {MeasureKind::cell, "age", 4},
        {MeasureKind::sum, "age", 100},
        {MeasureKind::sum_of_squares, "age", 3000},
        {MeasureKind::cell, "af=true", 1},
        {MeasureKind::cell, "af=false", 4},
        {MeasureKind::cell, "sex=f,af=false", 2},
    };
    EXPECT_EQ(made->measures, expected);
    EXPECT_EQ(made->smallest_cell, 1);
    EXPECT_EQ(made->smallest_name, "af=true");
}

TEST(Statistics, a_cell_that_is_left_over_counts_as_shown) {
    const auto made = summarize(schema(), records(ROWS).records, {"n", "af=false"});
    ASSERT_TRUE(made.has_value());
    EXPECT_EQ(made->smallest_cell, 1);
    EXPECT_EQ(made->smallest_name, "not af=false");
}

TEST(Statistics, unknown_measures_are_named) {
    for (const char* name : {"weight", "af", "af=maybe", "weight=1", "note=a", "age=10", "af=true,",
                             "", "=", "sex=f,weight=2"}) {
        const auto made = summarize(schema(), records(ROWS).records, {name});
        ASSERT_FALSE(made.has_value()) << name;
        EXPECT_NE(made.error().message.find("the study asks for"), std::string::npos);
    }
}

TEST(Statistics, a_sum_that_does_not_fit_is_an_error) {
    const auto made = summarize(
        schema(), records("9000000000000000,true,f,a\n9000000000000000,true,f,a\n").records,
        {"age"});
    ASSERT_FALSE(made.has_value());
    EXPECT_NE(made.error().message.find("does not fit"), std::string::npos);
}

TEST(Study, the_digest_is_hash_of_summary_and_salt) {
    Summary summary;
    summary.measures = {{MeasureKind::sum, "age", 100}, {MeasureKind::cell, "n", 5}};
    Summary turned;
    turned.measures = {summary.measures[1], summary.measures[0]};
    const crypto::Hash salt = crypto::sha256(base::as_bytes("salt"));
    EXPECT_EQ(*digest_of(summary, salt), *digest_of(turned, salt));
    EXPECT_NE(*digest_of(summary, salt), *digest_of(summary, {}));
    // A set of two records {enum u32, text, i64}, by length, then the salt by length.
    base::Writer set;
    set.count(2);
    set.u32(0);
    set.text("n");
    set.i64(5);
    set.u32(1);
    set.text("age");
    set.i64(100);
    base::Writer whole;
    whole.bytes(set.out());
    whole.bytes(salt.bytes);
    EXPECT_EQ(*digest_of(summary, salt), crypto::sha256(whole.out()));
}

TEST(Moments, have_twelve_digits_and_more) {
    // 1 .. 10; its sample standard deviation is sqrt(55/6).
    const auto made = moments_of(10, 55, 385);
    ASSERT_TRUE(made.has_value());
    EXPECT_EQ(made->mean, "5.5");
    EXPECT_EQ(*made->sd, "3.02765035409749");
    // Where doubles would cancel: 10^9 + 1, 2, 3.
    const std::int64_t b = 1'000'000'000;
    const auto large = moments_of(3, 3 * b + 6, 3 * b * b + 12 * b + 14);
    ASSERT_TRUE(large.has_value());
    EXPECT_EQ(*large->sd, "1");
    EXPECT_EQ(large->mean, "1000000002");
}

TEST(Moments, refuse_sums_that_no_values_have) {
    EXPECT_FALSE(moments_of(0, 0, 0));
    EXPECT_FALSE(moments_of(2, 10, 1));
    EXPECT_FALSE(moments_of(2, 1, -1));
    EXPECT_FALSE(moments_of(1, 3, 9)->sd.has_value());
}

}  // namespace
}  // namespace edict::site
