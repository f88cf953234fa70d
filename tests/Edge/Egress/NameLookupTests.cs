using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Ringwright.Egress;
using Ringwright.Testing;

namespace Ringwright.Edge.Egress;

/// <summary>Names whose owners let the resolver wait.</summary>
public sealed class NameLookupTests
{
    private const string Thief = ".hangs.example";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Names_of_one_ending_that_nobody_answers_hold_few_threads_and_none_of_the_pool()
    {
        using var gate = new ManualResetEventSlim();
        var asked = new ConcurrentQueue<(string Host, bool IsOfPool)>();
        var lookups = new NameLookups(host =>
        {
            asked.Enqueue((host, Thread.CurrentThread.IsThreadPoolThread));
            if (host.EndsWith(Thief, StringComparison.Ordinal)) gate.Wait();
            return [IPAddress.Loopback];
        });
        using var given = new CancellationTokenSource();
        var hang = Enumerable.Range(0, 50).Select(i => lookups.FindAsync($"n{i}{Thief}", given.Token)).ToList();
        await Eventually.TrueAsync(() => asked.Count == NameLookups.AtOnce, "as many as may be are asked for");
        string other = Enumerable.Range(0, 1_000).Select(i => $"www.other{i}.example")
            .First(name => NameLookups.ShareOf(name) != NameLookups.ShareOf(Thief));
        Assert.Equal([IPAddress.Loopback], await lookups.FindAsync(other, Stop).WaitAsync(Eventually.Deadline, Stop));
        Assert.Equal(NameLookups.AtOnce + 1, asked.Count);

        // Nobody waits any more, and so nothing more is asked for.
        await given.CancelAsync();
        foreach (var one in hang) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        gate.Set();
        Assert.Equal([IPAddress.Loopback], await lookups.FindAsync("last" + Thief, Stop).WaitAsync(Eventually.Deadline, Stop));
        Assert.Equal(NameLookups.AtOnce + 2, asked.Count);
        Assert.All(asked, one => Assert.False(one.IsOfPool));
    }

    [Fact]
    public async Task One_answer_is_for_all_who_wait_for_that_name_and_the_next_one_asks_anew()
    {
        using var gate = new ManualResetEventSlim();
        int asked = 0;
        var lookups = new NameLookups(_ =>
        {
            Interlocked.Increment(ref asked);
            gate.Wait();
            throw new SocketException((int)SocketError.HostNotFound);
        });
        var all = Enumerable.Range(0, 20).Select(_ => lookups.FindAsync("a.example", Stop)).ToList();
        gate.Set();
        foreach (var one in all)
            Assert.Equal(SocketError.HostNotFound, (await Assert.ThrowsAsync<SocketException>(() => one)).SocketErrorCode);
        Assert.InRange(asked, 1, NameLookups.AtOnce);
        int before = asked;
        await Assert.ThrowsAsync<SocketException>(() => lookups.FindAsync("a.example", Stop));
        Assert.Equal(before + 1, asked);
    }
}
