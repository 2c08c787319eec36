// SPDX-License-Identifier: Apache-2.0
// Drives flaash_top without Python: what a simulation costs when nothing but the RTL is in it.
//
//   harness SCRIPT RESULT
//
// The script is a sequence of operations, 32-bit little-endian words: a code and its arguments.
//   0 addr data        write a register
//   1 n, n x 4 words   send a frame of n beats
//   2 addr mask        read a register until (value & mask) is 0
//   3                  wait for the interrupt
//   4                  wait until the result frame has ended; its beats are appended to RESULT
//   5                  begin with a reset; the clock that is printed runs from here to the end of 4
// Prints the cycles between 5 and 4, and the CPU seconds that they took, a line for each pair.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <vector>

#include "Vtop.h"
#include "verilated.h"

namespace {

constexpr int kBeatWords = 4;
constexpr uint64_t kLimit = 50'000'000;  // cycles of one wait

[[noreturn]] void fail(const char* what) {
    std::fprintf(stderr, "harness: %s\n", what);
    std::exit(1);
}

class Host {
public:
    explicit Host(std::FILE* result) : result_(result) {
        top_.m_axis_tready = 1;
        top_.s_axis_tkeep = 0xffff;
        top_.s_axil_bready = 1;
        top_.s_axil_rready = 1;
        top_.s_axil_wstrb = 0xf;
    }

    void reset() {
        top_.rst_ni = 0;
        for (int i = 0; i < 8; ++i) tick();
        top_.rst_ni = 1;
        for (int i = 0; i < 8; ++i) tick();
        frame_ended_ = false;
    }

    void write(uint32_t addr, uint32_t data) {
        top_.s_axil_awaddr = addr;
        top_.s_axil_wdata = data;
        top_.s_axil_awvalid = top_.s_axil_wvalid = 1;
        bool answered = false;
        for (uint64_t n = 0; !answered; ++n) {
            settle();
            const bool aw = top_.s_axil_awvalid && top_.s_axil_awready;
            const bool w = top_.s_axil_wvalid && top_.s_axil_wready;
            answered = top_.s_axil_bvalid;
            edge();
            if (aw) top_.s_axil_awvalid = 0;
            if (w) top_.s_axil_wvalid = 0;
            if (n > kLimit) fail("no answer to a register write");
        }
    }

    uint32_t read(uint32_t addr) {
        top_.s_axil_araddr = addr;
        top_.s_axil_arvalid = 1;
        for (uint64_t n = 0; n < kLimit; ++n) {
            settle();
            const bool ar = top_.s_axil_arvalid && top_.s_axil_arready;
            const bool answered = top_.s_axil_rvalid;
            const uint32_t data = top_.s_axil_rdata;
            edge();
            if (ar) top_.s_axil_arvalid = 0;
            if (answered) return data;
        }
        fail("no answer to a register read");
    }

    void send(const uint32_t* words, uint32_t beats) {
        top_.s_axis_tvalid = 1;
        for (uint32_t beat = 0; beat < beats; ++beat) {
            for (int i = 0; i < kBeatWords; ++i) top_.s_axis_tdata[i] = words[beat * kBeatWords + i];
            top_.s_axis_tlast = beat + 1 == beats;
            bool taken = false;
            for (uint64_t n = 0; !taken; ++n) {
                settle();
                taken = top_.s_axis_tready;
                edge();
                if (n > kLimit) fail("a beat of an operand was not taken");
            }
        }
        top_.s_axis_tvalid = 0;
    }

    void wait_interrupt() {
        for (uint64_t n = 0; !top_.irq_o; ++n) {
            tick();
            if (n > kLimit) fail("no interrupt");
        }
    }

    void wait_frame() {
        for (uint64_t n = 0; !frame_ended_; ++n) {
            tick();
            if (n > kLimit) fail("the result frame did not end");
        }
    }

    uint64_t cycles() const { return cycles_; }

private:
    // The first half of a cycle: inputs are in place, outputs follow.
    void settle() {
        top_.clk_i = 0;
        top_.eval();
    }

    // The rising edge. A beat that is valid now is taken.
    void edge() {
        if (top_.m_axis_tvalid) {
            std::fwrite(&top_.m_axis_tdata[0], sizeof(uint32_t), kBeatWords, result_);
            frame_ended_ = frame_ended_ || top_.m_axis_tlast;
        }
        top_.clk_i = 1;
        top_.eval();
        ++cycles_;
    }

    void tick() {
        settle();
        edge();
    }

    Vtop top_;
    std::FILE* result_;
    uint64_t cycles_ = 0;
    bool frame_ended_ = false;
};

std::vector<uint32_t> read_script(const char* path) {
    std::FILE* file = std::fopen(path, "rb");
    if (!file) fail("no script");
    std::vector<uint32_t> words;
    uint32_t word;
    while (std::fread(&word, sizeof word, 1, file) == 1) words.push_back(word);
    std::fclose(file);
    return words;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) fail("two arguments are expected: script and result");
    Verilated::commandArgs(argc, argv);
    const std::vector<uint32_t> script = read_script(argv[1]);
    std::FILE* result = std::fopen(argv[2], "wb");
    if (!result) fail("the result file can't be written");
    const auto host = std::make_unique<Host>(result);
    uint64_t first = 0;
    std::clock_t began = 0;
    for (size_t at = 0; at < script.size();) {
        const uint32_t* argument = &script[at] + 1;
        switch (script[at]) {
        case 0: host->write(argument[0], argument[1]); at += 3; break;
        case 1: host->send(argument + 1, argument[0]); at += 2 + kBeatWords * argument[0]; break;
        case 2: while (host->read(argument[0]) & argument[1]) {} at += 3; break;
        case 3: host->wait_interrupt(); at += 1; break;
        case 4:
            host->wait_frame();
            std::printf("%llu %.6f\n", static_cast<unsigned long long>(host->cycles() - first),
                        static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC);
            at += 1;
            break;
        case 5:
            host->reset();
            first = host->cycles();
            began = std::clock();
            at += 1;
            break;
        default: fail("unknown operation in the script");
        }
    }
    std::fclose(result);
    return 0;
}
