using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Telnyx;
using Ringwright.Egress;
using Ringwright.Streams.Forks;
using Ringwright.Testing;

namespace Ringwright.Edge.Streams;

/// <summary>An account has so many streams, forks, SIPREC sessions and transcriptions at a time, whatever the node carries.</summary>
public sealed class LiveAudioLimitTests : IAsyncDisposable
{
    private static readonly TenantId Above = new(Guid.NewGuid()), One = new(Guid.NewGuid()), Two = new(Guid.NewGuid()),
        Free = new(Guid.NewGuid());
    private readonly FakeTaps _taps = new();
    private readonly ConcurrentDictionary<Guid, LiveAudioNews> _news = new();
    private readonly ForkHost _forks, _others;

    public LiveAudioLimitTests()
    {
        var shares = new SessionShares(LimitsOf);
        // Two kinds, as far as the shares know.
        _forks = new(_taps, StreamRig.Laptop, new(), TimeProvider.System, NullLogger.Instance, shares);
        _others = new(_taps, StreamRig.Laptop, new(), TimeProvider.System, NullLogger.Instance, shares);
    }

    private static IEnumerable<(TenantId, int?)> LimitsOf(TenantId account) =>
        account == One ? [(One, 2), (Above, 3)] : account == Two ? [(Two, null), (Above, 3)] : [(account, null)];

    private async Task<(Guid Id, string? Refused)> OpenAsync(ForkHost host, TenantId account)
    {
        var id = Guid.NewGuid();
        host.Open(new(id, Samples.Facts() with { Tenant = account }, new("127.0.0.1:9", null), StreamFormat.Pcmu),
            news => _news.TryAdd(id, news));
        await Eventually.TrueAsync(() => _news.ContainsKey(id), "news");
        return (id, (_news[id] as LiveAudioNews.Ended)?.Failure);
    }

    [Fact]
    public async Task What_is_beyond_an_accounts_limit_is_refused_by_its_name_and_others_are_not()
    {
        const string refusal =
            "the account's limit of live audio is reached: 2 streams, forks, SIPREC sessions and transcriptions at a time";
        var first = await OpenAsync(_forks, One);
        Assert.Null(first.Refused);
        Assert.Null((await OpenAsync(_others, One)).Refused);
        Assert.Equal(refusal, (await OpenAsync(_forks, One)).Refused);
        Assert.Equal(refusal, (await OpenAsync(_others, One)).Refused);
        // What the two below it have counts for the one above.
        Assert.Null((await OpenAsync(_forks, Two)).Refused);
        Assert.Contains("is reached: 3 streams", (await OpenAsync(_forks, Two)).Refused, StringComparison.Ordinal);
        for (int i = 0; i < 10; i++) Assert.Null((await OpenAsync(_others, Free)).Refused);

        _forks.Close(first.Id);
        await Eventually.SomeAsync(async () => (await OpenAsync(_forks, One)).Refused is null ? "a place" : null,
            "its place is free again");
    }

    public async ValueTask DisposeAsync()
    {
        await _forks.DisposeAsync();
        await _others.DisposeAsync();
    }
}
