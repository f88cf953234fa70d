using Ringwright.Server.Nodes;

namespace Ringwright.Edge.Server;

/// <summary>Who may have how many descriptors.</summary>
public sealed class DescriptorsTests
{
    [Theory]
    [InlineData(512, false)]
    [InlineData(512, true)]
    [InlineData(1_024, false)]
    [InlineData(4_096, false)]
    [InlineData(4_096, true)]
    [InlineData(20_000, false)]
    [InlineData(1_048_576, false)]
    [InlineData(-1, false)]
    public void All_together_leave_enough_for_the_database_and_the_runtime(long limit, bool hasMedia)
    {
        var descriptors = Descriptors.Of(limit, hasMedia);
        long given = descriptors.Http.All + descriptors.Storage.All + descriptors.Admin.All + descriptors.Sip.All + descriptors.Out
            + descriptors.Streams + 2 * descriptors.Forks + 3 * descriptors.Siprec
            + (hasMedia ? 2L * Descriptors.MediaPairs(limit, hasNode: true) : 0);
        long all = limit < 0 ? int.MaxValue : limit;
        Assert.InRange(given, 1, all - 320 - (all - 320) / 16);
        foreach (var listener in new[] { descriptors.Http, descriptors.Storage, descriptors.Admin, descriptors.Sip })
        {
            Assert.InRange(listener.Untrusted, 1, listener.All - 1);
            Assert.InRange(listener.PerUntrusted, 1, Math.Max(1, listener.Untrusted / 2));
        }
    }

    [Theory]
    [InlineData(1_024, 307)]
    [InlineData(4_096, 1_536)]
    [InlineData(20_000, 7_897)]
    public void The_media_process_leaves_some_for_its_files(long limit, int pairs) =>
        Assert.Equal(pairs, Descriptors.MediaPairs(limit, hasNode: false));
}
