using System.Text.Json.Nodes;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyConsentsOnSqliteTests() : AgencyConsentTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyConsentsOnPostgresTests() : AgencyConsentTests(Product.Postgres);

/// <summary>Consents that clients have: given, seen, and revoked; and what batches do by them.</summary>
public abstract class AgencyConsentTests(Product product) : IAsyncLifetime
{
    private const string Number = "+15550300011";

    private AgencyLab _lab = null!;       // set before each test

    private AgencyHost Host => _lab.Host;

    public async ValueTask InitializeAsync() => _lab = await AgencyLab.StartAsync(product);

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact, Depth("the gate has a batch of five, who must not be called, and a try of its own that is never made twice")]
    public async Task A_consent_is_kept_as_it_was_given_and_stays_when_it_is_revoked()
    {
        var given = await GiveAsync("written", number: "+1 (555) 030-0011",
            more: """{"text_version":"2026-1","evidence":"form 17","captured_at":"2026-01-15T12:00:00+01:00"}""");
        Assert.Equal((_lab.Client, Number, "written", "voice", "web form", "2026-1", "form 17", "2026-01-15T11:00:00.000Z", null),
            ((string?)given["client_id"], (string?)given["phone_number"], (string?)given["kind"], (string?)given["channel"],
            (string?)given["source"], (string?)given["text_version"], (string?)given["evidence"], (string?)given["captured_at"],
            (string?)given["revoked_at"]));
        await GiveAsync("express");
        await GiveAsync("express", more: """{"channel":"message"}""");
        await GiveAsync("express", number: "+15550300012", client: _lab.OtherClient);
        Assert.Equal(4, (await ConsentsAsync(Host.OwnerA)).Count);
        Assert.Equal(3, (await ConsentsAsync(Host.OwnerA, "?client_id=" + _lab.Client)).Count);
        Assert.Single(await ConsentsAsync(Host.OwnerA, "?phone_number=" + Uri.EscapeDataString("+15550300012")));

        // What was written down twice is revoked twice; the other channel and the other client keep theirs.
        string id = (string)given["id"]!;
        var revoked = await Host.DoneAsync(200, Host.OwnerA, "DELETE", "/consent/" + id);
        Assert.Equal((_lab.Client, Number, "voice", 2), ((string?)revoked["client_id"], (string?)revoked["phone_number"],
            (string?)revoked["channel"], (int)revoked["revoked"]!));
        await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, "DELETE", "/consent/" + id);
        var all = await ConsentsAsync(Host.OwnerA);
        Assert.Equal(4, all.Count);
        Assert.All(all, one => Assert.Equal((string?)one["channel"] is "voice" && (string?)one["client_id"] == _lab.Client,
            one["revoked_at"] is not null));
        Assert.StartsWith("user ", (string?)all.First(one => (string?)one["id"] == id)["revoked_by"]);
    }

    [Fact]
    public async Task Each_reads_gives_and_revokes_what_is_his()
    {
        var (_, admin) = await Host.UserAsync(Host.OwnerA, "ca1", "client_admin", _lab.Client);
        var (_, neighbour) = await Host.UserAsync(Host.OwnerA, "ca2", "client_admin", _lab.OtherClient);
        var (_, member) = await Host.UserAsync(Host.OwnerA, "mA", "agency_member");
        string body = $$"""{"phone_number":"{{Number}}","kind":"express","source":"call"}""";
        // A client's own; the agency's users say whose.
        var own = await Host.DoneAsync(201, admin, "POST", "/consent", body);
        Assert.Equal(_lab.Client, (string?)own["client_id"]);
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", "/consent", body);
        foreach (string token in new[] { neighbour, Host.OwnerB })
            await Host.RefusedAsync(404, "not_found", token, "POST", "/consent", BodyOf("express", Number, _lab.Client));
        foreach (string token in new[] { member, _lab.Viewer })
        {
            await Host.RefusedAsync(403, "forbidden", token, "POST", "/consent", BodyOf("express", Number, _lab.Client));
            await Host.RefusedAsync(403, "forbidden", token, "DELETE", "/consent/" + own["id"]);
        }
        foreach (string token in new[] { Host.OwnerA, admin, member, _lab.Viewer })
            Assert.Equal((string?)own["id"], (string?)Assert.Single(await ConsentsAsync(token))["id"]);
        foreach (string token in new[] { neighbour, _lab.OtherViewer, Host.OwnerB })
        {
            Assert.Empty(await ConsentsAsync(token));
            Assert.Empty(await ConsentsAsync(token, "?client_id=" + _lab.Client));
            await Host.RefusedAsync(404, "not_found", token, "DELETE", "/consent/" + own["id"]);
        }
        Assert.Null(Assert.Single(await ConsentsAsync(admin))["revoked_at"]);
        await Host.DoneAsync(200, admin, "DELETE", "/consent/" + own["id"]);
        Assert.NotNull(Assert.Single(await ConsentsAsync(admin))["revoked_at"]);
    }

    [Fact, Depth("AgencyBatchTests and the dialler's own tests call nobody without a consent")]
    public async Task A_batch_calls_whoever_has_agreed_until_he_takes_it_back()
    {
        // Case C08, from the first campaign of an agency on.
        string number = AgencyLab.Number("ok-1"), express = await _lab.CampaignAsync("""{"consent_required":"express"}"""),
            written = await _lab.CampaignAsync("""{"consent_required":"written"}"""),
            beside = await _lab.CampaignAsync("""{"consent_required":"express"}""", _lab.OtherClient);
        Assert.Equal(("failed", "no_consent"), await CalledAsync(express, number));
        await GiveAsync("express", number, more: """{"channel":"message"}""");
        Assert.Equal(("failed", "no_consent"), await CalledAsync(express, number));
        await GiveAsync("express", number);
        Assert.Equal(("completed", null), await CalledAsync(express, number));
        Assert.Equal(("failed", "no_consent"), await CalledAsync(beside, number));
        Assert.Equal(("failed", "no_consent"), await CalledAsync(written, number));
        string id = (string)(await GiveAsync("written", number))["id"]!;
        Assert.Equal(("completed", null), await CalledAsync(written, number));
        Assert.Equal(2, _lab.Far.Calls.Count);
        await Host.DoneAsync(200, Host.OwnerA, "DELETE", "/consent/" + id);
        foreach (string campaign in new[] { express, written })
            Assert.Equal(("failed", "no_consent"), await CalledAsync(campaign, number));
        Assert.Equal(2, _lab.Far.Calls.Count);
    }

    [Fact, Depth("the gate has who sees and may change it, and what is refused; its life is that of other resources")]
    public async Task What_is_no_consent_is_refused()
    {
        foreach (var (code, more) in new[]
            {
                ("validation_error", """{"phone_number":"12"}"""),
                ("validation_error", """{"source":" "}"""),
                ("validation_error", """{"captured_at":"2126-01-01T00:00:00Z"}"""),
                ("validation_error", """{"captured_at":"then"}"""),
                ("validation_error", """{"revoked_at":"2026-01-01T00:00:00Z"}"""),
                ("invalid_enum", """{"kind":"revoked"}"""),
            })
        {
            await Host.RefusedAsync(400, code, Host.OwnerA, "POST", "/consent", BodyOf("express", Number, _lab.Client, more));
            Assert.Empty(await ConsentsAsync(Host.OwnerA));
        }
    }

    private async Task<(string? Status, string? Block)> CalledAsync(string campaign, string number)
    {
        string batch = (string)(await _lab.BatchAsync(campaign, [number]))["id"]!;
        await _lab.BecomesAsync(batch, "completed");
        var contact = Assert.Single(await _lab.ContactsAsync(batch));
        return ((string?)contact["status"], (string?)contact["block_reason"]);
    }

    private Task<JsonObject> GiveAsync(string kind, string number = Number, string? client = null, string more = "{}") =>
        Host.DoneAsync(201, Host.OwnerA, "POST", "/consent", BodyOf(kind, number, client ?? _lab.Client, more));

    private static string BodyOf(string kind, string number, string client, string more = "{}")
    {
        var body = new JsonObject { ["client_id"] = client, ["phone_number"] = number, ["kind"] = kind, ["source"] = "web form" };
        foreach (var (name, value) in JsonNode.Parse(more)!.AsObject()) body[name] = value?.DeepClone();
        return body.ToJsonString();
    }

    private async Task<List<JsonObject>> ConsentsAsync(string token, string query = "") =>
        [.. (await Host.DoneAsync(200, token, "GET", "/consent" + query))["consents"]!.AsArray().Select(one => one!.AsObject())];
}
