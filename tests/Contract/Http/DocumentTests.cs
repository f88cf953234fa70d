using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Testing;
using static Ringwright.Http.Bind;

namespace Ringwright.Http.Tests;

/// <summary>Plain resources of the contract as documents in a real database: one kind and one line per operation.</summary>
public sealed class DocumentTests : IAsyncLifetime
{
    private const string Groups = "/v2/billing_groups";
    private const string OtherKey = "KEY999_other";

    private readonly List<ResourceChange> _changes = [];
    private readonly FakeTimeProvider _time = new();
    private readonly TempFolder _folder = TempFolder.Quick();
    // Set before each test.
    private Database _store = null!;
    private ApiHost _api = null!;
    private TenantId _tenant;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _store = await Database.OpenAsync(new() { DataFolder = _folder.Path }, _time, NullLogger.Instance, Stop);
        _tenant = (await _store.Tenants.CreateAsync("acme", TenantLimits.None, null, Stop))!.Tenant.Id;
        var other = (await _store.Tenants.CreateAsync("other", TenantLimits.None, null, Stop))!.Tenant.Id;
        var group = new ResourceKind("billing_group")
        {
            Unique = ["name"],
            Deletes = DeleteStyle.Stamp,
            Changed = (change, _) =>
            {
                _changes.Add(change);
                return change.After?.Body["name"]?.GetValue<string>() is "fails"
                    ? throw new InvalidOperationException("the hook's own fault")
                    : default;
            },
        };
        var provider = new ResourceKind("authentication_provider") { Unique = ["short_name"], Secrets = ["settings"] };
        _api = await ApiHost.StartAsync(new()
        {
            Time = _time,
            Rows = _store.Documents.Rows,
            Keys = key => key switch
            {
                ApiHost.Key => new(_tenant, null, CallerRole.Owner, "key-1"),
                OtherKey => new(other, null, CallerRole.Member, "key-2"),
                _ => null,
            },
            Bindings =
            [
                Crud("ListBillingGroups", group), Crud("CreateBillingGroup", group), Crud("GetBillingGroup", group),
                Crud("UpdateBillingGroup", group), Crud("DeleteBillingGroup", group), Crud("FindAuthenticationProviders", provider),
                Crud("CreateAuthenticationProvider", provider), Crud("GetAuthenticationProvider", provider),
            ],
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<JsonNode> CreateAsync(string name) =>
        (await _api.JsonAsync(HttpStatusCode.OK, "POST", Groups, $$"""{"name":"{{name}}"}"""))["data"]!;

    [Fact]
    public async Task A_resource_is_made_listed_got_changed_and_deleted()
    {
        var made = await CreateAsync("one");
        Assert.Equal("billing_group", made["record_type"]!.GetValue<string>());
        _time.Advance(TimeSpan.FromSeconds(1));
        await CreateAsync("two");
        string path = $"{Groups}/{made["id"]}";
        Assert.True(JsonNode.DeepEquals(made, (await _api.JsonAsync(HttpStatusCode.OK, "GET", path))["data"]));
        Assert.Equal(["one", "two"], (await _api.JsonAsync(HttpStatusCode.OK, "GET", Groups))["data"]!.AsArray()
            .Select(g => g!["name"]!.GetValue<string>()));
        Assert.Equal("three",
            (await _api.JsonAsync(HttpStatusCode.OK, "PATCH", path, """{"name":"three"}"""))["data"]!["name"]!.GetValue<string>());

        _time.Advance(TimeSpan.FromSeconds(1));
        var gone = (await _api.JsonAsync(HttpStatusCode.OK, "DELETE", path))["data"]!;
        Assert.Equal("2026-01-06T15:00:02.000Z", gone["deleted_at"]!.GetValue<string>());
        await _api.JsonAsync(HttpStatusCode.NotFound, "GET", path);
        await _api.JsonAsync(HttpStatusCode.NotFound, "DELETE", path);
        Assert.Equal("two", Assert.Single((await _api.JsonAsync(HttpStatusCode.OK, "GET", Groups))["data"]!.AsArray())!["name"]!
            .GetValue<string>());
        await CreateAsync("three");
    }

    [Fact]
    public async Task A_name_is_taken_once_in_an_account_and_another_account_sees_nothing_of_it()
    {
        var made = await CreateAsync("one");
        var refused = await _api.JsonAsync(HttpStatusCode.UnprocessableEntity, "POST", Groups, """{"name":"one"}""");
        Assert.Equal("/name", refused["errors"]![0]!["source"]!["pointer"]!.GetValue<string>());
        foreach (string method in (string[])["GET", "PATCH", "DELETE"])
        {
            using var theirs = await _api.SendAsync(method, $"{Groups}/{made["id"]}",
                method is "PATCH" ? """{"name":"x"}""" : null, OtherKey);
            Assert.Equal(HttpStatusCode.NotFound, theirs.StatusCode);
        }
        using var same = await _api.SendAsync("POST", Groups, """{"name":"one"}""", OtherKey);
        Assert.Equal(HttpStatusCode.OK, same.StatusCode);
    }

    [Fact]
    public async Task Many_changes_of_one_resource_at_once_all_succeed_and_each_is_in_the_trail()
    {
        var made = await CreateAsync("group");
        var names = Enumerable.Range(0, 30).Select(i => $"name {i}").ToList();
        await Task.WhenAll(
            names.Select(name => _api.JsonAsync(HttpStatusCode.OK, "PATCH", $"{Groups}/{made["id"]}", $$"""{"name":"{{name}}"}""")));

        var trail = (await _store.Audit.ListAsync(_tenant, null, null, isFalling: false, 0, 100, Stop)).Events;
        Assert.Equal(31, trail.Count);
        Assert.Equal(names.Order(), trail.Skip(1).Select(e => (string)e.Changes[0]!["to"]!).Order());
        // no change was made over one that it had not read
        Assert.Equal(30, trail.Skip(1).Select(e => (string)e.Changes[0]!["from"]!).Distinct().Count());
    }

    [Fact]
    public async Task The_trail_says_who_and_what()
    {
        var made = await CreateAsync("one");
        await _api.JsonAsync(HttpStatusCode.OK, "DELETE", $"{Groups}/{made["id"]}");
        var trail = (await _store.Audit.ListAsync(_tenant, null, null, isFalling: true, 0, 100, Stop)).Events;
        Assert.Equal(["deleted", "created"], trail.Select(e => e.Change));
        Assert.All(trail, e => Assert.Equal(("key-1", "billing_group", (string)made["id"]!), (e.KeyId!, e.RecordType, e.ResourceId)));
    }

    [Fact]
    public async Task The_hook_hears_of_each_write_behind_it_and_its_fault_is_not_the_callers()
    {
        var made = await CreateAsync("one");
        await _api.JsonAsync(HttpStatusCode.OK, "PATCH", $"{Groups}/{made["id"]}", """{"name":"fails"}""");
        await _api.JsonAsync(HttpStatusCode.OK, "DELETE", $"{Groups}/{made["id"]}");
        Assert.Equal([(null, "one"), ("one", "fails"), ("fails", null)],
            _changes.Select(c => ((string?)c.Before?.Body["name"], (string?)c.After?.Body["name"])));
    }

    [Fact]
    public async Task A_secret_is_taken_and_never_shown_nor_searched()
    {
        const string Settings =
            """{"idp_entity_id":"https://example.com/hush","idp_sso_target_url":"https://example.com/","idp_cert_fingerprint":"13:38"}""";
        var made = (await _api.JsonAsync(HttpStatusCode.OK, "POST", "/v2/authentication_providers",
            $$"""{"name":"sso","short_name":"sso","settings":{{Settings}}}"""))["data"]!;
        Assert.DoesNotContain("hush", made.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hush", (await _api.JsonAsync(HttpStatusCode.OK, "GET", "/v2/authentication_providers")).ToJsonString(),
            StringComparison.Ordinal);
        using var searched = await _api.SendAsync("GET", "/v2/authentication_providers?filter[settings]=hush");
        Assert.Equal(HttpStatusCode.BadRequest, searched.StatusCode);
        var trail = Assert.Single((await _store.Audit.ListAsync(_tenant, null, null, isFalling: false, 0, 100, Stop)).Events);
        Assert.Contains("***", trail.Changes.ToJsonString(), StringComparison.Ordinal);
    }
}
