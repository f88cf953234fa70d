using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Dapper;
using Microsoft.AspNetCore.Http;
using Ringwright.Agency.Providers;
using Ringwright.Core;
using Ringwright.Delivery;
using Ringwright.Edge.Speech;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyTelephonyOnSqliteTests() : AgencyTelephonyTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyTelephonyOnPostgresTests() : AgencyTelephonyTests(Product.Postgres);

/// <summary>Section C of the agency's cases: a provider of voices is to call by the agency's own carrier.</summary>
public abstract class AgencyTelephonyTests(Product product) : IAsyncLifetime
{
    private const string ProviderKey = "key-of-the-agency", CarrierKey = "key-of-the-carrier";

    private static readonly string PublicKey =
        Convert.ToBase64String(Signer.PublicKeyOf(RandomNumberGenerator.GetBytes(Signer.SeedBytes)));

    private readonly FarEnds _far = new();
    private AgencyLab _lab = null!;       // set before each test, like the next
    private TestServer _server = null!;

    private AgencyHost Host => _lab.Host;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(_far.AnswerAsync);
        _lab = await AgencyLab.StartAsync(product);
    }

    public async ValueTask DisposeAsync()
    {
        await _lab.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_step_that_fails_is_named_and_the_next_request_makes_nothing_twice()
    {
        // Case P04.
        await Host.RefusedAsync(400, "invalid_credentials", Host.OwnerA, "PUT", "/integrations/telnyx",
            $$"""{"base_url":"{{_server.Url}}/v2","api_key":"another-key"}""");
        Assert.Empty((await Host.DoneAsync(200, Host.OwnerA, "GET", "/integrations"))["next_steps"]!.AsArray());
        await KeysAsync(_server.Url + "/v2", CarrierKey);
        var ready = await Host.DoneAsync(200, Host.OwnerA, "GET", "/integrations");
        Assert.Equal((true, false), ((bool)ready["ready_for_provisioning"]!, (bool)ready["telnyx"]!["provisioned"]!));
        Assert.Equal(["POST /integrations/telephony/provision"], TextsOf(ready["next_steps"]));
        _far.IsFailing = true;
        var refused = await Host.RefusedAsync(502, "provider_error", Host.OwnerA, "POST", "/integrations/telephony/provision");
        var failed = refused["details"]!;
        Assert.Equal(["create_outbound_profile"], TextsOf(failed["failed_step"]));
        Assert.Equal(["create_telnyx_application"], TextsOf(failed["completed_steps"]));
        var stands = await Host.DoneAsync(200, Host.OwnerA, "GET", "/integrations");
        Assert.Equal(("a-1", null, false), ((string?)stands["telnyx"]!["application_id"],
            (string?)stands["telnyx"]!["outbound_profile_id"], (bool)stands["telephony_configured"]!));

        _far.IsFailing = false;
        var done = await Host.DoneAsync(200, Host.OwnerA, "POST", "/integrations/telephony/provision");
        Assert.Equal(
            ["create_telnyx_application", "create_outbound_profile", "store_resource_ids", "import_to_ultravox", "mark_configured"],
            done["completed_steps"]!.AsArray().Select(step => (string?)step!["step"]));
        Assert.True((bool)done["telephony_configured"]!);
        stands = await Host.DoneAsync(200, Host.OwnerA, "GET", "/integrations");
        Assert.Equal((false, true, 0), ((bool)stands["ready_for_provisioning"]!, (bool)stands["telnyx"]!["provisioned"]!,
            stands["next_steps"]!.AsArray().Count));
        Assert.Equal((1, 1), (_far.Applications.Count, _far.Profiles.Count));
        Assert.Equal("p-1", (string?)_far.Applications[0]["outbound"]!["outbound_voice_profile_id"]);
        Assert.Contains("/webhooks/carrier/", (string?)_far.Applications[0]["webhook_event_url"], StringComparison.Ordinal);
        Assert.Equal((CarrierKey, PublicKey, "a-1", true), ((string?)_far.Told!["apiKey"], (string?)_far.Told["publicKey"],
            (string?)_far.Told["applicationSid"], (bool)_far.Told["callCreationAllowAllAgents"]!));
        Assert.DoesNotContain(CarrierKey, (await Host.DoneAsync(200, Host.OwnerA, "GET", "/audit")).ToJsonString(),
            StringComparison.Ordinal);

        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", "/integrations/telephony/provision");
        await Host.DoneAsync(200, Host.OwnerA, "POST", "/integrations/telephony/provision", """{"force":true}""");
        Assert.Equal((1, 1), (_far.Applications.Count, _far.Profiles.Count));
        var seen = await Host.DoneAsync(200, Host.OwnerA, "GET", "/integrations/telephony/verify");
        Assert.Equal((true, true, null), ((bool)seen["in_sync"]!, (bool)seen["ready_for_calls"]!, (string?)seen["sync_issues"]));
        _far.Told["applicationSid"] = "another";
        seen = await Host.DoneAsync(200, Host.OwnerA, "GET", "/integrations/telephony/verify");
        Assert.Equal((false, false), ((bool)seen["in_sync"]!, (bool)seen["ready_for_calls"]!));
        Assert.Equal(["The provider calls by another application."], TextsOf(seen["sync_issues"]));
    }

    [Fact]
    public async Task Of_two_requests_at_the_same_moment_one_makes_what_is_missing()
    {
        await KeysAsync(_server.Url + "/v2", CarrierKey);
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _far.Held = held.Task;
        var first = Host.AskAsync(Host.OwnerA, "POST", "/integrations/telephony/provision");
        await _far.IsAsked.Task.WaitAsync(Eventually.Deadline, TestContext.Current.CancellationToken);
        await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, "POST", "/integrations/telephony/provision");
        held.SetResult();
        Assert.Equal(200, (await first).Status);
        Assert.Equal((1, 1), (_far.Applications.Count, _far.Profiles.Count));
        await Host.DoneAsync(200, Host.OwnerA, "POST", "/integrations/telephony/provision", """{"force":true}""");
    }

    [Fact]
    public async Task What_lacks_is_named_and_nobody_is_told()
    {
        // Case P06.
        await Host.DoneAsync(200, Host.OwnerA, "PUT", "/integrations/ultravox",
            $$"""{"base_url":"{{_server.Url}}","api_key":"{{ProviderKey}}"}""");
        await Host.DoneAsync(200, Host.OwnerA, "PUT", "/integrations/telnyx",
            $$"""{"base_url":"{{_server.Url}}/v2","api_key":"{{CarrierKey}}","application_id":"a-7"}""");
        var refused = await Host.RefusedAsync(400, "missing_credentials", Host.OwnerA, "POST", "/integrations/telephony/import");
        Assert.Equal(["telnyx_public_key"], TextsOf(refused["details"]!["missing"]));
        Assert.Null(_far.Told);
        refused = await Host.RefusedAsync(400, "missing_credentials", Host.OwnerB, "POST", "/integrations/telephony/provision");
        Assert.Equal(["ultravox_api_key", "telnyx_api_key", "telnyx_public_key"], TextsOf(refused["details"]!["missing"]));

        await Host.DoneAsync(200, Host.OwnerA, "PUT", "/integrations/telnyx",
            new JsonObject { ["public_key"] = PublicKey, ["account_sid"] = "acc" }.ToJsonString());
        var imported = await Host.DoneAsync(200, Host.OwnerA, "POST", "/integrations/telephony/import", """{"allow_all_agents":false}""");
        Assert.True((bool)imported["telephony_configured"]!);
        Assert.Equal(("a-7", "acc", false), ((string?)_far.Told!["applicationSid"], (string?)_far.Told["accountSid"],
            (bool)_far.Told["callCreationAllowAllAgents"]!));
        Assert.Empty(_far.Applications);
        Assert.Equal(["The provider makes calls of some agents alone."],
            TextsOf((await Host.DoneAsync(200, Host.OwnerA, "GET", "/integrations/telephony/verify"))["sync_issues"]));
    }

    [Fact]
    public async Task Keys_that_do_not_open_are_named_to_be_put_once_more_and_nobody_is_asked()
    {
        await KeysAsync(_server.Url + "/v2", CarrierKey);
        var agency = new TenantId(Guid.Parse((string)Host.AccountA["id"]!));
        var seal = new ProviderSeal(new byte[32]);
        await Host.Node.Node.Database.Sql.WriteAsync(db => db.Execute("""
            update agency_integrations set api_key = @key, carrier_key = @carrier, signing_secrets = @secrets where tenant_id = @agency
            """, new
        {
            key = seal.Seal(ProviderKey, $"{agency} api_key"), carrier = seal.Seal(CarrierKey, $"{agency} carrier_key"),
            secrets = seal.Seal("[]", $"{agency} signing_secrets"), agency,
        }), TestContext.Current.CancellationToken);
        var refused = await Host.RefusedAsync(400, "missing_credentials", Host.OwnerA, "POST", "/integrations/telephony/provision");
        Assert.Equal(["ultravox_api_key", "telnyx_api_key"], TextsOf(refused["details"]!["missing"]));
        Assert.Empty(_far.Applications);
        var checkedNow = await Host.DoneAsync(200, Host.OwnerA, "GET", "/integrations/telephony/verify");
        Assert.Contains("telnyx_api_key: it does not open: it was sealed by a database with another token key.",
            TextsOf(checkedNow["sync_issues"]));
        var shown = await Host.DoneAsync(200, Host.OwnerA, "GET", "/integrations");
        Assert.Null((int?)shown["ultravox"]!["webhook_signing_secrets"]);

        await KeysAsync(_server.Url + "/v2", CarrierKey);
        await Host.DoneAsync(200, Host.OwnerA, "POST", "/integrations/telephony/provision");
    }

    [Fact]
    public async Task The_carrier_may_be_another_node()
    {
        // A node is no target of its own: it would let its customers in where they stand outside.
        await using var carrier = await AgencyHost.StartAsync(Product.Sqlite);
        string key = (string)carrier.AccountB["telnyx_key"]!;
        await KeysAsync($"http://{carrier.Node.Node.Settings.Http}/v2", key);
        foreach (string body in new[] { "{}", """{"force":true}""" })
            await Host.DoneAsync(200, Host.OwnerA, "POST", "/integrations/telephony/provision", body);
        string name = $"ringwright-{Host.AccountA["id"]}";
        var application = Assert.Single(await ListAsync(carrier, key, "/v2/call_control_applications"),
            one => (string?)one!["application_name"] == name)!;
        var profile = Assert.Single(await ListAsync(carrier, key, "/v2/outbound_voice_profiles"),
            one => (string?)one!["name"] == name)!;
        Assert.Equal((string?)profile["id"], (string?)application["outbound"]!["outbound_voice_profile_id"]);
        Assert.Equal((string?)application["id"], (string?)_far.Told!["applicationSid"]);
    }

    private static async Task<JsonArray> ListAsync(AgencyHost carrier, string key, string path)
    {
        var (status, body) = await carrier.FunctionAsync(key, "GET", path);
        Assert.Equal(200, status);
        return body!["data"]!.AsArray();
    }

    private async Task KeysAsync(string carrier, string key)
    {
        await Host.DoneAsync(200, Host.OwnerA, "PUT", "/integrations/ultravox",
            $$"""{"base_url":"{{_server.Url}}","api_key":"{{ProviderKey}}"}""");
        await Host.DoneAsync(200, Host.OwnerA, "PUT", "/integrations/telnyx",
            new JsonObject { ["base_url"] = carrier, ["api_key"] = key, ["public_key"] = PublicKey }.ToJsonString());
    }

    private static IEnumerable<string?> TextsOf(JsonNode? list) => list!.AsArray().Select(one => (string?)one);

    /// <summary>
    /// A carrier below <c>/v2</c> and a provider of voices, which keep what they are told and answer from it, as their published pages have
    /// it: https://developers.telnyx.com/api, https://docs.ultravox.ai/api-reference/telephony/telnyx-post.
    /// </summary>
    private sealed class FarEnds
    {
        private const string AtApplications = "/v2/call_control_applications", AtProfiles = "/v2/outbound_voice_profiles";

        public List<JsonObject> Applications { get; } = [];
        public List<JsonObject> Profiles { get; } = [];
        public JsonObject? Told { get; private set; }
        /// <summary>The carrier makes no profiles.</summary>
        public bool IsFailing { get; set; }
        /// <summary>Until then the carrier makes nothing.</summary>
        public Task Held { get; set; } = Task.CompletedTask;
        /// <summary>The carrier is to make something.</summary>
        public TaskCompletionSource IsAsked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task AnswerAsync(HttpContext http)
        {
            string path = http.Request.Path.Value ?? "", method = http.Request.Method;
            bool isCarriers = path.StartsWith("/v2/", StringComparison.Ordinal);
            bool isKnown = isCarriers ? (string?)http.Request.Headers.Authorization == "Bearer " + CarrierKey
                : (string?)http.Request.Headers["x-api-key"] == ProviderKey;
            var body = http.Request.ContentLength is > 0 ? (await JsonNode.ParseAsync(http.Request.Body))?.AsObject() : null;
            if (isCarriers && method is "POST")
            {
                IsAsked.TrySetResult();
                await Held;
            }
            var (status, answer) = isKnown ? Answer(method, path, body ?? []) : (401, null);
            http.Response.StatusCode = status;
            if (answer is not null) await http.Response.WriteAsync(answer.ToJsonString());
        }

        private (int Status, JsonObject? Answer) Answer(string method, string path, JsonObject body)
        {
            if (path is "/api/telephony_configs/telnyx")
            {
                // What is not there is not changed.
                if (method is "PATCH" && Told is null) return (404, null);
                if (method is "POST" or "PATCH") Told = body;
                return Told is null ? (404, null) : (200, Told);
            }
            if (path is "/api/accounts/me" or "/v2/balance") return (200, new());
            var list = path.StartsWith(AtApplications, StringComparison.Ordinal) ? Applications
                : path.StartsWith(AtProfiles, StringComparison.Ordinal) ? Profiles : null;
            if (list is null) return (404, null);
            if (path is AtApplications or AtProfiles)
            {
                if (method is "GET") return (200, new() { ["data"] = new JsonArray([.. list.Select(one => one.DeepClone())]) });
                if (IsFailing && list == Profiles) return (500, null);
                body["id"] = $"{(list == Profiles ? 'p' : 'a')}-{list.Count + 1}";
                list.Add(body);
                return (201, new() { ["data"] = body.DeepClone() });
            }
            if (list.Find(one => path.EndsWith("/" + (string?)one["id"], StringComparison.Ordinal)) is not { } row) return (404, null);
            foreach (var (name, value) in body) row[name] = value?.DeepClone();
            return (200, new() { ["data"] = row.DeepClone() });
        }
    }
}
