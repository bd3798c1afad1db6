// internal: counts a few words, to find the most frequent one.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace qio::vnc {

/// Counts the first few different words; what else comes is only noticed.
template <std::size_t max_words>
class FrequentWords {
public:
    void add(std::uint32_t word, std::size_t times) {
        for (std::size_t i = 0; i < size_; ++i)
            if (words_[i] == word) {
                counts_[i] += times;
                return;
            }
        if (size_ == max_words) {
            has_more_ = true;
            return;
        }
        words_[size_] = word;
        counts_[size_++] = times;
    }

    /// How many different ones there are; at most one more than are counted.
    std::size_t different() const { return size_ + (has_more_ ? 1 : 0); }
    /// Requires: something was added.
    std::uint32_t most_frequent() const { return words_[index_of_most()]; }
    std::size_t most() const { return counts_[index_of_most()]; }
    /// Requires: there are two.
    std::uint32_t other_of_two() const { return words_[1 - index_of_most()]; }

private:
    std::size_t index_of_most() const {
        return std::size_t(
            std::max_element(counts_.begin(), counts_.begin() + std::ptrdiff_t(size_)) -
            counts_.begin());
    }

    std::array<std::uint32_t, max_words> words_;
    std::array<std::size_t, max_words> counts_;
    std::size_t size_ = 0;
    bool has_more_ = false;
};

} // namespace qio::vnc
