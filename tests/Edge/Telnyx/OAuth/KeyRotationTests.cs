using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.OAuth;
using Ringwright.Store.Resources;
using Ringwright.Testing;

namespace Ringwright.Edge.Telnyx.OAuth;

/// <summary>The keys that sign access tokens, over the years.</summary>
public sealed class KeyRotationTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private Database _store = null!;            // set before each test
    private AccessTokens _tokens = null!;       // set before each test
    private TenantId _tenant;
    private readonly Guid _client = Guid.NewGuid();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Migrated.CopyTo(_folder.Path, ofNode: false);
        _store = await Database.OpenAsync(new() { DataFolder = _folder.Path }, _time, NullLogger.Instance, Stop);
        _tenant = (await _store.Tenants.CreateAsync("acme", TenantLimits.None, null, Stop))!.Tenant.Id;
        var row = new ResourceRow
        {
            Id = _client.ToString(), Tenant = _tenant, Body = [], CreatedAt = _time.GetUtcNow(), UpdatedAt = _time.GetUtcNow()
        };
        Assert.Equal(WriteOutcome.Done, await _store.OAuthClients.Rows(new() { Read = _ => new(["read"]), Secret = "client_secret" })
            .InsertAsync(row, Stop));
        _tokens = NewTokens();
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    private AccessTokens NewTokens() => new(_store, new(new Uri("https://calls.example.com")), _time);

    private async Task<string> TokenAsync(AccessTokens tokens)
    {
        var family = new OAuthFamily
        {
            Id = Guid.NewGuid(), Tenant = _tenant, Client = _client, Scopes = ["read"],
            CreatedAt = _time.GetUtcNow(), ExpiresAt = _time.GetUtcNow().AddHours(1)
        };
        await _store.OAuthTokens.OpenAsync(family, Stop);
        return await tokens.IssueAsync(family, ["read"], Stop);
    }

    private async Task<string[]> ShownAsync(AccessTokens tokens) =>
        [.. (await tokens.PublicKeysAsync(Stop)).Select(k => (string)k!["kid"]!)];

    private async Task<bool> IsGoodAsync(AccessTokens tokens, string token) => (await tokens.ReadAsync(token, Stop)).Family is not null;

    [Fact]
    public async Task A_new_key_is_shown_a_day_before_it_signs_and_the_old_one_until_its_last_token_is_over()
    {
        string[] first = await ShownAsync(_tokens);
        Assert.Single(first);
        _time.Advance(TokenKeys.Age);
        string[] both = await ShownAsync(_tokens);
        Assert.Equal(2, both.Length);
        Assert.Equal(first[0], both[0]);

        // Who has a copy of the keys that is an hour old still knows the one that signs.
        _time.Advance(TokenKeys.Notice - TimeSpan.FromMinutes(1));
        string old = await TokenAsync(_tokens);
        _time.Advance(TimeSpan.FromMinutes(1));
        string young = await TokenAsync(_tokens);
        Assert.True(await IsGoodAsync(_tokens, old));
        Assert.True(await IsGoodAsync(_tokens, young));
        Assert.NotEqual(old.Split('.')[0], young.Split('.')[0]);

        _time.Advance(TimeSpan.FromMinutes(58));
        Assert.True(await IsGoodAsync(_tokens, old));
        _time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal([both[1]], await ShownAsync(_tokens));
    }

    [Fact]
    public async Task Nodes_on_one_database_agree_on_their_keys()
    {
        var other = NewTokens();
        await Task.WhenAll(ShownAsync(_tokens), ShownAsync(other));
        Assert.Equal(await ShownAsync(_tokens), await ShownAsync(other));
        Assert.True(await IsGoodAsync(other, await TokenAsync(_tokens)));

        // The other one makes the next key; here it is heard of before it signs anything.
        _time.Advance(TokenKeys.Age);
        Assert.Equal(await ShownAsync(other), await ShownAsync(_tokens));
        _time.Advance(TokenKeys.Notice);
        Assert.True(await IsGoodAsync(_tokens, await TokenAsync(other)));
    }

    [Fact]
    public async Task A_key_outlives_its_process_and_stands_nowhere_in_the_clear()
    {
        string token = await TokenAsync(_tokens);
        Assert.True(await IsGoodAsync(NewTokens(), token));
        var stored = (await _store.OAuthKeys.ListAsync(Stop)).Single();
        string text = string.Concat(Directory.GetFiles(_folder.Path, "ringwright.db*")
            .Select(f => System.Text.Encoding.Latin1.GetString(ReadShared(f))));
        Assert.DoesNotContain(System.Text.Encoding.Latin1.GetString(stored.Secret.Span[^40..]), text);
        Assert.DoesNotContain(Convert.ToBase64String(stored.Secret.Span)[..40], text);
    }

    private static byte[] ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
