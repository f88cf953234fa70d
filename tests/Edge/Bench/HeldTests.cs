using Ringwright.Bench.Held;
using Ringwright.Bench.Machine;

namespace Ringwright.Edge.Bench;

/// <summary>How the memory of calls that do nothing is reckoned.</summary>
public sealed class HeldTests
{
    [Fact]
    public void What_a_call_keeps_is_what_the_calls_between_two_heights_keep_and_stands_beside_what_one_has_said()
    {
        var figures = HeldCost.Figures(new(1_000, 300_000_000, 100_000_000, 4_000_000), new(5_000, 380_000_000, 160_000_000, 20_000_000));
        Assert.Equal((20_000, 15_000), ((double)figures["bytes_per_call"]!, (double)figures["media_bytes_per_call"]!));
        Assert.Equal((4_000, 5), ((double)figures["sip_bytes_per_call"]!, (double)figures["ratio"]!));
    }

    [Fact]
    public void Memory_of_a_process_without_its_files_is_a_part_of_what_is_resident()
    {
        byte[] kept = new byte[64 << 20];
        kept.AsSpan().Fill(1);
        long resident = ProcessTree.ResidentBytes(Environment.ProcessId), own = ProcessTree.PrivateBytes(Environment.ProcessId);
        Assert.InRange(own, kept.Length / 2, 2 * resident);
        GC.KeepAlive(kept);
    }
}
