using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Net;
using Ringwright.Edge.Store;
using Ringwright.Http;
using Ringwright.Net;
using Ringwright.Net.Dns;
using Ringwright.Speech;
using Ringwright.Speech.Prompts;
using Ringwright.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Faults;

/// <summary>Somebody sets the wall clock by an hour, back or forth, while the node runs.</summary>
[Failure("clock-stepped")]
public sealed class ClockSteppedTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private readonly FakeTimeProvider _clock = new(Script.Anchor.Wall);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, InlineData(1), InlineData(-1)]
    public async Task Calls_that_are_up_keep_their_time_and_later_ones_have_the_new_one(int hours)
    {
        await using var test = await TestDatabase.OpenAsync(time: _clock);
        var tenant = await test.TenantAsync();
        var anchor = new WallAnchor(new(0), Script.Anchor.Wall);
        await using var watch = new ClockWatch(anchor, _clock, NullLogger.Instance);
        watch.Start();
        var projector = new Projector();
        var ledger = new Ledger(test.Database, anchor, [projector], NullLogger.Instance);
        Script live = new(tenant, 1), later = new(tenant, 2);
        await ledger.AppendAsync(live.Initiated());
        await ledger.AppendAsync(live.Answered());

        _clock.Step(hours * Hour);
        _clock.Advance(ClockWatch.Every);
        await Eventually.TrueAsync(() => anchor.Wall != Script.Anchor.Wall, "the step is noticed");
        await ledger.AppendAsync(live.Ended(63));
        await ledger.AppendAsync(later.Initiated());

        var record = (await test.Database.CallRecords.FindAsync(tenant, live.Facts.Id, Stop))!;
        Assert.Equal((60, Script.Anchor.Wall.AddSeconds(63)), (record.TalkSeconds, record.EndedAt));
        Assert.Equal(projector.Seen.Take(3).Select(s => s.At).Order(), projector.Seen.Take(3).Select(s => s.At));
        Assert.Equal(Script.Anchor.Wall.AddSeconds(1) + hours * Hour,
            (await test.Database.Legs.FindAsync(tenant, later.Facts.Id, Stop))!.StartedAt);
    }

    [Fact]
    public async Task Slow_corrections_and_small_steps_move_nothing()
    {
        var anchor = new WallAnchor(new(0), Script.Anchor.Wall);
        await using var watch = new ClockWatch(anchor, _clock, NullLogger.Instance);
        watch.Start();
        _clock.Step(ClockWatch.Noticed - TimeSpan.FromMilliseconds(1));
        for (int i = 0; i < 3; i++)
        {
            await Eventually.TrueAsync(() => _clock.TimerCount > 0, "the watch waits");
            _clock.Advance(ClockWatch.Every);
        }
        Assert.Equal(Script.Anchor.Wall, anchor.Wall);
    }

    [Fact]
    public async Task Names_are_looked_up_again_when_their_time_is_over_and_not_an_hour_later()
    {
        using var server = new NameServer();
        server.A("pbx.example", "10.1.0.1");
        var resolver = new Resolver(new DnsClient([server.Local]), EngineRig.Networks, _clock);
        for (int i = 0; i < 2; i++) await resolver.ResolveAsync(new("pbx.example", 5060, null, null), 1, Stop);
        Assert.Equal(1, server.Questions);

        _clock.Step(Hour);
        await resolver.ResolveAsync(new("pbx.example", 5060, null, null), 1, Stop);
        Assert.Equal(1, server.Questions);
        _clock.Step(-2 * Hour);
        _clock.Advance(TimeSpan.FromSeconds(NameServer.LifeSeconds));
        await resolver.ResolveAsync(new("pbx.example", 5060, null, null), 1, Stop);
        Assert.Equal(2, server.Questions);
    }

    [Fact]
    public void A_prompt_in_use_stays_in_the_cache()
    {
        using var folder = new TempFolder();
        var cache = new PromptCache(new SpeechOptions { Folder = folder.Path, CacheBytes = 200 }, _clock, NullLogger.Instance);
        cache.Write("a", new byte[100]);
        _clock.Step(Hour);
        cache.Write("b", new byte[150]);
        Assert.NotNull(cache.Find("a"));

        _clock.Step(-2 * Hour);
        _clock.Advance(TimeSpan.FromMinutes(10));
        cache.Write("c", new byte[100]);
        Assert.Null(cache.Find("b"));           // nobody has used it for longer than a call waits
    }

    [Fact]
    public void Ids_rise_also_when_the_clock_goes_back()
    {
        var ids = new Snowflakes(_clock, node: 1);
        long before = ids.Next();
        _clock.Step(-Hour);
        Assert.True(ids.Next() > before);
    }

    [Fact]
    public void The_allowance_of_a_key_fills_by_time_that_passes()
    {
        var limiter = new RequestLimiter(1, _clock);
        Assert.True(limiter.Take("key").IsAllowed);
        _clock.Step(Hour);
        Assert.False(limiter.Take("key").IsAllowed);
        _clock.Step(-2 * Hour);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(limiter.Take("key").IsAllowed);
    }

    [Fact]
    public async Task A_revoked_key_is_forgotten_by_time_that_passes()
    {
        var caller = new Caller(new(Guid.NewGuid()), null, CallerRole.Owner, "1");
        Caller? known = caller;
        var keys = new KeyAuthenticator((_, _) => new(known), _clock);
        var credential = new Credential("Bearer", "KEY", null);
        Assert.NotNull((await keys.FindAsync(credential, Stop)).Caller);
        known = null;
        _clock.Step(-Hour);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Null((await keys.FindAsync(credential, Stop)).Caller);
    }

    /// <summary>The one thing that the wall clock alone can judge: a link says until when it is good.</summary>
    [Fact]
    public void A_link_is_good_until_its_time_by_the_wall_clock()
    {
        var links = new DownloadLinks(new(1, 1, new byte[32]), PublicLinks.Relative);
        var (tenant, recording) = (new TenantId(Guid.NewGuid()), Guid.NewGuid());
        var query =
            System.Web.HttpUtility.ParseQueryString(links.ToRecording(tenant, recording, "a.wav", _clock.GetUtcNow()).Split('?')[1]);
        LinkVerdict Judge() =>
            links.Judge(DownloadLinks.Recordings, tenant, recording, "a.wav", query["expires"], query["signature"], _clock.GetUtcNow());

        Assert.Equal(LinkVerdict.Valid, Judge());
        _clock.Step(Hour);
        Assert.Equal(LinkVerdict.Expired, Judge());
        _clock.Step(-2 * Hour);
        Assert.Equal(LinkVerdict.Valid, Judge());
    }
}
