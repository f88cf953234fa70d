using System.Collections.Concurrent;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Telnyx;
using Ringwright.Egress;
using Ringwright.Server.Modules;
using Ringwright.Testing;

namespace Ringwright.Edge.Streams;

/// <summary>Voices of agents count as live audio of their account, and whoever waits for one is told what becomes of it.</summary>
public sealed class VoiceCarrierTests : IAsyncDisposable
{
    private static readonly TenantId Account = new(Guid.NewGuid());
    private readonly VoiceLinks _links = new();
    private readonly VoiceCarrier _carrier;

    public VoiceCarrierTests() =>
        _carrier = new(new FakeTaps(), _links, most: 10, new SessionShares(static account => [(account, 1)]), TimeProvider.System);

    [Fact]
    public async Task A_voice_beyond_the_accounts_limit_is_refused_by_name_until_there_is_a_place()
    {
        var first = new End();
        var (id, news) = Open(first);
        await Eventually.TrueAsync(() => first.IsOpen, "the first is open");
        Assert.IsType<LiveAudioNews.Connected>(Assert.Single(news));

        var second = new End();
        var (_, refused) = Open(second);
        await Eventually.TrueAsync(() => !refused.IsEmpty, "the second is told");
        Assert.StartsWith("the account's limit of live audio is reached: 1 ", (Assert.Single(refused) as LiveAudioNews.Ended)?.Failure,
            StringComparison.Ordinal);
        Assert.StartsWith("the account's limit of live audio is reached: 1 ", Assert.Single(second.Closed), StringComparison.Ordinal);
        Assert.False(second.IsOpen);

        _carrier.Close(id);
        await Eventually.TrueAsync(() => !first.Closed.IsEmpty, "the first is closed");
        Assert.Null(Assert.Single(first.Closed));
        await Eventually.SomeAsync(async () =>
        {
            var third = new End();
            var (_, told) = Open(third);
            await Eventually.TrueAsync(() => !told.IsEmpty, "the third is told");
            return told.First() is LiveAudioNews.Connected ? "a place" : null;
        }, "its place is free again");
    }

    [Fact]
    public async Task One_that_nobody_waits_for_ends_and_other_orders_are_not_its_business()
    {
        var (_, news) = Open(end: null);
        await Eventually.TrueAsync(() => !news.IsEmpty, "it ends");
        Assert.Equal(new LiveAudioNews.Ended("whoever ordered it is gone"), Assert.Single(news));
        var fork = new ForkOrder(Guid.NewGuid(), Samples.Facts(), new("127.0.0.1:9", null), StreamFormat.Pcmu);
        Assert.False(_carrier.TryOpen(fork, _ => { }));
    }

    public ValueTask DisposeAsync() => _carrier.DisposeAsync();

    private (Guid Id, ConcurrentQueue<LiveAudioNews> News) Open(End? end)
    {
        var (id, news) = (Guid.NewGuid(), new ConcurrentQueue<LiveAudioNews>());
        if (end is not null) _links.Place(id, end);
        Assert.True(_carrier.TryOpen(new VoiceOrder(id, Samples.Facts() with { Tenant = Account }, StreamFormat.Pcmu), news.Enqueue));
        return (id, news);
    }

    private sealed class End : IVoiceEnd
    {
        private volatile bool _isOpen;

        public int Rate => 16_000;
        public bool IsOpen => _isOpen;
        public ConcurrentQueue<string?> Closed { get; } = new();

        public void Open(IAudioTap tap) => _isOpen = true;

        public void Close(string? failure) => Closed.Enqueue(failure);
    }
}
