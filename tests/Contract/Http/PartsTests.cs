using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Http.Tests;

/// <summary>Ids, keys, the bucket, cursors and path templates.</summary>
public sealed class PartsTests
{
    [Fact]
    public void Snowflakes_have_19_digits_and_rise_also_when_the_clock_steps_back()
    {
        var time = new FakeTimeProvider(new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero));
        var ids = new Snowflakes(time, node: 3);
        long last = 0;
        for (int i = 0; i < 50_000; i++)
        {
            if (i % 1000 == 0) time.Advance(TimeSpan.FromMilliseconds(i % 3000 == 0 ? -2 : 1));
            long next = ids.Next();
            Assert.True(next > last);
            last = next;
        }

        Assert.Equal(19, last.ToString().Length);
    }

    [Fact]
    public void Snowflakes_of_two_nodes_differ()
    {
        var time = new FakeTimeProvider(new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero));
        Snowflakes one = new(time, 1), other = new(time, 2);
        var seen = new HashSet<long>();
        for (int i = 0; i < 1000; i++)
        {
            Assert.True(seen.Add(one.Next()));
            Assert.True(seen.Add(other.Next()));
        }
    }

    [Fact]
    public void The_bucket_refills_at_its_rate_and_holds_no_more_than_a_second()
    {
        var time = new FakeTimeProvider();
        var limiter = new RequestLimiter(10, time);
        for (int i = 0; i < 10; i++) Assert.True(limiter.Take("a").IsAllowed);
        Assert.False(limiter.Take("a").IsAllowed);
        Assert.True(limiter.Take("b").IsAllowed);
        time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.True(limiter.Take("a").IsAllowed);
        Assert.False(limiter.Take("a").IsAllowed);
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(new Allowance(true, 10, 9, 1, 0), limiter.Take("a"));
    }

    [Fact]
    public void A_key_may_have_a_rate_of_its_own_and_a_new_one_holds_from_the_next_request_on()
    {
        var time = new FakeTimeProvider();
        var limiter = new RequestLimiter(10, time);
        for (int i = 0; i < 3; i++) Assert.Equal(3, limiter.Take("a", rate: 3) is { IsAllowed: true } passed ? passed.Limit : 0);
        Assert.False(limiter.Take("a", rate: 3).IsAllowed);
        time.Advance(TimeSpan.FromSeconds(1));
        for (int i = 0; i < 20; i++) Assert.True(limiter.Take("a", rate: 20).IsAllowed);
        Assert.Equal(new Allowance(false, 20, 0, 1, 1), limiter.Take("a", rate: 20));
        Assert.Equal(10, limiter.Take("b").Limit);
        // So many times the account's above, or of those below it whose own is higher.
        Assert.Equal((30, 60), (limiter.Take("c", rate: 3, times: 10).Limit, limiter.Take("c", rate: 3, times: 10, least: 6).Limit));
    }

    [Fact]
    public async Task A_key_is_remembered_until_it_is_forgotten_or_old()
    {
        var time = new FakeTimeProvider();
        int asked = 0;
        var known = new Caller(new(Guid.NewGuid()), null, CallerRole.Owner, "k");
        Caller? answer = known;
        var keys = new KeyAuthenticator((_, _) =>
        {
            asked++;
            return new(answer);
        }, time);
        var credential = new Credential("bearer", "KEY1", null);
        var stop = TestContext.Current.CancellationToken;
        Assert.Equal(known, (await keys.FindAsync(credential, stop)).Caller);
        Assert.Equal(known, (await keys.FindAsync(credential, stop)).Caller);
        Assert.Equal(1, asked);

        answer = null;
        keys.Forget();
        Assert.Null((await keys.FindAsync(credential, stop)).Caller);
        answer = known;
        Assert.Equal(known, (await keys.FindAsync(credential, stop)).Caller);
        answer = null;
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null((await keys.FindAsync(credential, stop)).Caller);
        Assert.Null((await keys.FindAsync(new("Bearer", new string('K', Limits.TokenCharacters + 1), null), stop)).Caller);
    }

    [Theory]
    [InlineData("/a/{id}", "/a/1", true), InlineData("/a/{id}", "/a", false), InlineData("/a/{id}", "/a/1/b", false)]
    [InlineData("/r/{sid}.json", "/r/1.json", true), InlineData("/r/{sid}.json", "/r/.json", false),
        InlineData("/r/{sid}.json", "/r/1", false)]
    public void Templates_match_whole_segments(string template, string path, bool matches) =>
        Assert.Equal(matches, new PathTemplate(template).Matches(path));

    [Fact]
    public void A_query_keeps_its_order_and_decodes_names_and_values()
    {
        var query = QueryValues.Parse("?filter%5Bname%5D=a%26b&page[size]=5&tags[]=x&tags[]=y&e=");
        Assert.Equal("a&b", query["filter[name]"]);
        Assert.Equal("5", query["page[size]"]);
        Assert.Equal(["x", "y"], query.All("tags"));
        Assert.Equal("", query["e"]);
        Assert.Null(query["none"]);
    }

    [Theory]
    [InlineData("+13125550177", "+13125550177"), InlineData("%2B13125550177", "+13125550177"), InlineData("+911", "+911")]
    [InlineData("+", " "), InlineData("+12", " 12"), InlineData("+0312555", " 0312555")]
    [InlineData("+1234567890123456", " 1234567890123456")]
    [InlineData("+1312x", " 1312x"), InlineData("+1312+555", " 1312 555"), InlineData("a+13125550177", "a 13125550177")]
    [InlineData("%2013125550177", " 13125550177")]
    public void A_number_keeps_a_plus_that_nobody_encoded(string encoded, string value) =>
        Assert.Equal(value, QueryValues.Parse($"?filter[from]={encoded}")["filter[from]"]);

    [Theory]
    [InlineData("2026-03-01T09:30:00+01:00", "2026-03-01T09:30:00+01:00")]
    [InlineData("2026-03-01+09:30:00+0000", "2026-03-01 09:30:00+0000")]
    [InlineData("2026-03-01T09%3A30%3A00.123456+00%3A00", "2026-03-01T09:30:00.123456+00:00")]
    [InlineData("2026-03-01T09:30:00%2B01:00", "2026-03-01T09:30:00+01:00"), InlineData("2026-03-01+09:30:00", "2026-03-01 09:30:00")]
    [InlineData("2026-03-01T09:30:00%2001:00", "2026-03-01T09:30:00 01:00"), InlineData("2026-03-01T09:30:00Z", "2026-03-01T09:30:00Z")]
    [InlineData("2026-03-01+09:30+01:00", "2026-03-01 09:30+01:00"), InlineData("at+09:30:00+01:00", "at 09:30:00 01:00")]
    public void So_does_a_moment_before_its_offset(string encoded, string value) =>
        Assert.Equal(value, QueryValues.Parse($"?filter[created_at][gte]={encoded}")["filter[created_at][gte]"]);
}
