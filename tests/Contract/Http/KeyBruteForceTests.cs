using System.Net;
using System.Security.Cryptography;
using System.Text;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Http.Tests;

/// <summary>Who guesses keys is stopped, and nobody else with him.</summary>
public sealed class KeyBruteForceTests
{
    private static readonly IPAddress Office = IPAddress.Parse("203.0.113.7");
    private static readonly Caller Owner = new(new(Guid.NewGuid()), null, CallerRole.Owner, "k");

    private readonly FakeTimeProvider _time = new();
    private readonly HashSet<string> _keys = ["KEY-known", "KEY-never-used"];
    private readonly KeyAuthenticator _authenticator;
    private int _asked, _listed;

    public KeyBruteForceTests() => _authenticator = new(
        (text, _) =>
        {
            _asked++;
            return new(new Identity(_keys.Contains(text) ? Owner : null));
        }, _time, _ =>
        {
            _listed++;
            return new([.. _keys.Select(k => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(k))))]);
        });

    private async Task<Identity> TryAsync(string key, IPAddress? from = null) =>
        await _authenticator.FindAsync(new("Bearer", key, from ?? Office), TestContext.Current.CancellationToken);

    private async Task GuessAsync(int times, IPAddress? from = null)
    {
        for (int i = 0; i < times; i++) await TryAsync($"KEY-guess-{i}", from);
    }

    [Fact]
    public async Task Unknown_keys_are_looked_up_up_to_their_addresss_budget_and_then_not_at_all()
    {
        await GuessAsync(Limits.UnknownKeys);
        Assert.Equal(Limits.UnknownKeys, _asked);
        Assert.Equal(new Identity(null), await TryAsync("KEY-guess-x", IPAddress.Parse("203.0.113.8")));
        Assert.Equal(Fault.TooManyRequests, (await TryAsync("KEY-guess-y")).Refusal);
        await GuessAsync(10_000);
        Assert.Equal((Limits.UnknownKeys + 1, 1), (_asked, _listed));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(new Identity(null), await TryAsync("KEY-guess-z"));
    }

    [Fact]
    public async Task A_key_that_exists_opens_beside_who_guesses_from_the_same_address_used_before_or_not()
    {
        Assert.Equal(Owner, (await TryAsync("KEY-known")).Caller);
        await GuessAsync(Limits.UnknownKeys + 1);
        Assert.Equal(Fault.TooManyRequests, (await TryAsync("KEY-guess")).Refusal);
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(Owner, (await TryAsync("KEY-known")).Caller);
            await GuessAsync(1_000);
            _time.Advance(TimeSpan.FromSeconds(2));
        }
        Assert.Equal(Owner, (await TryAsync("KEY-never-used")).Caller);
        // One that is made only now is found when the list is old.
        _keys.Add("KEY-new");
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(Owner, (await TryAsync("KEY-new")).Caller);
        // A revocation forgets what was believed, not who is known.
        _authenticator.Forget();
        await GuessAsync(Limits.UnknownKeys + 1);
        Assert.Equal(Owner, (await TryAsync("KEY-known")).Caller);
    }

    [Fact]
    public async Task A_revoked_key_stops_at_once_however_well_it_was_known()
    {
        Assert.Equal(Owner, (await TryAsync("KEY-known")).Caller);
        _keys.Remove("KEY-known");
        _authenticator.Forget();
        Assert.Null((await TryAsync("KEY-known")).Caller);
    }

    [Fact]
    public async Task Guesses_from_a_network_of_IPv6_count_together_and_never_drive_out_a_known_key()
    {
        Assert.Equal(Owner, (await TryAsync("KEY-known")).Caller);
        for (int i = 0; i < Limits.UnknownKeys; i++) await TryAsync($"KEY-{i}", IPAddress.Parse($"2001:db8:0:1::{i:x}"));
        Assert.Equal(Fault.TooManyRequests, (await TryAsync("KEY-guess", IPAddress.Parse("2001:db8:0:1:ffff::1"))).Refusal);
        Assert.Null((await TryAsync("KEY-guess", IPAddress.Parse("2001:db8:0:2::1"))).Refusal);
        for (int i = 0; i < 2 * Limits.RememberedKeys; i++)
            await TryAsync($"KEY-{i}", new IPAddress([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i]));
        int asked = _asked;
        Assert.Equal(Owner, (await TryAsync("KEY-known")).Caller);
        Assert.Equal(asked, _asked);
    }

    [Fact]
    public void What_is_in_use_stays_in_a_map_that_stays_small()
    {
        var map = new RecentMap<int, int>(100);
        map.Set(-1, 1);
        for (int i = 0; i < 10_000; i++)
        {
            map.Set(i, i);
            Assert.True(map.TryGet(-1, out int kept) && kept == 1);
            Assert.InRange(map.Count, 1, 100);
        }
        Assert.False(map.TryGet(0, out _));
        map.Remove(-1);
        Assert.False(map.TryGet(-1, out _));
    }

    [Fact]
    public async Task The_answer_to_too_many_unknown_keys_says_so_and_when_to_come_back()
    {
        await using var api = await ApiHost.StartAsync(
            new() { Time = _time, ListKeys = _ => new([Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ApiHost.Key)))]) });
        for (int i = 0; i < Limits.UnknownKeys; i++)
            using (var wrong = await api.SendAsync("GET", "/v2/billing_groups", key: $"KEY-{i}"))
                Assert.Equal((HttpStatusCode.Unauthorized, "10009"), await wrong.CodeAsync());
        using var shut = await api.SendAsync("GET", "/v2/billing_groups", key: "KEY-x");
        Assert.Equal((HttpStatusCode.TooManyRequests, "10011"), await shut.CodeAsync());
        Assert.Equal(TimeSpan.FromMinutes(1), shut.Headers.RetryAfter?.Delta);
        using var own = await api.SendAsync("GET", "/v2/billing_groups");
        Assert.NotEqual(HttpStatusCode.TooManyRequests, own.StatusCode);
    }

    [Fact]
    public async Task An_accounts_keys_share_its_rate_and_another_accounts_is_its_own()
    {
        var other = new TenantId(Guid.NewGuid());
        await using var api = await ApiHost.StartAsync(new()
        {
            Time = _time, PerSecond = 4,
            Keys = key => key switch
            {
                "a" or "b" or "c" => new(ApiHost.Tenant, null, CallerRole.Owner, key),
                "below" => new(ApiHost.Tenant, other, CallerRole.Owner, key),
                _ => null
            },
        });
        async Task<HttpStatusCode> AskAsync(string key)
        {
            using var answer = await api.SendAsync("GET", "/v2/billing_groups", key: key);
            return answer.StatusCode;
        }
        foreach (string key in new[] { "a", "b", "c", "a" }) Assert.NotEqual(HttpStatusCode.TooManyRequests, await AskAsync(key));
        foreach (string key in new[] { "a", "b", "c" }) Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync(key));
        Assert.NotEqual(HttpStatusCode.TooManyRequests, await AskAsync("below"));
    }
}
